/// Seconds in a day.
package let daySeconds: Int64 = 86_400

/// A date and a time of day in UTC, read from seconds since 1970.
package struct CivilTime {
  let year: Int64
  let month: Int64
  let day: Int64
  let secondOfDay: Int64
  /// 0 is Sunday.
  let weekday: Int64

  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
  package init(_ epoch: Int64) {
    var days = epoch / daySeconds
    var second = epoch % daySeconds
    if second < 0 {
      second += daySeconds
      days -= 1
    }
    secondOfDay = second
    weekday = ((days % 7) + 11) % 7
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * march + 2) / 5 + 1
    month = march < 10 ? march + 3 : march - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// `2026-03-01`.
  package var date: String {
    "\(year)-\(padded(month))-\(padded(day))"
  }

  /// `2026-03-01T09:05:00Z`: a time of day in ISO 8601.
  package var instant: String {
    "\(date)T\(clock)Z"
  }

  /// `Sun, 01 Mar 2026 09:05:00 GMT`, the IMF-fixdate of RFC 9110, section 5.6.7.
  package var fixdate: String {
    let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let name = weekdays[Int(weekday)]
    return "\(name), \(padded(day)) \(months[Int(month) - 1]) \(year) \(clock) GMT"
  }

  private var clock: String {
    "\(padded(secondOfDay / 3600)):\(padded(secondOfDay / 60 % 60)):\(padded(secondOfDay % 60))"
  }
}

private func padded(_ value: Int64) -> String {
  value < 10 ? "0\(value)" : "\(value)"
}

/// Days since 1970 of a civil date, the inverse of `CivilTime`.
func days(year: Int64, month: Int64, day: Int64) -> Int64 {
  let shifted = month <= 2 ? year - 1 : year
  let era = (shifted >= 0 ? shifted : shifted - 399) / 400
  let yearOfEra = shifted - era * 400
  let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/// Reads an instant in ISO 8601: `Z` or an offset, with or without a fraction.
///
/// The fraction is dropped. Nil for anything else.
package func parseInstant(_ text: String) -> Int64? {
  let bytes = Array(text.utf8)
  guard bytes.count >= 20 else { return nil }
  func number(_ range: Range<Int>) -> Int64? {
    bytes[range].allSatisfy { (48...57).contains($0) }
      ? bytes[range].reduce(0) { $0 * 10 + Int64($1 - 48) } : nil
  }
  guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
    let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
    bytes[4] == 45, bytes[7] == 45, bytes[10] == 84, bytes[13] == 58, bytes[16] == 58,
    (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
  else { return nil }
  var index = 19
  if bytes[index] == 46 {
    index += 1
    let start = index
    while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
    guard index > start, index < bytes.count else { return nil }
  }
  let local =
    days(year: year, month: month, day: day) * daySeconds
    + hour * 3600 + minute * 60 + second
  if bytes[index] == 90 { return index + 1 == bytes.count ? local : nil }
  guard bytes[index] == 43 || bytes[index] == 45, bytes.count == index + 6,
    let offsetHour = number(index + 1..<index + 3), let offsetMinute = number(index + 4..<index + 6)
  else { return nil }
  let offset = offsetHour * 3600 + offsetMinute * 60
  return bytes[index] == 43 ? local - offset : local + offset
}
