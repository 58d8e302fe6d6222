internal import Model
package import SQLite

/// The views and the tables of a file, whoever made them: their names, what the file says that they
/// mean, and their rows.
package struct ViewCatalogue {
  /// Rows of some days by a column that holds dates, the first and the last included. A day is
  /// spelt `YYYY-MM-DD`; of instants it is that of the clock of the reports.
  package struct Period: Sendable, Hashable {
    package let column: String
    package let first: String?
    package let last: String?

    package init(_ column: String, from first: String?, to last: String?) {
      (self.column, self.first, self.last) = (column, first, last)
    }
  }

  /// The views, in the order of their names.
  package let names: [String]
  /// The tables, likewise.
  package let tables: [String]
  private let connection: Connection
  /// Whether the file says what its views mean.
  private let isDocumented: Bool

  package init(_ connection: Connection) throws {
    self.connection = connection
    func names(_ type: String) throws -> [String] {
      try connection.rows(
        """
        SELECT name FROM sqlite_schema WHERE type = ? AND name NOT GLOB 'sqlite_*' ORDER BY name
        """, [.text(type)]
      ).compactMap(\.[0].text)
    }
    (self.names, tables) = (try names("view"), try names("table"))
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

  /// The name and the type of each column of a view or a table.
  package func columns(of name: String) throws -> [(name: Value, type: Value)] {
    try connection.rows("SELECT name, type FROM pragma_table_info(?)", [.text(name)])
      .map { ($0[0], $0[1]) }
  }

  /// The columns of a view or a table that hold dates, the one that says best when a row is of
  /// first: when a version or an entry begins, when a record was made, or else the first there is.
  package func dateColumns(of name: String) throws -> [String] {
    let dates = try columns(of: name).compactMap { column in
      ["DATE", "DATETIME"].contains(column.type.text?.uppercased()) ? column.name.text : nil
    }
    let best = Self.bestDates.first { best in dates.contains { $0.lowercased() == best } }
    let first = dates.filter { $0.lowercased() == best }
    return first + dates.filter { !first.contains($0) }
  }

  private static let bestDates = ["valid_from", "entry_at", "created_at", "createdtime"]

  /// The rows of a view or a table, all of them or those of some days, and so many. Of a table with
  /// tombstones those that live, without the columns that the replica adds.
  package func rows(
    of name: String, in period: Period? = nil, limit: Int?
  ) throws -> ReportRows {
    let columns = try tables.contains(name) ? columns(of: name).compactMap(\.name.text) : []
    let isMirrored = columns.contains("_deleted_at")
    let shown = isMirrored ? columns.filter { !$0.hasPrefix("_") }.map(quoted) : ["*"]
    var conditions = isMirrored ? ["\"_deleted_at\" IS NULL"] : []
    var values: [Value] = []
    if let period {
      let column = try day(in: period.column, of: name)
      for (day, sign) in [(period.first, ">="), (period.last, "<=")] {
        guard let day else { continue }
        conditions.append("\(column) \(sign) ?")
        values.append(.text(day))
      }
    }
    let condition =
      conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
    let statement = try Statement(
      "SELECT \(shown.joined(separator: ", ")) FROM \(quoted(name))\(condition) LIMIT ?",
      on: connection)
    try statement.bind(values + [.integer(Int64(limit ?? -1))])
    return ReportRows(statement)
  }

  /// The day that a column of dates holds, as an expression: of an instant by the clock of the
  /// reports, and UTC's in a file without one.
  private func day(in column: String, of name: String) throws -> String {
    let written = "substr(\(quoted(column)), 1, 10)"
    let type = try columns(of: name).first { $0.name.text == column }?.type.text?.uppercased()
    guard type == "DATETIME", tables.contains("_time_zone") else { return written }
    // What somebody's own view calls an instant may be none.
    let day = Reports.day(of: "\(quoted(name)).\(quoted(column))")
    return "coalesce(\(day), \(written))"
  }
}
