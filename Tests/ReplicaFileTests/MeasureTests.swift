import SQLite
import TestSupport
import Testing

@testable import ReplicaFile

/// What the query planner is told of the tables.
@Suite struct MeasureTests {
  private func fill(_ table: String, _ keys: ClosedRange<Int>, _ file: ScratchFile) throws {
    let instant = table == "people" ? ", '2026-01-01 00:00:00'" : ""
    try file.connection.run(
      """
      WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
      INSERT INTO \(table) (id, name\(instant.isEmpty ? "" : ", _synced_at"))
        SELECT i, 'x' || i\(instant) FROM n
      """, [Value(keys.lowerBound), Value(keys.upperBound)])
  }

  private func rows(_ table: String, _ file: ScratchFile) throws -> Int? {
    try file.value("SELECT stat FROM sqlite_stat1 WHERE tbl = '\(table)'").text
      .flatMap { $0.split(separator: " ").first }.flatMap { Int($0) }
  }

  @Test func `our tables are measured when they have grown much, and no others`() throws {
    let file = try ScratchFile()
    try file.connection.execute(
      """
      CREATE INDEX by_name ON people (name);
      CREATE TABLE mine (id INTEGER PRIMARY KEY, name TEXT);
      CREATE INDEX mine_by_name ON mine (name);
      """)
    for table in ["people", "mine"] { try fill(table, 1...50, file) }
    try Database.measure(file.connection, file.tables)
    #expect(try rows("people", file) == 50)
    #expect(try rows("mine", file) == nil)
    let changes = file.connection.totalChanges
    try Database.measure(file.connection, file.tables)
    #expect(file.connection.totalChanges == changes)
    try file.connection.execute("ANALYZE mine")
    for table in ["people", "mine"] {
      try fill(table, 51...5_000, file)
      _ = try file.value("SELECT count(*) FROM \(table) WHERE name = 'x7'")
    }
    try Database.measure(file.connection, file.tables)
    #expect(try rows("people", file) ?? 0 > 1_000)
    #expect(try rows("mine", file) == 50)
  }
}
