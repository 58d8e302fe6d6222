import ReplicaFile
import Testing

@testable import CRMReplica

@Suite struct JSONTreeTests {
  @Test(
    arguments: [
      ("null", "null"), (" true\n", "true"), ("false", "false"), ("-0.5e+7", "-0.5e+7"),
      ("12345678901234567890", "12345678901234567890"), ("[]", "[]"), ("{ }", "{}"),
      ("[1, \"a\" ,[null]]", "[1,'a',[null]]"),
      (#"{"a":1,"a":{"b":true}}"#, "{'a':1,'a':{'b':true}}"),
      (#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#, "'\"\\/\u{8}\u{C}\n\r\té😀'"),
      ("\u{FEFF}1", "1"),
    ] as [(String, String)])
  func `every form of value is read`(text: String, spelling: String) throws {
    #expect(spell(try JSONNode(reading: Array(text.utf8))) == spelling)
  }

  @Test(
    arguments: [
      ("", 1, 1, "the file ends where a value must stand"),
      ("{\n  \"a\": 1,\n}", 3, 1, "a key in quotation marks must stand where \"}\" stands"),
      ("{\"é\": tru}", 1, 7, "a value must stand where \"t\" stands"),
      ("{'a': 1}", 1, 2, "a key in quotation marks must stand where \"'\" stands"),
      ("{\"a\" 1}", 1, 6, "\":\" must stand where \"1\" stands"),
      ("{\"a\": 1 \"b\": 2}", 1, 9, "\",\" or \"}\" must stand where \"\\\"\" stands"),
      ("{\"a\": 1", 1, 8, "the file ends where \",\" or \"}\" must stand"),
      ("[1 2]", 1, 4, "\",\" or \"]\" must stand where \"2\" stands"),
      ("[1,]", 1, 4, "a value must stand where \"]\" stands"),
      ("1 1", 1, 3, "the end of the file must stand where \"1\" stands"),
      ("// x", 1, 1, "a value must stand where \"/\" stands"),
      ("\"a\nb\"", 1, 1, "the string does not end on its line"),
      ("\"a", 1, 1, "the string does not end on its line"),
      (#""ab\x""#, 1, 4, "\"\\\" begins no escape that JSON knows"),
      (#""\ud83d""#, 1, 2, "\"\\\" begins no escape that JSON knows"),
      (#""\udc00\ud83d""#, 1, 2, "\"\\\" begins no escape that JSON knows"),
      (#""\u12g4""#, 1, 2, "\"\\\" begins no escape that JSON knows"),
      (#""\u12"#, 1, 2, "\"\\\" begins no escape that JSON knows"),
      ("01", 1, 1, "a value must stand where \"0\" stands"),
      ("1.", 1, 1, "a value must stand where \"1\" stands"),
      ("+1", 1, 1, "a value must stand where \"+\" stands"),
      ("NaN", 1, 1, "a value must stand where \"N\" stands"),
      ("[\u{7}]", 1, 2, "a value must stand where \"\\u{7}\" stands"),
      ("[1x]", 1, 2, "a value must stand where \"1\" stands"),
      ("[trues]", 1, 2, "a value must stand where \"t\" stands"),
      ("[1\u{0}", 1, 3, "\",\" or \"]\" must stand where \"\\u{0}\" stands"),
      (#""ab\"#, 1, 4, "\"\\\" begins no escape that JSON knows"),
      (#""\ud83d\n\x""#, 1, 2, "\"\\\" begins no escape that JSON knows"),
      (#""\n\ud83d\u12g4""#, 1, 4, "\"\\\" begins no escape that JSON knows"),
    ] as [(String, Int, Int, String)])
  func `what is no JSON is refused with its place`(
    text: String, line: Int, column: Int, complaint: String
  ) {
    let bytes = Array(text.utf8)
    let error = #expect(throws: JSONSyntaxError.self) { try JSONNode(reading: bytes) }
    let place = error.map { TextPlace(of: $0.offset, in: bytes) }
    #expect(error?.complaint(about: bytes) == complaint)
    #expect(place?.line == line)
    #expect(place?.column == column)
  }

  @Test func `refuses what is not UTF-8`() {
    let error = JSONSyntaxError(.other("the string is not UTF-8"), at: 1)
    #expect(throws: error) { try JSONNode(reading: Array("[\"".utf8) + [0xFF] + Array("\"]".utf8)) }
  }

  @Test func `the depth is limited`() throws {
    let nested = { (depth: Int) in
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(try spell(JSONNode(reading: nested(32))).count == 64)
    #expect(throws: JSONSyntaxError(.other("values are nested more than 32 deep"), at: 32)) {
      try JSONNode(reading: nested(33) + nested(1))
    }
  }

  private func spell(_ node: JSONNode) -> String {
    switch node.value {
    case .null: "null"
    case .bool(let bool): String(bool)
    case .number(let number): number
    case .string(let string): "'\(string)'"
    case .array(let elements): "[\(elements.map(spell).joined(separator: ","))]"
    case .object(let members):
      "{\(members.map { "'\($0.key)':\(spell($0.node))" }.joined(separator: ","))}"
    }
  }
}
