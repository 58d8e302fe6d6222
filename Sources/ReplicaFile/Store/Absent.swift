package import Model
package import SQLite

/// Marks living rows as deleted that a whole listing of their table did not hold.
///
/// They stand in a temporary table, so that a listing that lacks everything takes no memory. A row
/// that is marked or seen in the meantime is no longer among them.
package final class Absent {
  private let sql: TableSQL
  private let connection: Connection
  private var name: Value { .text(sql.table.name) }

  package init(_ sql: TableSQL, _ connection: Connection) throws {
    self.sql = sql
    self.connection = connection
    try connection.execute(
      """
      CREATE TEMP TABLE IF NOT EXISTS absent
        (table_name, k, is_gone, PRIMARY KEY (table_name, k)) WITHOUT ROWID
      """)
  }

  /// Notes the living rows that were not met. Returns how many there are.
  @discardableResult
  package func fill(_ seen: inout Seen) throws -> Int {
    try removeAll()
    seen.sort()
    let isLiving = "\"_deleted_at\" IS NULL"
    // Keys alone are read from an index, where the table has one, and not row by row.
    let isKeyOnly = sql.table.key.count == 1
    let isUnsaved =
      """
      \(sql.keyExpression) NOT IN
        (SELECT "row_key" FROM "_seen" WHERE "table_name" = \(sql.table.name.sqlLiteral))
      """
    let from = "FROM \(quoted(sql.table.name)) WHERE"
    let keys = try connection.statement(
      """
      SELECT \(sql.keyExpression) \(from) \(isKeyOnly ? "1" : isLiving)
        AND \(seen.hasSaved ? isUnsaved : "1")
      """)
    while try keys.step() {
      let key = keys.value(at: 0)
      if seen.contains(key) { continue }
      // Rows that were gone before are few.
      let wasGone =
        try isKeyOnly
        && connection.rows("SELECT 1 \(from) \(sql.keyCondition) AND \(isLiving)", [key]).isEmpty
      if !wasGone { try insert(key) }
    }
    return try count()
  }

  /// Adds a row that is known to be gone.
  package func insert(_ key: Value) throws {
    try connection.temporarily {
      try connection.run(
        "INSERT INTO temp.absent VALUES (?, ?, NULL) ON CONFLICT DO NOTHING", [name, key])
    }
  }

  /// Notes that a row among them has been asked for: it is gone, or there was no answer that tells.
  /// Returns whether it is among them.
  package func note(_ key: Value, isGone: Bool) throws -> Bool {
    guard try contains(key) else { return false }
    try connection.temporarily {
      try connection.run(
        "UPDATE temp.absent SET is_gone = ?3 WHERE table_name = ?1 AND k = ?2",
        [name, key, isGone ? 1 : 0])
    }
    return true
  }

  /// How many of them have been asked for in vain.
  package func unanswered() throws -> Int {
    try count(where: "NOT a.is_gone")
  }

  /// Notes that a row has been seen after all. Returns whether it was among them.
  package func remove(_ key: Value) throws -> Bool {
    guard try contains(key) else { return false }
    try connection.temporarily {
      try connection.run("DELETE FROM temp.absent WHERE table_name = ? AND k = ?", [name, key])
    }
    return true
  }

  package func removeAll() throws {
    try connection.temporarily {
      try connection.run("DELETE FROM temp.absent WHERE table_name = ?", [name])
    }
  }

  package func contains(_ key: Value) throws -> Bool {
    try !connection.rows(
      "SELECT 1 FROM temp.absent WHERE table_name = ? AND k = ?", [name, key]
    ).isEmpty
  }

  package func count() throws -> Int {
    try count(where: "1")
  }

  /// The keys of at most `limit` of them, column by column, in order.
  package func keys(_ limit: Int) throws -> [[Value]] {
    let key = sql.table.key.map { "t.\(quoted($0.name))" }.joined(separator: ", ")
    return try connection.rows(
      """
      SELECT \(key) FROM temp.absent AS a JOIN \(quoted(sql.table.name)) AS t
        ON \(sql.keyExpression(of: "t")) = a.k
        WHERE a.table_name = ?1 AND t."_deleted_at" IS NULL
        ORDER BY \(key) LIMIT ?2
      """, [name, Value(limit)])
  }

  // MARK: The guard

  /// Seconds after which a row that is still absent is no accident: within them one disorder of
  /// the source can show itself in many listings.
  package static let leastHold: Int64 = 1_800

  /// Holds back what is many at once and, where a row was asked for in vain, all that is not known
  /// to be gone. Says how many. What has been held for a time and is absent again stays among the
  /// absent.
  ///
  /// `isList` says that they are all that is absent: what else was held is then released. `asksAll`
  /// says that a list is no proof, however often it is empty, and that some of them at least have
  /// been asked for: unless each answer told of one that is gone, the others are held.
  package func hold(
    over rows: Int, _ share: Double, _ writing: TableStore.Writing, isList: Bool = true,
    asksAll: Bool = false
  ) throws -> Int {
    let isFresh = """
      k NOT IN (SELECT "row_key" FROM "_held"
        WHERE "table_name" = ?1 AND "held_at" <= ?2)
      """
    let since = Value.text((writing.now + -Self.leastHold).sql)
    let fresh = try count(where: isFresh, since)
    if isList {
      try connection.run(
        """
        DELETE FROM "_held" WHERE "table_name" = ?1
          AND "row_key" NOT IN (SELECT k FROM temp.absent WHERE table_name = ?1)
        """, [name])
    }
    let isMuch =
      try fresh > rows
      && Double(fresh) > share * Double(Inventory(connection).living(sql.table.name))
    let isDoubtful = try count(where: "NOT a.is_gone AND \(isFresh)", since) > 0
    let isUntold =
      try asksAll && (unanswered() > 0 || count(where: "a.is_gone") == 0)
      && count(where: "a.is_gone IS NOT 1") > 0
    guard isMuch || isDoubtful || isUntold else { return 0 }
    try connection.run(
      """
      CREATE TEMP TABLE IF NOT EXISTS fresh (k PRIMARY KEY) WITHOUT ROWID
      """)
    try connection.run("DELETE FROM temp.fresh")
    try connection.run(
      """
      INSERT INTO temp.fresh SELECT k FROM temp.absent AS a
        WHERE table_name = ?1
          AND (?3 AND \(isFresh) OR a.is_gone IS NOT 1 AND (?4 AND \(isFresh) OR ?5))
      """,
      [name, since] + [isMuch, isDoubtful, isUntold].map { $0 ? 1 : 0 })
    let held = connection.changes
    try connection.run(
      "DELETE FROM temp.absent WHERE table_name = ? AND k IN (SELECT k FROM temp.fresh)", [name])
    // An instant that has not come yet was noted by a wrong clock.
    try connection.run(
      """
      INSERT INTO "_held" SELECT ?, k, ?, ?, \(Bookkeeping.rowID(of: "k"))
        FROM temp.fresh WHERE true
        ON CONFLICT DO UPDATE SET "held_at" = min("held_at", excluded."held_at")
      """, [name, .integer(writing.runID), .text(writing.now.sql)])
    return held
  }

  /// Rows that were held have been seen alive.
  package func release(_ keys: [Value]) throws {
    for key in keys {
      try connection.run(
        "DELETE FROM \"_held\" WHERE \"table_name\" = ? AND \"row_key\" = ?", [name, key])
    }
  }

  /// Makes tombstones of them. Returns of how many.
  package func markDeleted(
    _ tombstones: Tombstones, at instant: Timestamp, _ writing: TableStore.Writing
  ) throws -> Int {
    var marked = 0
    while true {
      let keys = try keys(500)
      for key in keys where try tombstones.apply(.absent, at: instant, key: key, writing) {
        marked += 1
      }
      if keys.isEmpty { break }
    }
    try removeAll()
    try connection.run(
      """
      DELETE FROM "_held" WHERE "table_name" = ? AND "row_key" IN
        (SELECT \(sql.keyExpression) FROM \(quoted(sql.table.name))
          WHERE "_deleted_at" IS NOT NULL)
      """, [name])
    return marked
  }

  /// `values` are a condition's parameters from the second on.
  private func count(where condition: String, _ values: Value...) throws -> Int {
    let count = try connection.value(
      """
      SELECT count(*) FROM temp.absent AS a JOIN \(quoted(sql.table.name)) AS t
        ON \(sql.keyExpression(of: "t")) = a.k
        WHERE a.table_name = ?1 AND t."_deleted_at" IS NULL AND \(condition)
      """, [name] + values)
    return Int(count.integer ?? 0)
  }
}
