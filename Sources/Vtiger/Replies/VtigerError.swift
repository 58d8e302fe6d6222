internal import FoundationEssentials
internal import HTTP

/// What an answer says that is no success: a code, which is the same in every language, and a
/// sentence.
struct VtigerError {
  let code: String
  /// On one line, or nil without one.
  let message: String?

  /// Longest sentence that is passed on to people, in Unicode scalars.
  static let longest = 200
  /// Longest body that is read for a sentence, in bytes.
  static let longestBody = 64 << 10

  /// Nil where the body is no such answer.
  init?(_ response: Response) {
    guard response.length <= Self.longestBody, Self.mayFail(response.padded),
      let reply = try? JSONDecoder().decode(
        Body.self, from: Data(Descriptions.escaped(response.body))),
      reply.success == false, let error = reply.error
    else { return nil }
    code = error.code?.text ?? "an error without a code"
    message = error.message.map(Self.line)
  }

  /// Whether anything is false, which hardly any answer says but one that is no success: so that
  /// answers can be asked for their error one by one.
  private static func mayFail(_ body: borrowing [UInt8]) -> Bool {
    let word = StaticString("false")
    return body.span.bytes.withUnsafeBytes { bytes in
      word.withUTF8Buffer { word in
        guard bytes.count > word.count else { return false }
        for at in 0..<(bytes.count - word.count) where bytes[at] == word[0] {
          if (1..<word.count).allSatisfy({ bytes[at + $0] == word[$0] }) { return true }
        }
        return false
      }
    }
  }

  private static func line(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    line.append(contentsOf: text.unicodeScalars.prefix(longest).map { isPlain($0) ? $0 : " " })
    return String(line)
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }

  private struct Body: Decodable {
    struct Error: Decodable {
      let code: Spelling?
      let message: String?
    }

    let success: Bool?
    let error: Error?
  }
}

/// A text, or a number: some codes and prefixes come as one.
struct Spelling: Decodable {
  let text: String

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int64.self) {
      text = "\(number)"
    } else {
      text = try container.decode(String.self)
    }
  }
}
