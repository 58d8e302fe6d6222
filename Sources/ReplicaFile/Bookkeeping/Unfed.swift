package import Model
package import SQLite

/// The tables of which the source's feed did not tell what has changed, and until when it is not
/// asked again.
package struct Unfed {
  private let name: Value
  private let connection: Connection

  /// Seconds for which it is not asked again.
  private static let period: Int64 = 7 * 86_400

  package init(_ table: Table, _ connection: Connection) {
    (name, self.connection) = (.text(table.name), connection)
  }

  package func isKnown(at now: Timestamp) throws -> Bool {
    try !connection.rows(
      "SELECT 1 FROM \"_unfed\" WHERE \"table_name\" = ? AND \"until\" > ?", [name, .text(now.sql)]
    ).isEmpty
  }

  package func note(at now: Timestamp) throws {
    try connection.run(
      "INSERT OR REPLACE INTO \"_unfed\" VALUES (?, ?)", [name, .text((now + Self.period).sql)])
  }
}
