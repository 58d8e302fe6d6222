import Glibc
import Testing

@testable import CRMReplica

@Suite struct LogTests {
  @Test(
    arguments: [
      ("plain", "plain", "plain"),
      ("", "\"\"", "\"\""),
      ("two words", "\"two words\"", "\"two words\""),
      ("a=b", "\"a=b\"", "\"a=b\""),
      ("say \"no\"", #""say \"no\"""#, #""say \"no\"""#),
      (#"C:\x"#, #""C:\\x""#, #""C:\\x""#),
      (
        "x\ntime=1 level=error", #""x\ntime=1 level=error""#, #""x\ntime=1 level=error""#
      ),
      ("a\r\tb", #""a\r\tb""#, #""a\r\tb""#),
      ("\u{1B}[31m", #""\u{1b}[31m""#, #""\u{1b}[31m""#),
      ("\u{9B}x\u{7F}", #""\u{9b}x\u{7f}""#, #""\u{9b}x\u{7f}""#),
      ("a\u{2028}b\u{202E}c", #""a\u{2028}b\u{202e}c""#, #""a\u{2028}b\u{202e}c""#),
      ("\"\u{301}x", "\"\\\"\u{301}x\"", "\"\\\"\u{301}x\""),
      ("Zoë", "Zoë", "Zoë"),
      ("a, status 200)", "\"a, status 200)\"", "\"a, status 200)\""),
    ] as [(String, String, String)])
  func noValueBreaksOutOfItsField(value: String, plain: String, human: String) {
    let line = LogLine(
      level: .info, secondsSince1970: 1_772_332_200, event: "done",
      fields: [(key: "name", value: value)])
    #expect(line.plain == "time=2026-03-01T02:30:00Z level=info event=done name=\(plain)")
    #expect(line.human == "02:30:00Z done (name \(human))")
  }

  @Test func `cuts a long value`() {
    let line = LogLine(
      level: .debug, secondsSince1970: 0, event: "x",
      fields: [(key: "body", value: String(repeating: "a", count: 501))])
    #expect(line.plain.hasSuffix(" body=\"" + String(repeating: "a", count: 500) + "…\""))
  }

  @Test func `names the level of what is no plain information`() {
    let line = LogLine(
      level: .warning, secondsSince1970: 0, event: "held\nback", fields: [])
    #expect(line.human == "00:00:00Z warning: held\\nback")
    #expect(line.plain == "time=1970-01-01T00:00:00Z level=warning event=\"held\\nback\"")
  }

  @Test(
    arguments: [
      (LogLevel.debug, ["debug", "info", "warning", "error"]),
      (.info, ["info", "warning", "error"]),
      (.error, ["error"]),
    ] as [(LogLevel, [String])])
  func `leaves out what matters less`(minimum: LogLevel, events: [String]) {
    let output = Output()
    let log = output.log(for: .program, from: minimum)
    for level in LogLevel.allCases { log.note(level, level.rawValue) }
    #expect(
      output.pieces
        == events.map { "time=1970-01-01T00:00:01Z level=\($0) event=\($0)\n" })
  }

  @Test func `leaves out fields without a value`() {
    let output = Output()
    output.log(for: .program).note(.info, "x", ["a": "1", "b": nil, "c": "3"])
    #expect(output.pieces == ["time=1970-01-01T00:00:01Z level=info event=x a=1 c=3\n"])
  }

  @Test(
    arguments: [(LogLevel.debug, 7), (.info, 6), (.warning, 4), (.error, 3)]
      as [(LogLevel, Int)])
  func `a line for the journal begins with its priority`(level: LogLevel, priority: Int) {
    let output = Output()
    output.log(for: .journal, from: .debug).note(level, "page stored", ["table": "parties"])
    #expect(
      output.pieces
        == ["<\(priority)>level=\(level.rawValue) event=\"page stored\" table=parties\n"])
  }

  @Test func `the journal is shown progress as events`() {
    let output = Output()
    output.log(for: .journal).show(report)
    #expect(output.pieces.count == 1)
    #expect(output.pieces[0].hasPrefix("<6>level=info event=progress table=parties page=2 "))
  }

  @Test(
    arguments: [
      (
        .program,
        "time=1970-01-01T00:00:01Z level=info event=\"run good\" run=1 summary=\"All is well.\"\n"
      ),
      (.journal, "<6>level=info event=\"run good\" run=1 summary=\"All is well.\"\n"),
      (.person, "00:00:01Z All is well.\n"),
    ] as [(Log.Reader, String)])
  func `an end is a sentence`(reader: Log.Reader, line: String) {
    let output = Output()
    output.log(for: reader).conclude(.info, "run good", "All is well.", ["run": "1"])
    #expect(output.pieces == [line])
  }

  @Test(
    arguments: [
      (.program, "One.\n\nTwo.\n"), (.person, "One.\n\nTwo.\n"),
      (.journal, "<3>One.\n<3>Two.\n"),
    ] as [(Log.Reader, String)])
  func `a message for people`(reader: Log.Reader, text: String) {
    let output = Output()
    output.log(for: reader).say(.error, "One.\n\nTwo.")
    #expect(output.pieces == [text])
  }

  @Test func `the journal is known by its inode`() throws {
    let directory = try TemporaryDirectory()
    let descriptor = open(try directory.file("stderr", []), O_RDONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var status = stat()
    try #require(fstat(descriptor, &status) == 0)
    let stream = "\(status.st_dev):\(status.st_ino)"
    #expect(Log.Reader.isJournal(descriptor, ["JOURNAL_STREAM": stream]))
    for other in ["", "\(status.st_dev):0", "\(stream)0", "0:\(status.st_ino)"] {
      #expect(!Log.Reader.isJournal(descriptor, ["JOURNAL_STREAM": other]))
    }
    #expect(!Log.Reader.isJournal(descriptor, [:]))
  }

  private let report = ProgressReport(
    step: ProgressStep(table: "parties", pagesDone: 2, pages: 40, rows: 1_200), answered: 3,
    foreseen: 50, remaining: .seconds(63))

  @Test func `shows progress to a program as events`() {
    let output = Output()
    let log = output.log(for: .program)
    log.show(report)
    log.clearProgress()
    #expect(
      output.pieces == [
        "time=1970-01-01T00:00:01Z level=info event=progress table=parties page=2 pages=40 "
          + "rows=1200 requests=3 of=50 percent=6 seconds_left=63\n"
      ])
  }

  @Test func `writes over the progress line of a person`() {
    let output = Output()
    let log = output.log(for: .person, width: 20)
    log.show(report)
    log.show(
      ProgressReport(
        step: ProgressStep(table: "x", pagesDone: 1, pages: nil, rows: 1), answered: 1))
    log.note(.info, "hi")
    log.clearProgress()
    log.clearProgress()
    log.note(.info, "end")
    let blanks = String(repeating: " ", count: 19)
    #expect(
      output.pieces == [
        "\r3 of 50 requests, …", "\r1 request; x: page…",
        "\r00:00:01Z hi       \n1 request; x: page…", "\r\(blanks)\r", "00:00:01Z end\n",
      ])
  }

  /// What a log wrote, piece by piece.
  private final class Output {
    var pieces: [String] = []

    func log(for reader: Log.Reader, from minimum: LogLevel = .info, width: Int = 80) -> Log {
      Log(
        for: reader, from: minimum, width: { width }, secondsSince1970: { 1 },
        write: { self.pieces.append($0) })
    }
  }
}
