internal import Model
internal import SQLite

/// Writes `_history`, one row for each change of a mirrored row, and `_history_values`, one row for
/// each column that it changed.
final class History {
  enum Change: String { case insert, update, delete, restore }

  /// The columns that changed, each with its value before and after as it is stored; a list inside
  /// the record with its rows, as the text of a JSON array.
  struct Diff {
    private(set) var columns: [(name: String, before: Value, after: Value)] = []
    var isEmpty: Bool { columns.isEmpty }

    mutating func add(_ column: String, _ old: Value, _ new: Value) {
      columns.append((column, old, new))
    }
  }

  private let connection: Connection
  private let table: String
  private let defined: DefinitionChanges?

  init(_ connection: Connection, _ table: Table) {
    self.connection = connection
    self.table = table.name
    defined = table.definitions.map { DefinitionChanges($0, in: table, connection) }
  }

  /// `syncedBefore` is when the version that ends here was written: NULL for a new row.
  func add(
    _ change: Change, key: Value, _ diff: Diff, syncedBefore: Value, _ writing: TableStore.Writing
  ) throws {
    try connection.run(
      """
      INSERT INTO "_history" ("run_id", "table_name", "row_key", "change", "changed_at",
        "synced_before", "row_id") VALUES (?, ?, ?, ?, ?, ?, \(Bookkeeping.rowID(of: "?3")))
      """,
      [
        .integer(writing.runID), .text(table), key, .text(change.rawValue),
        .text(writing.now.sql), syncedBefore,
      ])
    let id = Value.integer(connection.lastInsertedRowID)
    for (name, before, after) in diff.columns {
      try connection.run(
        """
        INSERT INTO "_history_values" ("history_id", "column_name", "before", "after")
          VALUES (?, ?, ?, ?)
        """, [id, .text(name), before, after])
    }
    try defined?.note(change, key: key, diff, writing)
  }

  /// Whether this run has changed a row that was there before it.
  func tells(_ key: [Value], _ writing: TableStore.Writing) throws -> Bool {
    try !connection.rows(
      """
      SELECT 1 FROM "_history"
        WHERE "table_name" = ? AND "row_key" = ? AND "run_id" = ? AND "change" <> 'insert'
      """, [.text(table), TableStore.joined(key), .integer(writing.runID)]
    ).isEmpty
  }

  /// Deletes the changes that a condition on `_history` picks, with their values.
  static func delete(
    where condition: String, _ values: [Value], _ connection: Connection
  ) throws -> Int {
    try connection.run(
      """
      DELETE FROM "_history_values" WHERE "history_id" IN
        (SELECT "id" FROM "_history" WHERE \(condition))
      """, values)
    try connection.run("DELETE FROM \"_history\" WHERE \(condition)", values)
    let deleted = connection.changes
    try KeptRows.follow(connection)
    return deleted
  }
}
