internal import Model

/// Byte-level reading of JSON over a span that ends with eight zero bytes.
///
/// What is read here is rewritten and then read again by the engine, which is the strict one: this
/// finds where values begin and end, and takes whatever it can make sense of.
enum Bytes {
  /// A string's bytes between its quotes.
  struct Text {
    var start: Int
    var end: Int
    var isEscaped: Bool
    /// Whether it holds bytes below 0x20, which JSON does not allow.
    var hasControls: Bool

    var isEmpty: Bool { start == end }
    var range: Range<Int> { start..<end }
    /// Whether its bytes are what it says.
    var isPlain: Bool { !isEscaped && !hasControls }
  }

  static let padding = 8

  @inline(__always) static func byte(_ span: RawSpan, _ at: Int) -> UInt8 {
    span.unsafeLoad(fromByteOffset: at, as: UInt8.self)
  }

  @inline(__always) static func word(_ span: RawSpan, _ at: Int) -> UInt64 {
    span.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
  }

  @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  static func end(of span: RawSpan) -> Int { span.byteCount - padding }

  @inline(__always) static func skipSpace(_ span: RawSpan, _ at: inout Int) {
    while byte(span, at) <= 0x20, at < end(of: span) { at &+= 1 }
  }

  static func unexpected(_ span: RawSpan, _ at: Int) -> DecodeError {
    DecodeError(at >= end(of: span) ? .truncated : .notJSON, at: at)
  }

  /// Takes one punctuation byte after optional space.
  @inline(__always)
  static func expect(
    _ punctuation: UInt8, _ span: RawSpan, _ at: inout Int
  ) throws(DecodeError) {
    if byte(span, at) != punctuation { skipSpace(span, &at) }
    guard byte(span, at) == punctuation else { throw unexpected(span, at) }
    at &+= 1
  }

  /// After an element: true behind a comma, false behind the closing byte.
  @inline(__always)
  static func isNext(
    _ closing: UInt8, _ span: RawSpan, _ at: inout Int
  ) throws(DecodeError) -> Bool {
    if byte(span, at) != 0x2c { skipSpace(span, &at) }
    let found = byte(span, at)
    guard found == 0x2c || found == closing else { throw unexpected(span, at) }
    at &+= 1
    return found == 0x2c
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// Reads a string; `at` stands behind the opening quote and ends behind the closing one. Eight
  /// bytes are looked at together, as far as none of them ends the string or is escaped.
  @inline(__always)
  static func text(_ span: RawSpan, _ at: inout Int) throws(DecodeError) -> Text {
    var text = Text(start: at, end: at, isEscaped: false, hasControls: false)
    while true {
      let word = word(span, at)
      let quotes = word ^ (ones &* 0x22)
      let slashes = word ^ (ones &* 0x5c)
      let found =
        ((quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes
          | (word &- ones &* 0x20) & ~word) & highs
      if found == 0 {
        at &+= 8
        continue
      }
      at &+= found.trailingZeroBitCount >> 3
      switch byte(span, at) {
      case 0x22:
        text.end = at
        at &+= 1
        return text
      case 0x5c:
        text.isEscaped = true
        at &+= 1
        // What is escaped may be a quote or a backslash. A control byte stands for itself.
        if byte(span, at) >= 0x20 { at &+= 1 }
      default:
        guard at < end(of: span) else { throw DecodeError(.truncated, at: at) }
        text.hasControls = true
        at &+= 1
      }
    }
  }

  /// Passes over a word or a number, as far as it goes.
  @inline(__always)
  static func bare(_ span: RawSpan, _ at: inout Int) throws(DecodeError) -> Range<Int> {
    let start = at
    while true {
      switch byte(span, at) {
      case 0x2b, 0x2d, 0x2e, 0x30...0x39, 0x41...0x5a, 0x61...0x7a: at &+= 1
      default:
        guard at > start else { throw unexpected(span, at) }
        return start..<at
      }
    }
  }

  static func equal(_ span: RawSpan, _ range: Range<Int>, _ text: StaticString) -> Bool {
    guard range.count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { wanted in
      range.enumerated().allSatisfy { byte(span, $0.element) == wanted[$0.offset] }
    }
  }

  static func string(_ span: RawSpan, _ range: Range<Int>) -> String {
    span.extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}
