import Simulation
import Testing

@Suite struct CivilTimeTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
      (951_782_399, "2000-02-28T23:59:59Z", "Mon, 28 Feb 2000 23:59:59 GMT"),
      (1_709_210_096, "2024-02-29T12:34:56Z", "Thu, 29 Feb 2024 12:34:56 GMT"),
      (-1, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
      (-62_167_219_200, "0000-01-01T00:00:00Z", "Sat, 01 Jan 0000 00:00:00 GMT"),
      (253_402_300_799, "9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ] as [(Int64, String, String)])
  func `instants are spelt as ISO 8601 and RFC 9110 do`(
    _ epoch: Int64, instant: String, fixdate: String
  ) {
    #expect(CivilTime(epoch).instant == instant)
    #expect(CivilTime(epoch).date == instant.prefix(10))
    #expect(CivilTime(epoch).fixdate == fixdate)
    #expect(parseInstant(instant) == epoch)
  }

  @Test func `offsets are applied`() {
    #expect(parseInstant("2024-02-29T14:34:56+02:00") == 1_709_210_096)
    #expect(parseInstant("2024-02-29T07:04:56.999-05:30") == 1_709_210_096)
  }
  @Test func `a day that the month lacks is the one after`() {
    #expect(parseInstant("2026-02-31T00:00:00Z") == parseInstant("2026-03-03T00:00:00Z"))
  }

  @Test(arguments: [
    "", "2024-02-29", "2024-02-29T12:34:56", "2024-02-29 12:34:56Z", "2024-13-01T00:00:00Z",
    "2024-02-29T24:00:00Z", "2024-02-29T12:34:56.Z", "2024-02-29T12:34:56+0200",
    "2024-02-29T12:34:56Zz", "+024-02-29T12:34:56Z", "2024-2-029T12:34:56Z",
  ])
  func `other texts are no instants`(_ text: String) {
    #expect(parseInstant(text) == nil)
  }
}
