import Model
import Testing

@testable import ReplicaFile

/// Bodies of a hundred megabytes, and bodies that would take the decoder's time or memory out of
/// all proportion: each is read or refused. A test that is not over in a moment shows a defect.
@Suite struct DecoderLargeTests {
  private static let size = 100 << 20
  /// Enough of what a debug build reads byte by byte.
  private static let part = 4 << 20

  private static func body(
    _ before: String, _ filler: UInt8, _ after: String, _ size: Int = part
  ) -> [UInt8] {
    Array(before.utf8) + Array(repeating: filler, count: size) + Array(after.utf8)
  }

  @Test func `one enormous string is a value`() throws {
    let body = Self.body("{\"things\":[{\"id\":1,\"name\":\"", 0x78, "\"}]}", Self.size)
    let reading = try DecoderReading(body)
    let slot = reading.page.slots[reading.page.records[0].slots + 4]
    #expect(slot.kind == .body && slot.end - slot.start == Self.size)
  }

  @Test func `one enormous string that does not fit is kept`() throws {
    let body = Self.body("{\"things\":[{\"id\":1,\"rank\":\"", 0x78, "\"}]}")
    let page = try DecoderReading(body).page
    #expect(page.records.map(\.misfits) == [1])
    #expect(page.extras[0].value.count == Self.part + 2)
  }

  @Test(arguments: [
    ("{\"things\":[{\"rating\":1", UInt8(ascii: "0"), "}]}"),
    ("{\"things\":[{\"rank\":", UInt8(ascii: "7"), "}]}"),
  ])
  func `one enormous number does not fit`(before: String, digit: UInt8, after: String) throws {
    let page = try DecoderReading(Self.body(before, digit, after)).page
    #expect(page.records.map(\.misfits) == [1])
  }

  @Test func `space is passed over`() throws {
    let body = Self.body("{\"things\":", 0x20, "[{}]}")
    #expect(try DecoderReading(body).page.records.count == 1)
  }

  @Test func `a hundred megabytes of brackets are not followed`() {
    let error = #expect(throws: DecodeError.self) {
      try DecoderReading(Self.body("{\"x\":", 0x5b, "", Self.size))
    }
    #expect(error?.reason == .tooDeep)
  }

  @Test(
    arguments: [
      ("", 0x5b, .notJSON), ("{\"things\":", 0x5b, .notJSON), ("{\"x\":", 0x5b, .tooDeep),
      ("{\"things\":[{\"x\":", 0x5b, .tooDeep), ("{\"things\":[{\"tags\":", 0x5b, .tooDeep),
      ("{\"things\":[{\"id\":1}]}", 0x5d, .trailing), ("", 0x20, .truncated), ("", 0, .notJSON),
      ("{\"things\":[{\"name\":\"", 0x78, .truncated),
      ("{\"things\":[{\"rank\":-", 0x2d, .badNumber),
      ("{\"things\":[{\"name\":\"", 0xff, .truncated),
      ("{\"things\":[{\"name\":\"", 0x5c, .truncated),
    ] as [(String, UInt8, DecodeError.Reason)])
  func `megabytes of one byte end the page`(
    before: String, filler: UInt8, reason: DecodeError.Reason
  ) {
    let error = #expect(throws: DecodeError.self) {
      try DecoderReading(Self.body(before, filler, ""))
    }
    #expect(error?.reason == reason)
  }

  /// Without a limit a body of empty records would take a hundred times its size in memory.
  @Test(arguments: [
    ("{\"things\":[{}", ",{}", "]}"), ("{\"things\":[{\"id\":1}", ",{\"id\":1}", "]}"),
    ("{\"things\":[{\"tags\":[1", ",1", "]}]}"), ("{\"things\":[{\"options\":[1", ",1", "]}]}"),
    ("{\"things\":[{\"a\":1", ",\"a\":1", "}]}"), ("{\"things\":[{\"emails\":[1", ",1", "]}]}"),
    ("{\"others\":[{}", ",{}", "],\"things\":[]}"),
  ])
  func `a page has a limited number of parts`(first: String, next: String, last: String) {
    let parts = String(repeating: next, count: PageDecoder.partLimit)
    let error = #expect(throws: DecodeError.self) {
      try DecoderReading(Array((first + parts + last).utf8))
    }
    #expect(error?.reason == .tooLarge)
  }

  /// Every element was once compared with all before it.
  @Test func `a long child list takes no more than its length`() throws {
    let count = 30_000
    let elements = (0..<count).map { "{\"id\":\($0),\"x\":0}" }.joined(separator: ",")
    let repeated = (0..<100).map { "{\"id\":\($0)}" }.joined(separator: ",")
    let reading = try DecoderReading(
      record: "\"id\":1,\"emails\":[\(elements),\(repeated)],\"tags\":[\(elements),\(repeated)]")
    #expect(reading.rows("emails").count == count)
    #expect(reading.rows("tags").count == count)
    // A second object with an id is kept, a second reference says nothing new.
    #expect(reading.page.records[0].misfits == 100)
    #expect(reading.extra()?.utf8.count ?? 0 > 10 * count)
  }

  /// Each repetition once went over all that had come before.
  @Test func `a list that is repeated without end takes no more than its length`() throws {
    let elements = (0..<20_000).map { "{\"id\":\($0),\"x\":0}" }.joined(separator: ",")
    let lists = repeatElement("\"tags\":[],\"emails\":[1]", count: 20_000).joined(separator: ",")
    let reading = try DecoderReading(
      record: "\"id\":1,\"emails\":[\(elements)],\(lists),\"emails\":[{\"id\":5,\"y\":1}],\"z\":2")
    #expect(reading.rows("emails").count == 1)
    #expect(reading.rows("tags").isEmpty)
    #expect(reading.extra() == "{\"z\":2,\"emails\":[{\"id\":5,\"y\":1}]}")
  }
}
