package import Model
package import SQLite

/// What is wrong with a replica whichever tables its last run has read, and since when none of them
/// was good: what alerts are about.
package struct Standing: Sendable {
  /// The tables that failed when they were last read.
  package let failed: Set<String>
  /// The rows that the delete guard holds, by table.
  package let held: [String: Int]
  /// When the last run ended that left nothing wrong, by this host's clock; before there was one,
  /// when the first of the log began; nil before that too.
  package let goodAt: Timestamp?
  /// Whether there was one.
  package let hasBeenGood: Bool

  package init(in connection: Connection) throws {
    failed = Set(
      try connection.rows(
        """
        SELECT t."table_name", max(t."run_id"), t."outcome", t."error", r."outcome"
          FROM "_run_tables" AS t JOIN "_runs" AS r ON r."id" = t."run_id"
          WHERE r."outcome" IN ('good', 'partial', 'deferred') GROUP BY t."table_name"
          HAVING t."outcome" = 'failed' OR t."outcome" = 'unfinished' AND t."error" IS NOT NULL
        """
      ).compactMap { $0[0].text })
    held = try connection.rows(
      "SELECT \"table_name\", \"held_rows\" FROM \"_cursors\" WHERE \"held_rows\" > 0"
    ).reduce(into: [:]) { $0[$1[0].text ?? ""] = Int($1[1].integer ?? 0) }
    // A run that `accept` has logged asked for nothing. What can wait may give way to the next run.
    let good = try connection.value(
      """
      SELECT "finished_at" FROM "_runs" AS r
        WHERE "requests" > 0 AND ("outcome" = 'good' OR "outcome" = 'partial' AND NOT EXISTS (
          SELECT 1 FROM "_run_tables" AS t WHERE t."run_id" = r."id"
            AND (t."outcome" IN ('failed', 'held')
              OR t."outcome" = 'unfinished' AND t."error" IS NOT NULL)))
        ORDER BY "id" DESC LIMIT 1
      """
    ).text.flatMap { Timestamp($0) }
    hasBeenGood = good != nil
    goodAt =
      try good
      ?? connection.value("SELECT \"started_at\" FROM \"_runs\" ORDER BY \"id\" LIMIT 1")
      .text.flatMap { Timestamp($0) }
  }
}
