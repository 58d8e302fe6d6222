internal import Model
package import SQLite

/// The views of a file, whoever made them: their names, what the file says that they mean, and
/// their rows.
package struct ViewCatalogue {
  /// In the order of their names.
  package let names: [String]
  private let connection: Connection
  /// Whether the file says what its views mean.
  private let isDocumented: Bool

  package init(_ connection: Connection) throws {
    self.connection = connection
    names = try connection.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name"
    ).compactMap(\.[0].text)
    let documented = try connection.rows(
      "SELECT name FROM pragma_table_info('_view_docs')"
    ).compactMap(\.[0].text)
    isDocumented = Set(documented).isSuperset(of: ["view_name", "column_name", "text"])
  }

  /// What a view, or a column of it, means; null where the file does not say.
  package func meaning(of view: String, column: Value = .null) throws -> Value {
    guard isDocumented else { return .null }
    return try connection.value(
      """
      SELECT "text" FROM "_view_docs"
        WHERE "view_name" = ? AND coalesce("column_name", '') = ? COLLATE NOCASE
      """, [.text(view), .text(column.text ?? "")])
  }

  /// The name and the type of each column of a view.
  package func columns(of view: String) throws -> [(name: Value, type: Value)] {
    try connection.rows("SELECT name, type FROM pragma_table_info(?)", [.text(view)])
      .map { ($0[0], $0[1]) }
  }

  /// The rows of a view, all or so many.
  package func rows(of view: String, limit: Int?) throws -> ReportRows {
    let statement = try Statement("SELECT * FROM \(quoted(view)) LIMIT ?", on: connection)
    try statement.bind(.integer(Int64(limit ?? -1)), at: 1)
    return ReportRows(statement)
  }
}
