import CapsuleSimulator
import FoundationEssentials
import SQLite
import Simulation
import TestSupport
import Testing

/// What is to leave the file: `purge`, and history that is old enough.
@Suite(.onWaitingThreads) struct EndToEndPurgeTests {
  /// What stands nowhere but in the records of one person.
  private static let marks = [
    "Zaphodine", "Beeblebroxia", "heartofgold", "Magratheanote", "Vogontask", "Trillianold",
  ]

  /// A replica of an account in which a person came, was changed and was deleted.
  private func stage() throws -> (stage: Stage, person: Int64) {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let rows = try stage.rows(
      """
      SELECT p.id, e.id FROM parties AS p JOIN entries AS e ON e.party_id = p.id
        WHERE p.type = 'person' ORDER BY p.id LIMIT 1
      """)
    let person = try #require(rows.first?[0].integer)
    let entry = try #require(rows.first?[1].integer)
    let field = try #require(
      try stage.value("SELECT id FROM custom_fields WHERE entity = 'party' LIMIT 1").integer)
    stage.server.withAccount { account in
      account.rename(.parties, person, "Trillianold")
      account.addEmail("zaphod@heartofgold.example", to: person)
      account.setField(.parties, person, definition: field)
      account.edit(entry: entry, "Magratheanote")
    }
    try #require(try stage.run("sync", "--full").code == 0)
    stage.server.withAccount { account in
      account.rename(.parties, person, "Zaphodine")
      account.describe(
        .parties, person, "Beeblebroxia " + String(repeating: "and so on ", count: 2_000))
      account.edit(entry: entry, "Magratheanote again")
    }
    try #require(try stage.run("sync", "--full").code == 0)
    try stage.execute(
      """
      INSERT INTO tasks (id, description, party_id, _synced_at)
        VALUES (987654, 'Vogontask', \(person), '2026-01-01 00:00:00');
      INSERT INTO _quarantine VALUES
        ('parties', 1, 1, '2026-01-01 00:00:00', 'odd', '{"id":\(person),"name":"Zaphodine"}'),
        ('parties', 2, 1, '2026-01-01 00:00:00', 'no key', '{"name":"Zaphodine"}'),
        ('entries', 3, 1, '2026-01-01 00:00:00', 'odd',
          '{"id":5,"party_id":\(person),"content":"Magratheanote"}'),
        ('entries', 4, 1, '2026-01-01 00:00:00', 'odd', '{"id":6,"party_id":1,"content":"other"}');
      INSERT INTO _held VALUES ('parties', \(person), 1, '2026-01-01 00:00:00', \(person));
      INSERT INTO _differences VALUES (1, 'parties', \(person), 'differing', '["name"]', \(person));
      CREATE VIEW mine AS SELECT count(*) AS people FROM parties;
      """)
    return (stage, person)
  }

  private func delete(_ person: Int64, _ stage: Stage) throws {
    stage.server.withAccount { _ = $0.delete(.parties, person) }
    let ending = try stage.run("sync", "--table", "parties")
    try #require(ending.code == 0, "\(ending.log)")
  }

  /// The marks that stand anywhere in the bytes of the file and its log.
  private func found(in path: String) throws -> [String] {
    let files = [path, path + "-wal"].filter { FileManager.default.fileExists(atPath: $0) }
    let texts = try files.map { String(decoding: try bytes(of: $0), as: UTF8.self) }
    return Self.marks.filter { mark in texts.contains { $0.contains(mark) } }
  }

  @Test func `a purge leaves a bare tombstone and no trace in the file`() throws {
    let (stage, person) = try stage()
    try stage.configure(["published_copy": "\"\(stage.folder)/copy.sqlite\""])
    try delete(person, stage)
    #expect(try found(in: stage.database) == Self.marks)
    let tombstone = try stage.rows(
      "SELECT id, _deleted_at, _deleted_reason FROM parties WHERE id = \(person)")
    let others = "SELECT * FROM parties WHERE id <> \(person)"
    let before = try stage.rows(others)
    let entries = try #require(
      try stage.value("SELECT count(*) FROM entries WHERE party_id = \(person)").integer)

    let trial = try stage.run("purge", "party", "\(person)", "--dry-run")
    #expect(trial.code == 0)
    #expect(trial.output.hasPrefix("A purge would bare 1 row of parties, "))
    #expect(try found(in: stage.database) == Self.marks)

    let ending = try stage.run("purge", "party", "\(person)")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.requests.isEmpty)
    #expect(ending.output.hasPrefix("Purged: 1 row of parties, 1 row of tasks, \(entries) row"))
    #expect(try found(in: stage.database) == [])
    #expect(try found(in: stage.folder + "/copy.sqlite") == [])
    #expect(
      try stage.rows("SELECT id, _deleted_at, _deleted_reason FROM parties WHERE id = \(person)")
        == tombstone)
    #expect(tombstone.first?[2] == "deleted")
    let row = try #require(try stage.rows("SELECT * FROM parties WHERE id = \(person)").first)
    #expect(row.count { !$0.isNull } == 4, "\(row)")
    for table in ["addresses", "phone_numbers", "websites", "email_addresses", "tags", "fields"] {
      let rows = "SELECT count(*) FROM party_\(table) WHERE party_id = \(person)"
      #expect(try stage.value(rows) == 0)
    }
    for table in ["_history", "_held", "_differences"] {
      let rows =
        "SELECT count(*) FROM \(table) WHERE table_name = 'parties' AND row_key = \(person)"
      #expect(try stage.value(rows) == 0)
    }
    #expect(try stage.rows("SELECT digest FROM _quarantine") == [[4]])
    #expect(try stage.rows("SELECT id FROM entries WHERE party_id = \(person)").isEmpty)
    #expect(
      try stage.rows("SELECT _deleted_reason, description FROM tasks WHERE id = 987654")
        == [["absent", nil]])
    #expect(try stage.rows(others) == before)
    #expect(try stage.value("SELECT people FROM mine") == Value(before.count + 1))
    #expect(try stage.isWhole())
  }

  @Test func `what was purged does not come back`() throws {
    let (stage, person) = try stage()
    try delete(person, stage)
    try #require(try stage.run("purge", "parties", "\(person)").code == 0)
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.run("sync", "--full").code == 0)
    #expect(try found(in: stage.database) == [])
    let row = try #require(try stage.rows("SELECT * FROM parties WHERE id = \(person)").first)
    #expect(row.count { !$0.isNull } == 4, "\(row)")
    #expect(try stage.run("verify").code == 0)
    // A second time is as good as the first.
    #expect(try stage.run("purge", "party", "\(person)").code == 0)
  }

  @Test func `what the account shows is not purged and nothing else with it`() throws {
    let (stage, person) = try stage()
    let living = try #require(
      try stage.value("SELECT min(id) FROM parties WHERE id <> \(person)").integer)
    try delete(person, stage)
    let before = try stage.content()
    let ending = try stage.run("purge", "party", "\(person)", "\(living)", "5")
    #expect(ending.code == 1)
    #expect(ending.log.contains("Nothing was purged."))
    #expect(ending.log.contains("The file has no row 5 of parties."))
    #expect(ending.log.contains("The account still showed row \(living) of parties"))
    #expect(ending.output.isEmpty && ending.requests.isEmpty)
    #expect(try stage.content() == before)
  }

  @Test(arguments: [(["partys", "1"], "did you mean"), (["party", "one"], "is no key of")])
  func `what cannot be purged is a usage error`(words: [String], sentence: String) throws {
    let stage = try Stage()
    let ending = try stage.run("purge", words[0], words[1])
    #expect(ending.code == 64)
    #expect(ending.log.contains(sentence), "\(ending.log)")
    #expect(!FileManager.default.fileExists(atPath: stage.database))
  }

  @Test func `a reader keeps the log and is told`() throws {
    let (stage, person) = try stage()
    try delete(person, stage)
    do {
      let reader = try Connection(path: stage.database, mode: .readOnly)
      try reader.run("BEGIN")
      _ = try reader.value("SELECT count(*) FROM parties")
      let ending = try stage.run("purge", "party", "\(person)")
      #expect(ending.code == 75)
      #expect(ending.log.contains("Another program, such as"), "\(ending.log)")
      #expect(try stage.value("SELECT name FROM parties WHERE id = \(person)") == nil)
      try reader.run("COMMIT")
    }
    #expect(try stage.run("purge", "party", "\(person)").code == 0)
    #expect(try found(in: stage.database) == [])
  }

  // MARK: History

  @Test(arguments: [false, true])
  func `history is forgotten once all is read that may be read`(isForbidden: Bool) throws {
    let (stage, _) = try stage()
    try stage.execute(
      """
      UPDATE _history SET changed_at = '2020-01-01 00:00:00'
        WHERE id IN (SELECT id FROM _history ORDER BY id LIMIT 2)
      """)
    let old = "SELECT count(*) FROM _history WHERE changed_at < '2021-01-01'"
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.value(old) == 2)
    try stage.configure(["history": #"{"keep": "730d"}"#])
    stage.trouble(.saying("no", status: 400), at: "tasks")
    #expect(try stage.run("sync").code == 1)
    #expect(try stage.value(old) == 2)
    stage.endTrouble()
    if isForbidden { stage.trouble(.forbidden, at: "tasks") }
    let young = try stage.rows("SELECT id FROM _history WHERE changed_at > '2021-01-01'")
    try #require(!young.isEmpty)
    #expect(try stage.run("sync").code == (isForbidden ? 1 : 0))
    #expect(try stage.value(old) == 0)
    #expect(try stage.rows("SELECT id FROM _history ORDER BY id").starts(with: young))
  }
}
