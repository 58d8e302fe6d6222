package import Model
package import SQLite

/// Makes rows of what `_named` holds: tombstones of rows that are only named.
///
/// Such a row is no deletion and no first sight, so that the history does not tell of it. It has no
/// digest: it was never listed. When it is, it lives.
package struct NamedStore {
  private let connection: Connection

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// Settles what is noted of tables whose lists have been read to their ends. What they show is
  /// as they show it; what they lack becomes a tombstone with what records tell of it. What is
  /// noted of other tables than those that are `kept` goes. Returns the tables that have got
  /// tombstones: of these, rows may have come behind the reading.
  @discardableResult
  package func settle(
    _ tables: [Table], kept: Set<String>, _ writing: TableStore.Writing
  ) throws -> Set<String> {
    var buried: Set<String> = []
    let noted = try self.tables()
    for name in noted.subtracting(kept) { try forget(name) }
    for table in tables where noted.contains(table.name) {
      let sql = TableSQL(table)
      let columns = table.columns.map { quoted($0.name) }.joined(separator: ", ")
      let values = table.columns.map {
        "json_extract(\"record\", \("$.\(quoted($0.name))".sqlLiteral))"
      }
      let rows = try connection.rows(
        """
        SELECT "row_key" FROM "_named" WHERE "table_name" = ?
          AND "row_key" NOT IN (SELECT \(sql.keyExpression) FROM \(quoted(table.name)))
        """, [.text(table.name)])
      for row in rows {
        do {
          try connection.run(
            """
            INSERT INTO \(quoted(table.name))
                (\(columns), "_synced_at", "_deleted_at", "_deleted_reason")
              SELECT \(values.joined(separator: ", ")), ?1, ?1, 'absent'
                FROM "_named" WHERE "table_name" = ?2 AND "row_key" = ?3
            """, [.text(writing.now.sql), .text(table.name), row[0]])
          buried.insert(table.name)
        } catch let error as SQLiteError where error.isRefusedRow {
          // Something of the user's stands against it: the id stays without a name.
          continue
        }
      }
      try forget(table.name)
    }
    return buried
  }

  /// The tables of which rows are noted.
  package func tables() throws -> Set<String> {
    guard try connection.holds("_named") else { return [] }
    return Set(
      try connection.rows("SELECT DISTINCT \"table_name\" FROM \"_named\"").compactMap(\.[0].text))
  }

  private func forget(_ table: String) throws {
    try connection.run("DELETE FROM \"_named\" WHERE \"table_name\" = ?", [.text(table)])
  }
}
