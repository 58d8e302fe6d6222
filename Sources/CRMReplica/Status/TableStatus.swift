internal import Replication
internal import SQLite

/// How fresh and complete one table of a replica is, from the file alone.
struct TableStatus: Encodable {
  let table: String
  /// Rows that live, and tombstones.
  let rows: Int64
  let tombstones: Int64
  /// The source's clock at the start of the last completed pass.
  let lastRunDate: String?
  /// This host's clock at its end, and how long ago that is, in seconds.
  let completedAt: String?
  let ageSeconds: Int64?
  /// Of the last run that read the table and has ended: `good`, `failed`, `held`, `unfinished`.
  let outcome: String?
  let error: String?
  /// Rows that the delete guard holds back.
  let heldRows: Int64
  /// Whether a pass has begun and not ended.
  let isUnderWay: Bool
  /// Parents that have been read and that there are, for a table that is read parent by parent.
  let parentsRead: Int64?
  let parents: Int64?
  let parentCoverage: ParentCoverage?
  let findings: TableFindings
  /// When the schedule wants it read again.
  var nextDueAt: String?
  var sweepCoverage: SweepCoverage?

  /// Reads the status of a table. A table that is not in the file yet has none.
  static func read(
    _ table: Table, in connection: Connection, replicated: Set<String>, at now: Timestamp,
    config: String
  ) throws -> TableStatus {
    let exists = try connection.value(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", [.text(table.name)])
    let counts =
      exists == 0
      ? [0, 0]
      : try connection.rows(
        "SELECT count(*) - count(_deleted_at), count(_deleted_at) FROM \"\(table.name)\"")[0]
    let cursor = try connection.rows(
      """
      SELECT "last_run_date", "completed_at", "held_rows", "pass_kind" IS NOT NULL
        FROM "_cursors" WHERE "table_name" = ?
      """, [.text(table.name)]
    ).first
    let last = try connection.rows(
      """
      SELECT t."outcome", t."error" FROM "_run_tables" AS t JOIN "_runs" AS r ON r."id" = t."run_id"
        WHERE t."table_name" = ? AND r."outcome" IS NOT NULL ORDER BY t."run_id" DESC LIMIT 1
      """, [.text(table.name)]
    ).first
    let completed = cursor?[1].text
    let coverage =
      exists == 0
      ? nil : try ParentCoverage.read(table, in: connection, replicated: replicated)
    return TableStatus(
      table: table.name, rows: counts[0].integer ?? 0, tombstones: counts[1].integer ?? 0,
      lastRunDate: cursor?[0].text, completedAt: completed,
      ageSeconds: completed.flatMap { Timestamp($0) }.map { now - $0 },
      outcome: last?[0].text, error: last?[1].text, heldRows: cursor?[2].integer ?? 0,
      isUnderWay: cursor?[3] == 1, parentsRead: coverage?.read, parents: coverage?.parents,
      parentCoverage: coverage,
      findings: try TableFindings(table, in: connection, config: config))
  }

  /// What is wrong, in a few words, or nil when all is well.
  func complaint(maxAge: Duration?) -> String? {
    if let maxAge, (ageSeconds ?? .max) > maxAge.components.seconds { return "stale" }
    if heldRows > 0 { return "held" }
    switch outcome {
    // What can wait has given way to the next round, and what it had is there.
    case "unfinished" where error == nil && completedAt != nil: return nil
    case "failed", "held", "unfinished": return outcome
    case nil: return "never read"
    default: return nil
    }
  }
}
