import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Testing

@Suite struct SyncTests {
  @Test func `a first sync equals the account`() throws {
    let replica = try Replica(Account(seed: 1, size: .small, now: 1_760_000_000))
    let summary = try replica.sync()
    #expect(summary.outcome == .good, "\(summary.tables.compactMap(\.error))")
    #expect(try Oracle(replica: replica).differences() == [])
    #expect(try replica.value("SELECT count(*) FROM parties") == 25)
  }
}
