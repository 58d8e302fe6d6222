internal import FoundationEssentials

extension StandardStream {
  /// A report as programs read it: sorted keys in snake_case, and a line feed at the end.
  static func json(
    of report: some Encodable, _ form: JSONEncoder.OutputFormatting = []
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = form.union([.sortedKeys, .prettyPrinted])
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }
}
