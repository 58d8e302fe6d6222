internal import Model

/// Text from elsewhere, made fit to be printed on one line.
extension String {
  /// The text on one line: what could end a line, move a cursor or reorder the display stands as
  /// an escape, a backslash as two, and what follows `limit` Unicode scalars is cut off.
  ///
  /// Escaped are control characters (general category `Cc`), line and paragraph separators, and
  /// format characters (`Cf`), among them those that reverse the direction of writing. Those that
  /// join or part letters and emoji stay, for words are spelt with them.
  func onOneLine(limit: Int = 500) -> String {
    escaped(limit: limit, quotationMarks: false)
  }

  /// The text on one line between quotation marks; a mark inside is escaped.
  func quoted(limit: Int = 80) -> String {
    "\"" + escaped(limit: limit, quotationMarks: true) + "\""
  }

  /// The text as a word that a shell reads.
  var asShellWord: String {
    let isPlain = utf8.allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) || "/._-".utf8.contains($0)
    }
    if isPlain { return self }
    return "'" + unicodeScalars.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }

  private func escaped(limit: Int, quotationMarks: Bool) -> String {
    var line = String.UnicodeScalarView()
    for scalar in unicodeScalars.prefix(limit) {
      switch scalar {
      case "\n": line.append(contentsOf: "\\n".unicodeScalars)
      case "\r": line.append(contentsOf: "\\r".unicodeScalars)
      case "\t": line.append(contentsOf: "\\t".unicodeScalars)
      case "\\": line.append(contentsOf: "\\\\".unicodeScalars)
      case "\"" where quotationMarks: line.append(contentsOf: "\\\"".unicodeScalars)
      case _ where scalar.isUnseen:
        line.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      default: line.append(scalar)
      }
    }
    return unicodeScalars.dropFirst(limit).isEmpty ? String(line) : String(line) + "…"
  }
}

extension Unicode.Scalar {
  /// Whether the scalar has no shape of its own but acts on the line or the display.
  fileprivate var isUnseen: Bool {
    if self == "\u{200C}" || self == "\u{200D}" { return false }
    return switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
