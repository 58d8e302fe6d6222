import Testing

@testable import CRMReplica

@Suite struct ProgressTests {
  @Test(
    arguments: [
      (
        40, .seconds(63), 80,
        "parties: page 12 of 40, 1,200 rows, 14 requests, 1 min 3 s left"
      ),
      (nil, nil, 80, "parties: page 12, 1,200 rows, 14 requests"),
      (40, nil, 44, "parties: page 12 of 40, 1,200 rows, 14 requ…"),
      (40, nil, 45, "parties: page 12 of 40, 1,200 rows, 14 reque…"),
      (nil, nil, 41, "parties: page 12, 1,200 rows, 14 requests"),
      (nil, nil, 40, "parties: page 12, 1,200 rows, 14 reques…"),
      (nil, nil, 1, "…"),
    ] as [(Int?, Duration?, Int, String)])
  func `the progress line fits the width`(
    pages: Int?, remaining: Duration?, width: Int, line: String
  ) {
    let report = ProgressReport(step: step(12, of: pages), remaining: remaining)
    #expect(report.line(width: width) == line)
    #expect(line.count <= width)
  }

  @Test func `shows every step on a terminal`() {
    var progress = Progress.suited(toTerminal: true)
    for second in 0..<3 {
      #expect(progress.take(step(second, of: 9), at: .seconds(second)) != nil)
    }
  }

  @Test func `shows a table on a pipe once in ten seconds`() {
    var progress = Progress.suited(toTerminal: false)
    let shown = (0..<35).filter { second in
      progress.take(step(second, of: 100), at: .seconds(1_000 + second)) != nil
    }
    #expect(shown == [10, 20, 30])
  }

  @Test func `counts each table by itself`() {
    var progress = Progress.suited(toTerminal: false)
    #expect(progress.take(step(1, of: 9, table: "a"), at: .seconds(0)) == nil)
    #expect(progress.take(step(1, of: 9, table: "b"), at: .seconds(5)) == nil)
    #expect(progress.take(step(2, of: 9, table: "a"), at: .seconds(10)) != nil)
    #expect(progress.take(step(2, of: 9, table: "b"), at: .seconds(10)) == nil)
    #expect(progress.take(step(3, of: 9, table: "b"), at: .seconds(15)) != nil)
    progress.finish("b")
    #expect(progress.take(step(1, of: 9, table: "b"), at: .seconds(16)) == nil)
  }

  /// Seconds, pages done and pages; the last of them is what the estimate is for.
  @Test(
    arguments: [
      ([(0, 0, 10)], nil),
      ([(0, 0, 10), (5, 1, 10)], 45),
      ([(0, 0, 10), (5, 1, 10), (20, 5, 10)], 20),
      // Resumed at page 90: only pages of this run tell how long a page takes.
      ([(0, 90, 100), (4, 92, 100)], 16),
      ([(0, 0, nil), (5, 1, nil)], nil),
      ([(0, 0, 3), (1, 3, 3)], 0),
      // The list has shrunk while it was read.
      ([(0, 0, 3), (1, 4, 3)], nil),
      // Rounded up.
      ([(0, 0, 3), (1, 2, 3)], 1),
      // The pass began anew.
      ([(0, 5, 10), (10, 8, 10), (20, 0, 10), (22, 1, 10)], 18),
      ([(0, 0, .max), (5, 1, .max)], 1_000_000_000),
    ] as [([(Int, Int, Int?)], Int?)])
  func `estimates the time left`(steps: [(Int, Int, Int?)], seconds: Int?) {
    var progress = Progress.suited(toTerminal: true)
    var last: ProgressReport?
    for (second, done, pages) in steps {
      last = progress.take(step(done, of: pages), at: .seconds(second))
    }
    #expect(last != nil)
    #expect(last?.remaining == seconds.map { .seconds($0) })
  }

  private func step(_ done: Int, of pages: Int?, table: String = "parties") -> ProgressStep {
    ProgressStep(table: table, pagesDone: done, pages: pages, rows: 1_200, requests: 14)
  }
}
