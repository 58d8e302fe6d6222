import CapsuleSimulator
import FoundationEssentials
import Glibc
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Files that older programs have made of the simulated account, each with things of a user's in it
/// (`Older/README.md`): they are migrated and go on from where they were.
@Suite struct OlderFilesTests {
  /// The account as it was when a file was made. When the fifth was, its clock did not stand still.
  static func account(_ version: Int) -> Account {
    let account = Account(seed: 12, size: .tiny, now: 1_760_000_000)
    if version == 5 { account.now += 6 }
    edit(account, seed: 7)
    return account
  }

  /// An edit of each kind, an hour later.
  static func edit(_ account: Account, seed: UInt64) {
    account.now += 3_600
    var generator = SplitMix64(seed: seed)
    for edit in account.edits { _ = account.apply(edit, using: &generator) }
    account.now += 600
  }

  private func replica(_ version: Int, _ account: Account) throws -> Replica {
    let replica = try Replica(account)
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let packed = "/\(folder)/Older/v\(version).sqlite.gz"
    try #require(system("gzip -dc '\(packed)' > '\(replica.path)'") == 0)
    return replica
  }

  @Test(arguments: 1...5)
  func `an older file is migrated and goes on from where it was`(version: Int) throws {
    let account = Self.account(version)
    let replica = try replica(version, account)
    #expect(try replica.value("PRAGMA user_version") == Value([1, 2, 3, 3, 4][version - 1]))
    if version >= 4 {
      let origin = try replica.value("SELECT account FROM _account").text ?? ""
      account.baseURL = "\(origin.split(separator: " ")[0])/api/v2"
    }
    let columns = "h.id, h.run_id, h.table_name, h.row_key, h.change, h.changed_at"
    let past = try replica.rows(
      """
      SELECT \(columns), c.key, c.value, h.after ->> c.fullkey
        FROM _history AS h, json_each(h.before) AS c WHERE h.id <= 21 ORDER BY h.id, c.key
      """)
    try #require(Set(past.map { $0[0] }).count == 21)
    let notes = try replica.rows("SELECT * FROM my_notes")
    let ranks = try replica.rows("SELECT id, my_rank FROM parties ORDER BY id")
    let deadParties = try replica.rows(
      "SELECT id, _deleted_at, _deleted_reason FROM parties WHERE _deleted_at IS NOT NULL")
    Self.edit(account, seed: 8)
    let person = try #require(
      try replica.value(
        "SELECT max(id) FROM parties WHERE type = 'person' AND _deleted_at IS NULL"
      ).integer)
    #expect(account.rename(.parties, person, "Zora"))
    var requests: [String] = []
    requests = try replica.requests {
      let summary = try replica.sync()
      #expect(summary.outcome == .good, "\(summary)")
    }
    // From where the older program was: what has changed since, and no list of everything.
    for table in ["parties", "opportunities", "kases"] {
      let asked = requests.filter { $0.hasPrefix("\(table)?") && !$0.contains("embed=meta") }
      #expect(asked.contains { $0.contains("since=2025-10-09") }, "\(asked)")
    }
    // What no date tells of waits for a full reading: a deleted entry, values of deleted fields.
    let waiting = try Oracle(replica: replica).differences().filter {
      $0.hasPrefix("parties") || $0.hasPrefix("tasks") || $0.contains(" lacks ")
    }
    #expect(waiting == [])
    // The past, and what is the user's.
    let told = try replica.rows(
      """
      SELECT \(columns), v.column_name, v.before, v.after
        FROM _history AS h JOIN _history_values AS v ON v.history_id = h.id
        WHERE h.id <= 21 ORDER BY h.id, v.column_name
      """)
    #expect(told == past)
    let ids = "SELECT count(row_id), count(*) FROM _history WHERE"
    let numbers = try replica.rows("\(ids) typeof(row_key) = 'integer' AND row_id = row_key")
    #expect(try replica.rows("\(ids) row_id IS NOT NULL") == numbers)
    #expect(try replica.rows("\(ids) typeof(row_key) = 'integer'") == numbers)
    #expect(numbers[0][0].integer ?? 0 > 21)
    #expect(try replica.rows("SELECT * FROM my_notes") == notes)
    #expect(
      Set(try replica.rows("SELECT id, my_rank FROM parties")).isSuperset(of: Set(ranks)))
    #expect(
      Set(try replica.rows("SELECT id, _deleted_at, _deleted_reason FROM parties"))
        .isSuperset(of: Set(deadParties)))
    #expect(
      try replica.rows("SELECT name FROM sqlite_schema WHERE name GLOB 'my_*' ORDER BY 1")
        == [["my_index"], ["my_log"], ["my_notes"], ["my_trigger"], ["my_view"]])
    #expect(
      try replica.value("SELECT first_name FROM my_view WHERE id = \(person)") == "Zora")
    #expect(try replica.rows("SELECT DISTINCT party_id FROM my_log").contains([.integer(person)]))
    #expect(try replica.value("SELECT count(*) FROM _columns WHERE column_name = 'my_rank'") == 0)
    #expect(try replica.value("PRAGMA integrity_check") == "ok")
    // Everything is as the account has it, value by value.
    account.now += 60
    #expect(try replica.sync(full: true).outcome == .good)
    let differences = try Oracle(replica: replica).differences()
    #expect(differences == [], "\(differences)")
    let found = try replica.verify()
    #expect(found.report.outcome == .equal, "\(found.all)")
  }

  @Test(arguments: 1...3)
  func `an older file knows whose it is`(version: Int) throws {
    let account = Self.account(version)
    let replica = try replica(version, account)
    account.subdomain = "other"
    #expect(throws: AnotherAccount.self) { try replica.sync() }
  }

  @Test func `what a user has on the history lives on`() throws {
    let replica = try replica(5, Self.account(5))
    try Connection(path: replica.path).execute(
      """
      CREATE INDEX mine ON _history (changed_at);
      CREATE TRIGGER note AFTER INSERT ON _history BEGIN INSERT INTO my_log VALUES (new.id); END;
      """)
    let mine = "SELECT name FROM sqlite_schema WHERE tbl_name = '_history' ORDER BY name"
    #expect(try replica.rows(mine).count == 7)
    let connection = try replica.open()
    #expect(try replica.rows(mine) == [["_history"], ["_history_row"], ["mine"], ["note"]])
    try connection.execute(
      """
      INSERT INTO _history (id, run_id, table_name, row_key, change, changed_at)
        VALUES (99, 1, '', 1, 'insert', '')
      """)
    #expect(try replica.value("SELECT max(party_id) FROM my_log") == 99)
  }

  @Test(arguments: [
    "ALTER TABLE _history ADD COLUMN mine",
    "CREATE INDEX mine ON _history (before)",
    """
    CREATE TRIGGER mine AFTER INSERT ON _history BEGIN INSERT INTO my_log VALUES (new.after); END
    """,
  ])
  func `what a user has on the history that goes is a clash`(create: String) throws {
    let replica = try replica(5, Self.account(5))
    try Connection(path: replica.path).execute(create)
    let schema = try replica.rows("SELECT * FROM sqlite_schema")
    #expect(throws: Clash.self) { try replica.open() }
    #expect(try replica.rows("SELECT * FROM sqlite_schema") == schema)
    #expect(try replica.value("PRAGMA user_version") == 4)
  }
}
