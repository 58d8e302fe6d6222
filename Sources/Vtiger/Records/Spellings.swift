internal import Model

/// What texts of the API spell: each is read whole or not at all.
extension RecordRewriter {
  /// The number that the digits say; they are `mostDigits` at the most.
  static func number(_ span: RawSpan, _ digits: Range<Int>) -> Int64 {
    var (value, at): (Int64, Int) = (0, digits.lowerBound)
    let isNegative = Bytes.byte(span, at) == 0x2d
    if isNegative { at += 1 }
    while at < digits.upperBound {
      value = value * 10 + Int64(Bytes.byte(span, at) &- 0x30)
      at += 1
    }
    return isNegative ? -value : value
  }

  /// The digits of which every number fits into 64 bits.
  static let mostDigits = 18

  /// Digits as far as they go, without leading zeros; nil where none stands or too many do.
  @inline(__always)
  private static func digits(
    _ span: RawSpan, _ at: inout Int, _ end: Int, atMost most: Int = mostDigits
  ) -> Range<Int>? {
    var start = at
    while at < end, Bytes.isDigit(Bytes.byte(span, at)) { at &+= 1 }
    guard at > start else { return nil }
    while start < at - 1, Bytes.byte(span, start) == 0x30 { start &+= 1 }
    return at - start <= most ? start..<at : nil
  }

  /// Prefix and number of `12x34`.
  @inline(__always)
  static func reference(
    _ span: RawSpan, _ range: Range<Int>
  ) -> (prefix: Range<Int>, number: Range<Int>)? {
    var at = range.lowerBound
    guard let prefix = digits(span, &at, range.upperBound), at < range.upperBound,
      Bytes.byte(span, at) == 0x78
    else { return nil }
    at += 1
    guard let number = digits(span, &at, range.upperBound), at == range.upperBound else {
      return nil
    }
    return (prefix, number)
  }

  /// An integer as JSON spells it, or nil: a fraction of zeros is none. The greatest of 64 bits
  /// have nineteen digits; whether such a number is one of them is left to who stores it.
  static func integer(_ span: RawSpan, _ range: Range<Int>) -> Range<Int>? {
    var at = range.lowerBound
    let isNegative = Bytes.byte(span, at) == 0x2d
    if isNegative { at += 1 }
    let first = at
    guard let digits = digits(span, &at, range.upperBound, atMost: mostDigits + 1) else {
      return nil
    }
    if at < range.upperBound {
      guard Bytes.byte(span, at) == 0x2e, at + 1 < range.upperBound else { return nil }
      for place in (at + 1)..<range.upperBound where Bytes.byte(span, place) != 0x30 { return nil }
    }
    guard isNegative else { return digits }
    return digits.lowerBound == first ? range.lowerBound..<digits.upperBound : nil
  }

  /// A decimal number as JSON spells it, or nil.
  static func real(_ span: RawSpan, _ range: Range<Int>) -> Range<Int>? {
    let end = range.upperBound
    var at = range.lowerBound
    let isNegative = Bytes.byte(span, at) == 0x2d
    if isNegative { at += 1 }
    var start = at
    while at < end, Bytes.isDigit(Bytes.byte(span, at)) { at &+= 1 }
    guard at > start else { return nil }
    while start < at - 1, Bytes.byte(span, start) == 0x30 { start &+= 1 }
    guard !isNegative || start == range.lowerBound + 1 else { return nil }
    if at < end, Bytes.byte(span, at) == 0x2e {
      at += 1
      guard at < end, Bytes.isDigit(Bytes.byte(span, at)) else { return nil }
      while at < end, Bytes.isDigit(Bytes.byte(span, at)) { at &+= 1 }
    }
    if at < end, Bytes.byte(span, at) | 0x20 == 0x65 {
      at += 1
      if Bytes.byte(span, at) == 0x2b || Bytes.byte(span, at) == 0x2d { at += 1 }
      guard at < end, Bytes.isDigit(Bytes.byte(span, at)) else { return nil }
      while at < end, Bytes.isDigit(Bytes.byte(span, at)) { at &+= 1 }
    }
    return at == end ? (isNegative ? range.lowerBound : start)..<end : nil
  }

  static func flag(_ span: RawSpan, _ range: Range<Int>) -> Bool? {
    switch range.count {
    case 1:
      switch Bytes.byte(span, range.lowerBound) {
      case 0x31: true
      case 0x30: false
      default: nil
      }
    case 2: Bytes.equal(span, range, "on") ? true : nil
    case 3: Bytes.equal(span, range, "off") ? false : nil
    case 4: Bytes.equal(span, range, "true") ? true : nil
    case 5: Bytes.equal(span, range, "false") ? false : nil
    default: nil
    }
  }

  /// The seconds that a clock shows which reads `YYYY-MM-DD HH:MM:SS`, or nil.
  static func localSeconds(_ span: RawSpan, _ range: Range<Int>) -> Int64? {
    guard range.count == 19, Bytes.byte(span, range.lowerBound + 10) == 0x20,
      let days = Instant.days(span, range)
    else { return nil }
    func two(_ offset: Int) -> Int64 {
      let tens = Bytes.byte(span, range.lowerBound + offset) &- 0x30
      let ones = Bytes.byte(span, range.lowerBound + offset + 1) &- 0x30
      return tens < 10 && ones < 10 ? Int64(tens) * 10 + Int64(ones) : 99
    }
    let (hours, minutes, seconds) = (two(11), two(14), two(17))
    guard hours < 24, minutes < 60, seconds < 60,
      Bytes.byte(span, range.lowerBound + 13) == 0x3a,
      Bytes.byte(span, range.lowerBound + 16) == 0x3a
    else { return nil }
    return days * 86_400 + hours * 3_600 + minutes * 60 + seconds
  }

  /// The order of two texts of the same length: below, at or above zero.
  static func order(_ span: RawSpan, _ left: Range<Int>, _ right: Range<Int>) -> Int {
    for (one, other) in zip(left, right) {
      let (a, b) = (Bytes.byte(span, one), Bytes.byte(span, other))
      if a != b { return a < b ? -1 : 1 }
    }
    return 0
  }
}
