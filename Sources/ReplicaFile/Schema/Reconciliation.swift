internal import Model
internal import SQLite

/// Makes the mirrored tables of a file what the declarations say, and leaves the user's own things
/// as they are: `Ownership` says which those are.
///
/// A missing table is made. A missing column is added and filled by a pass over everything, and one
/// of another type takes its place likewise. A column that is no longer declared goes, from history
/// and leftovers too: it was excluded because nobody wants it stored. A table whose key differs is
/// made anew and fetched again.
///
/// Foreign keys are of the day on which a table, or a column that is added, was made: a table that
/// is there is not made anew for them, and where they alone differ, nothing does.
struct Reconciliation {
  private let connection: Connection
  private let tables: [Table]
  private let views: [View]
  private let foreign: ForeignKeys
  private var owned: Ownership
  /// What the file held at the beginning.
  private let entries: [SchemaEntry]
  /// Views, triggers and the user's indices that are away while a table changes.
  private var aside: [SchemaEntry] = []

  init(_ connection: Connection, tables: [Table], views: [View]) throws {
    self.connection = connection
    self.tables = tables
    self.views = views
    foreign = ForeignKeys(among: tables)
    owned = try Ownership(connection, tables)
    entries = try SchemaEntry.all(connection)
  }

  mutating func run() throws {
    let search = SearchStore(connection, tables)
    try search.dropOthers()
    var texts: [String: String] = [:]
    for entry in entries where entry.type == "table" { texts[entry.name] = entry.sql }
    for table in tables {
      for (name, create) in TableSQL(table).createTables(foreign) {
        // Nearly every file has been made by the same declarations, and that is all there is to do.
        if let text = texts[name], owned.columns[name] != nil, TableSQL.isText(text, of: create) {
          continue
        }
        try reconcile(name, create, declared(name, of: table), of: table)
      }
      try dropExcludedChildren(of: table)
      try requireIndices(of: table)
    }
    // Triggers that were away have missed what happened: their index is made anew.
    try aside.removeAll { try $0.type == "trigger" && search.isOurs(trigger: $0.name) }
    let fields = Set(FieldViews.possible(tables).map(\.view.name))
    var stored = ViewStore(connection, views, others: fields, aside: aside)
    try stored.make(tables)
    try stored.putBack(triggersOn: owned.columns)
    try FieldViews(connection, tables: tables).update(isOpening: true)
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
    let ours = owned.columns[name] ?? []
    let stored: [Declared] = try connection.rows(
      "SELECT name, type, pk > 0 FROM pragma_table_xinfo(?)", [.text(name)]
    ).map { ($0[0].text ?? "", $0[1].text ?? "", $0[2] == 1) }
    let isThere = entries.contains { $0.type == "table" && $0.bears(name) }
    guard isThere, !ours.isEmpty else {
      try owned.requireFree(name, among: entries)
      try connection.execute(create)
      try owned.add(declared.map(\.name), of: name)
      // A child table that comes later has to be filled for the parents that are there.
      if name != table.name { try Cursors(connection).readEverything(table.name) }
      return
    }
    let names = Set(declared.map { $0.name.lowercased() })
    let others = stored.filter { !ours.contains($0.name) }
    if let mine = others.first(where: { names.contains($0.name.lowercased()) }) {
      throw Clash(.column, mine.name, of: name, .bearsOurName)
    }
    let kept = stored.filter { ours.contains($0.name) }
    func spelt(_ columns: [Declared]) -> Set<[String]> {
      Set(columns.filter(\.isKey).map { [$0.name, $0.type] })
    }
    guard spelt(kept) == spelt(declared) else { return try makeAnew(name, create, of: table) }
    let types = Dictionary(kept.map { ($0.name, $0.type) }) { first, _ in first }
    let missing = declared.filter { types[$0.name] != $0.type }
    let retyped = Set(missing.map(\.name)).intersection(types.keys)
    let surplus = Set(types.keys).subtracting(declared.map(\.name))
    if missing.isEmpty && surplus.isEmpty { return }
    try setAsideViews()
    if !retyped.isEmpty { try setAsideIndices(of: name) }
    for column in surplus.union(retyped).sorted() {
      try drop(column, from: name)
      if surplus.contains(column), name == table.name { try forgetColumn(column, of: table) }
    }
    for column in missing {
      // The definition stands on a line of its own in the text that creates the table.
      let line = create.split(separator: "\n").first {
        $0.hasPrefix("  \(quoted(column.name)) ")
      }
      let definition = line.map { $0.hasSuffix(",") ? $0.dropLast() : $0[...] } ?? ""
      try connection.execute("ALTER TABLE \(quoted(name)) ADD COLUMN \(definition)")
    }
    try owned.add(missing.map(\.name), of: name)
    if !missing.isEmpty { try Cursors(connection).readEverything(table.name) }
  }

