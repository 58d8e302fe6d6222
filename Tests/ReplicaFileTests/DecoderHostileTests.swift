import Model
import SQLite
import Testing

@testable import ReplicaFile

/// Bodies that are no page: an error each, never a page, never a trap.
@Suite struct DecoderHostileTests {
  @Test(
    arguments: [
      ("", .truncated), (" \n", .truncated), ("[]", .notJSON), ("null", .notJSON), ("5", .notJSON),
      ("{}", .noEnvelope), ("{\"others\":[]}", .noEnvelope), ("{\"Things\":[]}", .noEnvelope),
      ("{\"things\":null}", .notJSON), ("{\"things\":5}", .notJSON),
      ("{\"things\":\"\"}", .notJSON),
      ("{\"things\":[5]}", .notJSON), ("{\"things\":[[]]}", .notJSON),
      ("{\"things\":[null]}", .notJSON), ("{\"things\":[]} x", .trailing),
      ("{\"things\":[]}{\"things\":[]}", .trailing), ("{\"things\":[]}]", .trailing),
      ("{\"things\":[]}\u{0}", .trailing), (" \u{feff}{\"things\":[]}", .notJSON),
      ("<!DOCTYPE html><html></html>", .notJSON), ("{\"things\":[{}", .truncated),
      ("{\"things\":[{},]}", .notJSON), ("{\"things\":[{\"id\":1,}]}", .notJSON),
      ("{\"things\":[,{}]}", .notJSON), ("{\"things\":[],}", .notJSON), ("{,}", .notJSON),
      ("{things:[]}", .notJSON), ("{'things':[]}", .notJSON), ("{\"things\" []}", .notJSON),
      ("{\"things\":[{\"id\" 1}]}", .notJSON), ("{\"things\":[{\"id\":1 \"a\":2}]}", .notJSON),
      ("{\"things\":[{\"id\":1}{\"id\":2}]}", .notJSON), ("{\"things\":[{\"id\":tru}]}", .notJSON),
      ("{\"things\":[{\"id\":nulL}]}", .notJSON), ("{\"things\":[{\"id\":falsy}]}", .notJSON),
      ("{\"things\":[{\"id\":}]}", .notJSON), ("{\"things\":[{1:2}]}", .notJSON),
      ("{\"things\":[] /* none */}", .notJSON), ("{\"things\":[\u{0}]}", .notJSON),
      ("{\"things\":[\u{c}]}", .notJSON), ("{\"things\":[\u{a0}]}", .notJSON),
      ("{\"\\q\":1,\"things\":[]}", .badString),
      ("{\"things\":[],\"meta\":{\"\\q\":1}}", .badString),
      ("{\"things\":[{\"owner\":{\"\\q\":1,\"id\":5}}]}", .badString),
      ("{\"things\":[{\"\\q\":1}]}", .badString),
      ("{\"things\":[{\"x\":{\"\\q\":1}}]}", .badString),
      ("{\"things\":[{\"name\":\"a\u{0}b\"}]}", .badString),
      ("{\"things\":[{\"name\":\"a\nb\"}]}", .badString),
      ("{\"things\":[{\"x\":\"\u{1f}\"}]}", .badString), ("{\"things\":[{\"\t\":1}]}", .badString),
      ("{\"things\":[{\"rank\":01}]}", .badNumber), ("{\"things\":[{\"rank\":-}]}", .badNumber),
      ("{\"things\":[], \"name\":\"\\", .truncated), ("{\"things\":[], \"name\":\"", .truncated),
    ] as [(String, DecodeError.Reason)])
  func `what is no page is an error`(body: String, reason: DecodeError.Reason) {
    #expect(throws: DecodeError.self) { try DecoderReading(body) }
    #expect(Self.reason(Array(body.utf8)) == reason)
  }

  @Test(arguments: [
    "{\"things\":[]}", " { \"things\" : [ ] } \r\n\t", "{\"things\":[],\"others\":null}",
    "{\"meta\":5,\"things\":[]}", "{\"meta\":{},\"things\":[]}", "{\"meta\":[1],\"things\":[]}",
    "{\"meta\":{\"totalCount\":\"7\"},\"things\":[]}", "{\"x\":{\"things\":[5]},\"things\":[]}",
    "{\"meta\":{\"totalCount\":-1},\"things\":[]}",
    "{\"meta\":{\"totalCount\":9223372036854775807},\"things\":[]}", "{\"th\\u0069ngs\":[]}",
    "{\"\\ud800\":1,\"things\":[]}", "\u{feff}{\"things\":[]}",
  ])
  func `a page may be empty`(body: String) throws {
    let reading = try DecoderReading(body)
    #expect(reading.page.records.isEmpty)
    #expect(reading.page.totalCount == nil)
  }

