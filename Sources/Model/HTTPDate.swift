package import HTTP

extension Timestamp {
  /// Reads an HTTP date in the three forms of RFC 9110, section 5.6.7, also with `UTC` for `GMT`:
  ///
  ///     Sun, 06 Nov 1994 08:49:37 GMT
  ///     Sunday, 06-Nov-94 08:49:37 GMT
  ///     Sun Nov  6 08:49:37 1994
  ///
  /// Nil for others, and for one that no clock shows: before 1970 or after 9999. The name of the
  /// day is not looked at. Two digits are a year from 1970 to 2069.
  package init?(httpDate text: String) {
    var parts = text.split { $0 == " " || $0 == "," || $0 == "-" }
    if parts.count == 5 {
      // Of the last form: month, day, time, year.
      parts = [parts[0], parts[2], parts[1], parts[4], parts[3], "GMT"]
    }
    guard parts.count == 6, parts[5] == "GMT" || parts[5] == "UTC",
      let day = Self.number(parts[1]), var year = Self.number(parts[3]),
      let month = Self.months.firstIndex(of: parts[2])
    else { return nil }
    if parts[3].utf8.count == 2 { year += year < 70 ? 2_000 : 1_900 }
    guard let date = CivilDate(year: year, month: Int64(month + 1), day: day) else { return nil }
    let time = parts[4].split(separator: ":").compactMap(Self.number)
    guard time.count == 3, time[0] < 24, time[1] < 60, time[2] <= 60 else { return nil }
    self.init(date.days * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2])
    guard (0...Instant.years.upperBound).contains(seconds) else { return nil }
  }

  private static let months: [Substring] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Digits alone: no sign.
  private static func number(_ text: Substring) -> Int64? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
  }
}

extension Response {
  /// The server's clock when it answered: the first `Date`, where somebody on the way has added
  /// another.
  package var date: Timestamp? { headers.first("Date").flatMap { Timestamp(httpDate: $0) } }

  /// How long the server wants to be left alone, or nil when it does not say.
  ///
  /// `Retry-After` is a number of seconds or a date (RFC 9110, section 10.2.3); some send decimals.
  /// A date is told by the clock of the same response: without one it says nothing.
  package var retryAfter: Duration? {
    guard let text = headers.first("Retry-After") else { return nil }
    if let end = Timestamp(httpDate: text) {
      return date.map { .seconds(max(end - $0, 0)) }
    }
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(digits.contains) }) else {
      return nil
    }
    // No wait is that long. What is more is as much.
    return .seconds(min(Double(text) ?? 0, 1_000_000_000))
  }
}
