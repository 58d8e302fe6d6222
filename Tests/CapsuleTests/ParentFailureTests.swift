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
  /// No list is left to be asked for then, and the rows of those that were are gone with them.
  @Test func `a run ends where no parent is left`() throws {
    let account = Account(seed: 3, size: .tiny, now: 1_760_000_000, switches: Switches())
    let replica = try Replica(account, tables: [.pipelines, .milestones])
    try replica.sync()
    let ids = try replica.rows("SELECT id FROM pipelines").compactMap(\.[0].integer)
    for id in ids { account.unlist(id, of: "pipelines") }
    for _ in 0..<2 {
      account.now += 86_400
      try replica.sync()
    }
    #expect(
      try replica.value("SELECT count(*) FROM milestones WHERE _deleted_at IS NULL") == 0)
    for id in ids { account.unlist(id, of: "pipelines", false) }
    account.now += 86_400
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

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
