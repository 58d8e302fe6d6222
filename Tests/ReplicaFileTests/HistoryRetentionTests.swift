import SQLite
import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile

@Suite struct HistoryRetentionTests {
  private let instant = ScratchFile.noon

  /// A history of so many changes at each of these instants, in this order.
  private func file(_ changes: [(count: Int, at: Timestamp)]) throws -> ScratchFile {
    let file = try ScratchFile()
    for (count, at) in changes {
      try file.connection.run(
        """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
        INSERT INTO changes (run_id, table_name, row_key, change, changed_at, before, after)
          SELECT 1, 'people', i, 'update', ?2, '{"rate":1}', '{"rate":2}' FROM n
        """, [Value(count), .text(at.sql)])
    }
    return file
  }

  private func kept(_ file: ScratchFile) throws -> [[Value]] {
    let values = try file.value("SELECT count(*) FROM _history_values")
    #expect(try file.value("SELECT count(*) FROM _history") == values)
    return try file.rows("SELECT changed_at, count(*) FROM _history GROUP BY 1 ORDER BY 1")
  }

  @Test func `what is older goes and the rest stays`() throws {
    let (old, young) = (instant + -1, instant + 1)
    let file = try file([(12_000, old), (300, instant), (700, young)])
    #expect(try HistoryRetention(file.connection).forget(before: instant) == 12_000)
    #expect(try kept(file) == [[.text(instant.sql), 300], [.text(young.sql), 700]])
    let changes = file.connection.totalChanges
    #expect(try HistoryRetention(file.connection).forget(before: instant) == 0)
    #expect(file.connection.totalChanges == changes)
  }

  @Test func `a run deletes so many and leaves the others to the next`() throws {
    let limit = HistoryRetention.step * HistoryRetention.stepLimit
    let file = try file([(limit + 10, instant + -1)])
    #expect(try HistoryRetention(file.connection).forget(before: instant) == limit)
    #expect(try kept(file) == [[.text((instant + -1).sql), 10]])
    #expect(try HistoryRetention(file.connection).forget(before: instant) == 10)
    #expect(try HistoryRetention(file.connection).forget(before: instant) == 0)
  }

  @Test func `an old change behind many young ones is not looked for`() throws {
    let file = try file([(3, instant + -1), (HistoryRetention.step, instant), (4, instant + -1)])
    #expect(try HistoryRetention(file.connection).forget(before: instant) == 3)
    #expect(try file.value("SELECT count(*) FROM _history") == Value(HistoryRetention.step + 4))
  }
}
