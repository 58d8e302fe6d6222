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

  @Test func `changes of the schema are told behind the rest, three of them by name`() {
    var run = summary(.good, [report("parties", .good)], requests: 2)
    let at = "2026-11-30 06:00:00"
    run.schemaChanges = [
      SchemaChange(run: 3, at: at, "parties", "Budget", .fieldNew, "text"),
      SchemaChange(run: 3, at: at, "opportunities", "Spend", .fieldRenamed, "Cost\n -> Spend"),
      SchemaChange(run: 3, at: at, "tasks", "due_on", .typeMisfit, "number that is no DATE"),
    ]
    let told = "All is well: 1 table is up to date, nothing changed in 2 requests. "
    #expect(
      run.sentence
        == told + "The account's schema changed: new field parties.Budget, renamed field "
        + "opportunities.Spend (Cost\\n -> Spend), misfit in tasks.due_on (number that is no DATE)."
    )
    run.schemaChanges += [
      SchemaChange(run: 3, at: at, "invoice", nil, .tableNew),
      SchemaChange(run: 3, at: at, "parties", "newKey", .keyNew, "text"),
    ]
    #expect(
      run.sentence.hasSuffix(
        "misfit in tasks.due_on (number that is no DATE), and 2 more in \"_schema_changes\"."))
    #expect(run.schemaChanges.last?.phrase == "new key parties.newKey")
    #expect(run.schemaChanges[3].phrase == "new table invoice")
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
