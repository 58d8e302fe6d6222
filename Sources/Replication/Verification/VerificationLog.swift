internal import Model
internal import ReplicaFile
package import SQLite

/// Writes `_verifications`, `_verified_tables` and `_differences`: what a verification found.
package enum VerificationLog {
  /// Verifications that are kept.
  package static let kept: Int64 = 100
  /// Differences of one verification that are kept; the figures count all of them.
  package static let differencesLimit = 10_000

  /// Notes a verification, all in one transaction. What it deletes is overwritten. Returns its id.
  @discardableResult
  package static func note(
    _ report: VerificationReport, of verification: Verification, in connection: Connection
  ) throws -> Int64 {
    try connection.execute("PRAGMA secure_delete = ON")
    return try connection.transaction {
      try connection.run(
        """
        INSERT INTO "_verifications" ("started_at", "finished_at", "requests", "outcome")
          VALUES (?, ?, ?, ?)
        """,
        [
          .text(report.startedAt.sql), .text(report.finishedAt.sql), Value(report.requests),
          .text(report.outcome.rawValue),
        ])
      let id = connection.lastInsertedRowID
      var left = differencesLimit
      for table in report.tables {
        try note(table, of: id, in: connection)
        try verification.each(of: table.table, limit: left) { difference in
          left -= 1
          try note(difference, in: table.table, of: id, connection)
        }
      }
      let last = Value.integer(id - kept)
      try connection.run("DELETE FROM \"_verifications\" WHERE \"id\" <= ?", [last])
      for name in ["_verified_tables", "_differences"] {
        try connection.run("DELETE FROM \(quoted(name)) WHERE \"verification_id\" <= ?", [last])
      }
      if let allowance = try verification.allowance() {
        try AllowanceStore(connection).keep(allowance)
      }
      return id
    }
  }

  private static func note(
    _ table: VerifiedTable, of id: Int64, in connection: Connection
  ) throws {
    try connection.run(
      "INSERT INTO \"_verified_tables\" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        .integer(id), .text(table.table), Value(table.compared), Value(table.missing),
        Value(table.extra), Value(table.differing), Value(table.pending), Value(table.requests),
        Value(table.error), Value(table.counted),
      ])
  }

  private static func note(
    _ difference: Difference, in table: String, of id: Int64, _ connection: Connection
  ) throws {
    let columns =
      difference.kind == .differing
      ? JSONText.array(difference.columns.map(JSONText.string)) : nil
    try connection.run(
      "INSERT INTO \"_differences\" VALUES (?, ?, ?, ?, ?, \(Bookkeeping.rowID(of: "?3")))",
      [
        .integer(id), .text(table), difference.key, .text(difference.kind.rawValue),
        Value(columns),
      ])
  }
}
