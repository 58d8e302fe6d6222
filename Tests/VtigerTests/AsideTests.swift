import HTTP
import Model
import SQLite
import Simulation
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// A document's own discount, which no query tells: the document is asked for by itself.
@Suite struct AsideTests {
  private static let modules = ["Quotes", "PurchaseOrder", "SalesOrder", "Invoice"]

  private func retrieves(_ asked: [String]) -> Int { asked.count { $0 == "retrieve" } }

  /// An account without documents that crash the server when they are asked for by themselves.
  private func followed() throws -> FollowedAccount {
    let replica = try FollowedAccount()
    for module in Self.modules {
      for id in crashing(module, replica) { replica.account.revise(id, "hdnTaxType", "group") }
    }
    replica.account.now += 3_600
    return replica
  }

  private func crashing(_ module: String, _ replica: FollowedAccount) -> [Int64] {
    replica.ids(module).filter { replica.account.asides(of: $0, in: module) == nil }
  }

  private func documents(_ replica: FollowedAccount) -> Int {
    Self.modules.reduce(0) { $0 + replica.ids($1).count }
  }

  /// The documents whose discount in the file is not that of the account.
  private func differences(_ replica: FollowedAccount) throws -> [String] {
    try Self.modules.flatMap { module -> [String] in
      let table = try #require(try replica.source().tables.first { $0.listings[0].path == module })
      return try replica.rows(
        "SELECT id, hdnDiscountPercent, hdnDiscountAmount FROM \(quoted(table.name)) ORDER BY id"
      ).compactMap { row in
        guard let id = row[0].integer, let told = replica.account.asides(of: id, in: module) else {
          return nil
        }
        let expected = ["hdnDiscountPercent", "hdnDiscountAmount"].map { name in
          told[name]?.string.flatMap(Double.init).map { Value.real($0) } ?? .null
        }
        return Array(row[1...]) == expected ? nil : "\(module) \(id): \(row[1...]), not \(expected)"
      }
    }
  }

  private func history(_ replica: FollowedAccount) throws -> [[Value]] {
    try replica.rows(
      """
      SELECT h.row_id, v.before, v.after FROM _history AS h
        JOIN _history_values AS v ON v.history_id = h.id
        WHERE v.column_name LIKE 'hdnDiscount%' ORDER BY h.id, v.column_name
      """)
  }

  @Test func `each is asked for once, and again when it has changed`() throws {
    let replica = try followed()
    let account = replica.account
    let first = try replica.asked { try replica.sync() }
    #expect(retrieves(first) == documents(replica))
    #expect(try differences(replica) == [])
    #expect(
      try replica.rows("SELECT 1 FROM invoice WHERE hdnDiscountPercent > 0 LIMIT 1") != [])
    account.now += 86_400
    let quiet = try replica.asked { try replica.sync() }
    #expect(retrieves(quiet) == 0)
    // What was told first is no change.
    #expect(try history(replica) == [])

