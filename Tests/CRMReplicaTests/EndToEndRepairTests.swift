import CapsuleSimulator
import FoundationEssentials
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

@testable import CRMReplica

/// The commands that mend: `resync` and `accept`.
@Suite(.onWaitingThreads) struct EndToEndRepairTests {
  // MARK: resync

  private static let cursors = "SELECT * FROM _cursors WHERE table_name <> 'parties'"

  @Test func `a resync mends one table and touches no other cursor`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let whole = try stage.content(without: ["_synced_at"], history: false)
    // Spoilt behind the program's back, and a pass whose run was killed on its third page.
    try stage.execute(
      """
      DELETE FROM parties WHERE id = (SELECT max(id) FROM parties);
      UPDATE parties SET about = 'spoilt', _digest = 0 WHERE id = (SELECT min(id) FROM parties);
      UPDATE _cursors SET last_run_date = datetime(last_run_date, '-1 hour'),
        completed_at = datetime(completed_at, '-1 hour');
      UPDATE _cursors SET pass_kind = 'full', pass_walk = 0, pass_page = 3, pass_page_size = 5,
        pass_tracks_absence = 0, pass_read = 10, pass_inserted = 0, pass_date = last_run_date
        WHERE table_name = 'parties';
      """)
    let before = try stage.rows(Self.cursors)
    let date = "SELECT last_run_date FROM _cursors WHERE table_name = 'parties'"
    let mark = try #require(try stage.value(date).text)
    let ending = try stage.run("resync", "parties")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(try stage.content(without: ["_synced_at"], history: false) == whole)
    #expect(try stage.rows(Self.cursors) == before)
    #expect(try #require(try stage.value(date).text) > mark)
    #expect(ending.requests.prefix(2) == ["users/current", "site?page=1&perPage=5"])
    let pages = ending.requests.dropFirst(2)
    #expect(pages.allSatisfy { $0.hasPrefix("parties?") && !$0.contains("since=") })
    #expect(pages.count { $0.contains("page=1&") } == 1, "\(ending.requests)")
    let lines = ending.output.split(separator: "\n").map { $0.prefix(7) }
    #expect(lines == ["table  ", "parties", "All is "])
  }

  @Test func `a resync makes tombstones of what is gone`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let id = stage.server.withAccount { account in
      let id = account.visibleIDs(.parties)[3]
      account.delete(.parties, id)
      return id
    }
    let before = try stage.rows(Self.cursors)
    try #require(try stage.run("resync", "parties").code == 0)
    #expect(
      try stage.rows("SELECT id, _deleted_reason FROM parties WHERE _deleted_at IS NOT NULL")
        == [[.integer(id), "absent"]])
    #expect(try stage.rows(Self.cursors) == before)
    // The feed, which is read as before, knows better.
    try #require(try stage.run("sync").code == 0)
    #expect(
      try stage.value("SELECT _deleted_reason FROM parties WHERE id = \(id)") == "deleted")
  }

  @Test func `a table that fails to be read again keeps its cursor`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    try stage.execute("UPDATE _cursors SET last_run_date = datetime(last_run_date, '-1 hour')")
    let dates = "SELECT table_name, last_run_date FROM _cursors"
    let before = try stage.rows(dates)
    stage.trouble(.forbidden, at: "parties?page=2")
    let ending = try stage.run("resync", "parties")
    // A token that may read nothing of what was asked for is refused.
    #expect(ending.code == 77, "\(ending.log)")
    #expect(try stage.rows(dates) == before)
  }

  @Test(arguments: ["resync", "accept"])
  func `a table that is not there is a usage error`(command: String) throws {
    let stage = try Stage()
    let ending = try stage.run(command, "partys")
    #expect(ending.code == 64)
    #expect(ending.log.contains("did you mean \"parties\"?"), "\(ending.log)")
    #expect(ending.output.isEmpty && ending.requests.isEmpty)
  }

  // MARK: accept

  /// A replica whose last listing of tasks lacked three of them.
  private func held() throws -> (stage: Stage, ids: [Int64]) {
    let stage = try Stage(.small)
    try stage.configure(["guard": #"{"rows": 2, "share": 0.01}"#])
    try #require(try stage.run("sync").code == 0)
    let ids = try stage.rows("SELECT id FROM tasks ORDER BY id LIMIT 3").compactMap(\.[0].integer)
    stage.server.withAccount { account in
      for id in ids { account.delete(task: id) }
    }
    let ending = try stage.run("sync", "--table", "tasks")
    try #require(ending.code == 1, "\(ending.log)")
    try #require(try stage.value("SELECT held_rows FROM _cursors WHERE table_name = 'tasks'") == 3)
    return (stage, ids)
  }

  @Test func `status says what is held and how to accept it`() throws {
    struct Report: Decodable {
      struct Table: Decodable {
        struct Findings: Decodable {
          struct Held: Decodable {
            let rows: Int
            let since: String
            let accept: String
          }
          let held: Held?
        }
        let table: String
        let heldRows: Int
        let findings: Findings
      }
      let isWell: Bool
      let tables: [Table]
    }
    let (stage, _) = try held()
    let since = try #require(try stage.value("SELECT min(held_at) FROM _held").text)
    let command = "crm-replica accept tasks --config \(stage.config)"
    let text = try stage.run("status")
    #expect(text.code == 1)
    let line =
      "tasks: the delete guard has held 3 rows since \(since) UTC. "
      + "To make tombstones of them: \(command)\n"
    #expect(text.output.contains(line), "\(text.output)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let json = try stage.run("status", "--json").output
    let report = try decoder.decode(Report.self, from: Data(json.utf8))
    let tasks = try #require(report.tables.first { $0.table == "tasks" })
    #expect(!report.isWell)
    #expect(tasks.heldRows == 3 && tasks.findings.held?.rows == 3)
    #expect(tasks.findings.held?.since == since && tasks.findings.held?.accept == command)
    #expect(report.tables.count { $0.findings.held != nil } == 1)
  }

  @Test func `held rows that are accepted become tombstones`() throws {
    let (stage, ids) = try held()
    let heldAt = try stage.value("SELECT held_at FROM _held")
    let living = "SELECT count(*) FROM tasks WHERE _deleted_at IS NULL"
    let before = try #require(try stage.value(living).integer)
    let runs = try stage.value("SELECT max(id) FROM _runs")
    let dry = try stage.run("accept", "tasks", "--dry-run")
    #expect(dry.code == 0)
    #expect(dry.output == "3 rows of tasks would become tombstones.\n")
    #expect(try stage.value(living).integer == before)
    #expect(try stage.value("SELECT max(id) FROM _runs") == runs)

    let ending = try stage.run("accept", "tasks")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.output == "3 rows of tasks became tombstones.\n")
    #expect(ending.requests.isEmpty)
    #expect(
      try stage.rows(
        """
        SELECT id, _deleted_reason, _deleted_at FROM tasks WHERE _deleted_at IS NOT NULL ORDER BY id
        """) == ids.map { [.integer($0), "absent", heldAt] })
    #expect(try stage.value(living).integer == before - 3)
    let run = try stage.value("SELECT max(id) FROM _runs")
    #expect(
      try stage.rows("SELECT row_key, change, run_id FROM _history WHERE table_name = 'tasks'")
        == ids.map { [.integer($0), "delete", run] })
    #expect(
      try stage.rows(
        """
        SELECT r.outcome, r.requests, r.finished_at IS NOT NULL, t.table_name, t.deleted, t.outcome
          FROM _runs AS r JOIN _run_tables AS t ON t.run_id = r.id
          WHERE r.id = (SELECT max(id) FROM _runs)
        """) == [["good", 0, 1, "tasks", 3, "good"]])
    #expect(try stage.value("SELECT held_rows FROM _cursors WHERE table_name = 'tasks'") == 0)
    #expect(try stage.value("SELECT count(*) FROM _held") == 0)
    #expect(try stage.run("status").code == 0)

    let again = try stage.run("accept", "tasks")
    #expect(again.code == 0)
    #expect(again.output == "The delete guard holds no row of tasks.\n")
    #expect(try stage.value("SELECT max(id) FROM _runs") == run)
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.value("SELECT count(*) FROM _history WHERE table_name = 'tasks'") == 3)
  }

  @Test func `a record that cannot be stored is accepted`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let id = try #require(try stage.value("SELECT min(id) FROM tasks").integer)
    try stage.execute(
      """
      CREATE TRIGGER refuse BEFORE INSERT ON tasks WHEN new.id = \(id)
        BEGIN SELECT raise(ABORT, 'not here'); END;
      DELETE FROM tasks WHERE id = \(id);
      """)
    #expect(try stage.run("sync").code == 1)
    let status = try stage.run("status")
    #expect(status.code == 1)
    let command = "crm-replica accept tasks --config \(stage.config)"
    #expect(status.output.contains("To do without them: \(command)\n"), "\(status.output)")
    let dry = try stage.run("accept", "tasks", "--dry-run")
    #expect(dry.output == "1 record of tasks that could not be stored would be done without.\n")
    let ending = try stage.run("accept", "tasks")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.output == "1 record of tasks that could not be stored is done without.\n")
    #expect(try stage.run("sync").code == 0)
    let well = try stage.run("status")
    #expect(well.code == 0)
    #expect(
      well.output.contains("tasks: 1 record that could not be stored is done without"),
      "\(well.output)")
    #expect(try stage.run("verify").code == 1)
    try stage.execute("DROP TRIGGER refuse")
    #expect(try stage.run("sync").code == 0)
    #expect(!(try stage.run("status").output.contains("stored")))
    #expect(try stage.run("verify").code == 0)
  }

  @Test func `held rows are not accepted while the file is in use`() throws {
    let (stage, _) = try held()
    let lock = try FileLock(database: stage.database)
    try withExtendedLifetime(lock) {
      let ending = try stage.run("accept", "tasks")
      #expect(ending.code == 75)
      #expect(ending.log.contains("Another crm-replica is at work"), "\(ending.log)")
      #expect(try stage.run("accept", "tasks", "--dry-run").code == 0)
    }
    #expect(try stage.value("SELECT count(*) FROM tasks WHERE _deleted_at IS NOT NULL") == 0)
  }

  /// An acceptance reads nothing, so it does not put off the round that is due.
  @Test func `an acceptance does not put off the next round`() throws {
    let (stage, _) = try held()
    try stage.configure(["schedule": #"{"every": "1h"}"#])
    try stage.execute(
      """
      UPDATE _runs SET started_at = datetime(started_at, '-2 hours'),
        finished_at = datetime(finished_at, '-2 hours')
      """)
    try #require(try stage.run("accept", "tasks").code == 0)
    let count = stage.requests().count
    let child = try stage.start("run")
    #expect(
      poll(seconds: 30) { stage.requests(since: count).contains { $0.hasPrefix("tasks?") } },
      "\(child.text(of: 2))")
    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 20).code == 0)
  }

  @Test func `nothing is accepted where there is no file`() throws {
    let stage = try Stage()
    for more in [[], ["--dry-run"]] {
      let ending = try Child(
        ["accept", "tasks", "--config", stage.config] + more, in: stage.folder
      )
      .wait()
      #expect(ending.code == 73)
    }
    #expect(access(stage.database, F_OK) != 0)
  }

  // MARK: What status finds

  @Test func `status shows quarantine and drift`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    #expect(!(try stage.run("status").output.contains("_quarantine")))
    try stage.execute(
      """
      INSERT INTO _quarantine VALUES ('users', 1, 1, '2026-01-02 03:04:05', 'no key', '{}'),
        ('users', 2, 1, '2026-01-02 03:04:06', 'no key', '{}');
      UPDATE _run_tables SET swept = 40, drifted = 2 WHERE table_name = 'parties';
      UPDATE _run_tables SET swept = 40 WHERE table_name = 'cases';
      """)
    let text = try stage.run("status")
    #expect(text.code == 0)
    #expect(
      text.output.contains(
        "users: 2 records could not be stored, the newest at 2026-01-02 03:04:06"))
    #expect(
      text.output.contains(
        "parties: the sweep of run 1 read 40 rows again; 2 of them differed from the account"))
    #expect(!text.output.contains("cases: the sweep"))
    let json = try stage.run("status", "--json").output
    #expect(json.contains("\"drifted\" : 2") && json.contains("\"records\" : 2"), "\(json)")
  }

  @Test func `an older file is still read by status`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    try stage.execute(
      "ALTER TABLE _run_tables DROP COLUMN swept; DROP TABLE _held; PRAGMA user_version = 1")
    #expect(try stage.run("status").code == 0)
    for command in [["why", "party", "1"], ["accept", "parties", "--dry-run"]] {
      let ending = try Child(command + ["--config", stage.config], in: stage.folder).wait()
      #expect(ending.code == 73)
      #expect(ending.log.contains("was written by an older crm-replica"), "\(ending.log)")
    }
  }
}
