import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Triggers of the user's that refuse or ignore what is written: the table that they stand at is
/// not good, and says why; the others are read.
@Suite struct TriggerTests {
  private let account: Account
  private let replica: Replica

  init() throws {
    var size = AccountSize.tiny
    (size.parties, size.tasks, size.opportunities, size.cases) = (30, 30, 2, 2)
    account = Account(seed: 11, size: size, now: 1_760_000_000)
    replica = try Replica(account, tables: [.parties, .deletedParties, .tasks, .users])
    replica.options.pageSize = 20
  }

  private func trigger(_ event: String, on table: String, _ action: String) throws {
    try replica.open().execute(
      """
      CREATE TRIGGER theirs BEFORE \(event) ON \(table)
        WHEN \(event == "INSERT" ? "new.id % 3 = 0" : "new._deleted_at IS NOT NULL")
        BEGIN SELECT raise(\(action)); END
      """)
  }

  private static let actions = ["IGNORE", "ABORT, 'not so'", "FAIL, 'not so'"]

  private func outcomes(_ summary: RunSummary) -> [String: TableReport.Outcome] {
    Dictionary(uniqueKeysWithValues: summary.tables.map { ($0.table, $0.outcome) })
  }

  @Test(arguments: actions)
  func `a tombstone that a trigger refuses fails its table alone`(action: String) throws {
    try replica.sync()
    try trigger("UPDATE", on: "tasks", action)
    let id = try #require(replica.value("SELECT min(id) FROM tasks").integer)
    account.now += 3_600
    #expect(account.delete(task: id))
    let summary = try replica.sync()
    #expect(
      outcomes(summary)
        == ["parties": .good, "deleted_parties": .good, "tasks": .failed, "users": .good])
    let error = try #require(summary.tables.first { $0.table == "tasks" }?.error)
    #expect(error.contains("tasks") && error.contains(action == "IGNORE" ? "ignore" : "not so"))
    try replica.open().execute("DROP TRIGGER theirs")
    account.now += 86_400
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test(arguments: actions)
  func `a reported deletion that a trigger refuses stops no other table`(action: String) throws {
    // Nobody names a person whose record is new.
    let id = account.createPerson("Somebody", "New")
    try replica.sync()
    try trigger("UPDATE", on: "parties", action)
    account.now += 3_600
    #expect(account.delete(.parties, id))
    for _ in 0..<2 {
      let summary = try replica.sync()
      #expect(summary.outcome == .partial)
      #expect(outcomes(summary)["tasks"] == .good)
      let errors = summary.tables.compactMap(\.error)
      #expect(errors.contains { $0.contains("parties") }, "\(errors)")
      account.now += 86_400
    }
    try replica.open().execute("DROP TRIGGER theirs")
    for _ in 0..<2 {
      try replica.sync()
      account.now += 86_400
    }
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test(arguments: ["parties", "tasks"])
  func `a row that a trigger ignores is a record that could not be stored`(table: String) throws {
    // There are no tables yet to put a trigger on.
    _ = try replica.open()
    try trigger("INSERT", on: table, "IGNORE")
    let summary = try replica.sync()
    #expect(outcomes(summary)[table] == .failed)
    let reasons = try replica.rows(
      "SELECT DISTINCT reason FROM _quarantine WHERE table_name = '\(table)'")
    #expect(reasons == [["a trigger ignores the row"]])
    try replica.open().execute("DROP TRIGGER theirs")
    account.now += 86_400
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
    #expect(try replica.value("SELECT count(*) FROM _quarantine") == 0)
  }

  @Test func `a change that a trigger ignores is a record that could not be stored`() throws {
    try replica.sync()
    try replica.open().execute(
      """
      CREATE TRIGGER theirs BEFORE UPDATE ON parties WHEN new.about = 'ignored'
        BEGIN SELECT raise(IGNORE); END
      """)
    account.now += 3_600
    let id = try #require(account.visibleIDs(.parties).first)
    #expect(account.describe(.parties, id, "ignored"))
    #expect(outcomes(try replica.sync())["parties"] == .failed)
    #expect(try replica.value("SELECT count(*) FROM _history WHERE change = 'update'") == 0)
    try replica.open().execute("DROP TRIGGER theirs")
    account.now += 86_400
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `an element that a trigger ignores is a record that could not be stored`() throws {
    _ = try replica.open()
    try replica.open().execute(
      """
      CREATE TRIGGER theirs BEFORE INSERT ON party_email_addresses
        BEGIN SELECT raise(IGNORE); END
      """)
    #expect(outcomes(try replica.sync())["parties"] == .failed)
    try replica.open().execute("DROP TRIGGER theirs")
    account.now += 86_400
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test(arguments: actions)
  func `what is accepted for gone and refused is said, and nothing loops`(action: String) throws {
    try replica.sync()
    let connection = try replica.open()
    let ids = try connection.rows("SELECT id FROM tasks LIMIT 3").map { $0[0] }
    for id in ids {
      try connection.run(
        "INSERT INTO _held VALUES ('tasks', ?1, 1, ?2, ?1)",
        [id, .text(Timestamp(account.now).sql)])
    }
    try trigger("UPDATE", on: "tasks", action)
    #expect(throws: TableFailure.self) {
      try Held(.tasks, connection).accept(at: Timestamp(account.now + 60))
    }
    #expect(try replica.value("SELECT count(*) FROM _held") == 3)
  }
}
