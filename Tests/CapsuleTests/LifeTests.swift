import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Whole lives of a small account and its replica: every unknown of the API drawn by the seed,
/// edits between runs, runs cut off, and at the end one run over everything.
@Suite struct LifeTests {
  @Test(arguments: 1...Int(lives))
  func `whatever the account is like, the replica ends up equal to it`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var switches = Switches.random(using: &random)
    // With an order drawn anew for each page no crawl by pages can be complete.
    if switches.order == .shuffled { switches.order = .idDescending }
    let account = Account(
      seed: UInt64(seed), size: .small, now: 1_760_000_000, switches: switches)
    let replica = try Replica(account)
    replica.options.pageSize = [3, 10, 100].randomElement(using: &random) ?? 10
    replica.options.concurrency = Int.random(in: 1...8, using: &random)
    replica.reordering = Bool.random(using: &random) ? UInt64(seed) : nil
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      if Bool.random(using: &random) {
        let next = account.requestCount + 1
        account.faults = FaultScript.random(using: &random, requests: next...(next + 60), count: 4)
      }
      if Bool.random(using: &random) {
        let stop = Int.random(in: 1...60, using: &random)
        replica.prepare = { $0.interruptAfter = stop }
        try replica.sync()
        replica.prepare = { _ in }
      } else {
        try replica.sync()
      }
      account.now += Int64.random(in: 0...100_000, using: &random)
      _ = account.edit(using: &random, count: Int.random(in: 0...30, using: &random))
      account.now += Int64.random(in: 1...1_000, using: &random)
    }
    account.faults = FaultScript()
    // What was cut off is completed first; what changed silently meanwhile takes a full run.
    try replica.sync()
    var summary = try replica.sync(full: true)
    if summary.outcome == .partial {
      // The delete guard holds back once what a small account may well lose.
      summary = try replica.sync(full: true)
    }
    #expect(summary.outcome == .good, "\(summary.tables.compactMap(\.error))")
    let differences = try Oracle(replica: replica).differences()
    #expect(differences.isEmpty, "\(differences.prefix(12)) \(switches)")
  }

  /// How many lives the ordinary run lives through.
  static let lives = 60
}
