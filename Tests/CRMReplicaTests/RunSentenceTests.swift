import Model
import Testing

@testable import CRMReplica
@testable import ReplicaFile
@testable import Replication

@Suite struct RunSentenceTests {
  private func report(
    _ table: String, _ outcome: TableReport.Outcome, inserted: Int = 0
  ) -> TableReport {
    var report = TableReport(table: table)
    report.outcome = outcome
    report.counts.inserted = inserted
    return report
  }

  private func summary(
    _ outcome: RunSummary.Outcome, _ tables: [TableReport], requests: Int = 1_234,
    error: String? = nil
  ) -> RunSummary {
    RunSummary(
      id: 3, outcome: outcome, tables: tables, requests: requests, waited: .zero, resumeAt: nil,
      error: error)
  }

  @Test func `a good run is a sentence`() {
    let tables = [report("parties", .good, inserted: 2_000), report("tasks", .good)]
    #expect(
      summary(.good, tables).sentence
        == "All is well: 2 tables are up to date, 2,000 rows changed in 1,234 requests.")
    #expect(
      summary(.good, [report("goals", .good)], requests: 1).sentence
        == "All is well: 1 table is up to date, nothing changed in 1 request.")
  }

  @Test func `a partial run names its tables`() {
    let tables = [
      report("parties", .good, inserted: 1), report("goals", .failed), report("tasks", .held),
      report("users", .failed),
    ]
    #expect(
      summary(.partial, tables).sentence
        == "Not up to date: goals, users failed; tasks held back by the guard. "
        + "1 of 4 tables is up to date, 1 row changed in 1,234 requests.")
  }

  /// Work that can wait takes hours in a large account: nothing is wrong until something is.
  @Test func `what gave way is no trouble`() {
    var run = summary(
      .partial, [report("parties", .good), report("entries", .unfinished)], requests: 9)
    run.hasYielded = true
    #expect(run.isInOrder)
    #expect(
      run.sentence
        == "Going on with the next round: entries. "
        + "1 of 2 tables is up to date, nothing changed in 9 requests.")
    run.tables.append(report("goals", .failed))
    #expect(!run.isInOrder)
    #expect(run.complaint == "Not up to date: goals failed; entries not finished")
  }

  @Test func `names five tables at the most`() {
    let tables = (1...7).map { report("t\($0)", .failed) }
    #expect(
      summary(.partial, tables).complaint
        == "Not up to date: t1, t2, t3, t4, t5 and 2 more failed")
  }

  @Test(
    arguments: [
      (
        .stopped,
        "Stopped by a signal: 1 of 2 tables is up to date, nothing changed in 9 requests; "
          + "what was read is stored."
      ),
      (
        .deferred,
        "Not finished: 1 of 2 tables is up to date, nothing changed in 9 requests; "
          + "what was read is stored. Why."
      ),
      (
        .refused,
        "Refused: the token is not accepted, or may read nothing. The file keeps what it has. Why."
      ),
      (
        .unavailable,
        "The source cannot be reached. The file keeps what it has: 1 of 2 tables is up to date. "
          + "Why."
      ),
    ] as [(RunSummary.Outcome, String)])
  func `a run that ended early says why`(outcome: RunSummary.Outcome, sentence: String) {
    let tables = [report("parties", .good), report("tasks", .unfinished)]
    #expect(summary(outcome, tables, requests: 9, error: "Why.").sentence == sentence)
  }

  @Test func `what is refused is called what the source calls it`() {
    var refused = summary(.refused, [])
    refused.secret = "access key"
    #expect(refused.sentence.hasPrefix("Refused: the access key is not accepted, "))
    #expect(refused.complaint == "The access key is refused")
  }
}
