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
        "SELECT \"asked_at\", \"refused_at\" FROM \"_hints\" WHERE \"table_name\" = ?", [name])
    else { return whole }
    func isRecent(_ column: Int, _ seconds: Int64) -> Bool {
      guard let last = row[column].text.flatMap({ Timestamp($0) }) else { return false }
      return last <= now && now - last < seconds
    }
    if isRecent(0, every) || isRecent(1, Self.rest) { return nil }
    return max(row[0].text.flatMap { Timestamp($0) } ?? whole, whole)
  }

  /// All has been told that had happened by then.
  package func asked(at now: Timestamp) throws {
    try connection.run(
      "INSERT OR REPLACE INTO \"_hints\" VALUES (?, ?, NULL)", [name, .text(now.sql)])
  }

  package func refused(at now: Timestamp) throws {
    try connection.run(
      """
      INSERT INTO "_hints" VALUES (?1, NULL, ?2) ON CONFLICT DO UPDATE SET "refused_at" = ?2
      """, [name, .text(now.sql)])
  }
}
