import Model
import SQLite
import Testing

@testable import ReplicaFile

/// One value for one column: what is stored, or what `_extra` keeps of a value that does not fit.
@Suite struct DecoderScalarTests {
  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("12", 12), ("-12", -12), ("12.0", 12), ("-0.0", 0), ("12.000", 12),
      ("9223372036854775807", .max), ("-9223372036854775808", .min),
      ("9007199254740993", 9_007_199_254_740_993), ("9007199254740993.0", 9_007_199_254_740_993),
    ] as [(String, Int64)])
  func `an integer is read by its spelling`(json: String, value: Int64) throws {
    for key in ["rank", "size"] {
      let reading = try DecoderReading(record: "\"id\":1,\"\(key)\":\(json)")
      #expect(reading.value(key) == .integer(value))
      #expect(reading.extra() == nil)
    }
  }

  @Test(
    arguments: [
      ("\"12\"", 12), ("\"-9223372036854775808\"", .min), ("\"007\"", 7), ("\"-0\"", 0),
      ("\"\\u0031\\u0032\"", 12),
    ] as [(String, Int64)])
  func `digits in a string are taken where that is declared`(json: String, value: Int64) throws {
    let reading = try DecoderReading(record: "\"id\":1,\"size\":\(json),\"rank\":\(json)")
    #expect(reading.value("size") == .integer(value))
    #expect(reading.value("rank") == .null)
    #expect(reading.extra() == "{\"rank\":\(json)}")
  }

  /// RFC 8259, section 6: more spellings than these are no numbers at all.
  @Test(arguments: [
    "+1", "01", "-01", "00", ".5", "1.", "1.e5", "1e", "1e+", "-", "--1", "0x10", "1_000", "NaN",
    "Infinity", "-Infinity", "1e5.5", "1 2", "1e 5", "١",
  ])
  func `a number that JSON does not allow ends the page`(json: String) {
    for key in ["rank", "rating", "enrichment", "unknown"] {
      #expect(throws: DecodeError.self) {
        try DecoderReading(record: "\"id\":1,\"\(key)\":\(json)")
      }
    }
  }

  @Test(
    arguments: [
      ("0.1", 0.1), ("1e22", 1e22), ("1e23", 1e23), ("-0.0", -0.0), ("100.50", 100.5), ("1E5", 1e5),
      ("0.1e1", 1), ("0", 0), ("-1", -1), ("123456789012345", 123_456_789_012_345),
      ("0.123456789012345", 0.123456789012345), ("0.30000000000000004", 0.30000000000000004),
      ("1.7976931348623157e308", .greatestFiniteMagnitude), ("5e-324", .leastNonzeroMagnitude),
      ("1e-7", 1e-7),
      ("9007199254740992", 9_007_199_254_740_992), ("1250.0000000000000000000000000000", 1250),
      ("0.00000000000000000000000000001", 1e-29), ("0e9223372036854775807", 0),
      ("0e99999999999999999999", 0), ("0.0e-9223372036854775808", 0), ("1000e+2", 1e5),
    ] as [(String, Double)])
  func `a real is kept when a Double holds it`(json: String, value: Double) throws {
    let reading = try DecoderReading(record: "\"id\":1,\"rating\":\(json)")
    let slot = reading.page.slots[reading.page.records[0].slots + 3]
    #expect(slot.kind == .real)
    #expect(slot.real.bitPattern == value.bitPattern)
    #expect(reading.extra() == nil)
  }

  @Test(arguments: [
    "12345678901234567.89", "9007199254740993", "1e400", "-1e400", "1e-400", "0.10000000000000001",
    "99999999999999.99",
    "1.5e-9223372036854775808", "1e99999999999999999999", "1e-99999999999999999999",
    "123456789012345678901234567890",
  ])
  func `a real that a Double would change is kept as sent`(json: String) throws {
    let reading = try DecoderReading(record: "\"id\":1,\"rating\":\(json)")
    #expect(reading.value("rating") == .null)
    #expect(reading.extra() == "{\"rating\":\(json)}")
    #expect(reading.page.records[0].misfits == 1)
  }

  @Test(arguments: [
    ("2026-02-28", "2026-02-28"), ("2024-02-29", "2024-02-29"), ("2000-02-29", "2000-02-29"),
    ("9999-12-31", "9999-12-31"), ("2026-03-01T23:59:59Z", "2026-03-01"),
    ("2026-03-01T23:59:59.999+14:00", "2026-03-01"), ("2026\\u002d03\\u002D01", "2026-03-01"),
  ])
  func `a date is a day of the calendar`(text: String, date: String) throws {
    let reading = try DecoderReading(record: "\"id\":1,\"closedOn\":\"\(text)\"")
    #expect(reading.value("closed_on") == .text(date))
    #expect(reading.extra() == nil)
  }

  @Test(arguments: [
    "", "2026-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00",
    "2026-1-1", "26-01-01", "2026/01/01", " 2026-01-01", "2026-01-01 ", "2026-01-01T",
    "2026-01-01T00:00:00", "+2026-01-01", "20260101", "2026-W01-1", "२०२६-01-01",
  ])
  func `what is no date stays in _extra`(text: String) throws {
    let reading = try DecoderReading(record: "\"id\":1,\"closedOn\":\"\(text)\"")
    #expect(reading.value("closed_on") == .null)
    #expect(reading.extra() == "{\"closedOn\":\"\(text)\"}")
  }

  /// Offsets, fractions and a blank are taken; letters in upper case alone, as in ISO 8601.
  @Test(arguments: [
    ("2026-03-01T08:00:00Z", "2026-03-01 08:00:00"),
    ("2026-03-01 08:00:00Z", "2026-03-01 08:00:00"),
    ("2026-03-01T08:00:00.5Z", "2026-03-01 08:00:00"),
    ("2026-03-01T08:00:00.999999999Z", "2026-03-01 08:00:00"),
    ("2026-03-01T00:30:00+01:00", "2026-02-28 23:30:00"),
    ("2023-12-31T23:30:00-0100", "2024-01-01 00:30:00"),
    ("2026-03-01T08:00:00+14:59", "2026-02-28 17:01:00"),
    ("2026-03-01T08:00:00.25-00:30", "2026-03-01 08:30:00"),
    ("0000-01-01T00:00:00Z", "0000-01-01 00:00:00"),
    ("9999-12-31T23:59:59Z", "9999-12-31 23:59:59"),
    ("2026-03-01T08:00:00\\u002B01:00", "2026-03-01 07:00:00"),
    ("2026-03-01T08:00:00\\u005a", "2026-03-01 08:00:00"),
  ])
  func `an instant is kept in UTC`(text: String, instant: String) throws {
    let reading = try DecoderReading(record: "\"id\":1,\"updatedAt\":\"\(text)\"")
    #expect(reading.value("updated_at") == .text(instant))
    #expect(reading.extra() == nil)
  }

  /// The last two would leave the years 0 to 9999 on their way to UTC.
  @Test(arguments: [
    "", "2026-03-01", "2026-03-01T08:00:00", "2026-03-01T08:00:00z", "2026-03-01t08:00:00Z",
    "2026-03-01T08:00Z", "2026-03-01T24:00:00Z", "2026-03-01T08:60:00Z", "2026-12-31T23:59:60Z",
    "2026-02-29T08:00:00Z", "2026-03-01T08:00:00.Z", "2026-03-01T08:00:00,5Z",
    "2026-03-01T08:00:00+01", "2026-03-01T08:00:00+15:00", "2026-03-01T08:00:00+01:60",
    "2026-03-01T08:00:00ZZ", "2026-03-01T08:00:00Z ", "2026-03-01T08:00:00 Z",
    "2026-03-01T08:00:00+1:00", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
  ])
  func `what is no instant stays in _extra`(text: String) throws {
    let reading = try DecoderReading(record: "\"id\":1,\"updatedAt\":\"\(text)\"")
    #expect(reading.value("updated_at") == .null)
    #expect(reading.extra() == "{\"updatedAt\":\"\(text)\"}")
  }

  /// `anyAsText` keeps a string's content, and everything else as it is spelt.
  @Test(arguments: [
    ("\"a\\n\\u00e9\"", "a\né"), ("\"\"", ""), ("1.50", "1.50"), ("1e3", "1e3"), ("-0", "-0"),
    ("12345678901234567890123", "12345678901234567890123"), ("true", "true"), ("false", "false"),
    ("[1, \"a\", null]", "[1, \"a\", null]"), ("{\"a\" :1}", "{\"a\" :1}"), ("[]", "[]"),
    ("{}", "{}"), ("1e400", "1e400"), ("\"null\"", "null"), ("[\"\\u0041\"]", "[\"\\u0041\"]"),
  ])
  func `a value of any kind is kept as text`(json: String, text: String) throws {
    let reading = try DecoderReading(record: "\"id\":1,\"enrichment\":\(json)")
    #expect(reading.value("enrichment") == .text(text))
    #expect(reading.extra() == nil)
  }

  @Test(arguments: [
    ("\\u0000", "\u{0}"), ("\\ud83d\\ude00", "😀"), ("\\uD83D\\uDE00x", "😀x"), ("😀", "😀"),
    ("\\uffff", "\u{ffff}"), ("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\u{8}\u{c}\n\r\t"),
    ("é\\u0301", "é\u{301}"), ("\u{7f}", "\u{7f}"), ("\\u00e9\\u00E9", "éé"), ("", ""),
    ("\u{10ffff}", "\u{10ffff}"), ("\\udbff\\udfff", "\u{10ffff}"),
  ])
  func `a string is unescaped`(json: String, text: String) throws {
    let reading = try DecoderReading(record: "\"id\":1,\"name\":\"\(json)\"")
    #expect(reading.value("name") == .text(text))
    #expect(reading.extra() == nil)
  }

  /// JSON's grammar allows half a surrogate pair (RFC 8259, section 8.2), UTF-8 has no form for it:
  /// the value does not fit a column, and the page is good.
  @Test(arguments: [
    "\\ud800", "\\udc00", "\\ud83dx", "\\ud83d\\u0041", "\\ude00\\ud83d", "\\ud83d\\ud83d\\ude00",
    "\\ud83d\\n",
  ])
  func `half a surrogate pair is kept as sent`(json: String) throws {
    for key in ["name", "enrichment", "updatedAt", "closedOn", "size", "rank", "unknown"] {
      let reading = try DecoderReading(record: "\"id\":1,\"\(key)\":\"\(json)\"")
      #expect(reading.values().filter { $0 != .null } == [.integer(1)])
      #expect(reading.extra() == "{\"\(key)\":\"\(json)\"}")
    }
  }

  @Test(arguments: [
    "\\", "\\x41", "\\u", "\\u12", "\\u12g4", "\\u+123", "\\ud800\\u12", "\\ud800\\x", "\\U0041",
    "\\'", "\\\u{e9}", "\\u 041",
  ])
  func `an escape that JSON does not know ends the page`(json: String) {
    for key in ["name", "rank", "size", "rating", "isOpen", "closedOn", "updatedAt", "unknown"] {
      #expect(throws: DecodeError.self) {
        try DecoderReading(record: "\"id\":1,\"\(key)\":\"\(json)\"")
      }
    }
  }

  /// Values of the wrong kind, by column: the column is null and `_extra` has the value as sent.
  @Test(arguments: [
    ("rank", "\"12\""), ("rank", "12.5"), ("rank", "1e3"), ("rank", "12.0e0"), ("rank", "true"),
    ("rank", "9223372036854775808"), ("rank", "-9223372036854775809"), ("rank", "[1]"),
    ("rank", "12345678901234567890"), ("rank", "{\"id\":1}"), ("size", "\"\""), ("size", "\"-\""),
    ("size", "\"+1\""), ("size", "\"1.0\""), ("size", "\"12345678901234567890\""),
    ("size", "\"1 \""), ("rating", "\"0.5\""), ("rating", "false"), ("name", "5"),
    ("name", "true"), ("name", "[ \"a\" ]"), ("name", "{\"a\":{\"b\":[]}}"), ("isOpen", "1"),
    ("isOpen", "\"true\""), ("open", "0"), ("closedOn", "20260101"), ("updatedAt", "1700000000"),
    ("owner", "\"5.0\""), ("owner", "{}"), ("owner", "{\"id\":null}"),
    ("owner", "{\"id\":\"+5\"}"),
    ("owner", "{\"name\":\"Ann\"}"), ("owner", "[5]"), ("country", "{\"id\":44}"),
    ("value", "12.5"), ("value", "[]"), ("value", "\"12.5\""), ("tags", "{}"), ("tags", "5"),
    ("options", "\"red\""), ("fields", "false"),
  ])
  func `a value of another kind stays in _extra`(key: String, json: String) throws {
    let reading = try DecoderReading(record: "\"id\":1,\"\(key)\":\(json)")
    #expect(reading.values().filter { $0 != .null } == [.integer(1)])
    #expect(reading.extra() == "{\"\(key)\":\(json)}")
    #expect(reading.page.records[0].misfits == 1)
  }

  @Test(
    arguments: [
      ("isOpen", "is_open", "true", .integer(1)), ("open", "is_open", "false", .integer(0)),
      ("owner", "owner_id", "{\"id\":5,\"name\":\"Ann\",\"x\":{}}", .integer(5)),
      ("owner", "owner_id", "{\"name\":\"\\ud800\",\"\\u0069d\":5}", .integer(5)),
      ("owner", "owner_id", "5", .integer(5)), ("owner", "owner_id", "\"5\"", .integer(5)),
      ("owner", "owner_id", "{\"id\":\"5\"}", .integer(5)), ("owner", "owner_id", "null", .null),
      ("country", "country_code", "{\"id\":\"GB\"}", .text("GB")),
      ("country", "country_code", "\"GB\"", .text("GB")),
      ("definition", "definition_id", "{\"id\":7}", .integer(7)),
      ("trackDefinition", "definition_id", "{\"id\":7}", .integer(7)),
      ("updatedAtPlace", "updated_at_place", "\"Leeds\"", .text("Leeds")),
      ("\\u006eame", "name", "\"Ann\"", .text("Ann")),
      ("value", "value_amount", "{\"amount\":0.5}", .real(0.5)),
      ("value", "value_amount", "null", .null), ("value", "value_amount", "{}", .null),
      ("repeat", "repeat_task_id", "{ \"task\" : { \"id\" : 8 } }", .integer(8)),
    ] as [(String, String, String, Value)])
  func `a member fills its column`(key: String, column: String, json: String, value: Value) throws {
    let reading = try DecoderReading(record: "\"id\":1,\"\(key)\":\(json)")
    #expect(reading.value(column) == value)
    #expect(reading.values().filter { $0 != .null }.count == (value == .null ? 1 : 2))
    #expect(reading.extra() == nil)
  }
}
