import HTTP
import Simulation
import Testing

@testable import VtigerSimulator

/// Whole lives: many edits, and what stays true all along.
struct LifeTests {
  private func lived(_ seed: UInt64, _ switches: VtigerSwitches = .init()) -> VtigerAccount {
    let account = account(switches, seed: seed)
    var random = SplitMix64(seed: seed)
    for _ in 0..<40 {
      account.now += random.seconds(0...90)
      account.edit(using: &random, count: 10)
    }
    return account
  }

  @Test func theSameSeedLivesTheSameLife() {
    let queries = ["Contacts", "Invoice", "Events", "Users"].map { "SELECT * FROM \($0);" }
    let bytes = { (seed: UInt64) in
      let account = self.lived(seed)
      return queries.map { account.ask("query", [("query", $0)]).body }
    }
    #expect(bytes(4) == bytes(4))
    #expect(bytes(4) != bytes(5))
  }

  @Test func everyKindOfEditTakesEffect() {
    let account = account()
    var random = SplitMix64(seed: 9)
    var done: [VtigerEdit: Int] = [:]
    for _ in 0..<60 {
      account.now += 30
      done.merge(account.edit(using: &random, count: 20), uniquingKeysWith: +)
    }
    for edit in VtigerEdit.allCases { #expect(done[edit, default: 0] > 0, "\(edit)") }
  }

  /// Reads a module whole: by key, or by windows of ids where permission is tested behind LIMIT.
  private func read(_ account: VtigerAccount, _ module: String, greatest: Int64) -> [Int64: JSON] {
    let columns = account.columns(of: module).joined(separator: ",")
    let isWindowed = ["Calendar", "Events"].contains(module)
    var rows: [Int64: JSON] = [:]
    var last: Int64 = 0
    while true {
      let window = isWindowed ? " AND id <= '1x\(last + 20)'" : ""
      let page = account.page(
        "SELECT \(columns) FROM \(module) WHERE id > '1x\(last)'\(window) ORDER BY id LIMIT 100;")
      for row in page { rows[VtigerAccount.number(in: row["id"]?.string ?? "") ?? 0] = row }
      if isWindowed ? last > greatest : page.isEmpty { return rows }
      last = isWindowed ? last + 20 : rows.keys.max() ?? 0
    }
  }

  @Test(arguments: UInt64(1)...12)
  func whoeverReadsByKeyFindsTheTruth(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var switches = VtigerSwitches.random(using: &random)
    switches.referencesFlap = false
    let account = lived(seed, switches)
    let greatest = account.lastID
    for module in account.visibleModules where module != "ProductTaxes" {
      let rows = read(account, module, greatest: greatest)
      let truth = account.records(of: module)
      #expect(Set(rows.keys) == Set(truth.keys), "\(module)")
      for (id, row) in rows {
        for key in row.keys where row[key] != truth[id]?[key] {
          // LIMIT may cut the rows of an activity with several contacts.
          let isContact = key == "contact_id" && account.contacts(of: id).count > 1
          #expect(isContact, "\(module) \(id) \(key)")
          #expect(account.contacts(of: id).contains(row[key] ?? .null))
        }
      }
    }
  }

  @Test func theLinesOfADocumentAreThoseOfItsQuery() {
    let account = lived(7)
    for module in ["Quotes", "SalesOrder", "PurchaseOrder", "Invoice"] {
      for id in account.records(of: module).keys {
        let rows = account.page(
          "SELECT * FROM LineItem WHERE parent_id = '7x\(id)' ORDER BY id LIMIT 100;")
        #expect(rows == account.lines(of: id))
      }
    }
  }

  @Test func peopleWorkBetweenRequests() {
    let account = account()
    account.churns = [Churn(seed: 3, rate: 2, requests: 1...20, kinds: [.create])]
    for _ in 0..<30 { _ = account.ask("listtypes") }
    #expect(account.churns[0].count == 40)
    #expect(account.log.count == account.requestCount)
  }

  @Test func manyContactsAreReadToTheEnd() {
    let account = account(size: .init(records: ["Contacts": 3_000]))
    var last: Int64 = 0
    var count = 0
    while true {
      let page = account.ids(
        "SELECT id FROM Contacts WHERE id > '12x\(last)' ORDER BY id LIMIT 100;")
      count += page.count
      guard let next = page.last else { break }
      last = next
    }
    #expect(count == 3_000)
  }
}

extension VtigerAccount {
  /// The rows of a query, without the way over bytes: control characters are no JSON.
  func page(_ text: String) -> [JSON] { (try? query(text))?.items ?? [] }
}
