import CapsuleSimulator
import FoundationEssentials
import SQLite
import Simulation
import TestSupport
import Testing

@testable import CRMReplica

/// What `status` tells monitors and programs.
@Suite(.onWaitingThreads) struct EndToEndStatusTests {
  private struct Report: Decodable {
    struct Round: Decodable {
      let dueAt: String
      let inSeconds: Int
      let tables: [String]
    }
    struct Allowance: Decodable {
      let hourlyLimit: Int
      let remaining: Int
      let resetAt: String
      let reserve: Int
    }
    struct Window: Decodable {
      let from: String
      let until: String
      let seconds: Int
      let tables: Int
    }
    struct Table: Decodable {
      struct Parents: Decodable {
        let parents: Int
        let read: Int
      }
      struct Sweep: Decodable {
        let rows: Int
        let covered: Int
        let rowsPerDay: Int
        let throughAt: String?
      }
      let table: String
      let ageSeconds: Int?
      let nextDueAt: String?
      let parentCoverage: Parents?
      let sweepCoverage: Sweep?
    }
    let isWell: Bool
    let nextRound: Round?
    let allowance: Allowance?
    let consistencyWindow: Window?
    struct Change: Decodable, Equatable {
      let table: String
      let column: String?
      let kind: String
      let detail: String?
    }
    let schemaChanges: [Change]
    let tables: [Table]

    func table(_ name: String) -> Table? { tables.first { $0.table == name } }
  }

