internal import FoundationEssentials

/// The body of a refusal. Three keys are seen for the sentence: `message`, `error` and, at the
/// token endpoint, `error_description`; a failed validation has a list of them.
struct ErrorReply: Decodable {
  struct Detail: Decodable {
    let message: String?
  }

  let message: String?
  let error: String?
  let errorDescription: String?
  let errors: [Detail]?

  enum CodingKeys: String, CodingKey {
    case message, error, errors
    case errorDescription = "error_description"
  }

  /// Longest sentence that is passed on to people, in Unicode scalars.
  static let longest = 200
  /// Longest body that is read for a sentence, in bytes.
  static let longestBody = 64 << 10

  /// What the body says, on one line, or nil when it says nothing that can be read.
  static func message(in body: [UInt8]) -> String? {
    guard body.count <= longestBody,
      let reply = try? JSONDecoder().decode(ErrorReply.self, from: Data(body))
    else { return nil }
    let details = reply.errors?.compactMap(\.message).joined(separator: "; ") ?? ""
    guard let text = reply.message ?? reply.errorDescription ?? reply.error else { return nil }
    let whole = details.isEmpty ? text : "\(text): \(details)"
    var line = String.UnicodeScalarView()
    line.append(contentsOf: whole.unicodeScalars.prefix(longest).map { isPlain($0) ? $0 : " " })
    return String(line)
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
