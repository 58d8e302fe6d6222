import Model
import Testing

@testable import Vtiger

@Suite struct NamingTests {
  @Test(
    arguments: [
      ("Accounts", "accounts"), ("HelpDesk", "help_desk"), ("SalesOrder", "sales_order"),
      ("PBXManager", "pbx_manager"), ("SMSNotifier", "sms_notifier"),
      ("ModComments", "mod_comments"),
      ("PhoneCalls", "phone_calls"), ("SLA", "sla"), ("Faq", "faq"), ("cf_Module2", "cf_module2"),
      ("A B", "a_b"), ("_Foo", "foo"), ("sqlite_x", "module_sqlite_x"), ("", "module_"),
      ("Grün", "gr_n"),
    ])
  func `a table is called like its module in snake case`(module: String, table: String) {
    #expect(Naming.snakeCase(module) == table)
  }

  private func module(_ name: String, _ fields: [(String, String)] = []) -> VtigerCatalogue.Module {
    VtigerCatalogue.Module(
      name, label: name, singular: name, idPrefix: "1", isEntity: true,
      fields: fields.enumerated().map {
        VtigerCatalogue.Field($1.0, label: $1.0, type: $1.1, position: $0)
      })
  }

  private func columns(_ fields: [(String, String)]) -> [String: String?] {
    let catalogue = VtigerCatalogue([module("M", fields)])
    let named = catalogue["M"]?.fields ?? []
    return Dictionary(uniqueKeysWithValues: named.map { ($0.name, $0.columnName) })
  }

  @Test func `a name that is taken gets a number, in whatever order the modules come`() {
    let names = ["Modules", "SalesOrder", "Sales_order", "Other"]
    for names in [names, names.reversed()] {
      let catalogue = VtigerCatalogue(names.map { module($0) })
      #expect(catalogue["Modules"]?.tableName == "modules_2")
      #expect(catalogue["SalesOrder"]?.tableName == "sales_order")
      #expect(catalogue["Sales_order"]?.tableName == "sales_order_2")
      #expect(catalogue["Other"]?.tableName == "other")
    }
  }

  @Test func `names that differ by case alone, and names of ours, get a number`() {
    let fields = [
      ("Amount", "string"), ("amount", "string"), ("_synced_at", "string"), ("id", "x"),
    ]
    for fields in [fields, fields.reversed()] {
      #expect(
        columns(fields) == [
          "amount": "amount", "Amount": "Amount_2", "_synced_at": "_synced_at_2", "id": "id",
        ])
    }
  }

  @Test func `the column beside a reference gives way to a field of that name`() throws {
    let fields = [("owner", "owner"), ("owner_module", "string")]
    #expect(columns(fields) == ["owner": "owner", "owner_module": "owner_module"])
    let table = try #require(
      VtigerCatalogue([module("M", fields)]).tables(isAdministrator: true).last)
    #expect(table.columns.map(\.name) == ["id", "owner", "owner_module_2", "owner_module"])
  }

  @Test func `lists and secrets have no column, and lists beyond the limit are text`() {
    let lists = (10..<45).map { ("list\($0)", "multipicklist") }
    let columns = columns(lists + [("AccessKey", "string"), ("pin", "password")])
    #expect(columns["AccessKey"] == .some(nil))
    #expect(columns["pin"] == .some(nil))
    #expect(columns.count { $0.value == nil } == Naming.listLimit + 2)
    #expect(columns["list44"] == "list44")
  }

  @Test func `what was named keeps its name, and what is gone keeps it too`() {
    let first = VtigerCatalogue([module("Sales_order", [("Amount", "string")])])
    let second = VtigerCatalogue(
      [
        module("SalesOrder"), module("Sales_order", [("amount", "string")]),
      ], after: first)
    #expect(second["Sales_order"]?.tableName == "sales_order")
    #expect(second["SalesOrder"]?.tableName == "sales_order_2")
    let fields = second["Sales_order"]?.fields ?? []
    #expect(fields.map(\.columnName) == ["amount_2", "Amount"])
    #expect(fields.map(\.isGone) == [false, true])
    let third = VtigerCatalogue([module("SalesOrder")], after: second)
    #expect(third["Sales_order"]?.isGone == true)
    #expect(third["SalesOrder"]?.isGone == false)
    let fourth = VtigerCatalogue([module("Sales_order")], after: third)
    #expect(fourth["Sales_order"]?.tableName == "sales_order")
    #expect(fourth["SalesOrder"]?.tableName == "sales_order_2")
  }
}
