internal import Model

/// Numbers as JSON spells them.
extension JSONScanner {
  /// Reads a number; `at` stands on its first byte. Returns whether it is spelt as an integer.
  static func number(_ span: RawSpan, _ at: inout Int) throws(DecodeError) -> Bool {
    let start = at
    if byte(span, at) == 0x2d { at += 1 }
    let first = byte(span, at)
    guard isDigit(first) else { throw DecodeError(.badNumber, at: start) }
    at += 1
    if first == 0x30 {
      guard !isDigit(byte(span, at)) else { throw DecodeError(.badNumber, at: start) }
    } else {
      while isDigit(byte(span, at)) { at += 1 }
    }
    var isInteger = true
    if byte(span, at) == 0x2e {
      isInteger = false
      at += 1
      guard isDigit(byte(span, at)) else { throw DecodeError(.badNumber, at: start) }
      while isDigit(byte(span, at)) { at += 1 }
    }
    if byte(span, at) | 0x20 == 0x65 {
      isInteger = false
      at += 1
      if byte(span, at) == 0x2b || byte(span, at) == 0x2d { at += 1 }
      guard isDigit(byte(span, at)) else { throw DecodeError(.badNumber, at: start) }
      while isDigit(byte(span, at)) { at += 1 }
    }
    return isInteger
  }

  /// Reads a natural number of at most seven digits; nil, and `at` where it was, for any other.
  @inline(__always)
  static func shortInteger(_ span: RawSpan, _ at: inout Int) -> Int64? {
    // Of a digit the high half is 3, and adding 6 does not carry into it.
    let word = word(span, at)
    let others =
      ((word & halves) ^ 0x3030_3030_3030_3030)
      | (((word &+ 0x0606_0606_0606_0606) & halves) ^ 0x3030_3030_3030_3030)
    let count = others.trailingZeroBitCount >> 3
    guard count > 0, count < 8 else { return nil }
    let next = UInt8(truncatingIfNeeded: word &>> UInt64(count &* 8))
    // A point, an exponent or a leading zero makes it no integer, or none in JSON.
    guard next != 0x2e, next | 0x20 != 0x65, word & 0xff != 0x30 || count == 1 else { return nil }
    at &+= count
    // The digits move to the end of the word, behind zeros; then pairs, fours and all are joined.
    var digits = (word &<< UInt64((8 &- count) &* 8)) & 0x0f0f_0f0f_0f0f_0f0f
    digits = (digits &* 10 &+ (digits &>> 8)) & 0x00ff_00ff_00ff_00ff
    digits = (digits &* 100 &+ (digits &>> 16)) & 0x0000_ffff_0000_ffff
    return Int64((digits &* 10_000 &+ (digits &>> 32)) & 0xffff_ffff)
  }

  private static let halves: UInt64 = 0xf0f0_f0f0_f0f0_f0f0

  @inline(__always) static func isDigit(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10
  }
}