  /// Makes a table with another key. Its rows go, one by one, so that triggers of the user's learn
  /// of it, and come back by a pass over everything.
  private mutating func makeAnew(_ name: String, _ create: String, of table: Table) throws {
    // Rows of children belong to rows that are gone: their tables follow and are made next.
    let gone = name == table.name ? table.children.map(\.table) + [name] : [name]
    let there = gone.filter { owned.columns[$0] != nil }
    for name in there {
      try owned.requireNothingElse(in: name)
      try connection.execute("DELETE FROM \(quoted(name))")
    }
    try setAsideViews()
    for name in there {
      try setAsideIndices(of: name)
      try connection.execute("DROP TABLE \(quoted(name))")
      try owned.remove(name)
    }
    for (made, create) in TableSQL(table).createTables(foreign) where gone.contains(made) {
      try connection.execute(create)
      try owned.add(declared(made, of: table).map(\.name), of: made)
    }
    try Cursors(connection).readEverything(table.name)
    if name == table.name { try Cursors(connection).beginAnew(table.name) }
  }

  /// Takes a column of ours out of a table, with our indices on it.
  private mutating func drop(_ column: String, from name: String) throws {
    for index in entries where Ownership.isOurs(index, on: name) {
      let isOn = try !connection.rows(
        "SELECT 1 FROM pragma_index_info(?) WHERE name = ?", [.text(index.name), .text(column)]
      ).isEmpty
      if isOn { try connection.execute("DROP INDEX \(quoted(index.name))") }
    }
    try dropForeignKey(with: column, of: name)
    do {
      try connection.execute("ALTER TABLE \(quoted(name)) DROP COLUMN \(quoted(column))")
    } catch let error as SQLiteError where error.isMeaningless {
      // SQLite tells who still reads the column: an index, or another column of the table.
      let words = "error in index "
      let index = entries.first {
        $0.type == "index" && error.message.hasPrefix("\(words)\($0.name) after drop column")
      }
      throw index.map { Clash($0, .readsColumnThatGoes) }
        ?? Clash(.table, name, .readsColumnThatGoes)
    }
    try owned.remove(column, of: name)
  }

  /// Takes out the foreign keys of several columns that a column is part of, for SQLite drops none
  /// that is named in one. Nothing but the text of the table knows of them, which may then be
  /// written by hand (sqlite.org/lang_altertable.html#otheralter); the drop that follows reads it.
  private func dropForeignKey(with column: String, of name: String) throws {
    let text = try connection.row(
      "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", [.text(name)])?[0].text
    guard let text = text.flatMap({ ForeignKeys.text($0, without: column) }) else { return }
    try connection.execute("PRAGMA writable_schema = ON")
    defer { try? connection.execute("PRAGMA writable_schema = OFF") }
    try connection.run(
      "UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?",
      [.text(text), .text(name)])
  }

  /// Takes what a column has left out of the history, the quarantine and the leftovers.
  private func forgetColumn(_ column: String, of table: Table) throws {
    try forget(column, of: table)
    if let excluded = table.excluded.first(where: { $0.name == column }), !excluded.path.isEmpty {
      try removeExtra(excluded.path, of: table)
    }
  }

  /// Takes a member out of the table's history and its quarantine.
  private func forget(_ member: String, of table: Table) throws {
    try connection.run(
      """
      DELETE FROM "_history_values" WHERE "column_name" = ?
        AND (SELECT "table_name" FROM "_history" WHERE "id" = "history_id") = ?
      """, [.text(member), .text(table.name)])
    try connection.run(
      """
      UPDATE "_quarantine" SET "record" = json_remove("record", ?1) WHERE "table_name" = ?2
      """, [.text("$.\(quoted(member))"), .text(table.name)])
    try connection.run(
      """
      UPDATE "_named" SET "record" = json_remove("record", ?1) WHERE "table_name" = ?2
      """, [.text("$.\(quoted(member))"), .text(table.name)])
  }

  /// Takes the child tables that the operator excludes out of the file.
  private mutating func dropExcludedChildren(of table: Table) throws {
    for child in table.excludedChildren {
      guard owned.columns[child.table] != nil else { continue }
      try owned.requireNothingElse(in: child.table)
      try connection.execute("DROP TABLE IF EXISTS \(quoted(child.table))")
      try owned.remove(child.table)
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
      DELETE FROM "_history_values"
        WHERE "column_name" = '_extra' AND (instr("before", ?1) OR instr("after", ?1))
          AND (SELECT "table_name" FROM "_history" WHERE "id" = "history_id") = ?2
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

  /// Takes the indices on a table away while it changes. Ours are made when a pass completes.
  private mutating func setAsideIndices(of table: String) throws {
    for entry in entries where entry.type == "index" && entry.isOn(table) {
      if !aside.contains(where: { $0.bears(entry.name) }) {
        if !Ownership.isOurs(entry, on: table) { aside.append(entry) }
        try connection.runOnce("DROP INDEX IF EXISTS \(quoted(entry.name))")
      }
    }
  }

  /// Throws when an index of the user's has the name of one of ours.
  private func requireIndices(of table: Table) throws {
    for create in TableSQL(table).createIndices {
      let name = String(create.split(separator: "\"")[1])
      guard let entry = entries.first(where: { $0.bears(name) }),
        !Ownership.isOurs(entry, on: table.name)
      else { continue }
      throw Clash(entry, .bearsOurName)
    }
  }
}
