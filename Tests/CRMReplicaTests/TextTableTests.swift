import Testing

@testable import CRMReplica

@Suite struct TextTableTests {
  @Test func `aligns its columns`() {
    var table = TextTable([.left("table"), .right("rows"), .left("last sync")])
    table.append(["parties", "12,345", "2 min ago"])
    table.append(["entrées", "7", ""])
    #expect(
      table.text == """
        table      rows  last sync
        parties  12,345  2 min ago
        entrées       7

        """)
  }

  @Test func `has headings when it has no rows`() {
    #expect(TextTable([.left("a"), .right("b")]).text == "a  b\n")
  }

  @Test func `keeps a row on its line`() {
    var table = TextTable([.left("a"), .left("b")])
    table.append(["x\ny", "\u{1B}[2J"])
    #expect(table.text == "a     b\nx\\ny  \\u{1b}[2J\n")
  }

  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("ｱ", 1), ("한글", 4), ("👩", 2),
    ("👩‍👩‍👧", 2), ("👍🏽", 2), ("🇩🇪", 2), ("Ω", 1), ("\u{E000}", 1),
  ])
  func `knows what a terminal shows`(text: String, width: Int) {
    #expect(text.displayWidth == width)
  }
}
