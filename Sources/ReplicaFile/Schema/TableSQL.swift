package import Model

/// The definitions of a mirrored table and its children, derived from the declaration.
package struct TableSQL: Sendable {
  package let table: Table

  package init(_ table: Table) {
    self.table = table
  }

  /// What the replica adds to each mirrored table.
  static let added: [(name: String, definition: String)] = [
    ("_synced_at", "DATETIME NOT NULL CHECK (datetime(\"_synced_at\") IS \"_synced_at\")"),
    (
      "_deleted_at",
      """
      DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at")
      """
    ),
    (
      "_deleted_reason",
      """
      TEXT CHECK ("_deleted_reason" IS NULL \
      OR "_deleted_reason" IN ('deleted', 'restricted', 'absent'))
      """
    ),
    ("_extra", "TEXT CHECK (\"_extra\" IS NULL OR \"_extra\" GLOB '{*}')"),
    ("_digest", "INTEGER CHECK (\"_digest\" = CAST(\"_digest\" AS INTEGER))"),
  ]

  /// `create table` for the table and for each of its children, which name no other table.
  package var createTables: [(name: String, sql: String)] {
    createTables(ForeignKeys(among: []))
  }

  /// The same with what they name.
  func createTables(_ foreign: ForeignKeys) -> [(name: String, sql: String)] {
    let key = table.key
    var lines = table.columns.map {
      definition(of: $0, isWholeKey: key.count == 1) + foreign.clause(of: $0)
    }
    lines += Self.added.map { "\(quoted($0.name)) \($0.definition)" }
    let isRowID = key.count == 1 && key[0].type == .integer
    if key.count > 1 { lines.append(Self.primaryKey(key.map(\.name))) }
    lines += foreign.lines(of: table.columns)
    return [(table.name, Self.create(table.name, lines, withoutRowID: !isRowID))]
      + table.children.map { ($0.table, create($0, foreign)) }
  }

  /// The indices, made when the first pass is complete: they cost most while a table is filled.
  package var createIndices: [String] {
    let counted = table.columns.filter { $0.traits.contains(.counted) }.map(\.name)
    return table.columns.filter { $0.traits.contains(.indexed) }.enumerated().map { index, column in
      let isWide = index == 0 && !counted.isEmpty
      let columns =
        [column.name] + (isWide ? counted.filter { $0 != column.name } + ["_deleted_at"] : [])
      // Another name than that of the index on the column alone, which an older file may have.
      let name = "\(table.name)_\(column.name)\(isWide ? "_counted" : "")"
      return "CREATE INDEX IF NOT EXISTS \(quoted(name))\n"
        + "  ON \(quoted(table.name)) (\(columns.map(quoted).joined(separator: ", ")))"
    }
  }

  /// The columns of one child table, the parent's key first.
  func columns(of child: Child) -> [Column] {
    var parents = zip(child.parentColumns, table.key).map { name, key in
      Column(name, key.type, .listing, .key)
    }
    if let last = parents.popLast() {
      parents.append(last.naming(.init(table.name, with: parents.map(\.name))))
    }
    let own: [Column] =
      switch child.elements {
      case .objects(let columns):
        columns.enumerated().map { $0.offset == 0 ? $0.element.asKey : $0.element }
      case .references, .strings: child.columns
      }
    return parents + own
  }

  private func create(_ child: Child, _ foreign: ForeignKeys) -> String {
    let columns = columns(of: child)
    let lines =
      columns.map { definition(of: $0, isWholeKey: false) + foreign.clause(of: $0) }
      + [Self.primaryKey(columns.filter(\.isKey).map(\.name))] + foreign.lines(of: columns)
    return Self.create(child.table, lines, withoutRowID: true)
  }

  private static func create(_ name: String, _ lines: [String], withoutRowID: Bool) -> String {
    "CREATE TABLE IF NOT EXISTS \(quoted(name)) (\n  " + lines.joined(separator: ",\n  ") + "\n)"
      + (withoutRowID ? " WITHOUT ROWID" : "")
  }

  /// Whether a table was made by a text of `createTables` and is as it was: SQLite keeps the text
  /// itself but for what stands before the name (sqlite.org/schematab.html).
  static func isText(_ stored: String, of create: String) -> Bool {
    stored.utf8.dropFirst("CREATE TABLE ".utf8.count)
      .elementsEqual(create.utf8.dropFirst("CREATE TABLE IF NOT EXISTS ".utf8.count))
  }

  private static func primaryKey(_ names: [String]) -> String {
    "PRIMARY KEY (\(names.map(quoted).joined(separator: ", ")))"
  }

  /// One column: declared type, key, and the CHECK that makes the type hold.
  private func definition(of column: Column, isWholeKey: Bool) -> String {
    let name = quoted(column.name)
    var text = "\(name) \(column.type.declaration)"
    if column.isKey { text += isWholeKey ? " PRIMARY KEY NOT NULL" : " NOT NULL" }
    if column.isKey, isWholeKey, column.type == .integer { return "\(name) INTEGER PRIMARY KEY" }
    return "\(text) CHECK (\(Self.check(column.type, name)))"
  }

  /// What makes a declared type hold, at a fifth of the price of `typeof`: a party with its lists
  /// has eighty such columns.
  ///
  /// A CHECK passes unless it is false, so NULL passes. Affinity has made text of a number and a
  /// number of its spelling; the rest is told apart by SQLite's order of numbers before texts
  /// before blobs (sqlite.org/datatype3.html). One REAL passes for the integer it equals: -2^63.
  private static func check(_ type: ColumnType, _ name: String) -> String {
    switch type {
    case .integer, .integerOrDigits: "\(name) = CAST(\(name) AS INTEGER)"
    case .real: "\(name) < ''"
    case .text, .anyAsText: "\(name) < x''"
    case .boolean: "\(name) IN (0, 1)"
    case .date: "\(name) IS NULL OR date(\(name)) IS \(name)"
    case .dateTime: "\(name) IS NULL OR datetime(\(name)) IS \(name)"
    }
  }

  /// An expression for the whole key as one value: the key itself, or its parts joined by a slash.
  package var keyExpression: String { Self.joined(table.key.map { quoted($0.name) }) }

  /// The same of the rows that are called `alias`.
  package func keyExpression(of alias: String) -> String {
    Self.joined(table.key.map { "\(alias).\(quoted($0.name))" })
  }

  /// Columns that make up a key, as one value.
  package static func joined(_ columns: [String]) -> String {
    columns.joined(separator: " || '/' || ")
  }

  /// Whether the row `c` of a list belongs to no row of the table.
  package func isOrphan(_ child: Child) -> String {
    let match = zip(child.parentColumns, table.key).map {
      "c.\(quoted($0)) = t.\(quoted($1.name))"
    }
    return """
      NOT EXISTS (SELECT 1 FROM \(quoted(table.name)) AS t
        WHERE \(match.joined(separator: " AND ")))
      """
  }

  /// `"id" = ?`, for each column of the key.
  package var keyCondition: String {
    table.key.map { "\(quoted($0.name)) = ?" }.joined(separator: " AND ")
  }
}

extension Column {
  /// The same column as part of the primary key.
  var asKey: Column {
    Column(name, type, place, traits.union(.key), otherKey: otherKey, to: target)
  }
}
