import FoundationEssentials
import Model
import SQLite
import Simulation
import TestSupport
import Testing

@testable import ReplicaFile
@testable import Replication

/// What a source says itself, and what it says in other words than the server.
@Suite struct AnsweringTests {
  private let account = LedgerAccount()
  private let source = AnsweringSource()
  private let folder: String
  private var path: String { folder + "/replica.sqlite" }

  init() throws {
    folder = try ScratchFile.newFolder()
    account.allowance.limit = 1_000
    for id in Int64(1)...25 { account.accounts[id] = "Account \(id)" }
  }

  private func sync() throws -> RunSummary {
    let transport = SimulatedTransport(account)
    var options = RoundOptions()
    (options.pageSize, options.scrubBudget) = (10, 0)
    return try Round(
      Database.open(path: path, tables: source.tables, views: []), source: source,
      tables: source.tables, transport: transport, clock: LedgerClock(transport: transport),
      options: options
    ).run()
  }

  private func value(_ sql: String) throws -> Value {
    try Database.openReadOnly(path: path).value(sql)
  }

  @Test func `what a source knows itself costs no request`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(try sync().outcome == .good)
    #expect(try value("SELECT group_concat(coalesce(name, '-')) FROM kinds") == "credit,-")
    #expect(!account.targets.contains { $0.hasPrefix("kinds") })
    let requests = "SELECT sum(requests) FROM _run_tables WHERE table_name"
    #expect(try value("\(requests) = 'kinds'") == 0)
    #expect(try value("\(requests) = 'accounts'") == 3)
  }

  @Test func `records are stored in the form that the source gives them`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(try sync().outcome == .good)
    #expect(try value("SELECT count(*) FROM accounts WHERE name LIKE 'The Account %'") == 25)
    #expect(try value("SELECT name FROM accounts WHERE id = 25") == "The Account 25")
  }

  @Test func `empty pages do not end a list that goes on at another key`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(try sync().outcome == .good)
    #expect(try value("SELECT group_concat(id) FROM sparse") == "7")
  }
}
