import SQLite
import Testing

@testable import Model
@testable import ReplicaFile

/// What no column takes, and where `_extra` has it.
@Suite struct DecoderLeftoverTests {
  @Test(arguments: [
    ("\"colour\":\"red\"", "{\"colour\":\"red\"}"),
    ("\"a\":{\"b\" : [1, {}]},\"c\":1.50", "{\"a\":{\"b\" : [1, {}]},\"c\":1.50}"),
    ("\"\\u0061 \\\"b\\\"\":true", "{\"\\u0061 \\\"b\\\"\":true}"),
    ("\"\":\"\"", "{\"\":\"\"}"),
    ("\"Name\":1,\"nam\":2,\"names\":3", "{\"Name\":1,\"nam\":2,\"names\":3}"),
    ("\"updatedAtPlac\":1,\"updatedA\":2", "{\"updatedAtPlac\":1,\"updatedA\":2}"),
    ("\"value\":{\"amount\":\"lots\",\"tax\":7}", "{\"value\":{\"amount\":\"lots\",\"tax\":7}}"),
    ("\"x\":1,\"value\":{\"tax\":7},\"y\":2", "{\"x\":1,\"y\":2,\"value\":{\"tax\":7}}"),
    ("\"repeat\":{\"task\":{\"id\":\"z\"}}", "{\"repeat\":{\"task\":{\"id\":\"z\"}}}"),
    ("\"na\\ud800me\":\"Ann\"", "{\"na\\ud800me\":\"Ann\"}"),
    (
      "\"emails\":[{\"id\":5,\"x\":1},{\"id\":6},{\"id\":7,\"geo\":{\"lat\":\"N\",\"lon\":0}}]",
      "{\"emails\":[{\"id\":5,\"x\":1},{\"id\":7,\"geo\":{\"lat\":\"N\",\"lon\":0}}]}"
    ),
    (
      "\"emails\":[{\"address\":\"a\"},{\"id\":6,\"x\":1}],\"z\":0",
      "{\"z\":0,\"emails\":[{\"address\":\"a\"},{\"id\":6,\"x\":1}]}"
    ),
  ])
  func `leftovers stand where they stood`(members: String, extra: String) throws {
    let reading = try DecoderReading(record: "\"id\":1,\(members)")
    #expect(reading.extra() == extra)
    #expect(reading.value("name") == .null)
  }

  /// A null says nothing, a reference's other members live elsewhere, an ignored one is known, and
  /// an excluded one is stored nowhere.
  @Test(arguments: [
    "\"colour\":null", "\"owner\":{\"id\":5,\"name\":\"Ann\"}", "\"noise\":[1,{}]",
    "\"secret\":\"s\"", "\"secret\":{\"s\":[]}", "\"repeat\":{\"hidden\":\"s\",\"x\":null}",
    "\"unwanted\":[\"s\"]", "\"unwanted\":5", "\"value\":{}", "\"s\\u0065cret\":\"s\"",
    "\"emails\":[{\"id\":5,\"x\":null}]", "\"tags\":[{\"id\":5,\"name\":\"x\"}]",
  ])
  func `nothing is left over`(members: String) throws {
    let reading = try DecoderReading(record: "\"id\":1,\(members)")
    #expect(reading.extra() == nil)
    #expect(reading.page.records[0].misfits == 0)
  }

  /// An object that should hold an excluded column may hold its value in another shape.
  @Test(arguments: ["\"s\"", "[\"s\"]", "5"])
  func `an excluded value is not kept in another shape`(json: String) throws {
    let reading = try DecoderReading(record: "\"id\":1,\"repeat\":\(json)")
    #expect(reading.extra() == nil)
    #expect(reading.page.records[0].misfits == 0)
  }

  /// RFC 8259, section 4 leaves repeated keys open. The last value that fits counts; a null does
  /// not undo it, and one that does not fit is kept beside it.
  @Test(
    arguments: [
      ("\"name\":\"a\",\"name\":\"b\"", "b", nil), ("\"name\":\"a\",\"name\":null", "a", nil),
      ("\"name\":\"a\",\"name\":5", "a", "{\"name\":5}"),
      ("\"name\":5,\"name\":\"b\"", "b", "{\"name\":5}"),
      ("\"name\":\"a\",\"n\\u0061me\":\"b\"", "b", nil),
    ] as [(String, String, String?)])
  func `of a repeated key the last one counts`(members: String, name: String, extra: String?) throws
  {
    let reading = try DecoderReading(record: "\"id\":1,\(members)")
    #expect(reading.value("name") == .text(name))
    #expect(reading.extra() == extra)
  }

  @Test(
    arguments: [
      ("\"isOpen\":true,\"open\":null", 1), ("\"open\":true,\"isOpen\":null", 1),
      ("\"isOpen\":true,\"open\":false", 0), ("\"open\":false", 0),
    ] as [(String, Int64)])
  func `of two spellings the one with a value counts`(members: String, value: Int64) throws {
    let reading = try DecoderReading(record: "\"id\":1,\(members)")
    #expect(reading.value("is_open") == .integer(value))
    #expect(reading.extra() == nil)
  }

  @Test func `a record without a key is read and left to the store`() throws {
    let reading = try DecoderReading(record: "\"id\":\"x\",\"name\":\"Ann\"")
    #expect(reading.value("id") == .null)
    #expect(reading.value("name") == .text("Ann"))
    #expect(reading.extra() == "{\"id\":\"x\"}")
  }

  @Test func `the listing gives what the records lack`() throws {
    let reading = try DecoderReading(
      "{\"others\":[{\"id\":2}],\"things\":[{\"id\":1},{\"id\":3}],\"meta\":{\"totalCount\":7}}",
      given: [[18 - 2: .text("deleted")], [16: .text("restricted")]])
    #expect(reading.page.records.map(\.list) == [1, 0, 0])
    #expect((0..<3).map { reading.value("id", of: $0) } == [2, 1, 3])
    #expect(
      (0..<3).map { reading.value("reason", of: $0) } == ["restricted", "deleted", "deleted"])
    #expect(reading.page.totalCount == 7)
  }

  /// A table of links keeps a key of another table's whole row: the rest of it is no leftover.
  @Test func `a link keeps nothing but its columns`() throws {
    let links = Table(
      "links", .perParent, from: [Listing("things", "things")], columns: [.integer("id", or: .key)],
      link: .init("things", as: "id"))
    let reading = try DecoderReading("{\"things\":[{\"id\":1,\"name\":\"Ann\",\"x\":{}}]}", links)
    #expect(reading.values() == [1])
    #expect(reading.extra() == nil)
  }
}
