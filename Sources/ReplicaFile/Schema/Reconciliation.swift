internal import Model
internal import SQLite

/// Makes the mirrored tables of a file what the declarations say.
///
/// A missing table is made. A missing column is added and filled by a pass over everything. A
/// column that is no longer declared goes, from history and leftovers too: it was excluded because
/// nobody wants it stored. A table whose key or types differ is made anew and fetched again.
struct Reconciliation {
  private let connection: Connection
  private let tables: [Table]
  private let views: [View]
  /// The tables that are there, by the text that made each.
  private var texts: [String: String] = [:]
  /// Views and triggers that are away while a table changes.
  private var aside: [SchemaEntry] = []

  init(_ connection: Connection, tables: [Table], views: [View]) {
    self.connection = connection
    self.tables = tables
    self.views = views
  }

  mutating func run() throws {
    let search = SearchStore(connection, tables)
    try search.dropOthers()
    for row in try connection.rows("SELECT name, sql FROM sqlite_schema WHERE type = 'table'") {
      if let name = row[0].text { texts[name] = row[1].text }
    }
    for table in tables {
      for (name, create) in TableSQL(table).createTables {
        // Nearly every file has been made by the same declarations, and that is all there is to do.
        if let text = texts[name], TableSQL.isText(text, of: create) { continue }
        try reconcile(name, create, declared(name, of: table), of: table)
      }
      try dropExcludedChildren(of: table)
    }
    // Triggers that were away have missed what happened: their index is made anew.
    try aside.removeAll { try $0.type == "trigger" && search.isOurs(trigger: $0.name) }
    let fields = Set(FieldViews.possible(tables).map(\.view.name))
    var stored = ViewStore(connection, views, others: fields, aside: aside)
    try stored.make(tables)
    try stored.putBack()
    try FieldViews(connection, tables: tables).update()
    try search.make()
  }

  private typealias Declared = (name: String, type: String, isKey: Bool)

  /// The columns of a table or of its child of that name.
  private func declared(_ name: String, of table: Table) -> [Declared] {
    guard let child = table.children.first(where: { $0.table == name }) else {
      return table.columns.map { ($0.name, $0.type.declaration, $0.isKey) }
        + TableSQL.added.map { ($0.name, String($0.definition.prefix { $0 != " " }), false) }
    }
    return TableSQL(table).columns(of: child).map { ($0.name, $0.type.declaration, $0.isKey) }
  }

  private mutating func reconcile(
    _ name: String, _ create: String, _ declared: [Declared], of table: Table
  ) throws {
    let stored = try connection.rows(
      "SELECT name, type, pk > 0 FROM pragma_table_info(?)", [.text(name)])
    guard !stored.isEmpty else {
      try connection.execute(create)
      // A child table that comes later has to be filled for the parents that are there.
      if name != table.name { try Cursors(connection).readEverything(table.name) }
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
      try setAsideViews()
      // Rows of children belong to rows that are gone: their tables follow and are made next.
      let gone = name == table.name ? table.children.map(\.table) + [name] : [name]
      for name in gone {
        try connection.execute("DROP TABLE IF EXISTS \(quoted(name))")
        texts[name] = nil
      }
      try connection.execute(create)
      return try Cursors(connection).readEverything(table.name)
    }
    if missing.isEmpty && surplus.isEmpty { return }
    try setAsideViews()
    for column in missing {
      // The definition stands on a line of its own in the text that creates the table.
      let line = create.split(separator: "\n").first {
        $0.hasPrefix("  \(quoted(column.name)) ")
      }
      let definition = line.map { $0.hasSuffix(",") ? $0.dropLast() : $0[...] } ?? ""
      try connection.execute("ALTER TABLE \(quoted(name)) ADD COLUMN \(definition)")
    }
    for column in surplus.sorted() { try drop(column, from: name, of: table) }
    if !missing.isEmpty { try Cursors(connection).readEverything(table.name) }
  }

  /// Takes a column out of a table, with the indices on it.
  private func drop(_ column: String, from name: String, of table: Table) throws {
    let indices = try connection.rows(
      """
      SELECT name FROM sqlite_schema
        WHERE type = 'index' AND tbl_name = ? AND instr(lower(sql), lower(?))
      """, [.text(name), .text(column)])
    for index in indices.compactMap(\.[0].text) {
      try connection.execute("DROP INDEX \(quoted(index))")
    }
    try connection.execute("ALTER TABLE \(quoted(name)) DROP COLUMN \(quoted(column))")
    guard name == table.name else { return }
    try forget(column, of: table)
    if let excluded = table.excluded.first(where: { $0.name == column }), !excluded.path.isEmpty {
      try removeExtra(excluded.path, of: table)
    }
  }

  /// Takes a member out of the table's history and its quarantine.
  private func forget(_ member: String, of table: Table) throws {
    let path = "$.\(quoted(member))"
    try connection.run(
      """
      UPDATE "_history" SET "before" = json_remove("before", ?1), "after" = json_remove("after", ?1)
        WHERE "table_name" = ?2
          AND (json_type("before", ?1) IS NOT NULL OR json_type("after", ?1) IS NOT NULL)
      """, [.text(path), .text(table.name)])
    try connection.run(
      """
      UPDATE "_quarantine" SET "record" = json_remove("record", ?1) WHERE "table_name" = ?2
      """, [.text(path), .text(table.name)])
  }

  /// Takes the child tables that the operator excludes out of the file.
  private func dropExcludedChildren(of table: Table) throws {
    for child in table.excludedChildren {
      guard try Inventory(connection).tables.contains(child.table) else { continue }
      try connection.execute("DROP TABLE \(quoted(child.table))")
      try forget(child.columnName, of: table)
      try removeExtra([child.key], of: table)
    }
  }

  /// Takes a member out of the leftovers. The history holds those as text, which goes as a whole.
  private func removeExtra(_ members: [String], of table: Table) throws {
    let path = "$." + members.map(quoted).joined(separator: ".")
    try connection.run(
      """
      UPDATE \(quoted(table.name)) SET "_extra" = nullif(json_remove("_extra", ?1), '{}')
        WHERE json_type("_extra", ?1) IS NOT NULL
      """, [.text(path)])
    try connection.run(
      """
      UPDATE "_history" SET "before" = json_remove("before", '$._extra'),
          "after" = json_remove("after", '$._extra')
        WHERE "table_name" = ?2 AND (instr("before" ->> '$._extra', ?1)
          OR instr("after" ->> '$._extra', ?1))
      """, [.text(quoted(members.last ?? "")), .text(table.name)])
    try connection.run(
      """
      UPDATE "_quarantine" SET "record" = json_remove("record", '$._extra')
        WHERE "table_name" = ?2 AND instr("record" ->> '$._extra', ?1)
      """, [.text(quoted(members.last ?? "")), .text(table.name)])
  }

  /// Takes all views and triggers away while a table changes its form, those of the user's own too.
  ///
  /// SQLite refuses to drop a column as long as any view in the file reads it or cannot be read
  /// (sqlite.org/lang_altertable.html). Put back, such a view says itself what it lacks.
  private mutating func setAsideViews() throws {
    let stored = try SchemaEntry.all(connection).filter { ["trigger", "view"].contains($0.type) }
    for entry in stored { try connection.runOnce("DROP \(entry.type) \(quoted(entry.name))") }
    aside += stored
  }
}
