import Glibc

extension ValueRules {
  /// The address that every request begins with, without a slash at its end.
  ///
  /// `https` anywhere, `http` to loopback alone: `localhost`, 127.0.0.0/8, `::1`. The address has
  /// no user, query or fragment, and no character that two readers could take differently (a
  /// subset of RFC 3986, section 3). Complaints do not repeat it: it may hold a password.
  static func baseURL(_ value: JSONValue) throws(Complaint) -> String {
    let example = "an address such as \"https://api.capsulecrm.com/api/v2\""
    guard case .string(let url) = value else { throw wrong(value, example) }
    let isSecure = url.lowercased().hasPrefix("https://")
    guard isSecure || url.lowercased().hasPrefix("http://") else {
      throw Complaint("does not begin with \"https://\"; it must be \(example)")
    }
    let forbidden = [
      ("@", "a user or password; the token alone says who asks"),
      ("?", "a query"), ("#", "a fragment"),
    ]
    for (mark, meaning) in forbidden where url.contains(mark) {
      throw Complaint("has \(meaning); it must be \(example)")
    }
    let rest = url.drop { $0 != "/" }.dropFirst(2)
    let authority = rest.prefix { $0 != "/" }
    let path = rest.dropFirst(authority.count)
    guard path.utf8.allSatisfy({ isPlain($0) || "/%:".utf8.contains($0) }) else {
      throw Complaint("has a character that no path may; it must be \(example)")
    }
    let host = try host(of: authority)
    guard isSecure || isLoopback(host) else {
      throw Complaint(
        "begins with \"http://\", which would send the token in the clear; "
          + "use \"https://\" (\"http://\" is for loopback addresses alone)")
    }
    var trimmed = url
    while trimmed.hasSuffix("/") { trimmed.removeLast() }
    return trimmed
  }

  /// The host of `host`, `host:port` or `[IPv6]:port`.
  private static func host(of authority: Substring) throws(Complaint) -> String {
    let bad = Complaint("names no host, or a port that is none; write \"https://HOST[:PORT]/PATH\"")
    var host = authority
    if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
      let port = authority[authority.index(after: colon)...]
      guard port.utf8.allSatisfy({ isDigit($0) }), let number = UInt16(port), number > 0 else {
        throw bad
      }
      host = authority[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard address(String(host), family: AF_INET6) != nil else { throw bad }
      return String(host)
    }
    guard !host.isEmpty, host.utf8.allSatisfy(isPlain) else { throw bad }
    return String(host)
  }

  private static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" { return true }
    if let bytes = address(host, family: AF_INET) { return bytes[0] == 127 }
    return address(host, family: AF_INET6) == [UInt8](repeating: 0, count: 15) + [1]
  }

  /// The bytes of a numeric address as inet_pton(3) reads it: no short or octal forms.
  private static func address(_ text: String, family: CInt) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: family == AF_INET ? 4 : 16)
    return inet_pton(family, text, &bytes) == 1 ? bytes : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Letters, digits, `-`, `.`, `_`, `~`: what RFC 3986 calls unreserved.
  private static func isPlain(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || "-._~".utf8.contains(byte)
  }
}
