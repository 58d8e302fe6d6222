internal import Model
internal import SQLite

/// Writes `_history`: one row for each change of a mirrored row, with what changed.
final class History {
  enum Change: String { case update, delete, restore }

  /// The columns that changed, each with its value before and after as JSON.
  struct Diff {
    private(set) var before: [(String, String)] = []
    private(set) var after: [(String, String)] = []
    var isEmpty: Bool { before.isEmpty }

    mutating func add(_ column: String, _ old: String, _ new: String) {
      before.append((column, old))
      after.append((column, new))
    }
  }

  private let connection: Connection
  private let table: String

  init(_ connection: Connection, table: String) {
    self.connection = connection
    self.table = table
  }

  /// `syncedBefore` is when the version that ends here was written.
  func add(
    _ change: Change, key: Value, _ diff: Diff, syncedBefore: Value, _ writing: TableStore.Writing
  ) throws {
    try connection.run(
      """
      INSERT INTO "_history" ("run_id", "table_name", "row_key", "change", "changed_at", "before",
        "after", "synced_before") VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .integer(writing.runID), .text(table), key, .text(change.rawValue),
        .text(writing.now.sql), .text(JSONText.object(diff.before)),
        .text(JSONText.object(diff.after)), syncedBefore,
      ])
  }
}
