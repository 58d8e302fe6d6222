package import Model
internal import SQLite

/// The last time that a table was read, and how that went.
package struct Visit: Sendable, Hashable {
  package enum Ending: Sendable, Hashable {
    /// It was read; what the delete guard holds back is no failure.
    case good
    /// It failed, so many times in a row by now.
    case failed(times: Int)
    /// What is left of it can wait, and goes on with the next run, whatever that is for.
    case gaveWay
    /// The run ended first, by a signal, a crash, a database that could not be written or a token
    /// that was refused.
    case cutOff
  }
  /// When the run began, by this host's clock.
  package let begun: Timestamp
  package let ending: Ending

  package init(begun: Timestamp, ending: Ending) {
    (self.begun, self.ending) = (begun, ending)
  }
}

extension RunHistory {
  /// The last visit to each table; a table that was never read has none.
  package func visits() throws -> [String: Visit] {
    let failures = try failures()
    // Runs made by `accept` are skipped: they make no requests, and only deletions.
    let rows = try connection.rows(
      """
      SELECT t."table_name", r."started_at", t."outcome", r."outcome", max(t."run_id"), t."error"
        FROM "_run_tables" AS t JOIN "_runs" AS r ON r."id" = t."run_id"
        WHERE t."requests" > 0 OR t."read" > 0 OR t."deleted" = 0 GROUP BY t."table_name"
      """)
    return rows.reduce(into: [:]) { visits, row in
      guard let name = row[0].text, let begun = row[1].text.flatMap({ Timestamp($0) }) else {
        return
      }
      let ending: Visit.Ending =
        switch (row[2].text, row[3].text) {
        case ("good", _), ("held", _): .good
        case (_, "refused"): .cutOff
        case ("unfinished", "partial") where row[5].text == nil: .gaveWay
        case ("unfinished", nil), ("unfinished", "killed"), ("unfinished", "stopped"): .cutOff
        default: .failed(times: failures[name] ?? 1)
        }
      visits[name] = Visit(begun: begun, ending: ending)
    }
  }

  /// How often each table has failed since it was last read.
  private func failures() throws -> [String: Int] {
    try connection.rows(
      """
      SELECT t."table_name", count(*) FROM "_run_tables" AS t
        JOIN "_runs" AS r ON r."id" = t."run_id"
        LEFT JOIN (
          SELECT "table_name", max("run_id") AS "run_id" FROM "_run_tables"
            WHERE "outcome" IN ('good', 'held') GROUP BY "table_name"
        ) AS g ON g."table_name" = t."table_name"
        WHERE t."run_id" > coalesce(g."run_id", 0)
          AND (t."outcome" = 'failed' OR t."outcome" = 'unfinished'
            AND (t."error" IS NOT NULL
              OR coalesce(r."outcome", 'killed')
                NOT IN ('partial', 'killed', 'stopped', 'refused')))
        GROUP BY t."table_name"
      """
    ).reduce(into: [:]) { $0[$1[0].text ?? ""] = Int($1[1].integer ?? 1) }
  }
}
