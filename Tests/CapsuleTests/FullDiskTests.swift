import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// SQLite's own "database or disk is full", at every size from that of an empty replica to that of
/// a whole one.
@Suite struct FullDiskTests {
  @Test func `a file that may not grow keeps what it has and goes on later`() throws {
    let account = Account(seed: 7, size: .tiny, now: 1_760_000_000)
    let replica = try Replica(account)
    replica.options.pageSize = 2
    let pages = try replica.open().value("PRAGMA page_count").integer ?? 0
    var (limit, failures) = (pages, 0)
    // The same file again and again, with room for one page more each time.
    while let error = try run(replica, limit) {
      #expect(error.isFull)
      #expect(error.primaryCode == 13)
      #expect(try replica.value("PRAGMA integrity_check") == "ok")
      failures += 1
      limit += 1
    }
    #expect(failures >= 3)
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  /// One run with a file of so many pages at the most. Returns what ended it.
  private func run(_ replica: Replica, _ limit: Int64) throws -> SQLiteError? {
    let connection = try replica.open()
    try connection.execute("PRAGMA max_page_count = \(limit)")
    let transport = SimulatedTransport(replica.account)
    do {
      let summary = try Round(
        connection, source: replica.source, tables: replica.tables, transport: transport,
        clock: SimulatedClock(transport: transport), options: replica.options
      ).run()
      #expect(summary.outcome == .good)
      return nil
    } catch let error as SQLiteError {
      #expect(!connection.isInTransaction)
      return error
    }
  }
}
