internal import Glibc

/// Where every request goes: scheme, host, port and base path, checked once at start.
///
/// `https` may name any host. `http` may name a loopback address only (127.0.0.0/8, `::1`,
/// `localhost`), because the token would cross the wire readable.
package struct BaseURL: Sendable, Hashable, CustomStringConvertible {
  package enum Scheme: String, Sendable {
    case http, https
  }

  package let scheme: Scheme
  /// Lower case; an IPv6 address without its brackets.
  package let host: String
  package let port: Int
  /// Empty, or with a leading and without a trailing slash: `/api/v2`.
  package let path: String

  /// Reads `scheme://host[:port][/path]` (RFC 3986, section 3).
  ///
  /// User information, query and fragment have no place in a base URL and are refused.
  package init(_ text: String) throws(BaseURLError) {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
      let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://")
    else { throw BaseURLError(.malformed, text: text) }
    guard let scheme = Scheme(rawValue: text[..<colon].lowercased()) else {
      throw BaseURLError(.unsupportedScheme, text: text)
    }
    let rest = text[colon...].dropFirst(3)
    guard !rest.contains("?"), !rest.contains("#") else {
      throw BaseURLError(.queryOrFragment, text: text)
    }
    let authority = rest.prefix { $0 != "/" }
    guard !authority.contains("@") else { throw BaseURLError(.userInformation, text: "") }
    guard let (host, port) = Self.hostAndPort(authority) else {
      throw BaseURLError(.malformed, text: text)
    }
    guard let path = Self.basePath(rest[authority.endIndex...]) else {
      throw BaseURLError(.malformed, text: text)
    }
    guard scheme == .https || Self.isLoopback(host) else {
      throw BaseURLError(.insecure, text: text)
    }
    self.scheme = scheme
    self.host = host
    self.port = port ?? (scheme == .https ? 443 : 80)
    self.path = path
  }

  private init(_ scheme: Scheme, _ host: String, _ port: Int, _ path: String = "") {
    (self.scheme, self.host, self.port, self.path) = (scheme, host, port, path)
  }

  /// The same scheme, host and port without a path.
  package var origin: BaseURL { BaseURL(scheme, host, port) }

  /// The same scheme, host and port with another path: empty, or as `path` is.
  package func below(_ path: String) -> BaseURL { BaseURL(scheme, host, port, path) }

  /// True for an address that never leaves this machine.
  package var isLoopback: Bool { Self.isLoopback(host) }

  package var description: String {
    let name = host.contains(":") ? "[\(host)]" : host
    let standardPort = scheme == .https ? 443 : 80
    return "\(scheme.rawValue)://\(name)\(port == standardPort ? "" : ":\(port)")\(path)"
  }

  /// The address of a target. Whatever the target holds, it stays behind this host's slash.
  func address(of target: String) -> String { "\(self)/\(target)" }

  /// The target of an address below this base URL: the opposite of `address(of:)`.
  ///
  /// An address that is not whole is resolved against that of the request which it answers
  /// (RFC 3986, section 5.2). Nil for every other origin.
  package func target(of reference: String, from target: String = "") -> String? {
    let reference = reference.prefix { $0 != "#" }
    // Everything before the query is compared as a base URL of its own; the query is the target's.
    let halves = reference.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let isWhole = halves[0].prefix { $0 != "/" }.contains(":")
    let whole =
      isWhole
      ? String(halves[0])
      : halves[0].hasPrefix("//")
        ? "\(scheme.rawValue):\(halves[0])"
        : origin.description + resolved(halves[0], from: target)
    // The names of this machine are one host: a server may not know by which it is called.
    guard !reference.isEmpty, let other = try? BaseURL(whole), other.scheme == scheme,
      other.host == host || other.isLoopback && isLoopback, other.port == port,
      other.path.hasPrefix("\(path)/")
    else { return nil }
    let found = String(other.path.dropFirst(path.count + 1))
    return halves.count == 2 ? "\(found)?\(halves[1])" : found
  }

  /// The path that a relative one names: from the folder of the present one, if it does not begin
  /// with a slash.
  private func resolved(_ relative: Substring, from target: String) -> String {
    let present = "\(path)/\(target.prefix { $0 != "?" })"
    guard !relative.isEmpty else { return present }
    let folder = present[...(present.lastIndex(of: "/") ?? present.startIndex)]
    let whole = relative.hasPrefix("/") ? relative : folder + relative
    var segments: [Substring] = []
    for segment in whole.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      switch segment {
      case ".": continue
      case "..": _ = segments.popLast()
      default: segments.append(segment)
      }
    }
    return segments.map { "/\($0)" }.joined()
  }

  /// Splits `name`, `name:8080`, `127.0.0.1:80` or `[::1]:80`; nil when it is none of these.
  private static func hostAndPort(_ authority: Substring) -> (String, Int?)? {
    let name: Substring
    let rest: Substring
    if authority.first == "[" {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      name = authority[..<end].dropFirst()
      rest = authority[end...].dropFirst()
      guard ipv6(String(name)) != nil else { return nil }
    } else {
      name = authority.prefix { $0 != ":" }
      rest = authority[name.endIndex...]
      guard !name.isEmpty, name.utf8.allSatisfy(isHostByte) else { return nil }
    }
    if rest.isEmpty { return (name.lowercased(), nil) }
    let digits = rest.dropFirst()
    guard rest.first == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(digits), port > 0
    else { return nil }
    return (name.lowercased(), Int(port))
  }

  /// The path without trailing slashes; nil when a segment would lead elsewhere.
  private static func basePath(_ text: Substring) -> String? {
    var path = text
    while path.last == "/" { path.removeLast() }
    let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    return segments.contains { ["", ".", ".."].contains($0) } ? nil : String(path)
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" { return true }
    if let address = ipv6(host) { return address == Array(repeating: 0, count: 15) + [1] }
    return ipv4(host)?.first == 127
  }

  /// The 4 bytes of a dotted quad, by inet_pton(3), which takes no abbreviated forms.
  private static func ipv4(_ text: String) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 4)
    return inet_pton(AF_INET, text, &bytes) == 1 ? bytes : nil
  }

  private static func ipv6(_ text: String) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 16)
    return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
  }
}

/// Why a text cannot be a base URL.
package struct BaseURLError: Error, Sendable, Hashable {
  package enum Problem: Sendable, Hashable {
    /// Not `scheme://host[:port][/path]`.
    case malformed
    /// Neither `https` nor `http`.
    case unsupportedScheme
    /// `user:password@` stands before the host. The text is withheld: it may be a secret.
    case userInformation
    /// A base URL has neither query nor fragment.
    case queryOrFragment
    /// `http` to a host that is no loopback address.
    case insecure
  }

  package let problem: Problem
  /// What was read; empty when it may hold a secret.
  package let text: String

  init(_ problem: Problem, text: String) {
    self.problem = problem
    self.text = text
  }
}
