import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// The question of `schema/README.md` for the past, against what the file held at that moment.
@Suite struct PastTests {
  @Test(arguments: 1...12)
  func `deals are shown as they were at a moment`(seed: Int) throws {
    let query = try #require(SchemaPage().examples.first { $0.contains(":moment") })
    let account = Account(seed: UInt64(seed), size: .small, now: 1_760_000_000)
    let replica = try Replica(account)
    try replica.sync()
    var random = SplitMix64(seed: UInt64(seed))
    var past: [(moment: Value, rows: [[Value]])] = []
    for _ in 0..<4 {
      account.now += 40_000
      _ = account.edit(using: &random, count: 60)
      account.now += 40_000
      try replica.sync(full: true)
      let rows = try replica.rows(
        """
        SELECT id, name, owner_id, milestone_id, value_amount, value_currency, closed_on
          FROM opportunities WHERE _deleted_at IS NULL
        """)
      past.append((.text(Timestamp(account.now).sql), rows))
    }
    let connection = try Database.openReadOnly(path: replica.path)
    for state in past {
      let rows = try connection.rows(query, [state.moment])
      #expect(Set(rows) == Set(state.rows))
      #expect(rows.count == state.rows.count)
    }
    let first = try #require(past.first).rows
    #expect(first != past.last?.rows, "the account has not changed")
  }
}
