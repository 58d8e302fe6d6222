import Model
import SQLite
import TestSupport
import Testing

@testable import ReplicaFile
@testable import Vtiger

/// The catalogue in the file: stored as records, and read back from rows.
@Suite struct CatalogueRowTests {
  private let file: ScratchFile
  private let names = ["modules", "module_fields", "picklist_values"]

  init() throws { file = try ScratchFile(VtigerCatalogue.ownTables) }

  /// Stores what the engine would: what is not there any more becomes a tombstone.
  private func store(_ catalogue: VtigerCatalogue) throws {
    for name in names {
      let body = String(decoding: try #require(catalogue.records(of: name)), as: UTF8.self)
      let records = body.dropFirst("{\"\(name)\":".count).dropLast()
      try file.connection.execute(
        "UPDATE \"\(name)\" SET _deleted_at = _synced_at, _deleted_reason = 'absent'")
      try file.apply(String(records), to: name)
    }
  }

  private func stored() throws -> VtigerCatalogue {
    let rows = try names.map { name in
      let columns = try #require(VtigerCatalogue.storedColumns[name])
      let list = columns.map { "CAST(\"\($0)\" AS TEXT)" }.joined(separator: ", ")
      return try file.rows("SELECT \(list) FROM \"\(name)\" ORDER BY random()")
        .map { $0.map(\.text) }
    }
    return try #require(VtigerCatalogue(modules: rows[0], fields: rows[1], values: rows[2]))
  }

  @Test func `what is stored is read back`() throws {
    let catalogue = try Fixture().catalogue()
    try store(catalogue)
    #expect(try stored() == catalogue)
    #expect(
      try file.rows("SELECT * FROM picklist_values WHERE module = 'Accounts' AND field = 'cf_9'")
        .map { $0.prefix(5).map(\.self) } == [
          ["Accounts", "cf_9", 0, "A", "The A"],
          ["Accounts", "cf_9", 1, "B & Co", "The B & Co"],
        ])
    #expect(
      try file.value(
        "SELECT refers_to FROM module_fields WHERE module = 'Accounts' AND name = 'origin'")
        == #"["Leads","Accounts"]"#)
    #expect(
      try file.value("SELECT count(*) FROM module_fields WHERE column_name IS NULL") == 4)
    #expect(
      try file.rows("SELECT name FROM modules WHERE table_name IS NULL") == [["LineItem"]])
    #expect(
      try file.rows("SELECT column_name FROM module_fields WHERE name = 'parent_id'")
        == [["record_id"]])
  }

  @Test func `tombstones say what is gone`() throws {
    var fixture = Fixture()
    let before = try fixture.catalogue()
    try store(before)
    fixture.modules[0].fields.removeAll { $0.contains("\"industry\"") }
    fixture.modules.removeAll { $0.name == "Groups" }
    let after = try fixture.catalogue(after: before)
    try store(after)
    let read = try stored()
    #expect(
      read.tables(isAdministrator: true).map(\.name)
        == after.tables(isAdministrator: true).map(\.name))
    #expect(read["Groups"] == after["Groups"])
    let field = try #require(read["Accounts"]?.fields.last)
    #expect(field.name == "industry")
    #expect(field.isGone)
    // What comes back is called as it was.
    #expect(try Fixture().catalogue(after: read) == before)
  }

  @Test func `a name that holds anything survives`() throws {
    let odd = "a \"b\" \\ \u{1}\n'c' é"
    let module = VtigerCatalogue.Module(
      odd, label: odd, singular: odd, idPrefix: odd, isEntity: true,
      fields: [
        VtigerCatalogue.Field(
          odd, label: odd, type: "reference", position: 0, refersTo: [odd, ""],
          values: [.init(odd, label: odd), .init("", label: "")])
      ])
    let catalogue = VtigerCatalogue([module])
    try store(catalogue)
    #expect(try stored() == catalogue)
  }

  @Test func `rows without a module tell of no account`() {
    #expect(VtigerCatalogue(modules: [], fields: [], values: []) == nil)
  }
}
