package import Model
package import SQLite

/// Rows that live in the file and of which the source's feed has said that they were deleted: they
/// stand in `_told` until they have been asked for by their ids.
package struct Told {
  private let table: Table
  private let name: Value
  private let connection: Connection

  package init(_ table: Table, _ connection: Connection) {
    (self.table, self.connection) = (table, connection)
    name = .text(table.name)
  }

  private var living: String {
    "SELECT \"id\" FROM \(quoted(table.name)) WHERE \"_deleted_at\" IS NULL"
  }

  /// Takes those that live.
  package func insert(_ ids: [Int64]) throws {
    for id in ids {
      try connection.run(
        "INSERT OR IGNORE INTO \"_told\" SELECT ?1, \"id\" FROM (\(living) AND \"id\" = ?2)",
        [name, .integer(id)])
    }
  }

  /// The first of them, so many at the most. Those that are gone meanwhile are forgotten.
  package func first(_ limit: Int) throws -> [Int64] {
    try connection.run(
      "DELETE FROM \"_told\" WHERE \"table_name\" = ? AND \"row_key\" NOT IN (\(living))", [name])
    return try connection.rows(
      "SELECT \"row_key\" FROM \"_told\" WHERE \"table_name\" = ? ORDER BY \"row_key\" LIMIT ?",
      [name, Value(limit)]
    ).compactMap { $0[0].integer }
  }

  package func contains(_ id: Int64) throws -> Bool {
    try !connection.rows(
      "SELECT 1 FROM \"_told\" WHERE \"table_name\" = ? AND \"row_key\" = ?", [name, .integer(id)]
    ).isEmpty
  }

  package func remove(_ id: Int64) throws {
    try connection.run(
      "DELETE FROM \"_told\" WHERE \"table_name\" = ? AND \"row_key\" = ?", [name, .integer(id)])
  }
}
