import Capsule
import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import TestSupport
import Testing

/// Lists without a feed of deletions, while records come and go between any two requests.
@Suite(.onComputingThreads) struct StormTests {
  private func replica(_ table: Table, _ seed: Int, _ switches: Switches) throws -> Replica {
    var size = AccountSize.tiny
    (size.parties, size.tasks, size.entries) = (3, 70, 70)
    (size.opportunities, size.cases, size.tracks) = (1, 1, 0)
    let account = Account(seed: UInt64(seed), size: size, now: 1_760_000_000, switches: switches)
    let replica = try Replica(account, tables: [table])
    replica.options.pageSize = 20
    replica.reordering = seed.isMultiple(of: 3) ? UInt64(seed) : nil
    return replica
  }

  private func ids(_ table: Table, _ replica: Replica) throws -> Set<Int64> {
    let request = try replica.source.request(
      for: table.listings[0], Question(.page(Position(page: 1), size: 100)))
    return Set(replica.account.rows(request.target).compactMap { $0["id"]?.integer })
  }

  /// Deletes before some of the next requests, and at times adds. Returns the records that live
  /// from now to the end of the work.
  private func storm(
    _ table: Table, _ replica: Replica, _ seed: Int, adds: Bool, _ work: () throws -> Void
  ) throws -> Set<Int64> {
    var random = SplitMix64(seed: UInt64(seed))
    var left = 4
    let before = try ids(table, replica)
    replica.account.beforeRequest = { account, _ in
      guard left > 0, random.chance(60), let ids = try? self.ids(table, replica) else { return }
      left -= 1
      account.now += 1
      guard let id = ids.sorted().randomElement(using: &random) else { return }
      let adds = adds && random.chance(30)
      if table.name == "entries" {
        _ = account.delete(entry: id)
        if adds { _ = account.createEntry() }
      } else {
        _ = account.delete(task: id)
        if adds { _ = account.createTask() }
      }
    }
    try work()
    replica.account.beforeRequest = nil
    return try before.intersection(ids(table, replica))
  }

  private func lacking(_ ids: Set<Int64>, _ table: Table, _ replica: Replica) throws -> Set<Int64> {
    let rows = try replica.rows("SELECT id FROM \(table.name) WHERE _deleted_at IS NULL")
    return ids.subtracting(rows.compactMap { $0[0].integer })
  }

  @Test(arguments: [Table.tasks, .entries], [true, false])
  func `a first list from which records go loses none that stay`(table: Table, counts: Bool) throws
  {
    for seed in 0..<150 {
      var switches = Switches()
      (switches.supportsMeta, switches.countsEntries) = (counts, counts)
      switches.order = Switches.Order.allCases[seed % 5]
      let replica = try replica(table, seed, switches)
      var summary: RunSummary?
      // A count that stays the same hides one that goes behind one that comes.
      let adds = !counts || seed.isMultiple(of: 2)
      let stayed = try storm(table, replica, seed, adds: adds) { summary = try replica.sync() }
      if summary?.outcome == .good, counts, !adds {
        #expect(try lacking(stayed, table, replica) == [], "seed \(seed)")
      }
      // Without a count a second look, among what can wait, finds it.
      replica.account.now += 3_600
      #expect(try replica.sync().outcome == .good, "seed \(seed)")
      #expect(try lacking(ids(table, replica), table, replica) == [], "seed \(seed) later")
    }
  }

  @Test(arguments: [true, false])
  func `newest pages from which records go lose none that stay`(counts: Bool) throws {
    for seed in 0..<150 {
      var switches = Switches()
      (switches.supportsMeta, switches.countsEntries) = (counts, counts)
      let replica = try replica(.entries, seed, switches)
      try replica.sync()
      replica.account.now += 86_400
      try replica.sync()
      replica.account.now += 86_400 * 2
      for _ in 0..<50 {
        replica.account.now += 1
        _ = replica.account.createEntry()
      }
      var summary: RunSummary?
      let stayed = try storm(.entries, replica, seed, adds: !counts) {
        summary = try replica.sync()
      }
      if summary?.outcome == .good {
        #expect(try lacking(stayed, .entries, replica) == [], "seed \(seed)")
      }
    }
  }

  /// The count that went down has had the list read anew, and that reading is exact.
  @Test func `a first list that was read anew is not read once more`() throws {
    var switches = Switches()
    switches.countsEntries = true
    let replica = try replica(.entries, 1, switches)
    let account = replica.account
    account.beforeRequest = { account, _ in
      guard account.log.last?.target.hasPrefix("entries?page=2&") ?? false else { return }
      account.beforeRequest = nil
      if let id = account.rows("entries?perPage=20").first?["id"]?.integer {
        account.delete(entry: id)
      }
    }
    try replica.sync()
    account.now += 3_600
    let requests = try replica.requests { try replica.sync() }
    #expect(requests.count { $0.hasPrefix("entries?") } == 1, "\(requests)")
    #expect(try lacking(ids(.entries, replica), .entries, replica) == [])
  }
}
