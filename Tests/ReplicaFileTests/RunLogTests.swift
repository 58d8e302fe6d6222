import Model
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
}
