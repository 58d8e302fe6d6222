import ReplicaFile
import SQLite
import Testing
import VtigerSimulator

@testable import Vtiger

/// What `_schema_changes` tells of an account whose modules and fields change.
@Suite struct SchemaChangeTests {
  let account = VtigerAccount(seed: 5, size: .small, now: 1_795_907_566)
  let replica: Replica

  init() throws {
    replica = try Replica(account, .session)
    replica.modules = ["Accounts"]
    try replica.sync()
    account.now += 3_600
  }

  private func changes() throws -> [String] {
    try replica.rows(
      """
      SELECT table_name, column_name, kind, detail FROM _schema_changes
        WHERE kind <> 'key_new' ORDER BY id
      """
    ).map { row in row.map { $0.text ?? "-" }.joined(separator: " ") }
  }

  private func sync() throws {
    replica.catalogue = try replica.described()
    account.now += 3_600
    #expect(try replica.sync().outcome == .good)
  }

  @Test func `what is described first is no change`() throws {
    #expect(try changes() == [])
  }

  @Test func `a field that comes, changes and goes is told`() throws {
    let field = account.addField(to: "Accounts", type: "string")
    account.relabel(field: field, of: "Accounts", to: "Budget")
    try sync()
    account.relabel(field: field, of: "Accounts", to: "Spend")
    try sync()
    account.retype(field: field, of: "Accounts", to: "date")
    try sync()
    account.removeField(field, from: "Accounts")
    try sync()
    #expect(
      try changes() == [
        "accounts \(field) field_new string \"Budget\"",
        "accounts \(field) field_renamed Budget -> Spend",
        "accounts \(field) field_type string -> date",
        "accounts \(field) field_removed date \"Spend\"",
      ])
  }

  @Test func `a module that comes or goes is one change, whatever its fields`() throws {
    account.addModule("Invoices2")
    try sync()
    account.setEnabled(false, module: "Invoices2")
    try sync()
    account.setEnabled(true, module: "Invoices2")
    try sync()
    #expect(
      try changes() == [
        "invoices2 - table_new -", "invoices2 - table_removed -", "invoices2 - table_new -",
      ])
  }

  /// Many of its rows go at once, and its account says so itself.
  @Test func `no guard holds what describes a module that goes`() throws {
    replica.modules = nil
    try sync()
    account.setEnabled(false, module: "HelpDesk")
    try sync()
    #expect(try replica.rows("SELECT * FROM _held") == [])
    #expect(
      try replica.value(
        "SELECT count(*) FROM module_fields WHERE module = 'HelpDesk' AND _deleted_at IS NULL")
        == 0)
  }

  @Test func `a key that no description names is told once`() throws {
    let told = "SELECT count(*) FROM _schema_changes WHERE kind = 'key_new'"
    let keys = try replica.value("SELECT count(*) FROM _unknown_keys")
    #expect(try replica.value(told) == keys)
    try replica.sync(full: true)
    #expect(try replica.value(told) == keys)
  }

  /// A record without the member of a field says nothing of what the field was.
  @Test func `a field that leaves the records first keeps what it last had`() throws {
    let list = account.addField(to: "Accounts", type: "multipicklist")
    try sync()
    let id = try #require(account.records(of: "Accounts").keys.min())
    account.revise(id, list, "One |##| Two")
    account.revise(id, "email1", "ada@example.com")
    account.now += 3_600
    try replica.sync()
    let kept = "SELECT email1, assigned_user_id, assigned_user_id_module FROM accounts WHERE id = "
    let values = "SELECT value FROM accounts_\(list) WHERE record_id = \(id) ORDER BY position"
    let before = try replica.rows("\(kept)\(id)")
    #expect(before[0].allSatisfy { !$0.isNull })
    #expect(try replica.rows(values) == [[.text("One")], [.text("Two")]])
    for field in [list, "email1", "assigned_user_id"] {
      account.removeField(field, from: "Accounts")
    }
    account.revise(id, "accountname", "Another")
    account.now += 3_600
    try replica.sync()
    #expect(try replica.value("SELECT accountname FROM accounts WHERE id = \(id)") == "Another")
    #expect(try replica.rows("\(kept)\(id)") == before)
    #expect(try replica.rows(values) == [[.text("One")], [.text("Two")]])
  }
}
