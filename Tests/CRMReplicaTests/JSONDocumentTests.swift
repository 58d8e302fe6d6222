import Testing

@testable import CRMReplica

@Suite struct JSONDocumentTests {
  @Test func `what has room and no object inside stands on one line`() {
    let long = JSONDocument.array((0..<20).map { .string("column_\($0)") })
    let document = JSONDocument.object([
      .init("a", .object([.init("b", .literal("1")), .init("c\"\n", .array([]))])),
      .init("d", .object([])), .init("e", .array([.object([.init("f", .string("\u{1}"))])])),
      .init("g", long),
    ])
    let columns = (0..<20).map { "    \"column_\($0)\"" }.joined(separator: ",\n")
    #expect(
      document.text == """
        {
          "a": { "b": 1, "c\\"\\n": [] },
          "d": {},
          "e": [
            { "f": "\\u0001" }
          ],
          "g": [
        \(columns)
          ]
        }

        """)
  }

  @Test(arguments: [98, 99])
  func `one column is left for the comma`(length: Int) {
    let text = JSONDocument.array([.string(String(repeating: "x", count: length - 4))]).text
    #expect(text.split(separator: "\n").count == (length < 100 ? 1 : 3))
  }
}
