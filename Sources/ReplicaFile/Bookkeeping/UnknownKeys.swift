package import SQLite

/// Members of records that no description of the source names: the table and the key.
///
/// One that is new may be a new field, so that the source is asked once what there is. It is
/// remembered then: some are never described.
package struct UnknownKeys {
  private let connection: Connection

  package init(_ connection: Connection) {
    self.connection = connection
  }

  package func note(_ keys: [String], of table: String) throws {
    for key in keys {
      try connection.run(
        "INSERT OR IGNORE INTO \"_unknown_keys\" VALUES (?, ?, 0)", [.text(table), .text(key)])
    }
  }

  /// The tables with keys for whose sake the source has not been asked yet.
  package func tables() throws -> [String] {
    guard try connection.holds("_unknown_keys") else { return [] }
    return try connection.rows(
      """
      SELECT DISTINCT "table_name" FROM "_unknown_keys" WHERE NOT "is_asked" ORDER BY "table_name"
      """
    ).compactMap { $0[0].text }
  }

  /// The source has been asked about all of them.
  package func settle() throws {
    try connection.run("UPDATE \"_unknown_keys\" SET \"is_asked\" = 1 WHERE NOT \"is_asked\"")
  }
}
