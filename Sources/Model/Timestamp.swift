/// An instant in whole seconds since 1970-01-01 00:00:00 UTC.
package struct Timestamp: Sendable, Hashable, Comparable {
  package var seconds: Int64

  package init(_ seconds: Int64) { self.seconds = seconds }

  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }
  package static func + (left: Timestamp, right: Int64) -> Timestamp {
    Timestamp(left.seconds + right)
  }
  package static func - (left: Timestamp, right: Timestamp) -> Int64 {
    left.seconds - right.seconds
  }

  /// As columns hold it: `2026-03-01 08:00:00`.
  package var sql: String { text(between: " ", after: "") }
  /// As the API reads it: `2026-03-01T08:00:00Z`.
  package var iso8601: String { text(between: "T", after: "Z") }

  private func text(between: String, after: String) -> String {
    let days = seconds.quotient(by: 86_400)
    let time = seconds.remainder(by: 86_400)
    let date = CivilDate(days: days)
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let year = String(repeating: "0", count: max(0, 4 - "\(date.year)".count)) + "\(date.year)"
    return "\(year)-\(two(date.month))-\(two(date.day))\(between)"
      + "\(two(time / 3_600)):\(two(time / 60 % 60)):\(two(time % 60))\(after)"
  }

  /// Reads `2026-03-01 08:00:00` or `2026-03-01T08:00:00Z`, with any zone; nil for anything else,
  /// and for an instant outside the years 0 to 9999 in UTC.
  package init?(_ text: String) {
    var bytes = Array(text.utf8)
    if bytes.count == 19 { bytes.append(0x5a) }
    guard let parsed = Instant.seconds(bytes.span.bytes, 0..<bytes.count) else { return nil }
    seconds = parsed
  }
}

/// A day of the Gregorian calendar, years 0 to 9999.
struct CivilDate {
  let year: Int64
  let month: Int64
  let day: Int64

  /// Nil for a day that the calendar does not have.
  init?(year: Int64, month: Int64, day: Int64) {
    guard (0...9_999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let length: Int64 =
      switch month {
      case 2: isLeap ? 29 : 28
      case 4, 6, 9, 11: 30
      default: 31
      }
    guard day <= length else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// The day this many days after 1970-01-01.
  init(days: Int64) {
    // Counted from 0000-03-01, so that a leap day is the last of its year.
    let shifted = days + 719_468
    let era = shifted.quotient(by: 146_097)
    let inEra = shifted - era * 146_097
    let yearOfEra = (inEra - inEra / 1_460 + inEra / 36_524 - inEra / 146_096) / 365
    let inYear = inEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * inYear + 2) / 153
    day = inYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  var days: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear.quotient(by: 400)
    let yearOfEra = shiftedYear - era * 400
    let inYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + inYear - 719_468
  }
}

extension Int64 {
  /// The quotient rounded down, also for negative numbers.
  func quotient(by divisor: Int64) -> Int64 {
    self % divisor < 0 ? self / divisor - 1 : self / divisor
  }

  /// What the quotient leaves: never negative.
  func remainder(by divisor: Int64) -> Int64 {
    self % divisor < 0 ? self % divisor + divisor : self % divisor
  }
}

/// Reads dates and instants from bytes, as strict as ISO 8601's extended form is written.
package enum Instant {
  /// The years 0 to 9999 in epoch seconds: what SQLite takes (sqlite.org/lang_datefunc.html).
  static let years: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

  @inline(__always)
  private static func byte(_ span: RawSpan, _ at: Int) -> UInt8 {
    span.unsafeLoad(fromByteOffset: at, as: UInt8.self)
  }

  @inline(__always) private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// Two or four digits as a number, or nil.
  @inline(__always)
  private static func digits(_ span: RawSpan, _ at: Int, _ count: Int) -> Int64? {
    var value: Int64 = 0
    for offset in 0..<count {
      let digit = byte(span, at + offset) &- 0x30
      guard digit < 10 else { return nil }
      value = value * 10 + Int64(digit)
    }
    return value
  }

  /// Days since 1970 of `YYYY-MM-DD` at the start of the range, or nil.
  package static func days(_ span: RawSpan, _ range: Range<Int>) -> Int64? {
    date(span, range)?.days
  }

  private static func date(_ span: RawSpan, _ range: Range<Int>) -> CivilDate? {
    let at = range.lowerBound
    guard range.count >= 10, byte(span, at + 4) == 0x2d,
      byte(span, at + 7) == 0x2d, let year = digits(span, at, 4),
      let month = digits(span, at + 5, 2), let day = digits(span, at + 8, 2)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  /// Seconds of the day of `THH:MM:SS` at `at`, or nil. A blank may stand for the `T`.
  private static func time(_ span: RawSpan, _ at: Int) -> Int64? {
    guard byte(span, at) == 0x54 || byte(span, at) == 0x20,
      byte(span, at + 3) == 0x3a, byte(span, at + 6) == 0x3a,
      let hour = digits(span, at + 1, 2), let minute = digits(span, at + 4, 2),
      let second = digits(span, at + 7, 2), hour < 24, minute < 60, second < 60
    else { return nil }
    return hour * 3_600 + minute * 60 + second
  }

  /// Whether the range is `YYYY-MM-DDTHH:MM:SSZ`, or with a blank for the `T`, and an instant.
  package static func isUTC(_ span: RawSpan, _ range: Range<Int>) -> Bool {
    range.count == 20 && byte(span, range.upperBound - 1) == 0x5a
      && time(span, range.lowerBound + 10) != nil && date(span, range) != nil
  }

  /// Epoch seconds of `YYYY-MM-DDTHH:MM:SS`, an optional fraction, which is dropped, and a zone:
  /// `Z`, `+hh:mm` or `+hhmm`. A blank may stand for the `T`. Nil for anything else, and for an
  /// instant that its zone leads out of the years 0 to 9999.
  package static func seconds(_ span: RawSpan, _ range: Range<Int>) -> Int64? {
    let at = range.lowerBound
    guard range.count >= 20, let days = days(span, range), let time = time(span, at + 10) else {
      return nil
    }
    var zone = at + 19
    if byte(span, zone) == 0x2e {
      zone += 1
      let fraction = zone
      while zone < range.upperBound, isDigit(byte(span, zone)) { zone += 1 }
      guard zone > fraction else { return nil }
    }
    guard zone < range.upperBound, let offset = offset(span, zone..<range.upperBound) else {
      return nil
    }
    let seconds = days * 86_400 + time - offset
    return years.contains(seconds) ? seconds : nil
  }

  /// Seconds east of UTC.
  private static func offset(_ span: RawSpan, _ range: Range<Int>) -> Int64? {
    let at = range.lowerBound
    let sign: Int64
    switch byte(span, at) {
    case 0x5a: return range.count == 1 ? 0 : nil
    case 0x2b: sign = 1
    case 0x2d: sign = -1
    default: return nil
    }
    let colon = range.count == 6 && byte(span, at + 3) == 0x3a
    guard colon || range.count == 5, let hours = digits(span, at + 1, 2),
      let minutes = digits(span, at + (colon ? 4 : 3), 2), hours <= 14, minutes < 60
    else { return nil }
    return sign * (hours * 3_600 + minutes * 60)
  }
}
