import Simulation
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    #"{"a":[1,-2.5e3,true,false,null],"b":{"c":"é\n\t\"\\"},"d":9007199254740993}"#,
    #"[]"#, #""\u0000\u001f""#, "0.10",
  ])
  func `texts survive the tree`(_ text: String) {
    #expect(JSON(Array(text.utf8)).map { String(decoding: $0.bytes, as: UTF8.self) } == text)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\"}", "\"\\x\"", "nul", "1 2", "\"\u{1}\"", "\"\\ud800\"",
  ])
  func `other texts are refused`(_ text: String) {
    #expect(JSON(Array(text.utf8)) == nil)
  }

  @Test func `escapes are read`() {
    #expect(JSON(Array(#""\ud83d\ude00\/\u00e9""#.utf8)) == .string("😀/é"))
  }
}
