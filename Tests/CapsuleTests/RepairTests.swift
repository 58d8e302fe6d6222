import Capsule
import CapsuleSimulator
import FoundationEssentials
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import TestSupport
import Testing

/// What `verify` finds, a `resync` of the tables that it names puts right, and so does a sync of
/// everything: for a difference in each column of each table, list and feed.
@Suite(.onComputingThreads) struct RepairTests {
  private static let groups = 8

  let account: Account
  let replica: Replica

  init() throws {
    // A party takes its deals and cases along when it goes.
    var size = AccountSize.small
    (size.opportunities, size.cases, size.additionalParties) = (24, 20, 30)
    size.entries = 40
    account = Account(seed: 7, size: size, now: 1_760_000_000)
    for entity in Entity.allCases { account.delete(entity, account.visibleIDs(entity)[0]) }
    replica = try Replica(account)
    try replica.sync()
    account.now += 3_600
    for entity in Entity.allCases {
      let ids = account.visibleIDs(entity)
      for id in ids[1...2] { account.delete(entity, id) }
      account.restore(entity, ids[1])
    }
    account.now += 3_600
    for entity in Entity.allCases {
      let ids = account.visibleIDs(entity)
      account.delete(entity, ids[0])
      for id in ids[1...2] { account.restrict(entity, id) }
    }
    try replica.sync(full: true)
    account.now += 3_600
  }

  /// Plantings that are made at once: two of each table, where it has two rows.
  private func batches() throws -> [[(planting: Planting, row: Int)]] {
    var batches: [[(planting: Planting, row: Int)]] = []
    for table in replica.tables {
      let count = try replica.value("SELECT count(*) FROM \(table.name)").integer ?? 0
      for (index, planting) in Planting.all(in: table).enumerated() {
        let batch = count > 1 ? index / 2 : index
        if batches.count <= batch { batches.append([]) }
        batches[batch].append((planting, index))
      }
    }
    return batches
  }

  /// A copy of the replica with these plantings. Returns under which tables and keys they are.
  private func spoil(
    _ batch: [(planting: Planting, row: Int)]
  ) throws -> (replica: Replica, planted: [(name: String, line: String)]) {
    let copy = try replica.copy(of: account)
    let connection = try Connection(path: copy.path)
    let planted = try batch.map { planting, row in
      (planting.name, "\(planting.table.name) \(try planting.plant(row, in: connection)) ")
    }
    return (copy, planted)
  }

  @Test(arguments: 0..<groups)
  func `what verify finds is put right by a resync, or a sync of everything`(group: Int) throws {
    let batches = try batches()
    let before = try Self.content(replica)
    for batch in stride(from: group, to: batches.count, by: Self.groups) {
      let (first, planted) = try spoil(batches[batch])
      let found = try first.verify()
      #expect(found.report.outcome == .different)
      for (name, line) in planted {
        #expect(found.all.contains { $0.hasPrefix(line) }, "\(name): \(found.all)")
      }
      for table in found.report.tables where table.differences > 0 {
        try first.resync(table.table)
      }
      let second = try spoil(batches[batch]).replica
      try second.sync(full: true)
      for replica in [first, second] {
        let again = try replica.verify()
        #expect(again.report.outcome == .equal, "\(planted) \(again.all)")
        let left = Self.differences(before, try Self.content(replica, before: before))
        #expect(left == [], "\(planted)")
        #expect(try Oracle(replica: replica).differences() == [])
      }
    }
  }

  // MARK: What is no difference

  @Test func `leftovers in another order are not rewritten`() throws {
    account.switches.addsUnknownKeys = true
    try replica.sync(full: true)
    let log: Set = ["_runs", "_run_tables", "_cursors", "_allowance", "_parents", "_clock"]
    let before = try replica.content(without: log)
    let extras = "SELECT count(*) FROM parties WHERE json_array_length(_extra) IS NOT NULL"
    try #require(try replica.value(extras) != 0)
    account.switches.variesKeyOrder = true
    try replica.sync(full: true)
    #expect(try replica.content(without: log) == before)
    #expect(try replica.verify().all == [])
  }

  /// How far back a feed of deletions reaches is not documented.
  @Test func `what a feed has forgotten is no difference, and stays`() throws {
    account.switches.feedRetention = 600
    let person = try replica.value(
      "SELECT min(id) FROM parties WHERE type = 'person' AND _deleted_at IS NULL")
    account.delete(.parties, try #require(person.integer))
    try replica.sync()
    try replica.sync(full: true, only: ["entries"])
    let before = try Self.content(replica)
    let found = try replica.verify()
    #expect(found.all == [], "\(found.all)")
    for name in replica.tables.map(\.name) { try replica.resync(name) }
    try replica.sync(full: true)
    #expect(Self.differences(before, try Self.content(replica)) == [])
  }

  @Test func `many statements that a feed lacks are held back`() throws {
    try replica.execute(
      """
      INSERT INTO deleted_parties (id, deleted_at, reason, _synced_at)
        SELECT id, '2025-10-09 10:00:00', 'deleted', _synced_at FROM parties
          WHERE _deleted_at IS NULL LIMIT 11
      """)
    let held = try replica.resync("deleted_parties").tables[0]
    #expect(held.outcome == .held && held.counts.deleted == 0)
    account.now += 3_600
    #expect(try replica.resync("deleted_parties").outcome == .good)
    #expect(try replica.verify().all == [])
  }

  // MARK: Content

  /// Everything that is mirrored, but for tombstones that have come since. Since when a row is
  /// restricted the account does not say.
  private static func content(
    _ replica: Replica, before: [String: Set<[Value]>] = [:]
  ) throws -> [String: Set<[Value]>] {
    var content: [String: Set<[Value]>] = [:]
    for table in replica.tables {
      let columns =
        table.columns.map { quoted($0.name) } + [
          "_extra", "_deleted_at IS NOT NULL", "_deleted_reason",
          "iif(_deleted_reason = 'restricted', NULL, _deleted_at)",
        ]
      let rows = try replica.rows("SELECT \(columns.joined(separator: ", ")) FROM \(table.name)")
      let keys = before[table.name].map { rows in Set(rows.map { key(of: $0, table) }) }
      content[table.name] = Set(
        rows.filter { row in
          row[table.columns.count + 1] == 0 || keys?.contains(key(of: row, table)) ?? true
        })
      for child in table.children {
        content[child.table] = Set(try replica.rows("SELECT * FROM \(child.table)"))
      }
    }
    return content
  }

  private static func key(of row: [Value], _ table: Table) -> [Value] {
    zip(table.columns, row).filter(\.0.isKey).map(\.1)
  }

  private static func differences(
    _ one: [String: Set<[Value]>], _ other: [String: Set<[Value]>]
  ) -> [String] {
    one.keys.sorted().flatMap { name in
      let (left, right) = (one[name] ?? [], other[name] ?? [])
      return left.subtracting(right).map { "- \(name) \($0)" }
        + right.subtracting(left).map { "+ \(name) \($0)" }
    }
  }
}

extension Replica {
  /// Reads one table in full, as the command does.
  @discardableResult
  func resync(_ table: String) throws -> RunSummary {
    let before = options
    defer { options = before }
    options = options.resyncing(table)
    return try sync(full: true, only: [table])
  }
}
