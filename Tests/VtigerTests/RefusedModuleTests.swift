import Model
import SQLite
import Simulation
import TestSupport
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// Modules that cannot be read, one or all of them.
@Suite struct RefusedModuleTests {
  private let replica: FollowedAccount
  private var account: VtigerAccount { replica.account }

  init() throws {
    replica = try FollowedAccount()
    try replica.sync()
    account.now += 3_600
  }

  private func report(_ table: String, _ summary: RunSummary) throws -> TableReport {
    try #require(summary.tables.first { $0.table == table })
  }

  private func living() throws -> Value {
    try replica.rows("SELECT count(*) FROM contacts WHERE _deleted_at IS NULL")[0][0]
  }

  @Test func `a user who is shown no module any more is refused, and nothing is buried`() throws {
    let before = try living()
    account.switches.access = .restricted
    account.switches.hiddenModules = Set(account.visibleModules).subtracting([
      "Groups", "Currency", "DocumentFolders",
    ])
    let summary = try replica.sync()
    #expect(summary.outcome == .refused)
    #expect(summary.error?.contains("none of its records") == true)
    #expect(try living() == before)
  }

  @Test func `a module that stops being readable fails alone`() throws {
    account.switches.access = .restricted
    account.switches.hiddenModules = ["Contacts"]
    let summary = try replica.sync()
    #expect(summary.outcome == .partial)
    #expect(try report("contacts", summary).failure?.isRefusal == true)
    #expect(try report("accounts", summary).outcome == .good)
  }

  @Test(arguments: [200, 500])
  func `a module at which the server crashes is given up alone`(status: Int) throws {
    let before = try living()
    let target = "\(VtigerForm.restPath)/query?query=SELECT%20*%20FROM%20Contacts"
    account.faults.faults.append(
      .init(.serverError(status, html: false), on: .path(target, times: 100)))
    var runs: [RunSummary] = []
    let asked = try replica.asked { runs.append(try replica.sync()) }
    let summary = try #require(runs.first)
    let contacts = try report("contacts", summary)
    #expect(contacts.outcome == .failed)
    #expect(contacts.error?.contains("Contacts") == true)
    #expect(asked.count { $0.hasPrefix("SELECT * FROM Contacts ") } == 4)
    #expect(try report("accounts", summary).outcome == .good)
    #expect(try living() == before)
  }

  @Test func `a query that is not understood is a defect, told without its values`() throws {
    let source = try replica.source()
    let listing = try source.table("contacts").listings[0]
    let request = source.request(
      for: listing, Question(.page(Position("186"), size: 100), since: Timestamp(0)))
    let reply = source.reply(Fixture.failure("QUERY_SYNTAX_ERROR", "near \'186\'"), to: request)
    guard case .fail(let kind) = reply.verdict else {
      Issue.record("\(reply.verdict)")
      return
    }
    let failure = TableFailure(kind, doing: "\(request)", message: reply.message)
    #expect(failure.isDefect)
    #expect(
      failure.sentence
        == "The source answers QUERY_SYNTAX_ERROR to SELECT * FROM Contacts WHERE "
        + "modifiedtime >= \'\' ORDER BY modifiedtime, id LIMIT 100; "
        + "That is a defect of this program: please report it.")
  }

  @Test func `a key that is not described is noted once`() throws {
    func tables() throws -> [String] {
      try UnknownKeys(Database.openReadOnly(path: replica.path)).tables()
    }
    // What is never described is asked about once, and remembered.
    #expect(try tables().contains("documents"))
    let connection = try Database.open(
      path: replica.path, tables: replica.source().tables, views: [])
    try UnknownKeys(connection).settle()
    #expect(try tables() == [])
    try replica.sync(full: true)
    #expect(try tables() == [])
    _ = account.addField(to: "Contacts", type: "string")
    account.revise(replica.ids("Contacts")[0], "lastname", "New")
    account.now += 60
    try replica.sync()
    #expect(try tables() == ["contacts"])
  }
}
