internal import SQLite

/// Makes the mirrored tables of a file what the declarations say.
///
/// A missing table is made. A missing column is added and filled by a pass over everything. A column
/// that is no longer declared goes, from the history and the leftovers too: it was excluded
/// because nobody wants it stored. A table whose key or types differ is made anew and fetched again.
struct Reconciliation {
  private let connection: Connection
  private let tables: [Table]
  private let views: [View]

  init(_ connection: Connection, tables: [Table], views: [View]) {
    self.connection = connection
    self.tables = tables
    self.views = views
  }

  func run() throws {
    for table in tables {
      let sql = TableSQL(table)
      var columns = [table.name: table.columns.map { ($0.name, $0.type.declaration, $0.isKey) }]
      columns[table.name]? += TableSQL.added.map {
        ($0.name, String($0.definition.prefix { $0 != " " }), false)
      }
      for child in table.children {
        columns[child.table] = sql.columns(of: child).map {
          ($0.name, $0.type.declaration, $0.isKey)
        }
      }
      for (name, create) in sql.createTables {
        try reconcile(name, create, columns[name] ?? [], of: table)
      }
      try dropExcludedChildren(of: table)
    }
    try makeViews()
  }

  private typealias Declared = (name: String, type: String, isKey: Bool)

  private func reconcile(
    _ name: String, _ create: String, _ declared: [Declared], of table: Table
  ) throws {
    let stored = try connection.rows(
      "SELECT name, type, pk > 0 FROM pragma_table_info(?)", [.text(name)])
    guard !stored.isEmpty else {
      try connection.execute(create)
      // A child table that comes later has to be filled for the parents that are there.
      if name != table.name { try readEverything(table) }
      return
    }
    let differs = declared.contains { column in
      stored.contains {
        $0[0] == .text(column.name)
          && ($0[1] != .text(column.type) || ($0[2] == 1) != column.isKey)
      }
    }
    let names = Set(stored.compactMap(\.[0].text))
    let missing = declared.filter { !names.contains($0.name) }
    let surplus = names.subtracting(declared.map(\.name))
    guard !differs, !missing.contains(where: \.isKey) else {
      try dropViews()
      try connection.execute("DROP TABLE \(quoted(name)); \(create)")
      return try readEverything(table)
    }
    if missing.isEmpty && surplus.isEmpty { return }
    try dropViews()
    for column in missing {
      // The definition stands on a line of its own in the text that creates the table.
      let line = create.split(separator: "\n").first {
        $0.hasPrefix("  \(quoted(column.name)) ")
      }
      let definition = line.map { $0.hasSuffix(",") ? $0.dropLast() : $0[...] } ?? ""
      try connection.execute("ALTER TABLE \(quoted(name)) ADD COLUMN \(definition)")
    }
    for column in surplus.sorted() { try drop(column, from: name, of: table) }
    if !missing.isEmpty { try readEverything(table) }
  }

  private func drop(_ column: String, from name: String, of table: Table) throws {
    try connection.execute(
      """
      DROP INDEX IF EXISTS \(quoted("\(name)_\(column)"));
      ALTER TABLE \(quoted(name)) DROP COLUMN \(quoted(column));
      """)
    guard name == table.name else { return }
    try forget(column, of: table)
    if let excluded = table.excluded.first(where: { $0.name == column }), !excluded.path.isEmpty {
      try removeExtra(excluded.path, of: table)
    }
  }

  /// Takes a member out of the table's history.
  private func forget(_ member: String, of table: Table) throws {
    let path = "$.\(quoted(member))"
    try connection.run(
      """
      UPDATE "_history" SET "before" = json_remove("before", ?1), "after" = json_remove("after", ?1)
        WHERE "table_name" = ?2
          AND (json_type("before", ?1) IS NOT NULL OR json_type("after", ?1) IS NOT NULL)
      """, [.text(path), .text(table.name)])
  }

  /// Takes the child tables that the operator excludes out of the file.
  private func dropExcludedChildren(of table: Table) throws {
    for child in table.excludedChildren {
      let stored = try connection.value(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", [.text(child.table)]
      )
      if stored == 0 { continue }
      try connection.execute("DROP TABLE \(quoted(child.table))")
      try forget(child.columnName, of: table)
      try removeExtra([child.key], of: table)
    }
  }

  private func removeExtra(_ path: [String], of table: Table) throws {
    let path = "$." + path.map(quoted).joined(separator: ".")
    try connection.run(
      """
      UPDATE \(quoted(table.name)) SET "_extra" = nullif(json_remove("_extra", ?1), '{}')
        WHERE json_type("_extra", ?1) IS NOT NULL
      """, [.text(path)])
  }

  /// Has the next pass read everything, whatever has changed. The cursor itself stays.
  private func readEverything(_ table: Table) throws {
    try connection.run(
      "UPDATE \"_cursors\" SET \"needs_full\" = 1 WHERE \"table_name\" = ?", [.text(table.name)])
  }

  private func dropViews() throws {
    for view in views { try connection.execute("DROP VIEW IF EXISTS \(quoted(view.name))") }
  }

  private func makeViews() throws {
    for view in views {
      let stored = try connection.value(
        "SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?", [.text(view.name)])
      if stored.text == view.create { continue }
      try connection.execute("DROP VIEW IF EXISTS \(quoted(view.name)); \(view.create)")
    }
  }
}
