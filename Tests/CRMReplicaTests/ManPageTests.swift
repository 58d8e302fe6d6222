import Testing

@testable import CRMReplica

@Suite struct ManPageTests {
  private let page = GeneratedText.man.text

  @Test(arguments: Commands.syntaxes.map(\.name))
  func `every command stands with its options`(name: String) throws {
    let start = try #require(page.firstRange(of: ".SS \"\(name)\"\n")).upperBound
    let rest = page[start...]
    let end = rest.firstRange(of: "\n.S")?.lowerBound ?? rest.endIndex
    let part = rest[..<end]
    let syntax = try Commands.find(name).syntax
    #expect(part.hasPrefix("\\fBcrm\\-replica \(name)\\fR"))
    for operand in syntax.allOperands { #expect(part.contains("\\fI\(operand.name)\\fR")) }
    for option in syntax.options {
      let value = option.value.map { " \\fI\($0)\\fR" } ?? ""
      let short = option.short.map { "\\fB\(ManualText.escaped($0))\\fR, " } ?? ""
      let term = "\(short)\\fB\(ManualText.escaped(option.name))\\fR\(value)"
      #expect(part.contains("\n.TP\n\(term)\n"), "\(option.name)")
    }
  }

  @Test(
    arguments: KeyDescription.configuration(ReplicaSettings.names).flatMap { $0.flattened() }
      .filter { $0.key.kind.keys.isEmpty }.map(\.path))
  func `every key stands in the manual`(path: String) {
    #expect(page.contains("\n.TP\n\\fB\(ManualText.escaped(path))\\fR\n"))
  }

  @Test(arguments: ExitCode.allCases)
  func `every exit code stands`(code: ExitCode) {
    #expect(page.contains("\n.TP\n\\fB\(code.rawValue)\\fR\n"))
  }

  @Test func `the sections stand in the usual order`() {
    let sections = page.split(separator: "\n").filter { $0.hasPrefix(".SH ") }
    #expect(
      sections == [
        ".SH \"NAME\"", ".SH \"SYNOPSIS\"", ".SH \"DESCRIPTION\"", ".SH \"COMMANDS\"",
        ".SH \"OPTIONS\"", ".SH \"CONFIGURATION\"", ".SH \"EXIT STATUS\"", ".SH \"ENVIRONMENT\"",
        ".SH \"FILES\"", ".SH \"SIGNALS\"", ".SH \"EXAMPLES\"", ".SH \"SEE ALSO\"",
      ])
  }

  @Test func `no text is taken for a request`() {
    let requests: Set<Substring> = [
      ".TH", ".SH", ".SS", ".PP", ".TP", ".nf", ".fi", ".RS", ".RE", ".nh", ".ad",
    ]
    for line in page.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let word = line.prefix { $0 != " " }
      let shown = line.replacing("\\-", with: "-")
      #expect(!line.isEmpty && line.last != " " && shown.utf8.count <= 80, "\(line)")
      #expect(!word.hasPrefix(".") || requests.contains(word), "\(line)")
      #expect(!line.hasPrefix("'"))
      #expect(line.utf8.allSatisfy { (0x20..<0x7F).contains($0) }, "\(line)")
    }
  }

  @Test(
    arguments: [
      ("--a-b", "\\-\\-a\\-b"), (#"a\fB"#, #"a\(rsfB"#), ("it's", "it\\(aqs"),
      ("`^~\"", "\\(ga\\(ha\\(ti\\(dq"), ("ä…", "\\[u00E4]\\[u2026]"), ("😀", "\\[u1F600]"),
    ] as [(String, String)])
  func escapes(text: String, escaped: String) {
    #expect(ManualText.escaped(text) == escaped)
  }

  @Test func `a line that begins with a dot is text`() {
    var text = ManualText(name: "a-b", section: 1, date: "2026-11-21", footer: "x")
    text.paragraph([.plain(".PP 'tis"), .bold(".x")])
    text.paragraph([.plain("'a Ends. .so on [B]... c")], isFirst: true)
    text.item([.bold(".term")], [.plain(".TH")])
    text.example([".SH -x", "  y"])
    #expect(
      text.text == """
        .TH "A\\-B" 1 "2026-11-21" "x"
        .nh
        .ad l
        .PP
        \\&.PP \\(aqtis\\fB.x\\fR
        \\(aqa Ends.
        \\&.so on [B]...\\& c
        .TP
        \\fB.term\\fR
        \\&.TH
        .PP
        .nf
        .RS
        \\&.SH \\-x
          y
        .RE
        .fi

        """)
  }

  @Test func `a line is filled to its length`() {
    var text = ManualText(name: "a", section: 1, date: "2026-11-21", footer: "x")
    text.paragraph([.plain(String(repeating: "abcd ", count: 40))])
    let lines = text.text.split(separator: "\n").dropFirst(4)
    #expect(lines.map(\.count) == [74, 74, 49])
  }
}
