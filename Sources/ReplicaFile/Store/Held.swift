package import Model
package import SQLite

/// The rows of a table that the delete guard keeps from being deleted, until they are accepted.
///
/// A row that a pass has met or written since is not gone, and no longer counts.
package struct Held {
  private let sql: TableSQL
  private let connection: Connection

  package init(_ table: Table, _ connection: Connection) {
    sql = TableSQL(table)
    self.connection = connection
  }

  /// How many rows are held, and since when, as columns hold it; nil when none are.
  package func count() throws -> (rows: Int, since: String)? {
    let isThere = try connection.value(
      "SELECT count(*) FROM \"_held\" WHERE \"table_name\" = ?", [.text(sql.table.name)])
    if isThere == 0 { return nil }
    let row = try connection.row(
      "SELECT count(*), min(h.\"held_at\") \(source)", [.text(sql.table.name)])
    guard let rows = row?[0].integer, let since = row?[1].text else { return nil }
    return (Int(rows), since)
  }

  /// Makes tombstones of the held rows, in one transaction with a run in the run log, and lets go
  /// of those that have come back. Returns of how many.
  ///
  /// A tombstone says that the row was gone when it was held. Writes no run when nothing is held.
  /// Throws `SQLiteError`.
  package func accept(at now: Timestamp) throws -> Int {
    try connection.transaction {
      guard try count() != nil else {
        try release()
        return 0
      }
      let log = RunLog(connection)
      try log.add(at: now)
      var report = TableReport(table: sql.table.name)
      let writing = TableStore.Writing(runID: log.runID, now: now, runStarted: now)
      report.counts.deleted = try markDeleted(writing)
      report.outcome = .good
      try release()
      try log.save(report)
      try log.end(
        RunSummary(
          id: log.runID, outcome: .good, tables: [report], requests: 0, waited: .zero), at: now)
      return report.counts.deleted
    }
  }

  private func markDeleted(_ writing: TableStore.Writing) throws -> Int {
    let tombstones = try Tombstones(TableStore(sql.table, connection), connection)
    let key = sql.table.key.map { "t.\(quoted($0.name))" }.joined(separator: ", ")
    var marked = 0
    while true {
      let rows = try connection.rows(
        "SELECT h.\"held_at\", \(key) \(source) LIMIT 500", [.text(sql.table.name)])
      if rows.isEmpty { return marked }
      for row in rows {
        let heldAt = row[0].text.flatMap { Timestamp($0) } ?? writing.now
        let key = Array(row.dropFirst())
        let isMarked = try tombstones.apply(.absent, at: heldAt, key: key, writing)
        precondition(isMarked, "a held row lives")
        marked += 1
      }
    }
  }

  private func release() throws {
    let name = [Value.text(sql.table.name)]
    try connection.run("DELETE FROM \"_held\" WHERE \"table_name\" = ?", name)
    try connection.run(
      "UPDATE \"_cursors\" SET \"held_rows\" = 0 WHERE \"table_name\" = ? AND \"held_rows\" <> 0",
      name)
  }

  /// The held rows `h` with the living ones `t` that they stand for.
  private var source: String {
    """
    FROM "_held" AS h JOIN \(quoted(sql.table.name)) AS t
      ON \(sql.keyExpression(of: "t")) = h."row_key"
      WHERE h."table_name" = ?1 AND t."_deleted_at" IS NULL AND t."_synced_at" <= h."held_at"
        AND NOT EXISTS (SELECT 1 FROM "_seen" AS s
          WHERE s."table_name" = h."table_name" AND s."row_key" = h."row_key")
    """
  }
}
