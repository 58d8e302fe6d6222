import Model
import SQLite
import TestSupport
import Testing

@testable import ReplicaFile

/// What the log of runs is asked.
@Suite struct RunLogTests {
  /// What is refused again and again is news in the first of these runs alone.
  @Test func `a table was good if the last run that read it says so`() throws {
    let file = try ScratchFile()
    let log = RunLog(file.connection)
    let outcomes: [TableReport.Outcome?] = [nil, .failed, .good, nil, .failed, .failed]
    var wasGood: [Bool] = []
    for (number, outcome) in outcomes.enumerated() {
      try log.begin(at: Timestamp(Int64(number)))
      if let outcome {
        var report = TableReport(table: "people")
        report.outcome = outcome
        try log.save(report)
      }
      wasGood.append(try RunLog.wasGood("people", before: log.runID, file.connection))
    }
    #expect(wasGood == [false, false, false, true, true, false])
  }

  /// A log with runs an hour apart, of which the second read a table that no later one did.
  private func log(of runs: Int64, in file: ScratchFile) throws -> RunLog {
    let log = RunLog(file.connection)
    for number in 1...runs {
      try log.begin(at: Timestamp(number * 3_600))
      var report = TableReport(table: number == 2 ? "countries" : "people")
      report.outcome = number == 2 ? .failed : .good
      try log.save(report)
    }
    return log
  }

  private func span(_ file: ScratchFile) throws -> [[Value]] {
    try file.connection.rows(
      """
      SELECT 'runs', count(*), min("id") FROM "_runs" WHERE "id" > 2
        UNION ALL SELECT 'tables', count(*), min("run_id") FROM "_run_tables" WHERE "run_id" > 2
        UNION ALL SELECT "table_name", "run_id", "started_at"
          FROM "_run_tables" JOIN "_runs" ON "id" = "run_id" WHERE "run_id" <= 2
      """)
  }

  @Test func `frequent runs are kept by number, and the last of each table`() throws {
    let file = try ScratchFile()
    _ = try log(of: RunLog.kept + 250, in: file)
    let kept = Value(Int(RunLog.kept) + 50)
    #expect(
      try span(file) == [
        ["runs", kept, 201], ["tables", kept, 201], ["countries", 2, "1970-01-01 02:00:00"],
      ])
    #expect(try !RunLog.wasGood("countries", before: 9_999, file.connection))
    #expect(try RunHistory(file.connection).visits()["countries"]?.ending == .failed(times: 1))
  }

  @Test func `rare runs are kept by time, and the last of each table`() throws {
    let file = try ScratchFile()
    let log = try log(of: 500, in: file)
    // A run that began by a clock that had lost its battery.
    try file.connection.run("UPDATE \"_runs\" SET \"started_at\" = '1970-01-01' WHERE \"id\" = 450")
    try log.shorten(at: Timestamp(RunLog.keptFor + 301 * 3_600))
    #expect(
      try span(file) == [
        ["runs", 200, 301], ["tables", 200, 301], ["countries", 2, "1970-01-01 02:00:00"],
      ])
  }
}
