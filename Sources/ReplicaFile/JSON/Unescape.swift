internal import Model

/// JSON's escapes in strings (RFC 8259, section 7).
enum Unescape {
  /// Whether a string with escapes could be turned into UTF-8.
  enum Outcome: Equatable {
    case whole
    /// A surrogate lacks its partner; the first such escape begins at this place.
    case loneSurrogate(at: Int)
  }

  /// Appends the string's bytes to `output` with its escapes replaced.
  ///
  /// A surrogate without its partner has no UTF-8 form: the rest is still checked, and the caller
  /// learns of it. Throws the place of an escape that is none that JSON knows.
  @discardableResult
  static func append(
    _ span: RawSpan, _ text: JSONScanner.Text, to output: inout [UInt8]
  ) throws(DecodeError) -> Outcome {
    var outcome = Outcome.whole
    // No escape is shorter than what it stands for.
    try output.append(addingCapacity: text.end - text.start) { output throws(DecodeError) in
      var at = text.start
      while at < text.end {
        let byte = JSONScanner.byte(span, at)
        guard byte == 0x5c else {
          output.append(byte)
          at += 1
          continue
        }
        let start = at
        at += 1
        if try !escape(span, text, &at, &output), outcome == .whole {
          outcome = .loneSurrogate(at: start)
        }
      }
    }
    return outcome
  }

  /// Appends what the escape with its letter at `at` stands for. False for a lone surrogate.
  private static func escape(
    _ span: RawSpan, _ text: JSONScanner.Text, _ at: inout Int,
    _ output: inout OutputSpan<UInt8>
  ) throws(DecodeError) -> Bool {
    let kind = JSONScanner.byte(span, at)
    at += 1
    switch kind {
    case 0x22, 0x5c, 0x2f: output.append(kind)
    case 0x62: output.append(0x08)
    case 0x66: output.append(0x0c)
    case 0x6e: output.append(0x0a)
    case 0x72: output.append(0x0d)
    case 0x74: output.append(0x09)
    case 0x75:
      guard let scalar = try scalar(span, text, &at) else { return false }
      for byte in UTF8.encode(scalar) ?? .init() { output.append(byte) }
    default: throw DecodeError(.badString, at: at - 2)
    }
    return true
  }

  /// Checks the escapes of a string whose content is not wanted.
  static func check(_ span: RawSpan, _ text: JSONScanner.Text) throws(DecodeError) {
    var unwanted: [UInt8] = []
    try append(span, text, to: &unwanted)
  }

  /// Reads four hexadecimal digits, and the second half of a pair; nil for a lone surrogate.
  private static func scalar(
    _ span: RawSpan, _ text: JSONScanner.Text, _ at: inout Int
  ) throws(DecodeError) -> Unicode.Scalar? {
    let start = at - 2
    let first = try hex(span, text, &at, of: start)
    guard first & 0xf800 == 0xd800 else { return Unicode.Scalar(first) }
    guard first < 0xdc00, at + 6 <= text.end, JSONScanner.byte(span, at) == 0x5c,
      JSONScanner.byte(span, at + 1) == 0x75
    else { return nil }
    var ahead = at + 2
    let second = try hex(span, text, &ahead, of: start)
    guard second & 0xfc00 == 0xdc00 else { return nil }
    at = ahead
    return Unicode.Scalar(0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff))
  }

  private static func hex(
    _ span: RawSpan, _ text: JSONScanner.Text, _ at: inout Int, of start: Int
  ) throws(DecodeError) -> UInt32 {
    guard at + 4 <= text.end else { throw DecodeError(.badString, at: start) }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = JSONScanner.byte(span, at)
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x37
      case 0x61...0x66: digit = byte - 0x57
      default: throw DecodeError(.badString, at: start)
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }
}
