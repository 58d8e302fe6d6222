import HTTP
import Model
import SQLite
import TestSupport
import Testing

@testable import ReplicaFile
@testable import Vtiger

/// Whatever bytes come, what is made of them can be read or is said to be no page.
@Suite struct HostileReplyTests {
  private let source: VtigerSource
  private let form: RecordForm

  init() throws {
    source = try Fixture().source()
    form = source.catalogue.form(of: try #require(source.catalogue["Accounts"]))
  }

  private static let page = """
    {"success":true,"result":[{"accountname":"Tea & Co","employees":"34","annual_revenue":"5.50",
    "emailoptout":"1","account_id":"11x5","assigned_user_id":"19x1","opened":"2026-11-10",
    "createdtime":"2026-11-28 23:12:46","modifiedtime":"2026-11-28 23:12:46","cf_9":"A |##| B",
    "notes":"caf\\u00e9 \\"quoted\\" é","origin":"7x5","secret":"s","more":{"a":[1,2,{"b":null}]},
    "id":"11x1"},{"accountname":"","id":"11x2","cf_9":"","LineItems":[{"id":"33x1"}]},
    {"id":"11x1","employees":12,"emailoptout":false}]}
    """

  private func decoded(_ body: [UInt8]) throws(DecodeError) -> Int {
    let table = source.tables.first { $0.name == "accounts" }
    guard let table else { return -1 }
    var decoder = PageDecoder(Layout(table), envelopes: ["result"])
    _ = try decoder.decode(mending: body, given: [])
    return decoder.page.records.count
  }

  @Test(arguments: 0..<40)
  func `a damaged page is rewritten to one that reads as well`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var read = 0
    for _ in 0..<250 {
      var bytes = Array(Self.page.utf8)
      for _ in 0...Int.random(in: 0..<3, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[at] = UInt8.random(in: 0..<0x20, using: &random)
        case 2: bytes.removeSubrange(at..<min(bytes.count, at + 5))
        case 3: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 9)], at: at)
        case 4: bytes[at] = Array("\"\\{}[]:,x|#0-".utf8).randomElement(using: &random) ?? 0
        default: bytes.removeSubrange(at...)
        }
        if bytes.isEmpty { break }
      }
      let padded = bytes + [UInt8](repeating: 0, count: 8)
      let before = Result { () throws(DecodeError) in try decoded(padded) }
      let result = Result { () throws(DecodeError) in
        try RecordRewriter.rewrite(padded, form, zone: .utc)
      }
      guard case .success(let rewritten) = result, rewritten.hasResult else { continue }
      // Where the page could be read as it came, it can be read rewritten, record by record.
      guard case .success(let records) = before else { continue }
      let after = try decoded(rewritten.body)
      #expect(after <= records && after >= rewritten.ids.count)
      read += 1
    }
    #expect(read > 20)
  }

  @Test(arguments: 0..<20)
  func `raw control bytes cost no record`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var text: [UInt8] = []
    for _ in 0..<200 {
      let byte = UInt8.random(in: 0..<0x7f, using: &random)
      text.append(byte == 0x22 || byte == 0x5c ? 0x41 : byte)
    }
    let body =
      Array("{\"success\":true,\"result\":[{\"id\":\"11x1\",\"notes\":\"".utf8) + text
      + Array("\"}]}".utf8) + [UInt8](repeating: 0, count: 8)
    let rewritten = try RecordRewriter.rewrite(body, form, zone: .utc)
    let file = try ScratchFile([try source.table("accounts")])
    let json = String(decoding: rewritten.body.dropFirst(10).dropLast(9), as: UTF8.self)
    try file.apply(json, to: "accounts")
    // A zero is the one character that a text in the file cannot hold.
    guard !text.contains(0) else { return }
    #expect(try file.value("SELECT notes FROM accounts").text.map { Array($0.utf8) } == text)
  }

  @Test func `a deep or endless value ends`() throws {
    for text in [
      String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 9_999),
    ] {
      let body = Array("{\"success\":true,\"result\":[{\"x\":\(text)".utf8)
      #expect(throws: DecodeError.self) {
        try RecordRewriter.rewrite(body + [UInt8](repeating: 0, count: 8), form, zone: .utc)
      }
    }
  }
}
