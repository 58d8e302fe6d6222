import HTTP
import Model
import Testing

/// What headers say of time.
@Suite struct HTTPDateTests {
  @Test(arguments: [
    "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
  ])
  func `an HTTP date is read in each of its forms`(text: String) {
    #expect(Timestamp(httpDate: text)?.seconds == 784_111_777)
  }

  @Test(arguments: [
    ("Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31 23:59:59"),
    ("Wednesday, 31-Dec-69 23:59:59 GMT", "2069-12-31 23:59:59"),
    ("Thursday, 01-Jan-70 00:00:00 GMT", "1970-01-01 00:00:00"),
    ("Thu Nov 26 10:00:00 2026", "2026-11-26 10:00:00"),
  ])
  func `an HTTP date has a year of four digits`(text: String, sql: String) {
    #expect(Timestamp(httpDate: text)?.sql == sql)
  }

  @Test(arguments: [
    "", "06 Nov 1994", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
    "Sun, 06 Nov 1994 08:49 GMT", "Sun, +6 Nov 1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994 GMT x",
  ])
  func `what is no HTTP date is not guessed`(text: String) {
    #expect(Timestamp(httpDate: text) == nil)
  }

  /// A position is written as SQLite writes it: what it does not take must not become one.
  @Test(arguments: [
    "Fri, 31 Dec 9999 23:59:60 GMT", "Wed, 31 Dec 1969 23:59:59 GMT",
    "Sat, 01 Jan 0000 00:00:00 GMT", "Sat, 01 Jan 10000 00:00:00 GMT",
  ])
  func `an HTTP date that no clock shows is none`(text: String) {
    #expect(Timestamp(httpDate: text) == nil)
  }

  @Test func `of two dates the first is read`() {
    let response = Response(
      status: 200,
      headers: [
        "Date": "Sun, 06 Nov 1994 08:49:37 GMT", "date": "Sun, 06 Nov 1994 11:49:37 GMT",
      ])
    #expect(response.date?.seconds == 784_111_777)
  }

  @Test(
    arguments: [
      ("30", 30), ("0", 0), ("1.5", 1.5), ("0.000", 0), ("99999999999999999999", 1e9),
      ("Sun, 06 Nov 1994 08:50:07 GMT", 30), ("Sunday, 06-Nov-94 08:50:07 GMT", 30),
      ("Sun Nov  6 08:50:07 1994", 30), ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
      ("", nil), ("-5", nil), ("+5", nil), ("1.", nil), (".5", nil), ("1.2.3", nil), ("1e9", nil),
      ("inf", nil), ("soon", nil), ("\u{664}", nil),
    ] as [(String, Double?)])
  func `how long to wait is seconds or a date`(text: String, seconds: Double?) {
    let response = Response(
      status: 503, headers: ["Date": "Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After": text])
    #expect(response.retryAfter == seconds.map { .seconds($0) })
  }

  @Test func `a date to wait for says nothing without a clock`() {
    let headers: Headers = ["Retry-After": "Sun, 06 Nov 1994 08:50:07 GMT"]
    #expect(Response(status: 503, headers: headers).retryAfter == nil)
  }
}
