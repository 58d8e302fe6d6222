import HTTP
import Simulation
import Testing

@testable import VtigerSimulator

/// Pages that hold less than there is, as measured on 8.3.0.
struct PageTests {
  @Test func permissionOfActivitiesIsTestedBehindLimit() {
    let account = account(.init(.v8_0, access: .restricted), size: .empty)
    let foreign = (0..<130).map { _ in account.createRecord(in: "Events") }
    for id in foreign { account.assign(id, to: 2) }
    let own = (0..<5).map { _ in account.createRecord(in: "Events") }
    for id in own { account.assign(id, to: 1) }
    let first = "SELECT id FROM Events WHERE id > '18x0' ORDER BY id LIMIT 100"
    #expect(account.ids(first + ";") == [])
    #expect(account.ids("SELECT id FROM Events ORDER BY id LIMIT 100,100;") == own)
    let last = foreign.last ?? 0
    let window = "SELECT id FROM Events WHERE id > '18x\(last)' AND id <= '18x\(last + 100)'"
    #expect(Set(account.ids(window + ";")) == Set(own))
    #expect(Set(account.records(of: "Events").keys) == Set(own))
    account.switches.access = .viewAll
    #expect(account.ids(first + ";").count == 100)
  }

  @Test func otherPrivateModulesAreFilteredInSQL() {
    let account = account(.init(.v8_0, access: .restricted), size: .empty)
    let ids = (0..<120).map { number in
      let id = account.createRecord(in: "Potentials")
      account.assign(id, to: number.isMultiple(of: 2) ? 1 : 2)
      return id
    }
    let page = account.ids("SELECT id FROM Potentials ORDER BY id LIMIT 50;")
    #expect(page == stride(from: 0, to: 100, by: 2).map { ids[$0] })
    #expect(account.outcome("retrieve", [("id", "13x\(ids[0])")]) == "OK")
    #expect(account.outcome("retrieve", [("id", "13x\(ids[1])")]) == "ACCESS_DENIED")
  }

  @Test func recordsOfTheUsersGroupsAreSeen() {
    let account = account(.init(.v8_0, access: .restricted), size: .empty)
    let group = account.groupsByUser[1]?.first ?? 0
    let id = account.createRecord(in: "Potentials")
    account.assign(id, to: group)
    #expect(account.ids("SELECT id FROM Potentials;") == [id])
  }

  /// Reads a module whole by key, `*` each time; the sizes of the pages that came.
  private func walk(_ account: VtigerAccount, _ columns: String, _ module: String)
    -> (ids: [Int64], pages: [Int])
  {
    var ids: [Int64] = []
    var pages: [Int] = []
    while pages.last != 0, pages.count < 50 {
      let last = ids.last ?? 0
      let page = account.ids(
        "SELECT \(columns) FROM \(module) WHERE id > '1x\(last)' ORDER BY id LIMIT 100;")
      ids += page
      pages.append(page.count)
    }
    return (ids, pages)
  }

  @Test func linesMultiplyTheRowsOfDocuments() {
    let account = account(size: .init(records: ["Products": 5, "Invoice": 120], mostLines: 6))
    let all = account.records(of: "Invoice").keys.sorted()
    let star = walk(account, "*", "Invoice")
    #expect(star.ids == all)
    #expect(star.pages[0] < 100)
    let columns = account.columns(of: "Invoice").joined(separator: ",")
    #expect(walk(account, columns, "Invoice").pages == [100, 20, 0])
    // The discounts of the document multiply as well: they lie in the table of lines.
    #expect(walk(account, "id,hdnDiscountPercent", "Invoice").pages[0] < 100)
  }

  @Test func theLastLineIsShownAndTheDiscountUnderItsKey() {
    let account = account(size: .init(records: ["Products": 5]))
    let invoice = account.createRecord(in: "Invoice")
    account.writeLines(account.drafts(3), of: invoice)
    let star = account.query(rows: "SELECT * FROM Invoice;").first
    let last = account.lines(of: invoice).last
    #expect(star?["comment"] == last?["comment"])
    #expect(star?["comment"] == .string("line 2"))
    #expect(star?["quantity"] == last?["quantity"])
    let named = account.query(rows: "SELECT hdnDiscountPercent FROM Invoice;").first
    #expect(named?.keys == ["discount_percent", "id"])
    account.writeLines([], of: invoice)
    let bare = account.query(rows: "SELECT * FROM Invoice;").first
    #expect(bare?["quantity"] == .null)
    #expect(bare?.keys == star?.keys)
  }

  @Test func contactsMultiplyTheRowsOfActivities() {
    let account = account(size: .init(records: ["Contacts": 150]))
    let contacts = account.records(of: "Contacts").keys.sorted()
    let big = account.createRecord(in: "Events")
    let small = account.createRecord(in: "Events")
    account.invite(contacts, to: big)
    account.invite([contacts[0], contacts[1]], to: small)
    #expect(account.ids("SELECT * FROM Events ORDER BY id LIMIT 100;") == [big])
    #expect(account.ids("SELECT id FROM Events ORDER BY id LIMIT 100;") == [big, small])
    let shown = account.query(rows: "SELECT contact_id FROM Events WHERE id = '18x\(small)';").first
    #expect(shown?["contact_id"]?.string == "12x\(contacts[1])")
    let retrieved = JSON(account.ask("retrieve", [("id", "18x\(small)")]).body)?["result"]
    #expect(retrieved?["contact_id"]?.string == "12x\(contacts[0])")
  }

  @Test func linesAreListedInBulkAlsoThoseOfDeletedDocuments() {
    let account = account(size: .init(records: ["Products": 5]))
    let invoices = (0..<3).map { _ in account.createRecord(in: "Invoice") }
    for invoice in invoices { account.writeLines(account.drafts(2), of: invoice) }
    account.delete(invoices[0])
    #expect(account.query(rows: "SELECT * FROM LineItem WHERE id > '33x0' ORDER BY id;").count == 6)
    let some = account.query(
      rows: "SELECT * FROM LineItem WHERE parent_id IN ('7x\(invoices[0])','4x\(invoices[2])');")
    #expect(some.count == 4)
    // The document is gone, and so is what the reference would say.
    #expect(some.count { $0["parent_id"] == .null } == 2)
    #expect(
      some.first?.keys == [
        "parent_id", "productid", "sequence_no", "quantity", "listprice", "discount_percent",
        "discount_amount", "comment", "description", "incrementondel", "id", "tax1", "tax2",
        "tax3", "image", "purchase_cost", "margin",
      ])
    account.switches.listsLineItems = false
    #expect(account.outcome(of: "SELECT * FROM LineItem;") == "ACCESS_DENIED")
  }
}

extension VtigerAccount {
  /// Exactly so many lines.
  func drafts(_ count: Int) -> [LineDraft] {
    let product = records(of: "Products").keys.min() ?? 0
    return (0..<count).map {
      LineDraft(
        product: product, productName: .text("A product"), quantity: Int64($0 + 1), price: 10_000,
        comment: "line \($0)")
    }
  }
}
