import FoundationEssentials
import HTTP
import Model
import SQLite
import Simulation
import TestSupport
import Testing

@testable import ReplicaFile
@testable import Replication

/// A whole source that is no CRM of ours: what the engine does for it, it does by the seam alone.
@Suite struct LedgerTests {
  private let account = LedgerAccount()
  private let source = LedgerSource()
  private let folder: String
  private var path: String { folder + "/replica.sqlite" }

  init() throws {
    folder = try ScratchFile.newFolder()
    account.allowance.limit = 1_000
    for id in Int64(1)...25 { account.accounts[id] = "Account \(id)" }
    for id in Int64(1)...33 {
      account.entries[2 * id] = (id % 25 + 1, "\(id).5", account.now - 86_400)
    }
  }

  private var options: RoundOptions {
    var options = RoundOptions()
    (options.pageSize, options.scrubBudget) = (10, 0)
    return options
  }

  private func open() throws -> Connection {
    try Database.open(path: path, tables: source.tables, views: source.views)
  }

  @discardableResult
  private func sync(
    full: Bool = false, _ prepare: (SimulatedTransport<LedgerAccount>) -> Void = { _ in }
  ) throws -> RunSummary {
    let transport = SimulatedTransport(account)
    prepare(transport)
    var options = options
    options.full = full
    return try Round(
      open(), source: source, tables: source.tables, transport: transport,
      clock: LedgerClock(transport: transport), options: options
    ).run()
  }

  private func syncWell() throws {
    #expect(try sync().outcome == .good)
  }

  /// What was asked by some work, without the question whose account it is.
  private func targets(_ work: () throws -> Void) rethrows -> [String] {
    let before = account.targets.count
    try work()
    return account.targets.dropFirst(before).filter { $0 != "ledger" }
  }

  /// The differences that a verification finds, or nil where it did not come to its end.
  private func differences() throws -> [String]? {
    let transport = SimulatedTransport(account)
    let verification = Verification(
      source: source, tables: source.tables, transport: transport,
      clock: LedgerClock(transport: transport), options: options)
    let report = try verification.run(Database.openReadOnly(path: path)) {
      let copy = path + ".\(account.targets.count)"
      try Database.copy(path, to: copy, isStopped: { false })
      return try Database.openCopy(path: copy, tables: source.tables, views: source.views)
    }
    guard report.ending == .good else { return nil }
    var all: [String] = []
    for table in report.tables {
      try verification.each(of: table.table) {
        all.append("\(table.table) \($0.key.integer ?? 0) \($0.kind.rawValue)")
      }
    }
    return all
  }

  private func value(_ sql: String) throws -> Value {
    try Database.openReadOnly(path: path).value(sql)
  }

