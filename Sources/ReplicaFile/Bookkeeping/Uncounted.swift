package import Model
package import SQLite

/// The tables whose records the source has been asked to count, and did not.
///
/// That may be a trouble that passes. So they are forgotten when the source is asked to describe
/// all it has, which it is once a week: then each is asked to be counted once more.
package struct Uncounted {
  private let connection: Connection

  package init(_ connection: Connection) {
    self.connection = connection
  }

  package func holds(_ table: Table) throws -> Bool {
    try !connection.rows(
      "SELECT 1 FROM \"_uncounted\" WHERE \"table_name\" = ?", [.text(table.name)]
    ).isEmpty
  }

  package func note(_ table: Table) throws {
    try connection.run("INSERT OR IGNORE INTO \"_uncounted\" VALUES (?)", [.text(table.name)])
  }

  package func forget() throws {
    try connection.run("DELETE FROM \"_uncounted\"")
  }
}
