package import Model
package import SQLite

/// The tables whose records the source has been asked to count, and does not.
package struct Uncounted {
  private let name: [Value]
  private let connection: Connection

  package init(_ table: Table, _ connection: Connection) {
    (name, self.connection) = ([.text(table.name)], connection)
  }

  package func isKnown() throws -> Bool {
    try !connection.rows("SELECT 1 FROM \"_uncounted\" WHERE \"table_name\" = ?", name).isEmpty
  }

  package func note() throws {
    try connection.run("INSERT OR IGNORE INTO \"_uncounted\" VALUES (?)", name)
  }
}
