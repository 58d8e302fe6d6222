package import Model
package import SQLite

/// Which tables a file has, and how many rows of them live.
package struct Inventory {
  package let tables: Set<String>
  private let connection: Connection

  package init(_ connection: Connection) throws {
    self.connection = connection
    tables = Set(
      try connection.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .compactMap(\.[0].text))
  }

  /// The living rows of a table, all of them or those that hold this text; 0 of a table that the
  /// file does not have.
  package func living(_ table: String, where constant: Listing.Constant? = nil) throws -> Int {
    guard tables.contains(table) else { return 0 }
    let condition = constant.map { " AND \(quoted($0.column)) = ?" } ?? ""
    let count = try connection.value(
      "SELECT count(*) FROM \(quoted(table)) WHERE \"_deleted_at\" IS NULL\(condition)",
      constant.map { [.text($0.value)] } ?? [])
    return Int(count.integer ?? 0)
  }

  /// All rows of a table, or of a list of its records.
  package func rows(_ table: String) throws -> Int {
    guard tables.contains(table) else { return 0 }
    return Int(try connection.value("SELECT count(*) FROM \(quoted(table))").integer ?? 0)
  }
}