  @Test func `pages that follow one another by key are read one by one`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let asked = try targets { try syncWell() }
    #expect(
      asked.filter { $0.hasPrefix("accounts") }
        == ["0", "10", "20"].map { "accounts?after=\($0)&limit=10" })
    #expect(
      asked.filter { $0.hasPrefix("entries") }
        == ["0", "20", "40", "60"].map { "entries?after=\($0)&limit=10" })
    #expect(asked.count == 7)
    #expect(try value("SELECT count(*) FROM accounts") == 25)
    #expect(try value("SELECT sum(amount) FROM entries") == .real(33 * 34 / 2 + 16.5))
    #expect(try differences() == [])
  }

  @Test func `a second run asks for what has changed, and a planted value is found`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try sync()
    account.now += 3_600
    account.accounts[7] = nil
    account.accounts[26] = "A new one"
    account.entries[4]?.amount = "99.25"
    account.entries[4]?.changed = account.now
    account.entries[3] = (26, "0.5", account.now)
    let asked = try targets { try syncWell() }
    #expect(asked.filter { $0.hasPrefix("entries") }.count == 1)
    #expect(try value("SELECT amount FROM entries WHERE id = 4") == .real(99.25))
    #expect(try value("SELECT account_id FROM entries WHERE id = 3") == 26)
    #expect(
      try value("SELECT group_concat(id) FROM accounts WHERE _deleted_at IS NOT NULL") == "7")
    account.now += 60
    #expect(try differences() == [])
    try Connection(path: path).execute("UPDATE entries SET amount = 1 WHERE id = 8")
    #expect(try differences() == ["entries 8 differing"])
    try sync(full: true)
    #expect(try differences() == [])
  }

  @Test func `a run that was cut off goes on behind the last key`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try sync { $0.interruptAfter = 7 }
    #expect(try value("SELECT pass_page FROM _cursors WHERE table_name = 'entries'") == "2=20")
    account.entries[1] = (1, "1", account.now + 1)
    account.entries[2] = nil
    let asked = try targets { try syncWell() }
    let entries = asked.filter { $0.hasPrefix("entries") }
    #expect(entries.first == "entries?after=20&limit=10")
    // What came before the cut is refreshed by its changes.
    #expect(entries.count { $0.contains("since=") } == 1)
    #expect(try value("SELECT count(*) FROM entries WHERE id = 1") == 1)
  }

  @Test func `runs may be cut off at any event, and twice`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // All have changed: what refreshes them has several pages.
    for id in account.entries.keys { account.entries[id]?.changed = account.now }
    for (first, second) in (2...12).flatMap({ first in (2...12).map { (first, $0) } }) {
      try? FileManager.default.removeItem(atPath: path)
      for cut in [first, second, Int.max] {
        let asked = try targets { try sync { $0.interruptAfter = cut } }
        let changes = asked.filter { $0.contains("since=") }
        #expect(changes.allSatisfy { $0.hasPrefix("entries?") })
        #expect(changes.first?.hasPrefix("entries?after=0&") ?? true, "\(first), \(second)")
      }
      #expect(try value("SELECT count(*) FROM entries") == 33)
      #expect(try value("SELECT count(*) FROM _cursors WHERE pass_kind IS NOT NULL") == 0)
    }
  }

  @Test(arguments: ["5", "'5=40'"])
  func `a position that the source has no use for is not resumed`(place: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try sync { $0.interruptAfter = 7 }
    try Connection(path: path).execute(
      "UPDATE _cursors SET pass_page = \(place) WHERE table_name = 'entries'")
    let asked = try targets { try syncWell() }
    let isOurs = place.contains("=")
    #expect(asked.contains("entries?after=\(isOurs ? 40 : 0)&limit=10"))
    #expect(asked.contains("entries?after=0&limit=10") == !isOurs)
  }

  @Test func `a list whose next page is the page itself does not end, and is left`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    account.isStuck = true
    let asked = try targets {
      let summary = try sync()
      #expect(summary.outcome == .partial)
      #expect(summary.tables.allSatisfy { $0.failure?.kind == .endless })
    }
    #expect(asked.count == 2)
  }

  @Test func `an allowance that is no hour is waited for`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    account.allowance.limit = 5
    let summary = try sync()
    #expect(summary.outcome == .good)
    #expect(summary.waited >= .seconds(50))
    #expect(summary.waited <= .seconds(130))
    #expect(try differences() == [])
  }

  @Test func `a whole run goes over a socket with a user's name and key`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let account = LedgerAccount()
    account.allowance.limit = 1_000
    for id in Int64(1)...25 { account.accounts[id] = "Account \(id)" }
    let server = LoopbackServer(account)
    try server.start()
    defer { server.stop() }
    func run(_ key: String) throws -> RunSummary {
      let transport = try CurlTransport(
        CurlTransport.Configuration(
          base: BaseURL(server.baseURL), authorisation: .basic(user: "ada", key: Token(key)),
          userAgent: "ledger", concurrency: 2))
      defer { transport.close() }
      return try Round(
        open(), source: source, tables: source.tables, transport: transport, clock: SystemClock(),
        options: options
      ).run()
    }
    #expect(try run("wrong").outcome == .refused)
    #expect(try run("key").outcome == .good)
    #expect(try value("SELECT count(*) FROM accounts") == 25)
  }

  @Test func `a password that is not accepted ends the run`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(try sync { $0.authorization = "Basic d3Jvbmc=" }.outcome == .refused)
    #expect(try value("SELECT count(*) FROM entries") == 0)
  }
}