    let id = replica.ids("Invoice")[3]
    account.revise(id, "hdnDiscountPercent", "12.500")
    account.now += 3_600
    let changed = try replica.asked { try replica.sync() }
    #expect(retrieves(changed) == 1)
    #expect(try differences(replica) == [])
    let changes = try history(replica)
    #expect(changes.map { [$0[0], $0[2]] } == [[.integer(id), .real(12.5)]])
    let count = "SELECT count(*) FROM _history"
    let before = try replica.rows(count)
    account.now += 86_400
    #expect(retrieves(try replica.asked { try replica.sync() }) == 0)
    #expect(try replica.rows(count) == before)
  }

  @Test func `the budget for what is asked row by row bounds it`() throws {
    let replica = try followed()
    let count = documents(replica)
    replica.options.perParentBudget = 10
    for round in 0..<(count + 9) / 10 {
      let asked = try replica.asked { try replica.sync() }
      #expect(retrieves(asked) == min(10, count - 10 * round))
      replica.account.now += 86_400
    }
    #expect(try differences(replica) == [])
  }

  @Test func `what a list brings of a document leaves its discount alone`() throws {
    let replica = try followed()
    try replica.sync()
    let id = try #require(
      try replica.rows("SELECT id FROM invoice WHERE hdnDiscountPercent > 0 LIMIT 1")[0][0].integer)
    replica.account.revise(id, "subject", "Another")
    replica.account.now += 3_600
    replica.options.perParentBudget = 0
    try replica.sync()
    #expect(
      try replica.rows("SELECT subject FROM invoice WHERE id = \(id)") == [[.text("Another")]])
    #expect(try differences(replica) == [])
    #expect(try history(replica) == [])
  }

  /// A document of individual tax and without lines crashes the server.
  @Test func `one that cannot be had alone is said, and spoils no run`() throws {
    let replica = try followed()
    let account = replica.account
    try replica.sync()
    let ids = replica.ids("Invoice")
    account.crashingRecords = Set(ids[...1])
    for id in ids { account.revise(id, "hdnDiscountPercent", "7.000") }
    account.now += 3_600
    let summary = try replica.sync()
    let report = try #require(summary.tables.first { $0.table == "invoice" })
    #expect((summary.outcome, report.outcome) == (.good, .good))
    let error = try #require(report.error)
    #expect(error.hasPrefix("2 records could not be had alone: "))
    #expect(error.contains("hdnDiscountPercent"))
    #expect(try differences(replica) == [])
    account.crashingRecords = []
    account.now += 3_600
    #expect(retrieves(try replica.asked { try replica.sync() }) == 0)
    account.revise(ids[0], "subject", "Again")
    account.now += 3_600
    #expect(retrieves(try replica.asked { try replica.sync() }) == 1)
    account.now += replica.options.scrubEvery
    #expect(retrieves(try replica.asked { try replica.sync() }) == 1)
    #expect(try differences(replica) == [])
    #expect(try replica.rows("SELECT * FROM _unanswered") == [])
  }

  @Test func `lines that cannot be had keep no discount from being asked for`() throws {
    let replica = try followed()
    try replica.describe()
    replica.account.switches.listsLineItems = false
    replica.account.crashingRecords = [replica.ids("Invoice")[3]]
    let summary = try replica.sync()
    #expect(summary.tables.first { $0.table == "invoice" }?.outcome == .failed)
    #expect(try replica.rows("SELECT 1 FROM invoice WHERE hdnDiscountPercent > 0") != [])
    #expect(try differences(replica) == [])
  }

  /// Another answer is as good as this one: a proxy before a server that is started again.
  @Test func `a server in trouble is asked again in the next run`() throws {
    let replica = try followed()
    replica.account.faults = FaultScript([
      .init(
        .serverError(503, html: true),
        on: .path("\(VtigerForm.restPath)/retrieve", times: 1_000))
    ])
    let summary = try replica.sync()
    #expect(summary.outcome == .good)
    #expect(try replica.rows("SELECT * FROM _unanswered") == [])
    replica.account.faults = FaultScript()
    replica.account.now += 3_600
    #expect(retrieves(try replica.asked { try replica.sync() }) == documents(replica))
    #expect(try differences(replica) == [])
  }

  @Test func `a server that crashes at each of them is soon left alone`() throws {
    let replica = try followed()
    let invoices = replica.ids("Invoice")
    replica.account.crashingRecords = Set(invoices)
    let asked = try replica.asked { try replica.sync() }
    let others = documents(replica) - invoices.count
    // Four attempts each, and what is on its way when the tenth fails.
    let window = 2 * replica.options.concurrency
    #expect(retrieves(asked) - others <= 4 * (10 + window))
    #expect(retrieves(asked) - others >= 40)
    #expect(try differences(replica) == [])
    // The others would crash it as well.
    replica.account.now += 3_600
    #expect(retrieves(try replica.asked { try replica.sync() }) == 0)
  }

  @Test func `a value changed by hand is put right when all is read`() throws {
    let replica = try followed()
    try replica.sync()
    try Connection(path: replica.path).run("UPDATE invoice SET hdnDiscountPercent = 99")
    #expect(try !differences(replica).isEmpty)
    replica.account.now += 3_600
    try replica.sync(full: true)
    #expect(try differences(replica) == [])
  }

  @Test func `verify sees one that was changed by hand`() throws {
    let account = VtigerAccount(seed: 1, now: 1_795_000_000, switches: .init(.v8_3))
    let replica = try Replica(account, .session)
    replica.modules = ["Quotes", "LineItem"]
    try replica.sync()
    #expect(try replica.verify().found.isEmpty)
    let connection = try Connection(path: replica.path)
    let id = try connection.value("SELECT max(id) FROM quotes WHERE hdnDiscountPercent > 0")
    try connection.run("UPDATE quotes SET hdnDiscountPercent = 99 WHERE id = ?", [id])
    account.now += 60
    let found = try replica.verify().found
    #expect(found.map(\.table) == ["quotes"])
    #expect(found.map(\.1.key) == [id])
    #expect(found.map(\.1.columns) == [["hdnDiscountPercent"]])
  }
}
