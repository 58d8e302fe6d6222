/// Numbers from their spelling, exact or not at all.
enum Scalars {
  /// The 64-bit integer spelt by the range, or nil when it is none or does not fit.
  static func integer(_ span: RawSpan, _ range: Range<Int>) -> Int64? {
    var at = range.lowerBound
    let isNegative = at < range.upperBound && JSONScanner.byte(span, at) == 0x2d
    if isNegative { at += 1 }
    guard at < range.upperBound, range.upperBound - at <= 19 else { return nil }
    var value: UInt64 = 0
    while at < range.upperBound {
      let digit = JSONScanner.byte(span, at) &- 0x30
      guard digit < 10 else { return nil }
      value = value * 10 + UInt64(digit)
      at += 1
    }
    if isNegative {
      return value <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- value) : nil
    }
    return Int64(exactly: value)
  }

  /// The part before a point that only zeros follow, or nil: `12` of `12.0`.
  static func wholePart(_ span: RawSpan, _ range: Range<Int>) -> Range<Int>? {
    guard let point = range.first(where: { JSONScanner.byte(span, $0) == 0x2e }),
      ((point + 1)..<range.upperBound).allSatisfy({ JSONScanner.byte(span, $0) == 0x30 })
    else { return nil }
    return range.lowerBound..<point
  }

  /// The number spelt by the range, or nil when a Double would change it.
  ///
  /// Up to 15 significant digits always survive (IEEE 754, binary64). With more, the number fits
  /// when the shortest spelling of the nearest Double is the number itself.
  static func exactReal(_ span: RawSpan, _ range: Range<Int>) -> Double? {
    var digits: UInt64 = 0
    var count = 0
    var scale = 0
    var isSimple = true
    var isFraction = false
    let isNegative = JSONScanner.byte(span, range.lowerBound) == 0x2d
    for at in (range.lowerBound + (isNegative ? 1 : 0))..<range.upperBound {
      let byte = JSONScanner.byte(span, at)
      if byte == 0x2e {
        isFraction = true
        continue
      }
      guard JSONScanner.isDigit(byte), count < 15 else {
        isSimple = false
        break
      }
      digits = digits * 10 + UInt64(byte &- 0x30)
      if digits > 0 { count += 1 }
      if isFraction { scale += 1 }
    }
    if isSimple, scale <= 22 {
      // Both operands are exact, so the one rounding of the division is the right one.
      let value = Double(digits) / powers[scale]
      return isNegative ? -value : value
    }
    guard range.count <= longestReal else { return nil }
    let spelling = String(decoding: range.map { JSONScanner.byte(span, $0) }, as: UTF8.self)
    guard let value = Double(spelling), value.isFinite,
      Decimal(spelling) == Decimal("\(value)")
    else { return nil }
    return value
  }

  /// Bytes of a number with an exponent or many digits that are looked at: the largest and the
  /// smallest Double, written out, take no more than 350.
  private static let longestReal = 1_024

  private static let powers: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1.0) { value, _ in value * 10 }
  }

  /// A decimal number in one spelling: its digits without zeros at either end, and its exponent.
  private struct Decimal: Equatable {
    var isNegative = false
    var digits: [UInt8] = []
    var exponent = 0

    init(_ spelling: String) {
      let parts = spelling.lowercased().split(separator: "e", maxSplits: 1)
      if parts.count == 2 {
        // Beyond any Double and any count of digits that a body can hold, and far from overflow.
        exponent = min(max(Int(parts[1]) ?? 1 << 40, -1 << 40), 1 << 40)
      }
      var isFraction = false
      for byte in (parts.first ?? "").utf8 {
        switch byte {
        case 0x2d: isNegative = true
        case 0x2e: isFraction = true
        default:
          digits.append(byte)
          if isFraction { exponent -= 1 }
        }
      }
      while digits.last == 0x30 {
        digits.removeLast()
        exponent += 1
      }
      digits = Array(digits.drop { $0 == 0x30 })
      if digits.isEmpty { self = Decimal(zero: isNegative) }
    }

    private init(zero isNegative: Bool) { self.isNegative = isNegative }
  }
}
