import SQLite
import Testing

@testable import ReplicaFile

/// Child lists: rows, and the elements that cannot be rows.
@Suite struct DecoderChildTests {
  struct Case: Sendable {
    var members: String
    var key: String
    var rows: [[Value]]
    var extra: String?

    init(_ members: String, _ key: String, _ rows: [[Value]], _ extra: String? = nil) {
      (self.members, self.key, self.rows, self.extra) = (members, key, rows, extra)
    }
  }

  static let cases = [
    Case("\"tags\":[]", "tags", []), Case("\"tags\":null", "tags", []),
    Case("\"tags\":[{\"id\":5,\"name\":\"x\"},6]", "tags", [[5], [6]]),
    Case("\"tags\":[{\"id\":5},{\"id\":5,\"x\":1},{\"id\":6}]", "tags", [[5], [6]]),
    Case(
      "\"tags\":[null,\"x\",{\"name\":\"y\"}]", "tags", [],
      "{\"tags\":[null,\"x\",{\"name\":\"y\"}]}"),
    Case("\"tags\":[{\"id\":5.0},{\"id\":1e3}]", "tags", [[5]], "{\"tags\":[{\"id\":1e3}]}"),
    Case("\"tags\":[{\"id\":5}],\"tags\":[{\"id\":6}]", "tags", [[6]]),
    Case("\"tags\":[{\"id\":5}],\"tags\":null", "tags", []),
    Case("\"tags\":[{\"id\":5}],\"t\\u0061gs\":[]", "tags", []),
    Case("\"tags\":[\"x\"],\"tags\":[{\"id\":6}]", "tags", [[6]]),
    Case("\"tags\":7,\"tags\":[{\"id\":6}]", "tags", [[6]], "{\"tags\":7}"),
    Case("\"options\":[\"a\",\"\",\"\\u00e9\"]", "options", [[0, "a"], [1, ""], [2, "é"]]),
    Case("\"options\":[\"a\",\"a\"]", "options", [[0, "a"], [1, "a"]]),
    Case("\"options\":[null,5,{\"x\" :1}]", "options", [[0, nil], [1, "5"], [2, "{\"x\" :1}"]]),
    Case(
      "\"options\":[\"a\",\"\\ud800\",\"b\"]", "options", [[0, "a"], [2, "b"]],
      "{\"options\":[\"\\ud800\"]}"),
    Case(
      "\"emails\":[{\"id\":5,\"address\":\"a\"},{\"address\":\"b\",\"id\":6}]", "emails",
      [[5, "a", nil, nil], [6, "b", nil, nil]]),
    Case("\"emails\":[{\"id\":5,\"geo\":{\"lat\":1.5}}]", "emails", [[5, nil, nil, .real(1.5)]]),
    Case(
      "\"emails\":[{\"id\":5},{\"id\":5,\"address\":\"b\"}]", "emails", [[5, nil, nil, nil]],
      "{\"emails\":[{\"id\":5,\"address\":\"b\"}]}"),
    Case(
      "\"emails\":[{\"address\":\"a\"},{\"id\":null},{},[],5]", "emails", [],
      "{\"emails\":[{\"address\":\"a\"},{\"id\":null},{},[],5]}"),
    Case(
      "\"emails\":[{\"id\":\"x\",\"address\":7,\"y\":1}]", "emails", [],
      "{\"emails\":[{\"id\":\"x\",\"address\":7,\"y\":1}]}"),
    Case(
      "\"emails\":[{\"id\":5,\"x\":1}],\"emails\":[{\"id\":6}]", "emails",
      [[6, nil, nil, nil]]),
    Case(
      "\"emails\":[{\"id\":5,\"x\":1},7],\"y\":2,\"emails\":[{\"id\":6,\"x\":3}]", "emails",
      [[6, nil, nil, nil]], "{\"y\":2,\"emails\":[{\"id\":6,\"x\":3}]}"),
    Case(
      "\"fields\":[{\"id\":5,\"definition\":{\"id\":9,\"name\":\"x\"},\"value\":1.50}]", "fields",
      [[5, 9, "1.50"]]),
    Case(
      "\"fields\":[{\"id\":5,\"value\":[ true ]},{\"id\":6,\"value\":\"\"}]", "fields",
      [[5, nil, "[ true ]"], [6, nil, ""]]),
  ]

  @Test(arguments: cases)
  func `elements become rows`(example: Case) throws {
    let reading = try DecoderReading(record: "\"id\":1,\(example.members)")
    #expect(reading.rows(example.key) == example.rows)
    #expect(reading.extra() == example.extra)
    #expect(reading.isPresent(example.key))
    #expect(reading.values().filter { $0 != .null } == [1])
  }

  @Test(arguments: ["", ",\"tags\":5", ",\"tags\":{\"id\":5}"])
  func `a list that is none is not present`(members: String) throws {
    let reading = try DecoderReading(record: "\"id\":1\(members)")
    #expect(!reading.isPresent("tags"))
    #expect(reading.rows("tags").isEmpty)
  }

  @Test func `the rows of a record stay with it`() throws {
    let reading = try DecoderReading(
      "{\"things\":[{\"id\":1,\"tags\":[5],\"x\":1},{\"id\":2},{\"tags\":[5,6],\"id\":3,\"y\":2}]}")
    #expect((0..<3).map { reading.rows("tags", of: $0) } == [[[5]], [], [[5], [6]]])
    #expect((0..<3).map { reading.extra(of: $0) } == ["{\"x\":1}", nil, "{\"y\":2}"])
    #expect((0..<3).map { reading.isPresent("tags", of: $0) } == [true, false, true])
  }
}
