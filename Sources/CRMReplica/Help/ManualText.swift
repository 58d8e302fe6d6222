/// Writes a manual page in the macros of man(7), as groff and mandoc read them.
///
/// Text is filled to lines of at most 78 bytes. What roff would take for a request, an escape or a
/// typographic hyphen is escaped: all text stands in the page as it was given.
struct ManualText {
  /// A piece of a line: words in one font, with no blank between it and its neighbours unless it
  /// holds one.
  enum Piece {
    case plain(String)
    /// What is typed as it stands.
    case bold(String)
    /// What stands for something else.
    case italic(String)
  }

  private(set) var text = ""

  /// The date is `YYYY-MM-DD`; the footer is what the foot of the page says beside it. Names are
  /// not broken at the end of a line, for they may be wanted elsewhere.
  init(name: String, section: Int, date: String, footer: String) {
    let (name, footer) = (Self.argument(name.uppercased()), Self.argument(footer))
    text = ".TH \(name) \(section) \"\(date)\" \(footer)\n.nh\n.ad l\n"
  }

  mutating func section(_ title: String) { text += ".SH \(Self.argument(title))\n" }

  mutating func subsection(_ title: String) { text += ".SS \(Self.argument(title))\n" }

  /// A paragraph. The first of a section needs no request before it.
  mutating func paragraph(_ pieces: [Piece], isFirst: Bool = false) {
    if !isFirst { text += ".PP\n" }
    text += Self.filled(pieces)
  }

  /// A term and what is said of it.
  mutating func item(_ term: [Piece], _ pieces: [Piece]) {
    // The term is one line whatever its length.
    text += ".TP\n" + Self.onOneLine(term) + "\n" + Self.filled(pieces)
  }

  /// Lines that stand as they are given.
  mutating func example(_ lines: [String]) {
    let lines = lines.map { Self.line(Self.escaped($0)) + "\n" }
    text += ".PP\n.nf\n.RS\n\(lines.joined()).RE\n.fi\n"
  }

  // MARK: Escapes

  /// A text in which nothing means anything to roff but a full stop or an apostrophe at the
  /// beginning of a line (groff_char(7)).
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\\": result += "\\(rs"
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      case "\"": result += "\\(dq"
      case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
      default:
        let hex = String(scalar.value, radix: 16, uppercase: true)
        result += "\\[u\(String(repeating: "0", count: max(0, 4 - hex.count)))\(hex)]"
      }
    }
  }

  /// A line of text that cannot be taken for a request.
  private static func line(_ escaped: String) -> String {
    escaped.hasPrefix(".") ? "\\&" + escaped : escaped
  }

  /// An argument of a macro.
  private static func argument(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// Dots behind a word are no end of a sentence.
  private static func prose(_ text: String) -> String {
    let parts = text.split(separator: "...", omittingEmptySubsequences: false)
    return parts.map { escaped(String($0)) }.joined(separator: "...\\&")
  }

  private static func marked(_ piece: Piece) -> String {
    switch piece {
    case .plain(let text): prose(text)
    case .bold(let text): "\\fB\(escaped(text))\\fR"
    case .italic(let text): "\\fI\(escaped(text))\\fR"
    }
  }

  private static func onOneLine(_ pieces: [Piece]) -> String { line(pieces.map(marked).joined()) }

  /// The pieces in lines. A sentence begins a line, which keeps the blank behind it right.
  private static func filled(_ pieces: [Piece]) -> String {
    var lines: [String] = []
    for word in pieces.map(marked).joined().split(separator: " ") {
      let endsSentence = lines.last.map { $0.hasSuffix(".") || $0.hasSuffix(":") } ?? true
      if let last = lines.last, !endsSentence, last.utf8.count + word.utf8.count < 78 {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(line(String(word)))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
