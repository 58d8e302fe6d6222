/// Texts as JSON has them.
enum JSONWriter {
  static func text(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\u{0}"..<" ": quoted += escape(UInt8(scalar.value))
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  static func text(_ text: String?) -> String { text.map { self.text($0) } ?? "null" }

  /// A control byte: `\u001f`.
  static func escape(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return "\\u00" + (digits.utf8.count == 1 ? "0" : "") + digits
  }
}
