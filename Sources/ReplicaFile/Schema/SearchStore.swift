internal import Model
internal import SQLite

/// Makes the full-text indices of a file what the declarations say.
///
/// An index is ours if `_view_docs` tells of it.
struct SearchStore {
  private let connection: Connection
  private let declared: [SearchSQL]

  init(_ connection: Connection, _ tables: [Table]) {
    self.connection = connection
    declared = tables.compactMap(SearchSQL.init)
  }

  /// Drops what is not as declared. Comes before tables change: an index of columns that go would
  /// be in the way.
  func dropOthers() throws {
    for name in try ours() {
      let search = declared.first { $0.name == name }
      if try search.map(isWhole) != true { try drop(name) }
    }
  }

  /// Makes and fills what is missing. Comes after the tables: one that was made anew has lost its
  /// triggers, and with them the index is out of step.
  func make() throws {
    let ours = Set(try ours())
    for search in declared {
      if ours.contains(search.name) {
        if try isWhole(search) { continue }
        try drop(search.name)
      } else {
        try requireFree(search.name)
      }
      for part in search.creates { try connection.execute(part.sql) }
      try connection.execute(search.fill)
      try document(search)
    }
  }

  /// Builds every index anew from the rows: the words of rows that are gone stand in it until then.
  func rebuild() throws {
    let ours = Set(try ours())
    for search in declared where ours.contains(search.name) {
      try connection.execute(search.clear)
      try connection.execute(search.fill)
    }
  }

  /// Whether a trigger is one of ours.
  func isOurs(trigger: String) throws -> Bool {
    try ours().contains { SearchSQL.triggers(of: $0).contains(trigger) }
  }

  /// The names of the indices that are ours.
  private func ours() throws -> [String] {
    try connection.rows(
      """
      SELECT "view_name" FROM "_view_docs"
        WHERE "position" = 0 AND "view_name" GLOB '*_search' AND "grain" = ?
      """, [.text(Self.grain)]
    ).compactMap(\.[0].text)
  }

  private func isWhole(_ search: SearchSQL) throws -> Bool {
    try search.creates.allSatisfy { part in
      try connection.value("SELECT sql FROM sqlite_schema WHERE name = ?", [.text(part.name)])
        == .text(part.sql)
    }
  }

  /// Throws when something of the user's bears the name of an index of ours, or of a part of it.
  private func requireFree(_ name: String) throws {
    let all = try SchemaEntry.all(connection)
    let triggers = SearchSQL.triggers(of: name)
    let entry = all.first { entry in
      entry.type == "trigger"
        ? triggers.contains(entry.name.lowercased())
        : ([name] + SearchSQL.shadows(of: name)).contains { entry.bears($0) }
    }
    if let entry { throw Clash(entry, .bearsOurName) }
  }

  private func drop(_ name: String) throws {
    for trigger in SearchSQL.triggers(of: name) {
      try connection.execute("DROP TRIGGER IF EXISTS \(quoted(trigger))")
    }
    let isIndex = try !connection.rows(
      "SELECT 1 FROM sqlite_schema WHERE name = ? AND sql LIKE 'CREATE VIRTUAL TABLE%'",
      [.text(name)]
    ).isEmpty
    if isIndex { try connection.execute("DROP TABLE \(quoted(name))") }
    try connection.run("DELETE FROM \"_view_docs\" WHERE \"view_name\" = ?", [.text(name)])
  }

  private static let grain = "one row a living row that can be searched."

  private func document(_ search: SearchSQL) throws {
    let insert = "INSERT INTO \"_view_docs\" VALUES (?, ?, ?, ?, ?, ?, NULL)"
    let name = Value.text(search.name)
    try connection.run(
      insert,
      [
        name, 0, .null, .null, .text(Self.grain),
        .text("Full-text index of `\(search.table.name)`. `rowid` is the row's key."),
      ])
    for (index, column) in search.table.searchColumns.enumerated() {
      try connection.run(
        insert,
        [
          name, Value(index + 1), .text(column), "TEXT", .null,
          .text("Words of `\(search.table.name).\(column)`."),
        ])
    }
  }
}
