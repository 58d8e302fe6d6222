import HTTP
import Model
import Testing

@testable import CRMReplica
@testable import Replication

@Suite struct ProgressTests {
  @Test(
    arguments: [
      (
        620, false, .seconds(63), 40, 90,
        "14 of 620 requests, 2 %, 1 min 3 s left; parties: page 12 of 40, 1,200 rows"
      ),
      (
        620, true, .seconds(63), 40, 90,
        "14 of 620 or more requests, 1 min 3 s or more left; parties: page 12 of 40, 1,200 rows"
      ),
      (nil, false, nil, nil, 80, "14 requests; parties: page 12, 1,200 rows"),
      (nil, false, nil, nil, 41, "14 requests; parties: page 12, 1,200 rows"),
      (nil, false, nil, nil, 40, "14 requests; parties: page 12, 1,200 ro…"),
      (nil, false, nil, nil, 1, "…"),
    ] as [(Int?, Bool, Duration?, Int?, Int, String)])
  func `the progress line fits the width`(
    foreseen: Int?, isLowerBound: Bool, remaining: Duration?, pages: Int?, width: Int, line: String
  ) {
    let report = ProgressReport(
      step: step(12, of: pages), answered: 14, foreseen: foreseen, isLowerBound: isLowerBound,
      remaining: remaining)
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

  // MARK: The whole round

  /// Ten requests of parties and four of tasks are foreseen, and two that read rows again.
  private func round(
    _ basis: Forecast.Basis = .file, _ windows: [Spending.Window] = []
  ) -> Progress {
    var progress = Progress.suited(toTerminal: true)
    var parties = Forecast.Line(Self.table("parties"), 10, rows: 1_000, basis)
    parties.scrub = 2
    let tasks = Forecast.Line(Self.table("tasks"), 4, rows: 400, .file)
    progress.foresee(
      Forecast(lines: [parties, tasks]), Spending(perRequest: .zero, windows))
    return progress
  }

  private static func table(_ name: String) -> Table {
    Table(name, .full, from: [], columns: [])
  }

  @Test func `a round is as long as its tables were foreseen, and turn out, to be`() {
    var progress = round()
    let first = progress.take(step(1, of: 10), at: .seconds(100))
    #expect(first?.answered == 1 && first?.foreseen == 16 && first?.isLowerBound == false)
    #expect(first?.remaining == nil)
    // The list is longer than it was: two seconds a request, and 20 are left.
    let second = progress.take(step(2, of: 16), at: .seconds(102))
    #expect(second?.foreseen == 22 && second?.remaining == .seconds(40))
    progress.finish("parties")
    let third = progress.take(step(1, of: 4, table: "tasks"), at: .seconds(104))
    #expect(third?.foreseen == 3 + 3 + 2 && third?.remaining == .seconds(10))
    progress.finish("tasks")
    // What is read again ends as a list does.
    let fourth = progress.take(step(1, of: nil), at: .seconds(106))
    #expect(fourth?.foreseen == 4 + 1 && fourth?.remaining == .seconds(2))
    progress.finish("parties")
    #expect(progress.take(step(1, of: nil, table: "tasks"), at: .seconds(108))?.foreseen == 5)
  }

  @Test func `what nobody has read yet is no less than what is foreseen`() {
    var progress = round(.assumed)
    #expect(
      progress.take(step(1, of: 4, table: "tasks"), at: .seconds(1))?.isLowerBound == true)
    #expect(progress.take(step(1, of: 30), at: .seconds(2))?.isLowerBound == false)
  }

  @Test func `the waits for the allowance are part of what is left, and not of a request`() {
    let now = Timestamp(1_772_332_200)
    let window = Spending.Window(
      AllowanceRule("hour", seconds: 3_600, limit: 8), nil, reserve: 0, at: now)
    var progress = round(.file, [window])
    _ = progress.take(step(1, of: 10), at: .seconds(0))
    let second = progress.take(step(2, of: 10), at: .seconds(2))
    // Eight an hour: the rest of sixteen comes in the next one.
    #expect(second?.remaining == .seconds(3_601 - 4 + 16))
    progress.wait(at: .seconds(2))
    progress.wait(at: .seconds(50))
    let third = progress.take(step(3, of: 10), at: .seconds(102))
    #expect(third?.foreseen == 16 && third?.remaining == .seconds(3_601 - 3 + 8))
  }

  /// Whose account it is may have to wait before the first page comes.
  @Test func `a wait before the first page is not taken off`() {
    var progress = round()
    progress.wait(at: .seconds(0))
    _ = progress.take(step(1, of: 10), at: .seconds(2_400))
    #expect(progress.take(step(2, of: 10), at: .seconds(2_401))?.remaining == .seconds(14))
  }

  private func step(_ done: Int, of pages: Int?, table: String = "parties") -> ProgressStep {
    ProgressStep(table: table, pagesDone: done, pages: pages, rows: 1_200)
  }
}
