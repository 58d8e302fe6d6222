package import Model
package import SQLite

/// Writes `_runs` and `_run_tables`: what each run did.
package final class RunLog {
  private let connection: Connection
  package private(set) var runID: Int64 = 0

  /// Runs whose log is kept, for seconds at the most. Of older ones those stay that are the last to
  /// have read a table: one that is read once a week may have failed many frequent runs ago.
  static let kept: Int64 = 5_000
  static let keptFor: Int64 = 2 * 366 * 86_400
  /// It is shortened once in so many runs, for the whole of it is read then.
  static let step: Int64 = 100

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// Begins a run in a transaction of its own.
  package func begin(at now: Timestamp) throws {
    try connection.transaction { try add(at: now) }
  }

  /// Begins a run inside the caller's transaction. A run that never ended was killed: it says so.
  func add(at now: Timestamp) throws {
    try connection.run(
      "UPDATE \"_runs\" SET \"outcome\" = 'killed' WHERE \"outcome\" IS NULL")
    try connection.run("INSERT INTO \"_runs\" (\"started_at\") VALUES (?)", [.text(now.sql)])
    runID = connection.lastInsertedRowID
    if runID.isMultiple(of: Self.step) { try forget(through: .integer(runID - Self.kept)) }
  }

  /// Shortens the log to what is kept by time. `now` is an instant that can be trusted: by a wrong
  /// clock all of it might be old. A run that began by one is as old as those around it.
  package func shorten(at now: Timestamp) throws {
    guard runID.isMultiple(of: Self.step) else { return }
    let first = try connection.value(
      "SELECT min(\"id\") FROM \"_runs\" WHERE \"started_at\" >= ?",
      [.text((now + -Self.keptFor).sql)])
    guard let first = first.integer else { return }
    try connection.transaction { try forget(through: .integer(first - 1)) }
  }

  private func forget(through last: Value) throws {
    try connection.run(
      """
      DELETE FROM "_run_tables" WHERE "run_id" <= ? AND "run_id" NOT IN
        (SELECT max("run_id") FROM "_run_tables" GROUP BY "table_name")
      """, [last])
    try connection.run(
      """
      DELETE FROM "_runs" WHERE "id" <= ?
        AND NOT EXISTS (SELECT 1 FROM "_run_tables" WHERE "run_id" = "_runs"."id")
      """, [last])
  }

  package func save(_ report: TableReport) throws {
    let counts = report.counts
    try connection.run(
      """
      INSERT INTO "_run_tables" ("run_id", "table_name", "read", "inserted", "updated", "unchanged",
          "deleted", "misfits", "requests", "waited", "outcome", "error", "swept", "drifted")
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT ("run_id", "table_name") DO UPDATE SET "read" = excluded."read",
          "inserted" = excluded."inserted", "updated" = excluded."updated",
          "unchanged" = excluded."unchanged", "deleted" = excluded."deleted",
          "misfits" = excluded."misfits", "requests" = excluded."requests",
          "waited" = excluded."waited", "outcome" = excluded."outcome", "error" = excluded."error",
          "swept" = excluded."swept", "drifted" = excluded."drifted"
      """,
      [
        .integer(runID), .text(report.table), Value(counts.read), Value(counts.inserted),
        Value(counts.updated), Value(counts.unchanged), Value(counts.deleted),
        Value(counts.misfits), Value(report.requests), .real(report.waited.inSeconds),
        .text(report.outcome.rawValue), Value(report.error), Value(counts.swept),
        Value(counts.drifted),
      ])
  }

  /// Whether the last run before this one that read a table found nothing wrong with it.
  package static func wasGood(
    _ table: String, before run: Int64, _ connection: Connection
  ) throws -> Bool {
    try connection.value(
      """
      SELECT "outcome" FROM "_run_tables" WHERE "table_name" = ? AND "run_id" < ?
        ORDER BY "run_id" DESC LIMIT 1
      """, [.text(table), .integer(run)]) == "good"
  }

  package func end(_ summary: RunSummary, at now: Timestamp) throws {
    try connection.run(
      """
      UPDATE "_runs" SET "finished_at" = ?, "outcome" = ?, "requests" = ?, "waited" = ?, "error" = ?
        WHERE "id" = ?
      """,
      [
        .text(now.sql), .text(summary.outcome.rawValue), Value(summary.requests),
        .real(summary.waited.inSeconds), Value(summary.error), .integer(runID),
      ])
  }
}

extension Duration {
  /// Seconds with their fraction, for people and logs.
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
