import Model
import Testing

@testable import Vtiger

/// The tables of an account that was asked what it has.
@Suite struct TableTests {
  private let source: VtigerSource

  init() throws { source = try Fixture().source() }

  @Test func `each module has a table, but for the lines of documents`() {
    #expect(
      source.tables.map(\.name) == [
        "modules", "module_fields", "picklist_values", "accounts", "events", "groups", "invoice",
        "pbx_manager", "product_taxes", "products", "tax", "users",
      ])
    #expect(
      source.tables.filter { $0.method == .incremental }.map(\.name)
        == ["accounts", "events", "invoice", "pbx_manager", "products"])
    #expect(source.tables.allSatisfy { $0.method == .incremental || $0.method == .full })
  }

  @Test func `columns have the field's name and the type of what it holds`() throws {
    let columns = try source.table("accounts").columns
    #expect(
      columns.map { "\($0.name) \($0.type.declaration)" } == [
        "id INTEGER", "accountname TEXT", "employees INTEGER", "annual_revenue REAL",
        "emailoptout BOOLEAN", "account_id INTEGER", "assigned_user_id INTEGER",
        "assigned_user_id_module TEXT", "opened DATE", "createdtime DATETIME",
        "modifiedtime DATETIME", "industry TEXT", "notes TEXT", "origin INTEGER",
        "origin_module TEXT",
      ])
    #expect(columns.filter { $0.traits.contains(.freshness) }.map(\.name) == ["modifiedtime"])
    #expect(try source.table("accounts").key.map(\.name) == ["id"])
    let calls = try source.table("pbx_manager")
    #expect(calls.freshness.map { calls.columns[$0].name } == "ModifiedTime")
  }

  @Test func `a column names the module that it leads to, where it leads to one alone`() throws {
    func targets(_ columns: [Column]) -> [String] {
      columns.compactMap { column in column.target.map { "\(column.name) \($0.table)" } }
    }
    #expect(try targets(source.table("accounts").columns) == ["account_id accounts"])
    #expect(
      try targets(source.table("product_taxes").columns) == ["productid products", "taxid tax"])
    #expect(try targets(source.table("module_fields").columns) == ["module modules"])
    let lines = try #require(try source.table("invoice").children.first)
    #expect(targets(lines.columns) == [])
  }

  @Test func `lists are tables of their own`() throws {
    let lists = try source.table("accounts").children
    #expect(lists.map(\.table) == ["accounts_cf_9"])
    #expect(lists[0].parentColumns == ["record_id"])
    #expect(lists[0].columns.map(\.name) == ["position", "value"])
    let lines = try #require(try source.table("invoice").children.first)
    #expect(lines.table == "invoice_line_items")
    #expect(lines.parentColumns == ["record_id"])
    #expect(lines.isEmbedded)
    #expect(
      lines.columns.map { "\($0.name) \($0.type.declaration)" } == [
        "id INTEGER", "productid INTEGER", "productid_module TEXT", "quantity REAL",
        "description TEXT",
      ])
  }

  @Test func `secrets have no column and are not wanted`() throws {
    let table = try source.table("users")
    #expect(table.columns.map(\.name) == ["id", "user_name", "is_admin"])
    #expect(Set(table.ignored).isSuperset(of: ["user_password", "accesskey", "user_hash"]))
  }

  @Test func `a module without ids is known by all its columns`() throws {
    let table = try source.table("product_taxes")
    #expect(table.key.map(\.name) == ["productid", "taxid", "taxpercentage", "regions"])
    #expect(table.key.map(\.type) == [.integer, .integer, .text, .text])
    #expect(table.listings[0].record == nil)
  }

  @Test func `activities of a user who is no administrator are read whole`() throws {
    #expect(try Fixture().source(isAdministrator: false).table("events").method == .full)
  }

  @Test func `a field that is gone keeps its column, and a module its name`() throws {
    var fixture = Fixture()
    let before = try fixture.catalogue()
    fixture.modules[0].fields.removeAll {
      $0.contains("\"employees\"") || $0.contains("\"cf_9\"")
    }
    fixture.modules.removeAll { $0.name == "Groups" }
    let after = try fixture.catalogue(after: before)
    let tables = after.tables(isAdministrator: true)
    #expect(!tables.contains { $0.name == "groups" })
    let accounts = try #require(tables.first { $0.name == "accounts" })
    #expect(accounts.columns.last?.name == "employees")
    // No record tells of the list any more, and its rows stay.
    #expect(accounts.children.map(\.isEmbedded) == [true])
    #expect(after["Groups"]?.tableName == "groups")
    #expect(after["Groups"]?.isGone == true)
  }
}
