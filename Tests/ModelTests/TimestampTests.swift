import Model
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("2015-09-15T10:43:23Z", "2015-09-15 10:43:23"),
    ("2024-02-29T23:59:59Z", "2024-02-29 23:59:59"),
    ("2024-03-01T00:30:00+01:00", "2024-02-29 23:30:00"),
    ("2023-12-31T23:30:00-0100", "2024-01-01 00:30:00"),
    ("2024-09-19T12:30:45.000Z", "2024-09-19 12:30:45"),
    ("0001-01-01T00:00:00Z", "0001-01-01 00:00:00"),
    ("1969-12-31T23:59:59Z", "1969-12-31 23:59:59"),
    ("2026-03-01 08:00:00", "2026-03-01 08:00:00"),
    ("0000-01-01T00:00:00Z", "0000-01-01 00:00:00"),
    ("9999-12-31T23:59:59Z", "9999-12-31 23:59:59"),
  ])
  func `an instant is read and written`(text: String, sql: String) {
    #expect(Timestamp(text)?.sql == sql)
  }

  @Test(arguments: [
    "", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z",
    "2024-01-01T00:00:00", "2024-01-01", "2024-1-1T00:00:00Z", "yesterday",
    "2024-01-01T00:00:00+", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:60Z",
    "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+14:00", "2024-01-01T00:00:00.",
    "2024-01-01T00:00:00.5", "2024-01-01T00:00:00+1", "2024-01-01T00:00:00+15:00",
  ])
  func `what is no instant is not guessed`(text: String) {
    #expect(Timestamp(text).map { _ in text.count == 19 } ?? true)
    if text.count != 19 { #expect(Timestamp(text) == nil) }
  }

  @Test(arguments: [Int64.min, .min + 1, -1, 0, .max])
  func `any number of seconds has a text`(seconds: Int64) {
    let second = (seconds % 60 + 60) % 60
    #expect(Timestamp(seconds).sql.hasSuffix(second < 10 ? ":0\(second)" : ":\(second)"))
  }

  @Test func `every day of four centuries survives`() {
    for day in stride(from: Int64(-146_097), to: 146_097, by: 1) {
      let instant = Timestamp(day * 86_400 + 3_723)
      #expect(Timestamp(instant.iso8601) == instant)
    }
  }
}
