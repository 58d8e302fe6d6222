import HTTP
import Model
import SQLite
import Simulation
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// A question that the server cannot run is answered with nothing, as if there were nothing.
@Suite struct EmptyAnswerTests {
  /// Nothing but the question for changes is to find them.
  private func followed() throws -> FollowedAccount {
    let replica = try FollowedAccount()
    (replica.options.scrubBudget, replica.options.censusBudget) = (0, 0)
    replica.account.now += 100_000
    try replica.sync()
    replica.account.now += 3_600
    return replica
  }

  /// Takes all records out of the next answers to questions that begin so.
  private func empty(_ query: String, times: Int = 1, _ account: VtigerAccount) {
    let target =
      VtigerForm.restPath + "/" + VtigerForm.rest.request("query", [("query", query)]).target
    account.faults = FaultScript([.init(.emptyPage, on: .path(target, times: times))])
  }

  private func isSpent(_ account: VtigerAccount) -> Bool {
    account.faults.faults.allSatisfy {
      if case .path(_, let times) = $0.trigger { times == 0 } else { false }
    }
  }

  @Test(arguments: [2, 5])
  func `changes behind empty answers are in the first that is none`(rounds: Int) throws {
    let replica = try followed()
    let account = replica.account
    account.revise(replica.ids("Contacts")[3], "lastname", "Again")
    empty("SELECT * FROM Contacts WHERE modifiedtime >=", times: rounds, account)
    for _ in 0..<rounds {
      #expect(try replica.sync().outcome == .good)
      #expect(try replica.differences().count == 1)
      account.now += 86_400
    }
    #expect(isSpent(account))
    try replica.sync()
    #expect(try replica.differences() == [])
    #expect(try replica.rows("SELECT 1 FROM _unshown WHERE table_name = 'contacts'") == [])
  }

  /// The keys of the records come, and the records in no page.
  @Test func `records that are listed by their keys alone are missed`() throws {
    let replica = try FollowedAccount()
    empty("SELECT * FROM Contacts", times: 1_000, replica.account)
    let summary = try replica.sync()
    let missed = summary.tables.filter { $0.outcome != .good }.map(\.table)
    #expect(missed == ["contacts"])
    replica.account.faults = FaultScript()
    replica.account.now += 3_600
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.differences() == [])
  }

  /// Few as they are, each is asked for by its id, and answers.
  @Test(arguments: [("Groups", "groups"), ("Vendors", "vendors")])
  func `a list that is empty while its records answer is not read`(
    module: String, table: String
  ) throws {
    let replica = try followed()
    let living = "SELECT count(*) FROM \(table) WHERE _deleted_at IS NULL"
    let before = try replica.rows(living)
    empty("SELECT * FROM \(module)", times: 1_000, replica.account)
    let summary = try replica.sync(full: true)
    #expect(summary.tables.filter { $0.outcome != .good }.map(\.table) == [table])
    #expect(try replica.rows(living) == before)
    replica.account.faults = FaultScript()
    replica.account.now += 3_600
    #expect(try replica.sync(full: true).outcome == .good)
    #expect(try replica.rows(living) == before)
  }

  /// As where its table is broken: no question about it can be run, and a record that is asked for
  /// alone crashes.
  @Test(arguments: [
    ("Contacts", "contacts", 0), ("Contacts", "contacts", 1), ("Groups", "groups", 0),
  ])
  func `a module that is silent and crashes is not buried, however often it is read`(
    module: String, table: String, gone: Int
  ) throws {
    let replica = try followed()
    // Only those that have gone are told to have.
    for id in replica.ids(module).prefix(gone) { replica.account.delete(id) }
    let living = "SELECT count(*) FROM \(table) WHERE _deleted_at IS NULL"
    let count = replica.ids(module).count
    replica.account.brokenTables = [module]
    replica.account.crashingRecords = Set(replica.ids(module))
    for round in 0..<3 {
      let summary = try replica.sync(full: true)
      #expect(summary.tables.filter { $0.outcome != .good }.map(\.table) == [table])
      // So many at once are all held at first.
      #expect(try replica.rows(living) == [[Value(round == 0 ? count + gone : count)]])
      replica.account.now += 3_600
    }
    (replica.account.brokenTables, replica.account.crashingRecords) = ([], [])
    #expect(try replica.sync(full: true).outcome == .good)
    #expect(try replica.rows(living) == [[Value(count)]])
    #expect(try replica.rows("SELECT count(*) FROM _held") == [[0]])
  }

  /// Alone, a document tells of one of its lines as if that were its own.
  @Test func `documents that only come alone are stored as their lists have them`() throws {
    let replica = try followed()
    let text = """
      SELECT id, subject, productid, quantity, listprice, comment, hdnDiscountPercent, _extra
        FROM invoice ORDER BY id
      """
    let before = try replica.rows(text)
    replica.options.censusBudget = 300
    empty("SELECT id,", times: 1_000, replica.account)
    #expect(try replica.sync(full: true).outcome != .good)
    #expect(replica.account.log.contains { $0.target.contains("/retrieve?id=") })
    #expect(try replica.rows(text) == before)
    replica.account.faults = FaultScript()
    replica.account.now += 3_600
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.rows(text) == before)
    #expect(try replica.differences() == [])
  }

  /// Alone, an activity tells of the first of its contacts, and in a list of the last.
  @Test func `another one of its contacts is no change of an activity`() throws {
    let replica = try followed()
    let account = replica.account
    let (id, contacts) = (replica.ids("Events")[0], Array(replica.ids("Contacts").prefix(3)))
    account.invite(contacts, to: id)
    account.now += 3_600
    try replica.sync()
    let shown = "SELECT contact_id FROM events WHERE id = \(id)"
    let history = "SELECT * FROM _history WHERE table_name = 'events' ORDER BY id"
    #expect(try replica.rows(shown) == [[.integer(contacts[2])]])
    let before = try replica.rows(history)
    replica.options.censusBudget = 300
    empty("SELECT * FROM Events", times: 1_000, account)
    try replica.sync(full: true)
    #expect(try replica.rows(shown) == [[.integer(contacts[0])]])
    #expect(try replica.rows(history) == before)
  }

  @Test func `a full page with nothing behind it is not the end`() throws {
    let replica = try followed()
    let account = replica.account
    replica.options.pageSize = 5
    for (number, id) in replica.ids("Contacts").prefix(12).enumerated() {
      account.revise(id, "lastname", "Again")
      account.now += number == 4 ? 3_600 : 1
    }
    account.beforeRequest = { account, _ in
      // The first page comes as it is.
      let first = "SELECT%20*%20FROM%20Contacts%20WHERE%20modifiedtime%20%3E%3D"
      guard account.log.last?.target.contains(first) ?? false else { return }
      self.empty("SELECT * FROM Contacts WHERE modifiedtime > ", account)
    }
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.differences().count == 7)
    #expect(isSpent(account))
    account.beforeRequest = nil
    account.now += 3_600
    try replica.sync()
    #expect(try replica.differences() == [])
  }

  @Test func `a module that is emptied stays good`() throws {
    let replica = try followed()
    let account = replica.account
    replica.options.censusBudget = 300
    for id in replica.ids("Vendors") { account.delete(id) }
    for _ in 0..<4 {
      #expect(try replica.sync().outcome == .good)
      account.now += 3_600
    }
    let asked = try replica.asked { try replica.sync() }
    #expect(asked.count { $0.contains("FROM Vendors") } <= 3)
    #expect(try replica.rows("SELECT 1 FROM vendors WHERE _deleted_at IS NULL") == [])
    account.createRecord(in: "Vendors")
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.differences() == [])
  }
}
