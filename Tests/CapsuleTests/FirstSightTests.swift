import CapsuleSimulator
import SQLite
import Testing

/// The history tells of rows that are new since the table was first read to its end.
@Suite struct FirstSightTests {
  private let account = Account(seed: 4, size: .small, now: 1_760_000_000)
  private let replica: Replica
  private static let new = """
    SELECT table_name, row_key, changed_at, synced_before FROM _history WHERE change = 'insert'
    """

  init() throws {
    replica = try Replica(account)
    try replica.sync()
  }

  @Test func `the first load is no news, and what comes later is`() throws {
    #expect(try replica.rows(Self.new).isEmpty)
    account.now += 3_600
    let (person, task) = (account.createPerson("Zora"), account.createTask())
    #expect(account.delete(.parties, account.visibleIDs(.parties)[0]))
    try replica.sync()
    let told = try replica.rows("\(Self.new) AND table_name IN ('parties', 'tasks') ORDER BY 1")
    let seen = try replica.value("SELECT _synced_at FROM parties WHERE id = \(person)")
    #expect(told.first == ["parties", .integer(person), seen, nil])
    #expect(told.contains { $0[0] == "tasks" && $0[1] == .integer(task) })
    // The deletion is told of the party.
    #expect(try replica.value("SELECT count(*) FROM deleted_parties") == 1)
    #expect(try replica.rows("\(Self.new) AND table_name = 'deleted_parties'").isEmpty)
    let inserts = "(SELECT id FROM _history WHERE change = 'insert')"
    #expect(
      try replica.value("SELECT count(*) FROM _history_values WHERE history_id IN \(inserts)") == 0)
    #expect(
      try replica.value(
        "SELECT valid_from FROM v_party_versions WHERE id = \(person) AND is_current") == seen)
  }

  @Test func `a first load that was cut off is still the first`() throws {
    let replica = try CutOff.replica(CutOff.account(60))
    try CutOff.run(replica, cutBefore: 5)
    let some = try replica.value("SELECT count(*) FROM parties")
    #expect(some != 0)
    try replica.sync()
    #expect(try replica.value("SELECT count(*) FROM parties") != some)
    #expect(try replica.rows(Self.new).isEmpty)
  }
}
