import CapsuleSimulator
import FoundationEssentials
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

@testable import CRMReplica

/// `why`: what the file knows of one row.
@Suite(.onWaitingThreads) struct EndToEndWhyTests {
  /// What `why --json` prints, as far as the tests look at it.
  private struct Story: Decodable {
    struct Change: Decodable {
      let run: Int
      let at: String
      let kind: String
      let before: [String: String?]
      let after: [String: String?]
    }
    struct Burial: Decodable {
      let at: String
      let reason: String
      let run: Int?
    }
    struct Statement: Decodable {
      let feed: String
      let reason: String
      let deletedAt: String
      let isWithdrawn: Bool
    }
    let table: String
    let key: String
    let isStored: Bool
    let isLiving: Bool
    let isPurged: Bool
    let isNamed: Bool
    let firstSeenAt: String?
    let firstSeenRun: Int?
    let changes: [Change]
    let tombstone: Burial?
    let statement: Statement?
    let lastReadAt: String?
    let lastFullReadAt: String?
  }

  private func story(_ stage: Stage, _ entity: String, _ key: Int64) throws -> Story {
    let ending = try stage.run("why", entity, "\(key)", "--json")
    #expect(ending.code == 0, "\(ending.log)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Story.self, from: Data(ending.output.utf8))
  }

