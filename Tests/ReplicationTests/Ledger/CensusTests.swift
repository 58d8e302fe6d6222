import FoundationEssentials
import HTTP
import Model
import SQLite
import Simulation
import TestSupport
import Testing

@testable import ReplicaFile
@testable import Replication

/// Deletions of a source that has no word for them, and that may answer with nothing at all.
@Suite struct CensusTests {
  private let account = LedgerAccount()
  private let source = LedgerSource(hasCensus: true)
  private let folder: String
  private var path: String { folder + "/replica.sqlite" }

  init() throws {
    folder = try ScratchFile.newFolder()
    (account.allowance.limit, account.isSilent) = (10_000, true)
    account.accounts = [1: "One", 2: "Two"]
    for id in Int64(1)...33 { account.entries[2 * id] = (1, "\(id).5", account.now - 86_400) }
  }

  @discardableResult
  private func sync(budget: Int = 300, full: Bool = false) throws -> RunSummary {
    let transport = SimulatedTransport(account)
    var options = RoundOptions()
    (options.pageSize, options.scrubBudget, options.censusBudget) = (10, 0, budget)
    options.full = full
    account.now += 3_600
    return try Round(
      Database.open(path: path, tables: source.tables, views: source.views), source: source,
      tables: source.tables, transport: transport, clock: LedgerClock(transport: transport),
      options: options
    ).run()
  }

  private func gone() throws -> [Int64] {
    try Database.openReadOnly(path: path).rows(
      "SELECT id FROM entries WHERE _deleted_at IS NOT NULL ORDER BY id"
    ).compactMap { $0[0].integer }
  }

  @Test func `what is gone becomes a tombstone, and what nobody spoke of a row`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(try sync().outcome == .good)
    (account.entries[8], account.entries[66]) = (nil, nil)
    // It came with a date of long ago.
    account.entries[9] = (2, "1.5", 0)
    #expect(try sync().outcome == .good)
    #expect(try gone() == [8, 66])
    let row = "SELECT count(*) FROM entries WHERE id = 9"
    #expect(try Database.openReadOnly(path: path).value(row) == 1)
    account.entries[8] = (1, "8", 0)
    #expect(try sync().outcome == .good)
    #expect(try gone() == [66])
  }

  /// In the census, and in a list of everything.
  @Test(arguments: [false, true])
  func `what a list hides and its id shows stays`(isFull: Bool) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try sync()
    account.hides = { isKeys, id in isKeys && (20...30).contains(id) }
    try sync(full: isFull)
    #expect(try gone() == [])
  }

  @Test(arguments: [false, true])
  func `nothing is gone on the word of a source that answers nothing`(isFull: Bool) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try sync()
    for id in Int64(10)...15 { account.entries[2 * id] = nil }
    account.hides = { isKeys, _ in !isKeys }
    if isFull { account.hides = { _, id in id >= 20 || account.targets.last!.contains("/") } }
    let summary = try sync(full: isFull)
    #expect(summary.outcome == .partial)
    let kinds = summary.tables.compactMap(\.failure?.kind)
    #expect(kinds.contains { if case .unanswered = $0 { true } else { false } }, "\(kinds)")
    #expect(try gone() == [])
    account.hides = { _, _ in false }
    #expect(try sync().outcome == .good)
    #expect(try gone() == (10...15).map { 2 * $0 })
  }

  @Test func `a table that comes wholly empty is not believed`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try sync()
    account.hides = { _, _ in true }
    let summary = try sync()
    #expect(summary.outcome == .partial)
    #expect(try gone() == [])
  }

  @Test func `a small budget goes round the table in turn`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try sync()
    for id in [4, 24, 44, 64] as [Int64] { account.entries[id] = nil }
    var counts: [Int] = []
    for _ in 0..<4 {
      let before = account.targets.count
      #expect(try sync(budget: 1).outcome == .good)
      counts.append(try gone().count)
      #expect(account.targets.dropFirst(before).count { $0.contains("keys=") } == 1)
    }
    #expect(counts == [1, 3, 4, 4])
  }

  @Test func `a great loss is held back`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try sync()
    for id in Int64(1)...20 { account.entries[2 * id] = nil }
    let summary = try sync()
    #expect(summary.tables.contains { $0.outcome == .held })
    #expect(try gone() == [])
    #expect(try sync().outcome == .good)
    #expect(try gone().count == 20)
  }
}
