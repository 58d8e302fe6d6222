import CapsuleSimulator
import FoundationEssentials
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// Where else a purged person may stand, and what a purge says that did not come to its end.
@Suite(.onWaitingThreads) struct EndToEndPurgeTraceTests {
  /// A replica with a person who has entries and a task, and is a tombstone.
  private func stage(
    _ prepare: (Stage, Int64) throws -> Void = { _, _ in }
  ) throws -> (stage: Stage, person: Int64) {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let person = try #require(
      try stage.value(
        """
        SELECT p.id FROM parties AS p JOIN entries AS e ON e.party_id = p.id
          WHERE p.type = 'person' ORDER BY p.id LIMIT 1
        """
      ).integer)
    try prepare(stage, person)
    return (stage, person)
  }

  private func bury(_ person: Int64, _ stage: Stage, reason: String = "deleted") throws {
    try stage.execute(
      """
      UPDATE parties SET _deleted_at = '2026-01-01 00:00:00', _deleted_reason = '\(reason)'
        WHERE id = \(person)
      """)
  }

  /// Whether a text stands anywhere in the bytes of the file and its log.
  private func holds(_ stage: Stage, _ text: String) throws -> Bool {
    try [stage.database, stage.database + "-wal"]
      .filter { FileManager.default.fileExists(atPath: $0) }
      .contains { String(decoding: try bytes(of: $0), as: UTF8.self).contains(text) }
  }

  @Test func `what disabled tables hold is purged too`() throws {
    let (stage, person) = try stage { stage, person in
      try stage.execute(
        """
        UPDATE entries SET content = 'Magratheanote', _extra = '{"x":1}' WHERE party_id = \(person);
        INSERT INTO tasks (id, description, party_id, _synced_at)
          VALUES (987654, 'Vogontask', \(person), '2026-01-01 00:00:00');
        INSERT INTO entry_attachments (entry_id, id, filename)
          SELECT id, 5, 'Zaphodfile' FROM entries WHERE party_id = \(person);
        """)
    }
    try bury(person, stage)
    try stage.configure([
      "tables": #"{"entries": {"enabled": false}, "tasks": {"enabled": false}}"#
    ])
    try #require(try stage.run("sync").code == 0)
    let ending = try stage.run("purge", "party", "\(person)")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.output.contains("1 row of tasks"), "\(ending.output)")
    for mark in ["Magratheanote", "Vogontask", "Zaphodfile"] {
      #expect(try !holds(stage, mark), "\(mark)")
    }
    #expect(try stage.isWhole())
  }

  @Test func `a person of a disabled table is purged`() throws {
    let (stage, person) = try stage { stage, person in
      try stage.execute("UPDATE parties SET about = 'Beeblebroxia' WHERE id = \(person)")
    }
    try bury(person, stage)
    try stage.configure(["tables": #"{"parties": {"enabled": false}}"#])
    #expect(try stage.run("purge", "party", "\(person)").code == 0)
    #expect(try !holds(stage, "Beeblebroxia"))
  }

  /// E-mails belong to deals and cases, and name who took part.
  @Test func `participants of other entries go by their addresses`() throws {
    let (stage, _) = try stage()
    let row = try #require(
      try stage.rows(
        """
        SELECT a.party_id, e.id, a.address FROM entry_participants AS p
          JOIN entries AS e ON e.id = p.entry_id AND e.party_id IS NULL
          JOIN party_email_addresses AS a ON a.address = p.address
          ORDER BY e.id LIMIT 1
        """
      ).first)
    let (person, entry) = (try #require(row[0].integer), try #require(row[1].integer))
    let address = try #require(row[2].text)
    stage.server.withAccount { account in
      _ = account.addEmail("ford@betelgeuse.example", to: person)
      _ = account.delete(.parties, person)
    }
    try #require(try stage.run("sync", "--full").code == 0)
    try stage.execute(
      """
      UPDATE entry_participants SET address = upper(address) WHERE address = '\(address)';
      INSERT INTO _history (id, run_id, table_name, row_key, change, changed_at)
        VALUES (4200, 1, 'entries', \(entry), 'update', '2026-01-01 00:00:00');
      INSERT INTO _history_values (history_id, column_name, before, after) VALUES
        (4200, 'participants', '[{"id":1,"address":"\(address)"},{"id":2,"address":null}]',
          '[{"id":2,"address":"marvin@example"}]'),
        (4200, 'subject', 'x', 'y');
      INSERT INTO _quarantine VALUES ('entries', 9, 1, '2026-01-01 00:00:00', 'odd',
        '{"id":5,"participants":[{"id":1,"address":"\(address)"}]}');
      """)
    let others = """
      SELECT * FROM entry_participants WHERE address IS NULL OR lower(address) <> '\(address)'
      """
    let before = try stage.rows(others)
    try #require(try holds(stage, address.uppercased()))
    let trial = try stage.run("purge", "party", "\(person)", "--dry-run")
    #expect(trial.output.contains("of entry_participants. Nothing was changed"), "\(trial.output)")
    let ending = try stage.run("purge", "party", "\(person)")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.output.contains("of entry_participants."), "\(ending.output)")
    #expect(try !holds(stage, address) && !holds(stage, address.uppercased()))
    #expect(try stage.rows(others) == before)
    #expect(
      try stage.rows("SELECT before, after FROM _history_values WHERE history_id = 4200") == [
        [#"[{"id":2,"address":null}]"#, #"[{"id":2,"address":"marvin@example"}]"#], ["x", "y"],
      ])
    #expect(try stage.run("sync").code == 0)
    #expect(try !holds(stage, address))
    // The account still shows them, and that is the only difference.
    try #require(try stage.run("verify").code == 1)
    #expect(
      try stage.rows("SELECT DISTINCT table_name, kind, columns FROM _differences")
        == [["entries", "differing", #"["participants"]"#]])
    // A full reading makes the file equal to the account.
    #expect(try stage.run("sync", "--full").code == 0)
    #expect(try holds(stage, address))
    #expect(try stage.run("verify").code == 0)
  }

  @Test func `what the account still shows comes back with the next run`() throws {
    let (stage, person) = try stage()
    let living = """
      SELECT id, subject, content FROM entries WHERE party_id = \(person) AND _deleted_at IS NULL
      """
    let before = try stage.rows(living)
    try bury(person, stage, reason: "restricted")
    try #require(try stage.run("purge", "party", "\(person)").code == 0)
    #expect(try stage.rows(living).isEmpty)
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.rows(living) == before)
  }

  @Test func `a trial writes nothing`() throws {
    let (stage, person) = try stage()
    try bury(person, stage)
    try stage.execute("DROP VIEW projects")
    let before = try bytes(of: stage.database)
    let ending = try stage.run("purge", "party", "\(person)", "--dry-run")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.output.hasPrefix("A purge would bare 1 row of parties, "))
    #expect(try bytes(of: stage.database) == before)
    #expect(try stage.value("SELECT count(*) FROM sqlite_schema WHERE name = 'projects'") == 0)
  }

  @Test func `what the source said in a former run is cut off`() throws {
    let (stage, person) = try stage()
    try bury(person, stage)
    let said = "Ford Prefect is refused"
    stage.trouble(.saying(said, status: 422), at: "goals", times: 1)
    _ = try stage.run("sync")
    try stage.execute("UPDATE _runs SET error = 'Refused. The source says: \(said)' WHERE id = 1")
    let errors = "SELECT error FROM _run_tables WHERE error LIKE '%422%'"
    #expect(try stage.value(errors).text?.contains(said) ?? false)
    #expect(try stage.run("purge", "party", "\(person)").code == 0)
    #expect(try !holds(stage, said))
    #expect(try stage.value(errors).text?.contains("says") == false)
    #expect(try stage.value("SELECT error FROM _runs WHERE id = 1") == "Refused.")
  }

  @Test func `a record aside that is no JSON is no obstacle`() throws {
    let (stage, person) = try stage()
    try bury(person, stage)
    try stage.execute(
      """
      INSERT INTO _quarantine VALUES
        ('parties', 1, 1, '2026-01-01 00:00:00', 'odd', '{"id":'),
        ('entries', 2, 1, '2026-01-01 00:00:00', 'odd', '{"id":')
      """)
    #expect(try stage.run("purge", "party", "\(person)").code == 0)
    #expect(try stage.value("SELECT count(*) FROM _quarantine WHERE table_name = 'parties'") == 0)
  }

  @Test func `a row of a feed is a usage error`() throws {
    let (stage, _) = try stage()
    let ending = try stage.run("purge", "deleted_party", "1815")
    #expect(ending.code == 64)
    #expect(ending.log.contains("purge the row of parties"), "\(ending.log)")
    #expect(try stage.run("purge", "party", "x").log.contains("crm-replica help purge"))
  }

  // MARK: Not to its end

  @Test func `a full disk is told and the second time does the rest`() throws {
    let (stage, person) = try stage { stage, person in
      try stage.execute("UPDATE parties SET about = 'Beeblebroxia' WHERE id = \(person)")
    }
    try bury(person, stage)
    try stage.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let blocks = try bytes(of: stage.database).count / 512 / 2
    let full = try Child(
      ["purge", "--config", stage.config, "party", "\(person)"], in: stage.folder,
      launcher: ["/bin/sh", "-c", "ulimit -f \(blocks) && exec \"$@\"", "sh"]
    ).wait()
    #expect(full.code == 73, "\(full.log)")
    for words in ["rows are purged", "could not be written anew", "run the same command again"] {
      #expect(full.log.contains(words), "\(full.log)")
    }
    #expect(full.output.isEmpty)
    #expect(try stage.value("SELECT about FROM parties WHERE id = \(person)") == nil)
    #expect(try stage.run("purge", "party", "\(person)").code == 0)
    #expect(try !holds(stage, "Beeblebroxia"))
  }

  @Test func `a copy that cannot be made anew is told`() throws {
    let (stage, person) = try stage()
    let copy = stage.folder + "/copy.sqlite"
    try stage.configure(["published_copy": "\"\(copy)\""])
    try #require(try stage.run("sync").code == 0)
    try bury(person, stage)
    try #require(mkdir(copy + ".crm-replica-new", 0o700) == 0)
    let ending = try stage.run("purge", "party", "\(person)")
    #expect(ending.code == 1)
    #expect(ending.log.contains("The copy \(copy) still holds it"), "\(ending.log)")
    try #require(rmdir(copy + ".crm-replica-new") == 0)
    #expect(try stage.run("purge", "party", "\(person)").code == 0)
  }
}
