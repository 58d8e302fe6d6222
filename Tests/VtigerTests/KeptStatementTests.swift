import ReplicaFile
import Replication
import Simulation
import Testing
import Vtiger
import VtigerSimulator

@testable import SQLite

/// A daemon keeps its connection, and with it what was prepared, for years.
@Suite struct KeptStatementTests {
  @Test func `later rounds prepare nothing that earlier ones did not`() throws {
    let replica = try FollowedAccount()
    let connection = try replica.open()
    var kept: [Set<Value>] = []
    for _ in 0..<20 {
      try replica.sync(on: connection)
      kept.append(Set(connection.kept.keys))
      var random = SplitMix64(seed: 3)
      replica.account.edit(using: &random, count: 6)
      replica.account.now += 90_000
    }
    #expect(kept[19].subtracting(kept[11]) == [])
  }
}
