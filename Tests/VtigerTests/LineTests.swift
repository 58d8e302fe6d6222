import Model
import SQLite
import Simulation
import TestSupport
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// The lines of documents are read with the documents, all of one or none.
@Suite struct LineTests {
  private func followed() throws -> FollowedAccount {
    let replica = try FollowedAccount()
    replica.account.now += 100_000
    let modules = ["Quotes", "PurchaseOrder", "SalesOrder", "Invoice"]
    // The server crashes at a document without lines where it is asked for that one alone.
    for id in modules.flatMap(replica.ids) where replica.account.lines(of: id).isEmpty {
      replica.account.addLineSilently(to: id)
    }
    replica.options.scrubBudget = 0
    return replica
  }

  @Test(arguments: [true, false])
  func `lines are read and followed`(listsLineItems: Bool) throws {
    let replica = try followed()
    let account = replica.account
    try replica.describe()
    account.switches.listsLineItems = listsLineItems
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.lineDifferences() == [])
    #expect(try replica.rows("SELECT 1 FROM invoice_line_items LIMIT 1").count == 1)
    // New documents have no former lines.
    #expect(
      try replica.rows("SELECT 1 FROM _history WHERE table_name = 'invoice'").isEmpty)
    for round in 0..<3 {
      account.now += 3_600
      for module in ["Invoice", "Quotes"] {
        let ids = replica.ids(module)
        account.saveLines(of: ids[round])
        account.beginSave(ids[round + 3])
        account.createRecord(in: module)
      }
      try replica.sync()
      account.endSaves()
      account.now += 200
      let summary = try replica.sync()
      #expect(summary.outcome == .good || !listsLineItems)
      let differences = try replica.lineDifferences()
      #expect(differences == [], "\(differences)")
    }
    #expect(
      try !replica.rows(
        """
        SELECT 1 FROM _history AS h JOIN _history_values AS v ON v.history_id = h.id
          WHERE h.table_name = 'invoice' AND v.column_name = 'line_items'
        """
      ).isEmpty)
  }

  @Test func `a round without changes asks for no lines and writes nothing`() throws {
    let replica = try followed()
    try replica.sync()
    replica.account.now += 3_600
    try replica.sync()
    replica.account.now += 3_600
    let before = try replica.rows("SELECT max(_synced_at) FROM invoice")
    let asked = try replica.asked { try replica.sync() }
    #expect(!asked.contains { $0.contains("LineItem") })
    #expect(try replica.rows("SELECT max(_synced_at) FROM invoice") == before)
  }

  @Test func `a page of documents takes one question for a hundred lines`() throws {
    let replica = try followed()
    let asked = try replica.asked { try replica.sync() }
    for module in ["Quotes", "PurchaseOrder", "SalesOrder", "Invoice"] {
      let prefix = try #require(replica.account.prefix(of: module))
      let lines = replica.ids(module).reduce(0) { $0 + replica.account.lines(of: $1).count }
      let pages = asked.count { $0.contains("LineItem WHERE parent_id IN (\(prefix)x") }
      #expect(pages <= 1 + lines / 90, "\(module)")
    }
  }

  @Test func `a document with more lines than an answer holds has all of them`() throws {
    let replica = try followed()
    let account = replica.account
    let ids = replica.ids("Invoice")
    for _ in 0..<130 { account.addLineSilently(to: ids[2]) }
    for _ in 0..<90 { account.addLineSilently(to: ids[4]) }
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.lineDifferences() == [])
  }

  @Test func `lines that came without a word are found by the sweep`() throws {
    let replica = try followed()
    replica.options.scrubBudget = 300
    replica.options.scrubEvery = 86_400
    let account = replica.account
    try replica.sync()
    account.addLineSilently(to: replica.ids("Invoice")[1])
    account.now += 90_000
    try replica.sync()
    #expect(try replica.lineDifferences() == [])
  }

  /// As where a table that the lines are read from is broken: the documents tell them.
  @Test(arguments: [true, false])
  func `lines that the server cannot list are read with their documents`(
    countsLines: Bool
  ) throws {
    let replica = try followed()
    let account = replica.account
    account.switches.countsLines = countsLines
    // For nothing but the lines.
    replica.options.perParentBudget = 0
    try replica.sync()
    account.now += 3_600
    let ids = replica.ids("Invoice")
    account.saveLines(of: ids[0])
    account.revise(ids[1], "subject", "Again")
    account.brokenTables = ["LineItem"]
    var summary: RunSummary?
    let asked = try replica.asked { summary = try replica.sync() }
    #expect(summary?.outcome == .good)
    #expect(asked.count { $0 == "retrieve" } == 2)
    #expect(try replica.lineDifferences() == [])
  }

  /// A trouble that passes: the next question is answered rightly again.
  @Test(arguments: [true, false])
  func `an answer that lacks the lines takes none away`(countsLines: Bool) throws {
    let replica = try followed()
    let account = replica.account
    account.switches.countsLines = countsLines
    try replica.sync()
    account.now += 3_600
    account.revise(replica.ids("Invoice")[1], "subject", "Again")
    let target = "\(VtigerForm.restPath)/query?query=SELECT%20*%20FROM%20LineItem"
    account.faults = FaultScript([.init(.emptyPage, on: .path(target, times: 1))])
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.lineDifferences() == [])
  }

  /// A server that runs no question for the lines of several documents, and all others.
  @Test func `lines that the server hides are read with their documents`() throws {
    let replica = try followed()
    let account = replica.account
    account.switches.countsLines = false
    let target = "\(VtigerForm.restPath)/query?query=SELECT%20*%20FROM%20LineItem%20WHERE"
    account.faults = FaultScript([.init(.emptyPage, on: .path(target, times: 1_000))])
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.lineDifferences() == [])
  }

  /// Where lines are not counted, it costs a line of another one, and the question once more.
  @Test(arguments: [(true, 2), (false, 4)])
  func `a document without lines costs a count`(countsLines: Bool, questions: Int) throws {
    let replica = try followed()
    replica.account.switches.countsLines = countsLines
    replica.options.perParentBudget = 0
    let account = replica.account
    try replica.sync()
    account.now += 3_600
    let id = replica.ids("Invoice")[2]
    account.beginSave(id)
    var summary: RunSummary?
    let asked = try replica.asked { summary = try replica.sync() }
    #expect(summary?.outcome == .good)
    #expect(asked.count { $0.contains("LineItem") } == questions)
    #expect(!asked.contains("retrieve"))
    #expect(try replica.lineDifferences() == [])
    #expect(try replica.rows("SELECT 1 FROM invoice_line_items WHERE record_id = \(id)") == [])
  }

  /// Its lines stay, and do not tell whose they are.
  @Test func `lines of a deleted document are passed over`() throws {
    let replica = try followed()
    let account = replica.account
    account.switches.countsLines = false
    replica.options.perParentBudget = 0
    try replica.sync()
    account.now += 3_600
    let documents = ["Quotes", "SalesOrder", "PurchaseOrder", "Invoice"].flatMap(replica.ids)
    account.delete(try #require(documents.min()))
    account.beginSave(try #require(replica.ids("Invoice").last))
    var summary: RunSummary?
    let asked = try replica.asked { summary = try replica.sync() }
    #expect(summary?.outcome == .good)
    #expect(asked.contains { $0.contains("FROM LineItem ORDER BY") })
    #expect(!asked.contains("retrieve"))
    #expect(try replica.lineDifferences() == [])
  }

  @Test func `a document that crashes the server is passed over, and said`() throws {
    let replica = try followed()
    let account = replica.account
    try replica.describe()
    account.switches.listsLineItems = false
    let id = replica.ids("Invoice")[3]
    account.crashingRecords = [id]
    let summary = try replica.sync()
    let invoice = try #require(summary.tables.first { $0.table == "invoice" })
    #expect(invoice.outcome == .failed)
    #expect(invoice.error?.contains("retrieve?id=7x\(id)") == true)
    #expect(try replica.lineDifferences().count == 1)
    #expect(try replica.rows("SELECT 1 FROM invoice WHERE id = \(id)").count == 1)
    account.crashingRecords = []
    account.now += 60
    account.revise(id, "subject", "Again")
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.lineDifferences() == [])
  }
}
