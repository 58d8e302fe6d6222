import Capsule
import CapsuleSimulator
import Model
import Replication
import SQLite
import Simulation
import Testing

/// A replica held against its account: what differs is found, and nothing else.
@Suite struct VerifyTests {
  let account = Account(seed: 7, size: .small, now: 1_760_000_000)
  let replica: Replica

  init() throws {
    replica = try Replica(account)
    try replica.sync()
    account.now += 3_600
  }

  // MARK: The replica's side

  @Test func `an equal replica has no differences and stays as it is`() throws {
    let before = try replica.content(without: [])
    let found = try replica.verify()
    #expect(found.report.outcome == .equal, "\(found.all)")
    #expect(found.report.tables.allSatisfy { $0.error == nil && $0.pending == 0 })
    #expect(found.report.tables.first { $0.table == "parties" }?.compared == 25)
    let tracks = try #require(found.report.tables.first { $0.table == "tracks" })
    #expect(tracks.parents == 45 && tracks.parentsCompared == 45)
    #expect(try replica.content(without: []) == before)
  }

  /// What somebody may do to the file by hand, and what must be said of it.
  struct Tampering: CustomTestStringConvertible, Sendable {
    let sql: String
    let table: String
    let found: String
    /// A query for the key.
    let key: String

    var testDescription: String { sql }

    init(_ sql: String, _ table: String, _ key: String, _ found: String) {
      (self.sql, self.table, self.key, self.found) = (sql, table, key, found)
    }
  }

  static let person = "SELECT min(id) FROM parties WHERE type = 'person'"
  static let tamperings = [
    Tampering(
      "UPDATE parties SET first_name = 'x', about = 'y' WHERE id = (\(person))", "parties", person,
      "differing about,first_name"),
    Tampering(
      "UPDATE parties SET updated_at = '2099-01-01 00:00:00' WHERE id = (\(person))", "parties",
      person, "differing updated_at"),
    Tampering(
      "UPDATE parties SET _extra = '{\"x\":1}' WHERE id = (\(person))", "parties", person,
      "differing _extra"),
    Tampering("DELETE FROM parties WHERE id = (\(person))", "parties", person, "missing "),
    Tampering(
      "INSERT INTO party_tags VALUES ((\(person)), 99999)", "parties", person,
      "differing tags"),
    Tampering("INSERT INTO party_tags VALUES (1, 1)", "parties", "SELECT 1", "extra "),
    Tampering(
      "UPDATE parties SET last_contacted_at = '2099-01-01 00:00:00' "
        + "WHERE id = (SELECT min(id) FROM parties WHERE last_contacted_at IS NULL)", "parties",
      "SELECT min(id) FROM parties WHERE last_contacted_at IS NULL",
      "differing last_contacted_at"),
    Tampering(
      "UPDATE parties SET _deleted_at = '2025-01-01 00:00:00', _deleted_reason = 'deleted' "
        + "WHERE id = (\(person))", "parties", person, "missing "),
    Tampering(
      "INSERT INTO parties (id, name, _synced_at) VALUES (1, 'x', '2025-01-01 00:00:00')",
      "parties", "SELECT 1", "extra "),
    Tampering(
      "DELETE FROM milestones WHERE id = (SELECT min(id) FROM milestones)", "milestones",
      "SELECT min(id) FROM milestones", "missing "),
    Tampering(
      "UPDATE tasks SET description = 'x' WHERE id = (SELECT max(id) FROM tasks)", "tasks",
      "SELECT max(id) FROM tasks", "differing description"),
    Tampering(
      "INSERT INTO tasks (id, _synced_at) VALUES (1, '2025-01-01 00:00:00')", "tasks",
      "SELECT 1", "extra "),
    Tampering(
      "UPDATE tag_definitions SET name = 'x' WHERE entity = 'case' AND id = "
        + "(SELECT min(id) FROM tag_definitions WHERE entity = 'case')", "tag_definitions",
      "SELECT 'case/' || min(id) FROM tag_definitions WHERE entity = 'case'", "differing name"),
    Tampering(
      "DELETE FROM currencies WHERE code = 'GBP'", "currencies", "SELECT 'GBP'", "missing "),
    Tampering(
      "DELETE FROM entry_parties WHERE entry_id = (SELECT min(entry_id) FROM entry_parties)",
      "entries", "SELECT min(entry_id) FROM entry_parties", "differing parties"),
    Tampering(
      "DELETE FROM opportunity_parties WHERE opportunity_id = "
        + "(SELECT min(opportunity_id) FROM opportunity_parties)", "opportunity_parties",
      "SELECT opportunity_id || '/' || party_id FROM opportunity_parties ORDER BY 1 LIMIT 1",
      "missing "),
    Tampering(
      "DELETE FROM track_tasks WHERE track_id = (SELECT min(track_id) FROM track_tasks)",
      "tracks", "SELECT min(track_id) FROM track_tasks", "differing tasks"),
  ]