  private func report(_ stage: Stage, _ more: String...) throws -> Report {
    let ending = try Child(
      ["status", "--json", "--config", stage.config] + more, in: stage.folder
    ).wait()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Report.self, from: Data(ending.output.utf8))
  }

  @Test func `status shows the whole replica`() throws {
    let stage = try Stage()
    try stage.configure([
      "requests": #"{"page_size": 5, "reserve": 7}"#, "schedule": #"{"every": "2h"}"#,
    ])
    try #require(try stage.run("sync").code == 0)
    let report = try report(stage)
    #expect(report.isWell)
    let next = try #require(report.nextRound)
    #expect(next.inSeconds > 6_000 && next.inSeconds <= 7_200)
    #expect(next.tables.contains("parties"))
    #expect(report.table("parties")?.nextDueAt.map { $0 >= next.dueAt } == true)
    let allowance = try #require(report.allowance)
    let spent = stage.server.withAccount { $0.rate.used }
    #expect(allowance.hourlyLimit == 4_000 && allowance.reserve == 7)
    #expect(allowance.remaining == 4_000 - spent)
    let window = try #require(report.consistencyWindow)
    #expect(window.from <= window.until && window.tables == 30)
    #expect(
      try stage.value("SELECT min(last_run_date) FROM _cursors").text == window.from)
  }

  @Test func `status says what takes long`() throws {
    let stage = try Stage()
    try stage.configure(["requests": #"{"page_size": 5, "reserve": 0, "per_parent_budget": 2}"#])
    try stage.run("sync")
    let report = try report(stage)
    let read = try #require(try stage.value("SELECT count(*) FROM _parents").integer)
    let parents = report.tables.compactMap(\.parentCoverage)
    #expect(parents.count == 3 && parents.reduce(0) { $0 + $1.read } == Int(read) && read == 2)
    #expect(parents.reduce(0) { $0 + $1.parents } > 2)
    let sweep = try #require(report.table("parties")?.sweepCoverage)
    #expect(sweep.rows == 5 && sweep.covered == 0 && sweep.throughAt != nil)
    #expect(report.table("users")?.sweepCoverage == nil)
  }

  @Test func `status and the sentence of a run tell changes of the schema`() throws {
    let stage = try Stage()
    try stage.configure([:])
    try #require(stage.run("sync").code == 0)
    #expect(try report(stage).schemaChanges == [])
    stage.server.withAccount { $0.createField("Budget", type: "number", of: .opportunities) }
    let told = "new field opportunities.Budget"
    #expect(try stage.run("sync").log.contains("The account's schema changed: \(told)."))
    #expect(
      try report(stage).schemaChanges == [
        .init(table: "opportunities", column: "Budget", kind: "field_new", detail: "number")
      ])
    #expect(try stage.run("status").output.contains("\nSchema: \(told), "))
    #expect(try !stage.run("sync").log.contains("schema changed"))
  }

  @Test func `before the first run everything is due`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    try stage.execute("DELETE FROM _run_tables")
    try stage.execute("DELETE FROM _runs")
    try stage.execute("DELETE FROM _allowance")
    let report = try report(stage)
    #expect(!report.isWell && report.allowance == nil)
    #expect(report.nextRound?.inSeconds == 0 && report.nextRound?.tables.count == 30)
  }

  /// Monitors ask with `--max-age`: the exit code is the answer.
  @Test(arguments: [("3h", 0), ("1h", 1)] as [(String, Int32)])
  func `an age that is too high`(maxAge: String, code: Int32) throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    try stage.execute(
      """
      UPDATE _cursors SET completed_at = datetime(source_at, '-2 hours') FROM _clock
        WHERE table_name = 'tasks'
      """)
    let ending = try stage.run("status", "--json", "--max-age", maxAge)
    #expect(ending.code == code && ending.requests.isEmpty)
    let report = try report(stage, "--max-age", maxAge)
    #expect(report.isWell == (code == 0))
    #expect(try #require(report.table("tasks")?.ageSeconds) >= 7_200)
  }

  /// Lists that rest are not stale as long as they may. What has an interval of its own rests not.
  @Test func `an age that is too high for what rests`() throws {
    let stage = try Stage()
    try stage.configure(["schedule": #"{"every": "1h"}"#, "tables": #"{"teams": {"every": "2h"}}"#])
    try #require(try stage.run("sync").code == 0)
    func stale(_ age: String) throws -> Set<String> {
      try stage.execute(
        "UPDATE _cursors SET completed_at = datetime(source_at, '-\(age)') FROM _clock")
      let lines = try stage.run("status", "--max-age", "90m").output.split(separator: "\n")
      return Set(
        lines.filter { $0.hasSuffix(" stale") }.compactMap { $0.split(separator: " ").first }
          .map { String($0) })
    }
    let hourly = try stale("2 hours")
    #expect(hourly.isSuperset(of: ["parties", "tasks", "entries", "tracks", "teams"]))
    #expect(hourly.isDisjoint(with: ["users", "milestones", "countries"]))
    let lists = try stale("7 hours")
    #expect(lists.isSuperset(of: ["users", "milestones", "site"]))
    #expect(lists.isDisjoint(with: ["countries", "currencies"]))
    #expect(try stale("8 days").count == 30)
  }

  /// The host was started anew, or its clock was set, since or before the last run.
  @Test func `an age that is not known is no freshness`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    #expect(try stage.run("status", "--max-age", "1h").code == 0)
    // The clock is an hour and more behind what it was.
    try stage.execute(
      """
      UPDATE _clock SET boot = 'another', source_at = datetime(source_at, '90 minutes'),
        host_at = datetime(host_at, '90 minutes')
      """)
    let behind = try report(stage, "--max-age", "1h")
    #expect(!behind.isWell && behind.table("tasks")?.ageSeconds == nil)
    let text = try stage.run("status", "--max-age", "1h")
    #expect(text.code == 1 && text.output.contains("behind the source's"), "\(text.output)")
    // Some clock was ahead when the pass ended, in a file of an older program.
    try stage.execute("DELETE FROM _clock")
    #expect(try stage.run("status", "--max-age", "1h").code == 0)
    try stage.execute("UPDATE _cursors SET completed_at = datetime('now', '10 years')")
    #expect(try stage.run("status", "--max-age", "1h").code == 1)
  }
}
