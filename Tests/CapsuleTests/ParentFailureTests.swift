import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Parents whose lists cannot be had for a while.
@Suite struct ParentFailureTests {
  /// A parent whose list failed has not been read, and is asked again in the next run.
  @Test func `a parent whose list failed is asked again`() throws {
    var size = AccountSize.tiny
    size.tracks = 40
    let account = Account(seed: 3, size: size, now: 1_760_000_000, switches: Switches())
    let replica = try Replica(account, tables: [.parties, .tracks])
    let id = try #require(account.visibleIDs(.parties).max())
    try replica.sync()
    account.now += 86_400
    account.faults.faults.append(
      .init(.serverError(503, html: false), on: .path("parties/\(id)/tracks", times: 20)))
    #expect(try replica.sync().outcome == .partial)
    account.faults.faults.removeAll()
    account.now += 86_400
    // Not enough for all of them: who was read stands behind.
    replica.options.perParentBudget = 2
    var summary: RunSummary?
    let requests = try replica.requests { summary = try replica.sync() }
    #expect(summary?.outcome == .good)
    #expect(requests.contains { $0.contains("parties/\(id)/tracks") })
    #expect(try Oracle(replica: replica).differences() == [])
  }
}
