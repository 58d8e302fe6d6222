package import Model
package import SQLite

/// How far the census of a table has come: its row in `_censuses`, none when the next one begins
/// anew.
package struct CensusStore {
  private let name: [Value]
  private let connection: Connection

  package init(_ table: Table, _ connection: Connection) {
    (name, self.connection) = ([.text(table.name)], connection)
  }

  /// Where the next page of keys begins, as the source wrote it, and the last key before it.
  package func load() throws -> (position: String, key: Int64)? {
    let row = try connection.row(
      "SELECT \"position\", \"row_key\" FROM \"_censuses\" WHERE \"table_name\" = ?", name)
    guard let position = row?[0].text, let key = row?[1].integer else { return nil }
    return (position, key)
  }

  package func save(_ place: (position: String, key: Int64)?) throws {
    guard let place else {
      return try connection.run("DELETE FROM \"_censuses\" WHERE \"table_name\" = ?", name)
    }
    try connection.run(
      """
      INSERT INTO "_censuses" VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE
        SET "position" = ?2, "row_key" = ?3
      """, name + [.text(place.position), .integer(place.key)])
  }
}
