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

  @Test func `a key that no description names is told once`() throws {
    let told = "SELECT count(*) FROM _schema_changes WHERE kind = 'key_new'"
    let keys = try replica.value("SELECT count(*) FROM _unknown_keys")
    #expect(try replica.value(told) == keys)
    try replica.sync(full: true)
    #expect(try replica.value(told) == keys)
  }
}
