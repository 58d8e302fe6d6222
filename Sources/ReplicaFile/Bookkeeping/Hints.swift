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

  /// The instants that are noted: up to when was told, of the last question, and of a refusal.
  private func noted() throws -> [Timestamp?] {
    guard try connection.holds("_hints") else { return [nil, nil, nil] }
    let row = try connection.row(
      """
      SELECT "asked_at", "tried_at", "refused_at" FROM "_hints" WHERE "table_name" = ?
      """, [name])
    return (0...2).map { row?[$0].text.flatMap { Timestamp($0) } }
  }

  private func isRecent(_ last: Timestamp?, _ seconds: Int64, at now: Timestamp) -> Bool {
    last.map { $0 <= now && now - $0 < seconds } ?? false
  }

  /// Since when is to be asked at an instant of the source's clock, or nil if it is not to be asked
  /// now: less than `every` seconds behind the last time. At `whole` all rows were read.
  package func since(_ whole: Timestamp, at now: Timestamp, every: Int64) throws -> Timestamp? {
    let noted = try noted()
    let isTooSoon = isRecent(noted[1], every, at: now) || isRecent(noted[2], Self.rest, at: now)
    return isTooSoon ? nil : max(noted[0] ?? whole, whole)
  }

  /// Whether the source has refused and rests.
  package func isRefused(at now: Timestamp) throws -> Bool {
    isRecent(try noted()[2], Self.rest, at: now)
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
}
