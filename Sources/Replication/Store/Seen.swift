internal import SQLite

/// The keys that a full pass has met, so that it can tell at its end which rows are gone.
///
/// They gather in memory and go to `_seen` with the next transaction that writes anyway, for they
/// must survive with the position; a pass over an unchanged table writes none. Past a bound they are
/// written in any case, so that memory does not grow with the table.
struct Seen {
  /// Keys held in memory at the most: one megabyte of integers.
  static let bound = 131_072

  private let table: String
  private var integers: [Int64] = []
  private var texts: [String] = []

  init(table: String) {
    self.table = table
  }

  var isEmpty: Bool { integers.isEmpty && texts.isEmpty }
  var mustBeSaved: Bool { integers.count + texts.count >= Self.bound }

  mutating func insert(_ key: Value) {
    switch key {
    case .integer(let value): integers.append(value)
    case .text(let text): texts.append(text)
    default: break
    }
  }

  /// Writes the keys to `_seen` and forgets them.
  mutating func save(_ connection: Connection) throws {
    try write(
      "INSERT INTO \"_seen\" VALUES (?, ?) ON CONFLICT DO NOTHING", connection, named: true)
    integers.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
  }

  /// The keys of the living rows that were not met, in order.
  func absent(_ sql: TableSQL, _ connection: Connection) throws -> [[Value]] {
    // What is still in memory is joined from the side: a temporary table is no write to the file.
    try connection.execute("CREATE TEMP TABLE IF NOT EXISTS met (k PRIMARY KEY) WITHOUT ROWID")
    try connection.run("DELETE FROM temp.met")
    try write("INSERT INTO temp.met VALUES (?) ON CONFLICT DO NOTHING", connection, named: false)
    let key = sql.table.key.map { quoted($0.name) }.joined(separator: ", ")
    let rows = try connection.rows(
      """
      SELECT \(key) FROM \(quoted(sql.table.name)) WHERE "_deleted_at" IS NULL
        AND \(sql.keyExpression) NOT IN (SELECT k FROM temp.met)
        AND \(sql.keyExpression) NOT IN
          (SELECT "row_key" FROM "_seen" WHERE "table_name" = ?)
      """, [.text(sql.table.name)])
    try connection.run("DELETE FROM temp.met")
    return rows
  }

  /// Forgets what former transactions have saved.
  func removeSaved(_ connection: Connection) throws {
    try connection.run("DELETE FROM \"_seen\" WHERE \"table_name\" = ?", [.text(table)])
  }

  private func write(_ sql: String, _ connection: Connection, named: Bool) throws {
    let statement = try connection.statement(sql)
    if named { try statement.bind(.text(table), at: 1) }
    let at = named ? 2 : 1
    for key in integers {
      try statement.bind(key, at: at)
      _ = try statement.step()
    }
    for key in texts {
      try statement.bind(.text(key), at: at)
      _ = try statement.step()
    }
  }
}