  /// Unicode 15, table 3-7: each class of ill-formed bytes, in a value, a key and an unknown value.
  @Test(
    arguments: [
      [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc3], [0xc3, 0x28], [0xe0, 0x80, 0x80],
      [0xe0, 0x9f, 0xbf], [0xe2, 0x82], [0xe2, 0x28, 0xa1], [0xe2, 0x82, 0x28], [0xed, 0xa0, 0x80],
      [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf], [0xf0, 0x9f, 0x98],
      [0xf0, 0x28, 0x8c, 0xbc], [0xf0, 0x9f, 0x28, 0x80], [0xf0, 0x9f, 0x98, 0x28],
      [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xfe],
      [0xff], [0xe2, 0x82, 0xac, 0x80],
    ] as [[UInt8]])
  func `bytes that are not UTF-8 end the page`(bytes: [UInt8]) {
    for (before, after) in [
      ("\"name\":\"", "\""), ("\"name\":\"seven..", "and more\""), ("\"x\":[{\"y\":\"", "\"}]"),
      ("\"", "\":1"), ("\"owner\":{\"", "\":1}"), ("\"name\":\"\\n", "\""),
    ] {
      let body =
        Array("{\"things\":[{\"id\":1,\(before)".utf8) + bytes + Array("\(after)}]}".utf8)
      #expect(Self.reason(body) == .badString)
    }
    let bare = Array("{\"things\":[{\"id\":".utf8) + bytes + Array("}]}".utf8)
    #expect(Self.reason(bare) == .notJSON)
  }

  /// RFC 8259, section 9 lets a reader limit the depth; 64 is far beyond any record.
  @Test(arguments: ["\"x\"", "\"enrichment\"", "\"owner\"", "\"noise\"", "\"value\"", "\"tags\""])
  func `nesting is read to a limit`(key: String) throws {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      func body(_ depth: Int) -> [UInt8] {
        let value =
          String(repeating: open, count: depth) + "0" + String(repeating: close, count: depth)
        return Array("{\"things\":[{\(key):\(value)}]}".utf8)
      }
      #expect(try DecoderReading(body(50)).page.records.count == 1)
      #expect(Self.reason(body(70)) == .tooDeep)
      #expect(Self.reason(body(10_000)) == .tooDeep)
      #expect(Self.reason(Array(body(10_000).prefix(9_000))) == .tooDeep)
    }
  }

  @Test func `a string of a megabyte is read`() throws {
    let text = String(repeating: "abcdefg\u{e9}", count: 1 << 17)
    let reading = try DecoderReading(record: "\"id\":1,\"name\":\"\(text)\",\"x\":\"\(text)\"")
    #expect(reading.value("name") == .text(text))
    #expect(reading.extra() == "{\"x\":\"\(text)\"}")
  }

  @Test func `a hundred thousand unknown keys are kept`() throws {
    let members = (0..<100_000).map { "\"k\($0)\":0" }.joined(separator: ",")
    let reading = try DecoderReading(record: members + ",\"id\":1")
    #expect(reading.value("id") == 1)
    #expect(reading.page.extras.count == 100_000)
    #expect(reading.extra() == "{\(members)}")
  }

  /// The decoder is used for page after page: nothing of a page before shows.
  @Test func `a bad page leaves no trace`() throws {
    let good = "{\"things\":[\(DecoderTruncationTests.record)]}"
    let reading = try DecoderReading(good)
    let layout = Layout(.everything)
    var decoder = DecoderReading.decoder(layout)
    for length in stride(from: 0, to: good.utf8.count, by: 37) {
      let cut = Array(good.utf8.prefix(length)) + Array(repeating: 0, count: JSONScanner.padding)
      #expect(throws: DecodeError.self) { try decoder.decode(cut, given: []) }
      try decoder.decode(reading.body, given: [])
      #expect(decoder.page.records.map(\.digest) == reading.page.records.map(\.digest))
      #expect(decoder.page.slots.count == reading.page.slots.count)
      #expect(decoder.page.rows.count == reading.page.rows.count)
      #expect(decoder.page.extras.count == reading.page.extras.count)
      #expect(decoder.page.scratch == reading.page.scratch)
    }
  }

  private static func reason(_ body: [UInt8]) -> DecodeError.Reason? {
    do throws(DecodeError) {
      _ = try DecoderReading(body)
      return nil
    } catch { return error.reason }
  }
}

/// A page that breaks off: the connection was cut, and no header said so.
@Suite struct DecoderTruncationTests {
  static let record = """
    {"id":9007199254740993,"rank":-7.0,"size":"12","rating":0.125,\
    "name":"Zo\u{eb} \\"\\ud83d\\ude00\\"",\
    "enrichment":{"a":[1,true,null]},"isOpen":false,"closedOn":"2026-03-01",\
    "updatedAt":"2026-03-01T08:00:00Z","updatedAtPlace":"Leeds","owner":{"id":5,"name":"Ann"},\
    "country":"GB","value":{"amount":12.50,"currency":"GBP","tax":"none"},"repeat":null,\
    "emails":[{"id":1,"address":"a@b.test","seenAt":"2026-03-01T08:00:00Z","geo":{"lat":53.8}}],\
    "tags":[{"id":3,"name":"VIP"},4],"options":["red","\u{fc}"],"noise":[{}],"secret":"s",\
    "fields":[{"id":8,"definition":{"id":2},"value":[1.50]}],"colour":{"r":255,"g":[]}}
    """

  @Test func `a page that is cut anywhere is no page`() throws {
    let body = Array(
      "{\"meta\":{\"totalCount\":2},\"things\":[\(Self.record),{\"id\":2}],\"others\":[]}".utf8)
    #expect(try DecoderReading(body).page.records.count == 2)
    for length in 0..<body.count {
      #expect(throws: DecodeError.self, "cut after \(length) bytes") {
        try DecoderReading(body.prefix(length))
      }
    }
  }
}