  @Test(arguments: tamperings)
  func `what was changed by hand is found by key and column`(tampering: Tampering) throws {
    let key = try replica.value(tampering.key)
    try replica.execute(tampering.sql)
    let before = try replica.content()
    let found = try replica.verify()
    #expect(
      found.of(tampering.table).contains("\(key.spelled) \(tampering.found)"), "\(found.all)")
    #expect(found.report.outcome == .different)
    #expect(try replica.content() == before)
    // A sync of everything that trusts no digest would put it right; a second look finds the same.
    #expect(try replica.verify().all == found.all)
  }

  @Test func `tampering with what the feed says is found`() throws {
    let gone = account.visibleIDs(.parties)[3]
    account.delete(.parties, gone)
    account.now += 60
    try replica.sync(full: true)
    account.now += 60
    #expect(try replica.verify().all == [])
    try replica.execute(
      "UPDATE parties SET _deleted_at = NULL, _deleted_reason = NULL WHERE id = \(gone)")
    #expect(try replica.verify().all == ["parties \(gone) extra "])
    try replica.execute("DELETE FROM deleted_parties WHERE id = \(gone)")
    #expect(
      try replica.verify().all
        == ["parties \(gone) extra ", "deleted_parties \(gone) missing "])
    let living = account.visibleIDs(.parties)[0]
    try replica.sync(full: true)
    try replica.execute(
      """
      INSERT INTO deleted_parties (id, deleted_at, reason, _synced_at)
        VALUES (\(living), '2025-01-01 00:00:00', 'deleted', '2025-01-01 00:00:00')
      """)
    #expect(try replica.verify().of("deleted_parties") == ["\(living) extra "])
  }

  /// Tags and fields have a list for each of the three entities, with a count of its own.
  @Test(arguments: [-2, 2])
  func `counts that are off by a little are no difference`(miscount: Int) throws {
    account.switches.miscount = miscount
    let found = try replica.verify()
    #expect(found.report.outcome == .equal, "\(found.report.tables.compactMap(\.error))")
  }

  // MARK: The account's side

  @Test func `what changed in the account since the last sync is found`() throws {
    let ids = account.visibleIDs(.parties)
    account.describe(.parties, ids[0], "Plays the oboe")
    account.delete(.parties, ids[1])
    let task = account.createTask()
    let found = try replica.verify()
    #expect(found.of("parties").contains("\(ids[0]) differing about,updated_at"), "\(found.all)")
    #expect(found.of("parties").contains("\(ids[1]) extra "))
    #expect(found.of("deleted_parties") == ["\(ids[1]) missing "])
    #expect(found.of("tasks").contains("\(task) missing "))
    let parties = try #require(found.report.tables.first { $0.table == "parties" })
    #expect(parties.unsynced >= 2 && parties.pending == 0)
    account.now += 60
    try replica.sync()
    try replica.sync(full: true)
    #expect(try replica.verify().all == [])
  }

  @Test func `a restriction since the last sync is found`() throws {
    let id = account.visibleIDs(.parties)[4]
    account.restrict(.parties, id)
    account.now += 60
    let found = try replica.verify()
    #expect(found.of("parties") == ["\(id) extra "], "\(found.all)")
    #expect(found.of("deleted_parties") == ["\(id) missing "])
  }

  @Test func `a change that moves no date is found`() throws {
    let people = account.visibleIDs(.parties)
    let rows = try replica.rows(
      """
      SELECT organisation_id, id FROM parties
        WHERE organisation_id IS NOT NULL AND _deleted_at IS NULL ORDER BY 1, 2
      """)
    let organisation = try #require(rows[0][0].integer)
    let person = try #require(rows[0][1].integer)
    #expect(people.contains(person))
    account.delete(.parties, organisation)
    account.now += 60
    // The feed brings the organisation's end; nothing tells of its people.
    try replica.sync()
    account.now += 60
    let found = try replica.verify()
    #expect(found.of("parties").contains("\(person) differing organisation_id"), "\(found.all)")
    let tag = try #require(
      try replica.value("SELECT min(id) FROM tag_definitions WHERE entity = 'party'").integer)
    account.rename(tag: tag, of: .parties, "Renamed")
    #expect(try replica.verify().of("tag_definitions") == ["party/\(tag) differing name"])
  }

  // MARK: Bookkeeping

  @Test func `the result is kept in the file`() throws {
    let id = try #require(account.visibleIDs(.parties).first)
    try replica.execute("UPDATE parties SET about = 'x' WHERE id = \(id)")
    for _ in 1...2 { try replica.verify(noting: true) }
    #expect(
      try replica.rows("SELECT id, outcome FROM _verifications")
        == [[1, "different"], [2, "different"]])
    #expect(
      try replica.rows("SELECT * FROM _differences WHERE verification_id = 2")
        == [[2, "parties", .integer(id), "differing", "[\"about\"]", .integer(id)]])
    #expect(
      try replica.rows(
        """
        SELECT compared, missing, extra, differing, pending, error, counted FROM _verified_tables
          WHERE verification_id = 2 AND table_name = 'parties'
        """) == [[25, 0, 0, 1, 0, nil, 25]])
    // Nothing counts entries.
    #expect(
      try replica.rows(
        "SELECT DISTINCT counted FROM _verified_tables WHERE table_name = 'entries'") == [[nil]])
    try replica.execute("UPDATE _verifications SET id = 200 WHERE id = 2")
    try replica.verify(noting: true)
    #expect(try replica.rows("SELECT id FROM _verifications") == [[200], [201]])
    #expect(try replica.value("SELECT min(verification_id) FROM _differences") == 201)
  }
}
