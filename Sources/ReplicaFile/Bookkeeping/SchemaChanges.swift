package import Model
package import SQLite

/// Something that has changed in what the account sends or defines.
package struct SchemaChange: Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable {
    /// A member came that no column takes.
    case keyNew = "key_new"
    /// A value came that its column cannot hold.
    case typeMisfit = "type_misfit"
    case fieldNew = "field_new"
    case fieldRenamed = "field_renamed"
    case fieldType = "field_type"
    case fieldRemoved = "field_removed"
    case tableNew = "table_new"
    case tableRemoved = "table_removed"
  }

  package let run: Int64
  /// By the source's clock, as columns hold it.
  package let at: String
  package let table: String
  /// Nil where it is a table that came or went.
  package let column: String?
  package let kind: Kind
  /// Names and types, and never a value.
  package let detail: String?

  package init(
    run: Int64, at: String, _ table: String, _ column: String?, _ kind: Kind,
    _ detail: String? = nil
  ) {
    (self.run, self.at, self.table, self.column) = (run, at, table, column)
    (self.kind, self.detail) = (kind, detail)
  }
}

/// Writes and reads `_schema_changes`. What is written goes with what has shown it, in the caller's
/// transaction.
package struct SchemaChanges {
  private let connection: Connection

  package init(_ connection: Connection) {
    self.connection = connection
  }

  func note(_ change: SchemaChange) throws {
    try connection.run(
      """
      INSERT INTO "_schema_changes"
          ("run_id", "at", "table_name", "column_name", "kind", "detail")
        VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        .integer(change.run), .text(change.at), .text(change.table), Value(change.column),
        .text(change.kind.rawValue), Value(change.detail),
      ])
  }

  /// Whether such a change has been noted, in one run or in any.
  func holds(
    _ kinds: [SchemaChange.Kind], _ table: String, _ column: String? = nil, run: Int64? = nil
  ) throws -> Bool {
    let words = kinds.map { $0.rawValue.sqlLiteral }.joined(separator: ", ")
    return try !connection.rows(
      """
      SELECT 1 FROM "_schema_changes" WHERE "table_name" = ?1 AND "column_name" IS ?2
        AND "kind" IN (\(words)) AND coalesce("run_id" = ?3, 1)
      """, [.text(table), Value(column), Value(run)]
    ).isEmpty
  }

  /// What a run has noted, in its order.
  package func of(run: Int64) throws -> [SchemaChange] {
    try read("WHERE \"run_id\" = ? ORDER BY \"id\"", .integer(run))
  }

  /// What was noted since an instant, the newest first.
  package func since(_ instant: Timestamp) throws -> [SchemaChange] {
    try read("WHERE \"at\" >= ? ORDER BY \"id\" DESC", .text(instant.sql))
  }

  private func read(_ condition: String, _ value: Value) throws -> [SchemaChange] {
    guard try connection.holds("_schema_changes") else { return [] }
    return try connection.rows(
      """
      SELECT "run_id", "at", "table_name", "column_name", "kind", "detail"
        FROM "_schema_changes" \(condition)
      """, [value]
    ).compactMap { row in
      SchemaChange.Kind(rawValue: row[4].text ?? "").map {
        SchemaChange(
          run: row[0].integer ?? 0, at: row[1].text ?? "", row[2].text ?? "", row[3].text, $0,
          row[5].text)
      }
    }
  }
}
