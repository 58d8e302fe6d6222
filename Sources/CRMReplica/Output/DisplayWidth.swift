internal import CSignal
internal import Glibc

extension String {
  /// Columns that the text takes on a terminal.
  ///
  /// wcwidth(3) knows each scalar: two for Chinese and Japanese and for emoji, none for what
  /// combines. A Character of several takes two at most, as a family of joined emoji does.
  var displayWidth: Int {
    if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
    let before = uselocale(locale_t(bitPattern: Self.unicode))
    defer { uselocale(before) }
    return reduce(0) { width, character in
      width
        + min(
          2,
          character.unicodeScalars.reduce(0) {
            // What is known to nobody is shown as one box.
            let own = crm_width($1.value)
            return $0 + (own < 0 ? 1 : Int(own))
          })
    }
  }

  /// The address of the locale that this thread has while widths are asked for, or 0; the program's
  /// own stays "C" (newlocale(3)).
  private static let unicode = UInt(bitPattern: newlocale(1 << LC_CTYPE, "C.UTF-8", nil))

  /// The text with blanks around it up to a width.
  func padded(to width: Int, isRight: Bool) -> String {
    let blanks = String(repeating: " ", count: max(0, width - displayWidth))
    return isRight ? blanks + self : self + blanks
  }
}
