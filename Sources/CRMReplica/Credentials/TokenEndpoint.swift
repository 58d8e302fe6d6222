internal import Glibc
internal import HTTP

/// Asks the source for tokens (RFC 6749, section 3.2).
struct TokenEndpoint {
  let client: OAuthClient
  /// Ends a wait when it becomes readable.
  let interrupt: CInt?
  /// The delay before the second attempt; it doubles.
  var firstDelay = Duration.milliseconds(500)

  /// Attempts for what a process cannot do without.
  static let attempts = 4

  /// What came of asking.
  enum Outcome: Hashable {
    case answered(TokenAnswer)
    /// The process was told to stop.
    case interrupted
  }

  /// Asks with the fields of a grant and the client's own. While the endpoint is in trouble, it is
  /// asked again, so many times in all. An answer that was lost may have used the code or the
  /// refresh token up; the next answer tells.
  func ask(_ fields: [(name: String, value: String)], attempts: Int) -> Outcome {
    let own = [(name: "client_id", value: client.id), ("client_secret", client.secret.secret)]
    let form = FormText.encoded(fields + own)
    let post = FormPost(base: client.origin, userAgent: Program.userAgent, interrupt: interrupt)
    let secrets = fields.map(\.value).filter { $0.utf8.count >= 8 } + [client.secret.secret]
    var delay = firstDelay
    for attempt in 1... {
      guard !isStopped(after: .zero) else { return .interrupted }
      guard let result = post.send(form, to: client.kind.oauth.tokenPath) else {
        return .interrupted
      }
      let answer = TokenAnswer(result, secrets: secrets)
      guard case .unavailable(_, let isPassing) = answer, isPassing, attempt < attempts else {
        return .answered(answer)
      }
      guard !isStopped(after: delay) else { return .interrupted }
      delay *= 2
    }
    return .interrupted
  }

  private func isStopped(after delay: Duration) -> Bool {
    let milliseconds = CInt(delay / .milliseconds(1))
    var stop = pollfd(fd: interrupt ?? -1, events: Int16(POLLIN), revents: 0)
    return poll(&stop, 1, milliseconds) > 0
  }
}

/// Names and values as a form or a query carries them.
enum FormText {
  /// `name=value&name=value`; all but the unreserved characters of RFC 3986 are percent-encoded.
  static func encoded(_ fields: [(name: String, value: String)]) -> String {
    fields.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
  }

  private static func encoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
        encoded.unicodeScalars.append(scalar)
      } else if "-._~".unicodeScalars.contains(scalar) {
        encoded.unicodeScalars.append(scalar)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return encoded
  }

  /// The fields of a query, decoded; of a name that stands twice, both.
  static func decoded(_ query: Substring) -> [(name: String, value: String)] {
    query.split(separator: "&").map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (decodedPart(sides[0]), sides.count == 2 ? decodedPart(sides[1]) : "")
    }
  }

  private static func decodedPart(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2,
        let value = UInt8(String(decoding: Array(digits), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
