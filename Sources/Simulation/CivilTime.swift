import Glibc

/// Seconds in a day.
package let daySeconds: Int64 = 86_400

/// A date and a time of day in UTC, as replies and headers spell them.
///
/// Source: gmtime(3), strftime(3). The program leaves the locale at "C", whose names of days and
/// months are those of RFC 9110.
package struct CivilTime {
  private var parts = tm()

  /// Reads seconds since 1970.
  package init(_ epoch: Int64) {
    var seconds = Int(epoch)
    gmtime_r(&seconds, &parts)
  }

  /// `2026-03-01`.
  package var date: String { text("%04Y-%m-%d") }

  /// `2026-03-01T09:05:00Z`, an instant in ISO 8601.
  package var instant: String { text("%04Y-%m-%dT%H:%M:%SZ") }

  /// `Sun, 01 Mar 2026 09:05:00 GMT`, the IMF-fixdate of RFC 9110, section 5.6.7.
  package var fixdate: String { text("%a, %d %b %04Y %H:%M:%S GMT") }

  /// `Sunday, 01-Mar-26 09:05:00 GMT`, of RFC 850.
  package var rfc850: String { text("%A, %d-%b-%y %H:%M:%S GMT") }

  /// `Sun Mar  1 09:05:00 2026`, of asctime(3).
  package var asctime: String { text("%a %b %e %H:%M:%S %04Y") }

  private func text(_ format: String) -> String {
    var parts = parts
    return String(unsafeUninitializedCapacity: 48) { buffer in
      buffer.withMemoryRebound(to: CChar.self) { text in
        text.baseAddress.map { strftime($0, text.count, format, &parts) } ?? 0
      }
    }
  }
}

/// Reads an instant in ISO 8601: `Z` or an offset, with or without a fraction.
///
/// The fraction is dropped. Nil for anything else.
package func parseInstant(_ text: String) -> Int64? {
  let bytes = Array(text.utf8)
  guard bytes.count >= 20 else { return nil }
  func number(_ range: Range<Int>) -> CInt? {
    bytes[range].allSatisfy { (48...57).contains($0) }
      ? bytes[range].reduce(0) { $0 * 10 + CInt($1 - 48) } : nil
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
  var parts = tm()
  (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1_900, month - 1, day)
  (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
  let local = Int64(timegm(&parts))
  if bytes[index] == 90 { return index + 1 == bytes.count ? local : nil }
  guard bytes[index] == 43 || bytes[index] == 45, bytes.count == index + 6,
    let offsetHour = number(index + 1..<index + 3), let offsetMinute = number(index + 4..<index + 6)
  else { return nil }
  let offset = Int64(offsetHour * 3_600 + offsetMinute * 60)
  return bytes[index] == 43 ? local - offset : local + offset
}
