internal import Model
package import SQLite

/// How fresh one table is: its rows, how far it has been read, and how the last run left it.
package struct Freshness: Sendable {
  /// Rows that live, and tombstones.
  package let rows: Int64
  package let tombstones: Int64
  /// The source's clock at the start of the last completed pass.
  package let lastRunDate: String?
  /// The same at its end.
  package let completedAt: String?
  /// Rows that the delete guard holds back.
  package let heldRows: Int64
  /// Whether a pass has begun and not ended.
  package let isUnderWay: Bool
  /// Of the last run that read the table and has ended.
  package let outcome: String?
  package let error: String?

  /// Also of a table that the file does not have yet, and in one that an older program wrote.
  package init(of table: String, in connection: Connection) throws {
    let counts =
      try Inventory(connection).tables.contains(table)
      ? connection.row(
        "SELECT count(*) - count(_deleted_at), count(_deleted_at) FROM \(quoted(table))") : nil
    let cursor = try connection.row(
      """
      SELECT "last_run_date", "completed_at", "held_rows", "pass_kind" IS NOT NULL
        FROM "_cursors" WHERE "table_name" = ?
      """, [.text(table)])
    let last = try connection.row(
      """
      SELECT t."outcome", t."error" FROM "_run_tables" AS t JOIN "_runs" AS r ON r."id" = t."run_id"
        WHERE t."table_name" = ? AND r."outcome" IS NOT NULL ORDER BY t."run_id" DESC LIMIT 1
      """, [.text(table)])
    (rows, tombstones) = (counts?[0].integer ?? 0, counts?[1].integer ?? 0)
    (lastRunDate, completedAt) = (cursor?[0].text, cursor?[1].text)
    (heldRows, isUnderWay) = (cursor?[2].integer ?? 0, cursor?[3] == 1)
    (outcome, error) = (last?[0].text, last?[1].text)
  }
}
