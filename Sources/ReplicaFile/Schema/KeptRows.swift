package import Model
package import SQLite

/// Tables that hold what views show which would take too long to be read: those that go through the
/// past of each record.
///
/// A view of that kind (`-- Kept: _table` in its script) shows the rows of the records in `_due`,
/// by its first column. It is made for this connection alone, and its table is brought in step with
/// the records that have changed since: `_kept` has the last change in `_history` that the table
/// knows. All of them are due when anything else changes that the rows depend on: a program with
/// another view, the clock of the reports, the other views that these read, or a first reading that
/// has not ended, which notes no change for the records that it stores. What is gone from the
/// history, by `history.keep`, is gone from the table too.
package struct KeptRows {
  private let connection: Connection
  private let views: [View]
  /// The mirrored tables whose records these views show.
  private let tables: Set<String>

  package init(_ connection: Connection, _ views: [View], in tables: [Table]) {
    self.connection = connection
    self.views = views.compactMap { $0.made(in: tables) }
    self.tables = self.views.reduce(into: []) { $0.formUnion($1.subjects) }
  }

  /// Brings the tables in step, within the caller's transaction. Writes nothing where nothing has
  /// changed.
  package func renew() throws {
    guard let first = keepers.first else { return }
    // What the operator does not want any more goes.
    if tables.isEmpty { return try clear() }
    guard try isPossible() else { return }
    let range = try connection.rows(
      "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM _history")
    let digest = Value.integer(try self.digest())
    let state = [range[0][1], range[0][0], digest]
    let mark = try connection.rows(
      "SELECT history_id, oldest_id, digest FROM _kept WHERE table_name = ?", [.text(first.table)]
    ).first
    let isWhole = try mark?[2] != digest || isReadingFirst() || isEmptied()
    if mark == state, !isWhole { return }
    try connection.temporarily {
      try connection.run("CREATE TEMP TABLE IF NOT EXISTS _due (id INTEGER PRIMARY KEY)")
      try connection.run("DELETE FROM temp._due")
      guard let mark, !isWhole else { return try noteAll() }
      try noteChanges(since: mark[0])
      if mark[1] != state[1] { try noteForgetting(in: first) }
    }
    try store(isWhole: isWhole)
    for keeper in keepers {
      try connection.run(
        """
        INSERT OR REPLACE INTO _kept (table_name, history_id, oldest_id, digest) VALUES (?, ?, ?, ?)
        """, [.text(keeper.table)] + state)
    }
  }

  private typealias Keeper = (table: String, view: View, key: String)

  /// The tables, each behind those that its view reads.
  private var keepers: [Keeper] {
    views.compactMap { view in
      guard let table = view.docs.kept, !table.isEmpty, let key = view.docs.columns.first?.name
      else { return nil }
      return (table, view, key)
    }
  }

  /// The views of the file that these read.
  private var others: Set<String> {
    views.reduce(into: Set<String>()) { $0.formUnion($1.views) }.subtracting(views.map(\.name))
  }

  /// Whether the tables are there, and the other views that these read.
  private func isPossible() throws -> Bool {
    try Self.hold(others.union(keepers.map(\.table)).union(["_kept"]), connection)
  }

  /// Whether the file has all of these tables and views.
  private static func hold(_ names: Set<String>, _ connection: Connection) throws -> Bool {
    try connection.value("SELECT count(*) FROM sqlite_schema WHERE name IN (\(list(names)))")
      == .integer(Int64(names.count))
  }

  private static func list(_ names: Set<String>) -> String {
    names.sorted().map(\.sqlLiteral).joined(separator: ", ")
  }

  /// A hash of what all rows depend on, beside the records and their history.
  private func digest() throws -> Int64 {
    let clock = try connection.value(
      "SELECT group_concat(begins_at || seconds) FROM (SELECT * FROM _time_zone ORDER BY 1)")
    // Views and tables that these read beside the records are small: where records can stand.
    let beside = try views.reduce(into: others) { $0.formUnion($1.tables) }
      .subtracting(tables).sorted()
      .map { try connection.rows("SELECT * FROM \(quoted($0)) ORDER BY 1") }
    // A first reading that has ended has stored what no change tells of.
    let readings = try connection.rows(
      """
      SELECT table_name, completed_at IS NULL FROM _cursors
        WHERE table_name IN (\(Self.list(tables))) ORDER BY 1
      """)
    return ViewDocs.digest("\(views.map(\.create)) \(clock) \(beside) \(readings)")
  }

  private func isReadingFirst() throws -> Bool {
    try connection.value(
      """
      SELECT EXISTS (SELECT 1 FROM _cursors
        WHERE table_name IN (\(Self.list(tables))) AND completed_at IS NULL)
      """) == .integer(1)
  }

  /// Whether a table has no row though there are records: it was made anew, for somebody dropped
  /// it.
  private func isEmptied() throws -> Bool {
    let exist = try tables.contains { table in
      let living = "SELECT EXISTS (SELECT 1 FROM \(quoted(table)) WHERE _deleted_at IS NULL)"
      return try connection.value(living) == .integer(1)
    }
    return try exist
      && keepers.contains {
        try connection.value("SELECT EXISTS (SELECT 1 FROM \($0.table))") == .integer(0)
      }
  }

  private func clear() throws {
    guard try Self.hold(Set(keepers.map(\.table) + ["_kept"]), connection),
      try connection.value("SELECT EXISTS (SELECT 1 FROM _kept)") == .integer(1)
    else { return }
    for table in keepers.map(\.table) + ["_kept"] {
      try connection.runOnce("DELETE FROM \(table)")
    }
  }

  /// To be called when changes have been taken out of `_history`, whose ids are used again.
  static func follow(_ connection: Connection) throws {
    guard try hold(["_kept"], connection) else { return }
    try connection.run(
      """
      UPDATE _kept SET history_id = (SELECT coalesce(max(id), 0) FROM _history)
        WHERE history_id > (SELECT coalesce(max(id), 0) FROM _history)
      """)
  }

  private func noteAll() throws {
    for table in tables.sorted() {
      try connection.run(
        """
        INSERT OR IGNORE INTO temp._due
          SELECT id FROM \(quoted(table)) WHERE typeof(id) = 'integer'
        """)
    }
  }

  private func noteChanges(since change: Value) throws {
    try connection.run(
      """
      INSERT OR IGNORE INTO temp._due
        SELECT row_key FROM _history
        WHERE id > ? AND table_name IN (\(Self.list(tables))) AND typeof(row_key) = 'integer'
      """, [change])
  }

  /// Notes the records of whose past something has been forgotten.
  private func noteForgetting(in keeper: Keeper) throws {
    guard keeper.view.docs.columns.contains(where: { $0.name == "begun_by" }) else { return }
    try connection.run(
      """
      INSERT OR IGNORE INTO temp._due
        SELECT \(keeper.key) FROM \(keeper.table)
        WHERE begun_by < (SELECT coalesce(min(id), begun_by + 1) FROM _history)
      """)
  }

  private func store(isWhole: Bool) throws {
    for view in views {
      try connection.runOnce("DROP VIEW IF EXISTS temp.\(view.name)")
      try connection.runOnce("CREATE TEMP VIEW \(view.name) AS \(view.select)")
    }
    for keeper in keepers {
      let due = isWhole ? "" : " WHERE \(keeper.key) IN (SELECT id FROM temp._due)"
      try connection.runOnce("DELETE FROM \(keeper.table)\(due)")
      let columns = keeper.view.docs.columns.map { quoted($0.name) }.joined(separator: ", ")
      try connection.runOnce(
        "INSERT INTO \(keeper.table) (\(columns)) SELECT * FROM temp.\(keeper.view.name)")
    }
    for view in views.reversed() { try connection.runOnce("DROP VIEW temp.\(view.name)") }
  }
}
