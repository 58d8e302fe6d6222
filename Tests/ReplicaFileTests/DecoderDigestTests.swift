import Testing

@testable import Model
@testable import ReplicaFile

/// The digest changes with what is stored, and with nothing else.
@Suite struct DecoderDigestTests {
  static let base = """
    "id":1,"rank":5,"name":"Ann","isOpen":true,"updatedAt":"2026-03-01T08:00:00Z",\
    "owner":{"id":7,"name":"Bob"},"value":{"amount":1.5,"currency":"GBP"},\
    "emails":[{"id":5,"address":"a"},{"id":6,"address":"b"}],"tags":[{"id":8,"name":"x"},{"id":9}],\
    "options":["red","blue"],"fields":[{"id":3,"value":"v"}],"x":1
    """

  @Test(arguments: [
    ("\"id\":1,\"rank\":5", "\"rank\":5,\"id\":1"),
    ("\"name\":\"Ann\"", "\"name\":\"\\u0041nn\""),
    ("\"name\":\"Ann\"", " \"name\" : \"Ann\" , \"closedOn\" : null "),
    ("\"name\":\"Ann\"", "\"name\":\"Ann\",\"colour\":null,\"country\":null,\"repeat\":{}"),
    ("\"name\":\"Bob\"", "\"name\":\"Robert\",\"avatar\":{}"), ("{\"id\":7,\"name\":\"Bob\"}", "7"),
    ("\"isOpen\":true", "\"open\":true"), ("\"rank\":5", "\"rank\":5.0"),
    ("08:00:00Z", "09:00:00.5+01:00"), ("\"amount\":1.5", "\"amount\":1.50"),
    (
      "{\"id\":5,\"address\":\"a\"},{\"id\":6,\"address\":\"b\"}",
      "{\"id\":6,\"address\":\"b\"},{\"address\":\"a\",\"id\":5,\"geo\":{}}"
    ),
    (
      "{\"id\":8,\"name\":\"x\"},{\"id\":9}",
      "{\"id\":9},{\"id\":8,\"name\":\"renamed\"},{\"id\":9}"
    ),
    ("\"x\":1", "\"x\":1,\"secret\":\"s\",\"noise\":5,\"unwanted\":[\"s\"]"),
    ("\"id\":1,", "\"tags\":[1,2],\"id\":1,"),
    ("\"value\":\"v\"", "\"value\":\"v\",\"definition\":null"),
  ])
  func `what is not stored does not change it`(part: String, other: String) throws {
    let changed = try #require(Self.base.replacing(part, with: other))
    let before = try DecoderReading(record: Self.base)
    #expect(try DecoderReading(record: changed).digest == before.digest)
  }

  @Test(arguments: [
    ("\"id\":1", "\"id\":2"), ("\"rank\":5", "\"rank\":6"), ("\"rank\":5", "\"rank\":null"),
    ("\"rank\":5", "\"rank\":\"5\""), ("\"Ann\"", "\"ann\""), ("\"Ann\"", "\"\""),
    ("\"Ann\"", "\"Ann\\u0000\""), ("\"Ann\"", "null"), ("true", "false"), ("true", "null"),
    ("08:00:00Z", "08:00:01Z"), ("{\"id\":7,", "{\"id\":8,"), ("1.5", "1.25"), ("GBP", "EUR"),
    ("{\"amount\":1.5,\"currency\":\"GBP\"}", "null"), ("\"address\":\"a\"", "\"address\":\"c\""),
    ("{\"id\":5,\"address\":\"a\"},", ""), ("{\"id\":8,\"name\":\"x\"},", ""),
    ("{\"id\":8,", "{\"id\":10,"), ("\"red\",\"blue\"", "\"blue\",\"red\""),
    ("\"red\",\"blue\"", "\"red\",\"blue\",\"\""), ("[\"red\",\"blue\"]", "null"),
    ("\"blue\"", "null"), ("\"v\"", "\"w\""), ("{\"id\":3,\"value\":\"v\"}", ""),
    ("\"x\":1", "\"x\":2"), ("\"x\":1", "\"y\":1"), (",\"x\":1", ""),
    ("{\"id\":5,\"address\":\"a\"}", "{\"id\":5,\"address\":\"a\",\"x\":1}"),
  ])
  func `what is stored changes it`(part: String, other: String) throws {
    let changed = try #require(Self.base.replacing(part, with: other))
    let before = try DecoderReading(record: Self.base)
    #expect(try DecoderReading(record: changed).digest != before.digest)
  }

