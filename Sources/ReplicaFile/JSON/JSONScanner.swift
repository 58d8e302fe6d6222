internal import Model

/// Byte-level reading of JSON (RFC 8259) over a bounds-checked span.
///
/// The span ends with `padding` zero bytes that belong to no value: a zero is valid nowhere in JSON
/// outside the end, so no loop needs a second check, and eight bytes can be loaded at any place.
enum JSONScanner {
  /// Zero bytes that follow the body.
  static let padding = 8
  /// Deepest nesting that is read; a record of the API nests four levels.
  static let depthLimit = 64

  /// A string's bytes between its quotes, as they stand in the body.
  struct Text {
    var start: Int
    var end: Int
    var isEscaped: Bool
  }

  @inline(__always)
  static func byte(_ span: RawSpan, _ at: Int) -> UInt8 {
    span.unsafeLoad(fromByteOffset: at, as: UInt8.self)
  }

  @inline(__always)
  static func word(_ span: RawSpan, _ at: Int) -> UInt64 {
    span.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
  }

  @inline(__always)
  static func skipSpace(_ span: RawSpan, _ at: inout Int) {
    if byte(span, at) <= 0x20 { skipLongSpace(span, &at) }
  }

  @inline(never)
  private static func skipLongSpace(_ span: RawSpan, _ at: inout Int) {
    while true {
      switch byte(span, at) {
      case 0x20, 0x0a, 0x0d, 0x09: at += 1
      default: return
      }
    }
  }

  /// What is wrong with the byte at `at`: the body has ended, or something else stands there.
  static func unexpected(_ span: RawSpan, _ at: Int) -> DecodeError {
    DecodeError(at >= span.byteCount - padding ? .truncated : .notJSON, at: at)
  }

  /// Takes one punctuation byte after optional space.
  @inline(__always)
  static func expect(_ punctuation: UInt8, _ span: RawSpan, _ at: inout Int)
    throws(DecodeError)
  {
    if byte(span, at) != punctuation { try expectBehindSpace(punctuation, span, &at) }
    at &+= 1
  }

  @inline(never)
  private static func expectBehindSpace(
    _ punctuation: UInt8, _ span: RawSpan, _ at: inout Int
  ) throws(DecodeError) {
    skipSpace(span, &at)
    guard byte(span, at) == punctuation else { throw unexpected(span, at) }
  }

  /// Takes the colon behind a key; `at` ends on the first byte of the value.
  @inline(__always)
  static func colon(_ span: RawSpan, _ at: inout Int) throws(DecodeError) {
    try expect(0x3a, span, &at)
    skipSpace(span, &at)
  }

