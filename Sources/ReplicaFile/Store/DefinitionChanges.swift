internal import Model
internal import SQLite

/// Notes in `_schema_changes` what a change of a row means that defines a field or a table.
///
/// It is told of what the history is told of. So the rows that are there when their table is first
/// read to its end are no change, and the tombstone that the guard holds back is none yet.
struct DefinitionChanges {
  private let definitions: Definitions
  private let sql: TableSQL
  private let connection: Connection
  private var changes: SchemaChanges { SchemaChanges(connection) }

  init(_ definitions: Definitions, in table: Table, _ connection: Connection) {
    (self.definitions, self.connection) = (definitions, connection)
    sql = TableSQL(table)
  }

  /// Notes what the change of a row, which has been written, has changed of the schema.
  func note(
    _ change: History.Change, key: Value, _ diff: History.Diff, _ writing: TableStore.Writing
  ) throws {
    let row = try row(key)
    guard let table = try subject(row), let name = row.name else { return }
    guard definitions.subject != .itself else {
      switch change {
      case .insert, .restore: try changes.note(writing.change(table, nil, .tableNew))
      case .delete: try changes.note(writing.change(table, nil, .tableRemoved))
      case .update: break
      }
      return
    }
    switch change {
    case .insert, .restore, .delete:
      // With a table come, or go, its fields.
      let isWhole = try changes.holds([.tableNew, .tableRemoved], table, run: writing.runID)
      if isWhole { return }
      let title = row.title.flatMap { $0 == name ? nil : "\"\($0)\"" }
      let detail = [row.type, title].compactMap(\.self).joined(separator: " ")
      let kind: SchemaChange.Kind = change == .delete ? .fieldRemoved : .fieldNew
      try changes.note(writing.change(table, name, kind, detail.isEmpty ? nil : detail))
    case .update:
      for (column, before, after) in diff.columns {
        let kind: SchemaChange.Kind
        switch column {
        case definitions.title: kind = .fieldRenamed
        case definitions.type: kind = .fieldType
        default: continue
        }
        let detail = [before, after].map { $0.text ?? "" }.joined(separator: " -> ")
        try changes.note(writing.change(table, name, kind, detail))
      }
    }
  }

  private struct Row {
    var name, title, type: String?
    /// What says which table it tells of.
    var owner: String?
  }

  private func row(_ key: Value) throws -> Row {
    let (owner, isSame): (String?, Bool) =
      switch definitions.subject {
      case .named(let column, _), .defined(let column, _, _, _): (column, false)
      case .itself: (nil, true)
      }
    // The operator may have excluded any of them.
    func expression(_ columns: [String?]) -> String {
      let names = columns.compactMap { name in
        sql.table.columns.contains { $0.name == name } ? name.map(quoted) : nil
      }
      return names.isEmpty ? "NULL" : "coalesce(\(names.joined(separator: ", ")), NULL)"
    }
    let row = try connection.row(
      """
      SELECT CAST(\(expression(definitions.name.map { $0 })) AS TEXT),
          \(expression([definitions.title])), \(expression([definitions.type])),
          \(expression([owner]))
        FROM \(quoted(sql.table.name)) WHERE \(sql.keyExpression) = ?
      """, [key])
    guard let row else { return Row() }
    return Row(
      name: row[0].text, title: row[1].text, type: row[2].text,
      owner: isSame ? row[0].text : row[3].text)
  }

  /// The table that a row tells of, as the replica calls it.
  private func subject(_ row: Row) throws -> String? {
    guard let owner = row.owner else { return nil }
    switch definitions.subject {
    case .itself: return owner
    case .named(_, let tables): return tables[owner]
    case .defined(_, let table, let key, let name):
      guard try connection.holds(table) else { return owner }
      return try connection.row(
        "SELECT \(quoted(name)) FROM \(quoted(table)) WHERE \(quoted(key)) = ?", [.text(owner)]
      )?[0].text ?? owner
    }
  }
}
