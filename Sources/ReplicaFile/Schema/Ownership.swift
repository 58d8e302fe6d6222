internal import Model
internal import SQLite

/// Who owns what a replica file holds: what is not known to be ours is the user's.
///
/// - A table of records, and each of its columns, is ours if `_columns` names it. A file without it
///   is judged by the form that our statements have and nobody types.
/// - A view is ours while it has the text whose digest `_view_docs` keeps, a full-text index while
///   `_view_docs` describes it.
/// - An index is ours if it has the form of our statements, and what the bookkeeping and the views
///   need if it has the columns, or the text, that this program gives it.
///
/// What is the user's is never dropped or altered. Where it bears a name that the replica needs, or
/// hangs on what the replica has to take away, `Clash` is thrown, and the file stays as it was.
package struct Ownership {
  private let connection: Connection
  /// Our columns of each table that is ours.
  private(set) var columns: [String: Set<String>] = [:]

  /// Reads `_columns`, which is filled first where it is new.
  init(_ connection: Connection, _ tables: [Table]) throws {
    self.connection = connection
    for row in try connection.rows("SELECT \"table_name\", \"column_name\" FROM \"_columns\"") {
      columns[row[0].text ?? "", default: []].insert(row[1].text ?? "")
    }
    if columns.isEmpty { try adopt(tables) }
  }

  // MARK: Tables of records

  /// Throws when something of the user's has the name of a table that is to be ours.
  func requireFree(_ table: String, among entries: [SchemaEntry]) throws {
    if let entry = entries.first(where: { $0.bears(table) }) { throw Clash(entry, .bearsOurName) }
  }

  mutating func add(_ names: some Sequence<String>, of table: String) throws {
    for name in names {
      columns[table, default: []].insert(name)
      try connection.run(
        "INSERT OR IGNORE INTO \"_columns\" VALUES (?, ?)", [.text(table), .text(name)])
    }
  }

  mutating func remove(_ column: String, of table: String) throws {
    columns[table]?.remove(column)
    try connection.run(
      "DELETE FROM \"_columns\" WHERE \"table_name\" = ? AND \"column_name\" = ?",
      [.text(table), .text(column)])
  }

  mutating func remove(_ table: String) throws {
    columns[table] = nil
    try connection.run("DELETE FROM \"_columns\" WHERE \"table_name\" = ?", [.text(table)])
  }

  /// Throws when a table of ours, which is to go, has a column of the user's.
  func requireNothingElse(in table: String) throws {
    let ours = columns[table] ?? []
    for name in try names(of: table) where !ours.contains(name) {
      throw Clash(.column, name, of: table, .isInTableThatGoes)
    }
  }

  private func names(of table: String) throws -> [String] {
    try connection.rows("SELECT name FROM pragma_table_xinfo(?)", [.text(table)])
      .compactMap(\.[0].text)
  }

  /// Finds the tables and columns that an older program has made, by their form. Of a table that is
  /// declared, a column that is not is the user's, whatever its form.
  private mutating func adopt(_ tables: [Table]) throws {
    var declared: [String: Set<String>] = [:]
    for table in tables {
      let columns = table.columns + table.excluded
      declared[table.name] = Set(columns.map(\.name) + TableSQL.added.map(\.name))
      for child in table.children + table.excludedChildren {
        declared[child.table] = Set(TableSQL(table).columns(of: child).map(\.name))
      }
    }
    for entry in try SchemaEntry.all(connection)
    where entry.type == "table" && !entry.name.hasPrefix("_") {
      guard entry.sql.hasPrefix("CREATE TABLE \(quoted(entry.name)) (\n  \"") else { continue }
      let known = declared[entry.name]
      let ours = try connection.rows(
        "SELECT name, type FROM pragma_table_info(?)", [.text(entry.name)]
      ).compactMap { row -> String? in
        guard let name = row[0].text, let type = row[1].text else { return nil }
        let definition = "\(quoted(name)) \(type)"
        let isOurs = [" CHECK (", " NOT NULL CHECK (", " PRIMARY KEY"].contains {
          entry.sql.contains(definition + $0)
        }
        return isOurs && known?.contains(name) ?? true ? name : nil
      }
      try add(ours, of: entry.name)
    }
  }

  // MARK: Everything else

  /// The user's triggers on a table, which run with each statement that writes there.
  package static func triggers(on table: String, path: String) throws -> [String] {
    let connection = try Database.openReadOnly(path: path)
    let search = SearchStore(connection, [])
    return try SchemaEntry.all(connection).filter {
      try $0.isTrigger(on: table) && !search.isOurs(trigger: $0.name)
    }.map(\.name)
  }

  /// Whether an index is ours. Of another name than declared, it may be an older program's.
  static func isOurs(_ index: SchemaEntry, on table: String) -> Bool {
    index.type == "index"
      && index.sql.hasPrefix("CREATE INDEX \(quoted(index.name))\n  ON \(quoted(table)) (")
  }

  /// Throws when something of the user's has the name of what one of our scripts would make, and is
  /// not what an `IF NOT EXISTS` of ours has made before.
  static func requireFree(_ script: String, among entries: [SchemaEntry]) throws {
    for create in script.split(separator: ";\n") {
      try requireFree(statement: create.drop { $0.isWhitespace }, among: entries)
    }
  }

  /// The same of one statement of a script.
  static func requireFree(statement create: Substring, among entries: [SchemaEntry]) throws {
    guard create.hasPrefix("CREATE "),
      let name = create.split(separator: "\"", maxSplits: 2).dropFirst().first,
      let entry = entries.first(where: { $0.bears(String(name)) })
    else { return }
    guard try isSame(entry, create) else { throw Clash(entry, .bearsOurName) }
  }

  /// Whether something is what our statement has made: it has its text, or its columns. Each start
  /// of the program asks it of dozens.
  private static func isSame(_ entry: SchemaEntry, _ create: Substring) throws -> Bool {
    let words = create.split(separator: " ", maxSplits: 5)
    guard words.count == 6, words[2...4] == ["IF", "NOT", "EXISTS"] else { return false }
    // SQLite keeps the text of a statement, less these words.
    let kept = "CREATE \(words[1]) \(words[5])"
    if entry.sql == kept { return true }
    func squeezed(_ text: String) -> String {
      text.split { $0.isWhitespace || $0 == ";" }.joined(separator: " ")
    }
    func columns(_ create: String) throws -> Set<[Value]> {
      let scratch = try Connection(path: ":memory:")
      try scratch.execute(create)
      return Set(
        try scratch.rows("SELECT name, type, pk FROM pragma_table_info(?)", [.text(entry.name)]))
    }
    if squeezed(entry.sql) == squeezed(kept) { return true }
    guard entry.type == "table", words[1] == "TABLE" else { return false }
    return try columns(entry.sql).isSuperset(of: columns(kept))
  }
}

/// Something of the user's is in the way of what the replica needs.
package struct Clash: Error, Sendable, Hashable {
  package enum Kind: String, Sendable { case table, column, index, view, trigger }
  package enum Reason: Sendable {
    /// It has a name that the replica needs.
    case bearsOurName
    /// It reads a column that the configuration, or this release, has go.
    case readsColumnThatGoes
    /// It is a column in a table that has to be made anew, or has to go.
    case isInTableThatGoes
    /// It is a trigger on a view that has to go.
    case isOnViewThatGoes
  }

  package let kind: Kind
  package let name: String
  /// The table or view that it belongs to, where it is none itself.
  package let table: String?
  package let reason: Reason

  package init(_ kind: Kind, _ name: String, of table: String? = nil, _ reason: Reason) {
    (self.kind, self.name, self.table, self.reason) = (kind, name, table, reason)
  }

  init(_ entry: SchemaEntry, _ reason: Reason) {
    self.init(
      Kind(rawValue: entry.type) ?? .table, entry.name,
      of: reason == .bearsOurName ? nil : entry.table, reason)
  }
}
