package import Model
package import SQLite

/// When the source was last asked which rows of a table something has happened to, where it has a
/// list of that of which nobody says what it tells.
package struct Hints {
  private let name: Value
  private let connection: Connection

  /// Seconds for which a source is not asked that has refused to tell, or has told of no rows.
  private static let rest: Int64 = 7 * 86_400

  package init(_ table: Table, _ connection: Connection) {
    (name, self.connection) = (.text(table.name), connection)
  }

  /// Since when is to be asked at an instant of the source's clock, or nil if it is not to be asked
  /// now: less than `every` seconds behind the last time. At `whole` all rows were read.
  package func since(_ whole: Timestamp, at now: Timestamp, every: Int64) throws -> Timestamp? {
    guard try connection.holds("_hints"),
      let row = try connection.row(
        """
        SELECT "asked_at", "tried_at", "refused_at" FROM "_hints" WHERE "table_name" = ?
        """, [name])
    else { return whole }
    func isRecent(_ column: Int, _ seconds: Int64) -> Bool {
      guard let last = row[column].text.flatMap({ Timestamp($0) }) else { return false }
      return last <= now && now - last < seconds
    }
    if isRecent(1, every) || isRecent(2, Self.rest) { return nil }
    return max(row[0].text.flatMap { Timestamp($0) } ?? whole, whole)
  }

  package func tried(at now: Timestamp) throws {
    try connection.run(
      """
      INSERT INTO "_hints" VALUES (?1, ?2, NULL, NULL) ON CONFLICT DO UPDATE SET "tried_at" = ?2
      """, [name, .text(now.sql)])
  }

  /// It was told what had happened by then.
  package func asked(at now: Timestamp) throws {
    try connection.run(
      "UPDATE \"_hints\" SET \"asked_at\" = ?2, \"refused_at\" = NULL WHERE \"table_name\" = ?1",
      [name, .text(now.sql)])
  }

  package func refused(at now: Timestamp) throws {
    try connection.run(
      "UPDATE \"_hints\" SET \"refused_at\" = ?2 WHERE \"table_name\" = ?1",
      [name, .text(now.sql)])
  }

  /// Whether the source has refused and rests.
  package func isRefused(at now: Timestamp) throws -> Bool {
    try connection.holds("_hints")
      && !connection.rows(
        "SELECT 1 FROM \"_hints\" WHERE \"table_name\" = ? AND \"refused_at\" BETWEEN ? AND ?",
        [name, .text((now + -Self.rest).sql), .text(now.sql)]
      ).isEmpty
  }
}
