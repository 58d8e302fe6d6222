internal import Glibc

/// What a terminal shows a word in, so that the eye finds it.
enum Paint: String {
  case red = "31"
  case yellow = "33"

  /// The text between the sequences of ECMA-48 that begin and end the colour (console_codes(4)).
  func on(_ text: String) -> String { "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }
}

extension StandardStream {
  /// Whether it is a terminal that shows colours, and nobody minds them: NO_COLOR is the custom of
  /// many programs (no-color.org).
  var isPainted: Bool {
    func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    return isTerminal && value("NO_COLOR").isEmpty && value("TERM") != "dumb"
  }
}
