import Model
import Testing

@testable import ReplicaFile

/// What is put in the place of what JSON does not allow.
@Suite struct MendedBodyTests {
  private func mended(_ body: [UInt8]) -> (text: String, reasons: [DecodeError.Reason]) {
    let mended = MendedBody(body + [UInt8](repeating: 0, count: JSONScanner.padding))
    let text = String(decoding: mended.bytes.dropLast(JSONScanner.padding), as: UTF8.self)
    return (text, mended.places.map(\.reason))
  }

  @Test(arguments: [
    "{}", "[1,-2.5e3,true,false,null,\"a\\\"b\\u00e9\",{\"x\":[{}]}]", "\"é😀\"", "[",
    "\"a", "tru", "{]", "<html>", "\"\\", "",
  ])
  func `what is JSON, or beyond mending, stays as it is`(text: String) {
    #expect(mended(Array(text.utf8)) == (text, []))
  }

  @Test(
    arguments: [
      ("[NaN]", "[null]", .badNumber), ("[-Infinity]", "[null]", .badNumber),
      ("[01]", "[null]", .badNumber), ("[1.]", "[null]", .badNumber),
      ("[.5]", "[null]", .badNumber), ("[+1]", "[null]", .badNumber),
      ("\"a\tb\"", "\"a\u{fffd}b\"", .badString),
    ] as [(String, String, DecodeError.Reason)])
  func `what is no JSON is replaced`(text: String, result: String, reason: DecodeError.Reason) {
    #expect(mended(Array(text.utf8)) == (result, [reason]))
  }

  @Test(
    arguments: [
      [0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80],
      [0xc0, 0x80],
    ] as [[UInt8]])
  func `bytes that are no UTF-8 are replaced`(bytes: [UInt8]) {
    let (text, reasons) = mended([0x22, 0x61] + bytes + [0x62, 0x22])
    #expect(text == "\"a\(String(repeating: "\u{fffd}", count: bytes.count))b\"")
    #expect(reasons == bytes.map { _ in .badString })
  }

  @Test func `what is nested too deeply is replaced`() {
    func nested(_ depth: Int, _ inner: String) -> String {
      String(repeating: "[", count: depth) + inner + String(repeating: "]", count: depth)
    }
    #expect(mended(Array(nested(60, "1").utf8)).reasons.isEmpty)
    let (text, reasons) = mended(Array(nested(70, "\"]\\\"\"").utf8))
    #expect(text == nested(62, "null") && reasons == [.tooDeep])
  }
}