  /// Reads a string; `at` stands behind the opening quote and ends behind the closing one.
  ///
  /// Eight bytes are looked at together: a quote, a backslash and a control byte each leave a
  /// high bit in their place, and the lowest of them ends the run.
  @inline(__always)
  static func text(_ span: RawSpan, _ at: inout Int) throws(DecodeError) -> Text {
    let start = at
    var isEscaped = false
    var high: UInt64 = 0
    while true {
      let word = word(span, at)
      let stop = quotes(word) | backslashes(word) | controls(word)
      if stop == 0 {
        high |= word
        at &+= 8
        continue
      }
      let offset = stop.trailingZeroBitCount >> 3
      high |= word & ((1 &<< UInt64(offset &* 8)) &- 1)
      at &+= offset
      switch byte(span, at) {
      case 0x22:
        if high & highs != 0, !isUTF8(span, start, at) { throw DecodeError(.badString, at: start) }
        at &+= 1
        return Text(start: start, end: at &- 1, isEscaped: isEscaped)
      case 0x5c:
        isEscaped = true
        // The escaped byte may itself be a quote or a backslash; a zero means the body has ended.
        guard byte(span, at + 1) != 0 else { throw unexpected(span, at + 1) }
        at += 2
      default:
        throw at >= span.byteCount - padding
          ? DecodeError(.truncated, at: at) : DecodeError(.badString, at: at)
      }
    }
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  @inline(__always) private static func zeros(_ word: UInt64) -> UInt64 {
    (word &- ones) & ~word & highs
  }
  @inline(__always) private static func quotes(_ word: UInt64) -> UInt64 {
    zeros(word ^ 0x2222_2222_2222_2222)
  }
  @inline(__always) private static func backslashes(_ word: UInt64) -> UInt64 {
    zeros(word ^ 0x5c5c_5c5c_5c5c_5c5c)
  }
  /// Bytes below 0x20. A byte above the first hit may be a false one; only the lowest is used.
  @inline(__always) private static func controls(_ word: UInt64) -> UInt64 {
    (word &- 0x2020_2020_2020_2020) & ~word & highs
  }

  /// Whether the bytes are well-formed UTF-8 (Unicode 15, table 3-7).
  static func isUTF8(_ span: RawSpan, _ start: Int, _ end: Int) -> Bool {
    var at = start
    while at < end {
      let lead = byte(span, at)
      if lead < 0x80 {
        at &+= word(span, at) & highs == 0 ? 8 : 1
        continue
      }
      let count: Int
      let second: ClosedRange<UInt8>
      switch lead {
      case 0xc2...0xdf: (count, second) = (2, 0x80...0xbf)
      case 0xe0: (count, second) = (3, 0xa0...0xbf)
      case 0xed: (count, second) = (3, 0x80...0x9f)
      case 0xe1...0xef: (count, second) = (3, 0x80...0xbf)
      case 0xf0: (count, second) = (4, 0x90...0xbf)
      case 0xf1...0xf3: (count, second) = (4, 0x80...0xbf)
      case 0xf4: (count, second) = (4, 0x80...0x8f)
      default: return false
      }
      guard at + count <= end, second.contains(byte(span, at + 1)) else { return false }
      for next in (at + 2)..<max(at + 2, at + count) where byte(span, next) & 0xc0 != 0x80 {
        return false
      }
      at += count
    }
    return true
  }

  /// Takes `true`, `false` or `null`; `at` stands on the first letter.
  static func literal(_ span: RawSpan, _ at: inout Int) throws(DecodeError) -> Literal {
    let word = UInt32(truncatingIfNeeded: word(span, at))
    switch word {
    case 0x6575_7274:
      at += 4
      return .true
    case 0x6c6c_756e:
      at += 4
      return .null
    case 0x736c_6166 where byte(span, at + 4) == 0x65:
      at += 5
      return .false
    default: throw unexpected(span, at)
    }
  }

  enum Literal { case `true`, `false`, null }

  /// Passes over one value of any kind and checks it on the way; `at` stands on its first byte.
  static func skip(_ span: RawSpan, _ at: inout Int, depth: Int) throws(DecodeError) {
    guard depth < depthLimit else { throw DecodeError(.tooDeep, at: at) }
    switch byte(span, at) {
    case 0x22:
      at += 1
      let text = try text(span, &at)
      if text.isEscaped { try Unescape.check(span, text) }
    case 0x7b:
      at += 1
      skipSpace(span, &at)
      if byte(span, at) == 0x7d {
        at += 1
        return
      }
      repeat {
        try expect(0x22, span, &at)
        let key = try text(span, &at)
        if key.isEscaped { try Unescape.check(span, key) }
        try expect(0x3a, span, &at)
        skipSpace(span, &at)
        try skip(span, &at, depth: depth + 1)
      } while try isNext(0x7d, span, &at)
    case 0x5b:
      at += 1
      skipSpace(span, &at)
      if byte(span, at) == 0x5d {
        at += 1
        return
      }
      repeat {
        skipSpace(span, &at)
        try skip(span, &at, depth: depth + 1)
      } while try isNext(0x5d, span, &at)
    case 0x2d, 0x30...0x39: _ = try number(span, &at)
    default: _ = try literal(span, &at)
    }
  }

  /// After an element: true behind a comma, false behind the closing byte.
  @inline(__always)
  static func isNext(
    _ closing: UInt8, _ span: RawSpan, _ at: inout Int
  ) throws(DecodeError) -> Bool {
    var found = byte(span, at)
    if found != 0x2c, found != closing {
      skipSpace(span, &at)
      found = byte(span, at)
      guard found == 0x2c || found == closing else { throw unexpected(span, at) }
    }
    at &+= 1
    return found == 0x2c
  }
}