  @Test func `a row that is only named says so`() throws {
    let stage = try Stage(.small)
    let owner = stage.server.withAccount { account in
      let owners = account.rows("parties?perPage=100").compactMap { $0["owner"]?["id"]?.integer }
      account.unlist(owners[0], of: "users")
      return owners[0]
    }
    try #require(try stage.run("sync").code == 0)
    let story = try story(stage, "user", owner)
    #expect(story.isStored && !story.isLiving && story.isNamed && !story.isPurged)
    #expect(story.tombstone?.reason == "absent" && story.changes.isEmpty)
    #expect(
      try stage.run("why", "users", "\(owner)").output.hasPrefix(
        "users \(owner): its list has never shown it. Records name it"))
    // Its name is erased like that of any other row that is gone.
    try #require(try stage.run("purge", "user", "\(owner)").code == 0)
    #expect(try stage.value("SELECT name FROM users WHERE id = \(owner)").isNull)
    #expect(try self.story(stage, "user", owner).isNamed == false)
  }

  @Test func `a row is told from its first sight to its tombstone`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let id = stage.server.withAccount { account in
      let id = account.visibleIDs(.parties)[0]
      account.describe(.parties, id, "Plays the \"oboe\"")
      return id
    }
    let first = try stage.value("SELECT _synced_at FROM parties WHERE id = \(id)").text
    // The source's clock is known to a second: a run may end before what it wrote.
    try stage.execute(
      "UPDATE _runs SET finished_at = datetime((SELECT max(_synced_at) FROM parties), '-1 second')")
    let about = try stage.value("SELECT about FROM parties WHERE id = \(id)").text
    try #require(try stage.run("sync").code == 0)
    stage.server.withAccount { _ = $0.delete(.parties, id) }
    try #require(try stage.run("sync").code == 0)

    let story = try story(stage, "party", id)
    #expect(story.table == "parties" && story.key == "\(id)")
    #expect(story.isStored && !story.isLiving)
    #expect(story.firstSeenAt == first && story.firstSeenRun == 1)
    #expect(story.changes.map(\.kind) == ["update", "delete"])
    #expect(story.changes.map(\.run) == [2, 3])
    #expect(story.changes.first?.before["about"] == about)
    #expect(story.changes.first?.after["about"] == "Plays the \"oboe\"")
    #expect(story.tombstone?.reason == "deleted" && story.tombstone?.run == 3)
    #expect(story.statement?.feed == "deleted_parties" && story.statement?.reason == "deleted")
    #expect(story.statement?.isWithdrawn == false)
    #expect(story.statement?.deletedAt == story.tombstone?.at)
    let cursor = try stage.rows(
      "SELECT last_run_date, full_run_date FROM _cursors WHERE table_name = 'parties'")[0]
    #expect(story.lastReadAt == cursor[0].text && story.lastFullReadAt == cursor[1].text)

    let ending = try stage.run("why", "parties", "\(id)")
    #expect(ending.code == 0 && ending.log.isEmpty && ending.requests.isEmpty)
    let lines = ending.output.split(separator: "\n").map(String.init)
    let gone = try #require(story.tombstone?.at)
    #expect(
      lines.first == "parties \(id): a tombstone, gone since \(gone) UTC (deleted): "
        + "the account says that it was deleted. Run 3 buried it.")
    #expect(lines.contains("First stored \(first ?? "") UTC, by run 1."))
    #expect(lines.contains { $0.hasPrefix("Run 2 changed it, ") })
    #expect(
      lines.contains { $0.hasPrefix("  about: ") && $0.hasSuffix(#"-> "Plays the \"oboe\"""#) },
      "\(ending.output)")
    #expect(lines.contains("deleted_parties says: deleted, \(gone) UTC."))
    #expect(lines.last?.hasPrefix("parties was last read ") ?? false)
  }

  @Test func `a row that never changed is told too`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let id = try #require(try stage.value("SELECT min(id) FROM opportunities").integer)
    let story = try story(stage, "opportunity", id)
    #expect(story.isLiving && story.changes.isEmpty && story.firstSeenRun == 1)
    let text = try stage.run("why", "opportunities", "\(id)").output
    #expect(text.hasPrefix("opportunities \(id): a living row.\nFirst stored "), "\(text)")
  }

  /// The instant at which a row was stored tells the run; a killed run ends where the next begins.
  @Test func `the run is found by the instant`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    try stage.execute(
      """
      UPDATE parties SET _synced_at = '2026-01-03 12:00:00';
      DELETE FROM _runs; DELETE FROM _run_tables;
      INSERT INTO _runs (id, started_at, finished_at, outcome) VALUES
        (5, '2026-01-01 00:00:00', NULL, 'killed'),
        (6, '2026-01-02 00:00:00', '2026-01-02 01:00:00', 'good'),
        (7, '2026-01-03 11:00:00', NULL, 'killed'),
        (8, '2026-01-04 00:00:00', '2026-01-04 01:00:00', 'good');
      """)
    let id = try #require(try stage.value("SELECT min(id) FROM parties").integer)
    #expect(try story(stage, "party", id).firstSeenRun == 7)
    try stage.execute("UPDATE parties SET _synced_at = '2026-01-02 12:00:00'")
    #expect(try story(stage, "party", id).firstSeenRun == nil)
  }

  /// The instant of the purge is not when the row was first stored.
  @Test func `a purged row is said to be purged`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let id = stage.server.withAccount { $0.visibleIDs(.parties)[0] }
    stage.server.withAccount { _ = $0.delete(.parties, id) }
    try #require(try stage.run("sync").code == 0)
    #expect(try !stage.run("why", "party", "\(id)").output.contains("purged"))
    try #require(try stage.run("purge", "party", "\(id)").code == 0)
    let text = try stage.run("why", "party", "\(id)").output
    #expect(text.contains("that it was deleted. What it held was purged."), "\(text)")
    #expect(!text.contains("First stored"), "\(text)")
    let story = try story(stage, "party", id)
    #expect(story.isPurged && story.firstSeenAt == nil && story.firstSeenRun == nil)
  }

  /// What came before the oldest change that is left may be forgotten.
  @Test func `of a forgotten past nothing is said`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let ids = try stage.rows("SELECT id FROM parties ORDER BY id LIMIT 3").compactMap(\.[0].integer)
    try stage.execute(
      """
      UPDATE parties SET _synced_at = '2026-01-01 00:00:00';
      UPDATE parties SET _synced_at = '2026-02-01 00:00:00' WHERE id = \(ids[2]);
      INSERT INTO _history (id, run_id, table_name, row_key, change, changed_at, synced_before)
        VALUES (1, 1, 'parties', \(ids[0]), 'update', '2026-01-05 00:00:00',
          '2026-01-01 00:00:00');
      """)
    let known = try story(stage, "party", ids[1])
    #expect(known.firstSeenAt == "2026-01-01 00:00:00")
    #expect(try story(stage, "party", ids[0]).firstSeenAt == "2026-01-01 00:00:00")
    // The first changes are gone.
    try stage.execute("UPDATE _history SET id = 7")
    #expect(try story(stage, "party", ids[0]).firstSeenAt == nil)
    #expect(try story(stage, "party", ids[1]).firstSeenAt == nil)
    #expect(try story(stage, "party", ids[2]).firstSeenAt == "2026-02-01 00:00:00")
    let text = try stage.run("why", "party", "\(ids[1])").output
    #expect(!text.contains("First stored"), "\(text)")
    // All of them are.
    try stage.execute("DELETE FROM _history")
    try stage.configure(["history": #"{"keep": "1d"}"#])
    #expect(try story(stage, "party", ids[1]).firstSeenAt == nil)
    // The ids of an emptied history begin anew.
    try stage.execute(
      """
      INSERT INTO _history (run_id, table_name, row_key, change, changed_at, synced_before)
        VALUES (1, 'parties', \(ids[0]), 'update', datetime('now'), '2026-01-05 00:00:00')
      """)
    #expect(try story(stage, "party", ids[0]).firstSeenAt == nil)
    #expect(try story(stage, "party", ids[1]).firstSeenAt == nil)
    try stage.configure(["history": #"{"keep": "3650d"}"#])
    #expect(try story(stage, "party", ids[1]).firstSeenAt == "2026-01-01 00:00:00")
  }

  @Test func `a held row is said to be held`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let id = try #require(try stage.value("SELECT min(id) FROM users").integer)
    try stage.execute("INSERT INTO _held VALUES ('users', \(id), 1, '2026-01-02 03:04:05', \(id))")
    let text = try stage.run("why", "user", "\(id)").output
    #expect(text.contains("The delete guard holds it since run 1, 2026-01-02 03:04:05 UTC"))
  }

  @Test func `a key of two columns and one of text`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let row = try stage.rows("SELECT entity, id FROM tag_definitions LIMIT 1")[0]
    let key = "\(row[0].text ?? "")/\(row[1].integer ?? 0)"
    let tag = try stage.run("why", "tag_definition", key)
    #expect(tag.code == 0)
    #expect(tag.output.hasPrefix("tag_definitions \(key): a living row."), "\(tag.output)")
    let code = try #require(try stage.value("SELECT min(code) FROM currencies").text)
    #expect(try stage.run("why", "currency", code).code == 0)
  }

  @Test func `a row that was never seen is said to be unknown`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    try stage.execute(
      """
      INSERT INTO _quarantine
        VALUES ('parties', 1, 1, '2026-01-02 03:04:05', 'no key', '{"name":"Nemo"}')
      """)
    let ending = try stage.run("why", "party", "999999999")
    #expect(ending.code == 1)
    #expect(ending.output.hasPrefix("parties 999999999: the replica has never had such a row.\n"))
    #expect(ending.output.contains("The account did not show it to this token"))
    #expect(ending.output.contains("(no key): {name: \"Nemo\"}"), "\(ending.output)")
    #expect(ending.log.isEmpty)
    let json = try stage.run("why", "party", "999999999", "--json")
    #expect(json.code == 1)
    #expect(json.output.contains("\"is_stored\" : false"), "\(json.output)")
    #expect(json.output.contains("\"name\" : \"Nemo\""), "\(json.output)")
  }

  @Test(arguments: [
    (["party", "abc"], "\"abc\" is no key of \"parties\"; it must be a whole number."),
    (["party", "1/2"], "\"1/2\" is no key of \"parties\""),
    (["tag_definition", "3"], "it must be entity/id."),
    (["partty", "3"], "did you mean \"party\"?"),
    (["_runs", "3"], "\"_runs\" is no table"),
  ])
  func `a word that names nothing is a usage error`(words: [String], complaint: String) throws {
    let stage = try Stage()
    let ending = try Child(["why", "--config", stage.config] + words, in: stage.folder).wait()
    #expect(ending.code == 64)
    #expect(ending.log.contains(complaint), "\(ending.log)")
    #expect(ending.output.isEmpty)
  }

  /// It reads beside a daemon, without a token and without the account.
  @Test func `why needs nothing but the file`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let id = try #require(try stage.value("SELECT min(id) FROM parties").integer)
    stage.server.stop()
    unlink(stage.tokenFile)
    let lock = try FileLock(database: stage.database)
    let ending = try withExtendedLifetime(lock) { try stage.run("why", "party", "\(id)") }
    #expect(ending.code == 0, "\(ending.log)")
    unlink(stage.database)
    #expect(try stage.run("why", "party", "\(id)").code == 73)
  }
}