  /// Pairs that hold the same parts in other places.
  @Test(arguments: [
    ("\"name\":null", "\"name\":\"\""), ("\"name\":\"a\"", "\"updatedAtPlace\":\"a\""),
    ("\"x\":1", "\"value\":{\"x\":1}"), ("\"value\":{\"x\":1}", "\"repeat\":{\"x\":1}"),
    ("\"tags\":[\"x\"]", "\"tags\":\"x\""), ("\"x\":1,\"y\":2", "\"x\":2,\"y\":1"),
    ("\"emails\":[{\"id\":5,\"x\":1},{\"id\":6}]", "\"emails\":[{\"id\":5},{\"id\":6,\"x\":1}]"),
    (
      "\"emails\":[{\"id\":5,\"x\":1}],\"fields\":[{\"id\":5}]",
      "\"emails\":[{\"id\":5}],\"fields\":[{\"id\":5,\"x\":1}]"
    ),
    ("\"emails\":[{\"id\":5,\"lat\":1}]", "\"emails\":[{\"id\":5,\"geo\":{\"lat\":\"1\"}}]"),
    ("\"emails\":[{\"id\":5}],\"x\":1", "\"emails\":[{\"id\":5,\"x\":1}]"),
    ("\"emails\":[{\"id\":5}]", "\"tags\":[{\"id\":5}]"),
    ("\"options\":[\"a\"]", "\"fields\":[{\"id\":0,\"value\":\"a\"}]"),
    ("\"options\":[null]", "\"options\":[\"\"]"), ("\"fields\":[]", "\"tags\":[]"),
    ("\"fields\":[]", "\"rank\":null"), ("\"fields\":null", "\"name\":null"),
    ("\"emails\":[{\"id\":5,\"geo\":{\"x\":1}}]", "\"emails\":[{\"id\":5,\"x\":1}]"),
  ])
  func `the place of a part counts`(left: String, right: String) throws {
    let left = try DecoderReading(record: "\"id\":1,\(left)")
    let right = try DecoderReading(record: "\"id\":1,\(right)")
    #expect(left.digest != right.digest)
  }

  @Test(arguments: [
    ("\"tags\":[]", "\"tags\":null"), ("\"tags\":[]", "\"rank\":null"),
    ("\"fields\":[]", "\"fields\":null"), ("\"options\":[]", "\"emails\":[]"),
    ("\"enrichment\":5", "\"enrichment\":\"5\""), ("\"rating\":0.1e1", "\"rating\":1"),
  ])
  func `two ways to say the same have one digest`(left: String, right: String) throws {
    let left = try DecoderReading(record: "\"id\":1,\(left)")
    let right = try DecoderReading(record: "\"id\":1,\(right)")
    #expect(left.digest == right.digest)
  }

  /// The last strings of a page end near the end of the bytes, where they are hashed otherwise.
  @Test(arguments: 0..<18)
  func `the place on the page does not count`(length: Int) throws {
    let text = "abcdefghijklmnopqr".prefix(length)
    let record = "{\"id\":1,\"name\":\"\(text)\\t\",\"x\":\"\(text)\"}"
    let alone = try DecoderReading("{\"things\":\(record)}")
    let amid = try DecoderReading(
      "{ \"things\":[{\"id\":2,\"name\":\"\\n\"},\(record),{\"id\":3,\"name\":\"\\t, and more\"}] }"
    )
    #expect(amid.page.records[1].digest == alone.digest)
    #expect(amid.page.records[0].digest != alone.digest)
  }

  @Test func `a changed declaration changes it`() throws {
    let plain = Table("t", .full, from: [], columns: [.integer("id", or: .key), .text("name")])
    let other = Table(
      "t", .full, from: [], columns: [.integer("id", or: .key), .anyAsText("name")])
    let page = "{\"things\":[{\"id\":1,\"name\":\"a\"}]}"
    #expect(try DecoderReading(page, plain).digest != DecoderReading(page, other).digest)
  }
}

extension String {
  /// The text with the first `part` replaced, or nil without it.
  fileprivate func replacing(_ part: String, with other: String) -> String? {
    guard let range = firstRange(of: part) else { return nil }
    var text = self
    text.replaceSubrange(range, with: other)
    return text
  }
}
