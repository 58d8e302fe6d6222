/// Seconds since 1970-01-01T00:00:00Z as date and time in UTC: `2026-03-01T02:30:00Z`.
///
/// From the day count by Howard Hinnant's `civil_from_days` ("chrono-Compatible Low-Level Date
/// Algorithms"), years 0 to 9999.
func utcTime(_ secondsSince1970: Int64) -> String {
  let days = secondsSince1970.flooredQuotient(by: 86_400)
  let second = secondsSince1970 - days * 86_400
  let shifted = days + 719_468
  let era = shifted.flooredQuotient(by: 146_097)
  let dayOfEra = shifted - era * 146_097
  let yearOfEra =
    (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let monthFromMarch = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
  let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  let date = "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))"
  let (hour, minute) = (second / 3_600, second / 60 % 60)
  let time = "\(hour.padded(to: 2)):\(minute.padded(to: 2)):\((second % 60).padded(to: 2))"
  return "\(date)T\(time)Z"
}

extension Int64 {
  /// The quotient rounded down, also below zero.
  fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  fileprivate func padded(to width: Int) -> String {
    let digits = String(self)
    return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
  }
}
