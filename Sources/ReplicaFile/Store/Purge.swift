package import Model
package import SQLite

/// Erases what deleted rows held from the file for good, and leaves their tombstones bare.
///
/// A bare tombstone has its key, `_deleted_at` and `_deleted_reason`; every other column is NULL
/// but `_synced_at`, which says when it was bared. The children of a row go, its history, and what
/// is noted of it aside. So do the same of the rows that belong to it, which become tombstones if
/// they were none, and rows of lists elsewhere that name it by its own texts. Of the log of runs
/// the texts of the source go, whosever they are.
package struct Purge {
  /// Why a row cannot be purged.
  package enum Obstacle: Sendable, Hashable {
    /// There is no such row.
    case unknown
    /// It is no tombstone: the account still shows it, and would bring it back.
    case living
  }
  /// Nothing was purged, because of these rows.
  package struct Refused: Error, Sendable, Hashable {
    package let obstacles: [[Value]: Obstacle]
  }
  /// How many rows of a table were bared or, of a list, deleted.
  package struct Bared: Sendable, Hashable {
    package let table: String
    package let rows: Int
  }

  private let table: Table
  /// What the file holds, whether or not it is kept up to date.
  private let tables: [Table]
  private let connection: Connection

  /// `catalogue` are all tables that a file may hold, `table` one of them.
  package init(_ table: Table, of catalogue: [Table], in connection: Connection) throws {
    self.table = try table.stored(in: connection) ?? table
    tables = try catalogue.compactMap { try $0.stored(in: connection) }
    self.connection = connection
  }

  /// Purges the rows with these keys, all of them or none, in one transaction. Returns what was
  /// bared, the rows' own table first. Throws `Refused`, or `SQLiteError`.
  package func run(_ keys: [[Value]], at now: Timestamp) throws -> [Bared] {
    try connection.transaction {
      try requireTombstones(keys)
      let bared = try count(of: keys)
      for rows in try naming(keys) { try rows.delete(at: now) }
      for (table, keys) in try reached(from: keys) { try bare(keys, of: table, at: now) }
      try forgetRefused(of: keys)
      try connection.run(
        """
        DELETE FROM "_accepted" WHERE ("table_name", "digest") NOT IN
          (SELECT "table_name", "digest" FROM "_quarantine")
        """)
      try forgetQuotations()
      return bared
    }
  }

  /// What a purge of the rows would bare. Only reads. Throws as `run` does.
  package func trial(_ keys: [[Value]]) throws -> [Bared] {
    try connection.snapshot {
      try requireTombstones(keys)
      return try count(of: keys)
    }
  }

  /// Writes the whole file anew, as unused bytes of a page may hold copies of rows that once stood
  /// there, and empties the log. Full-text indices are built anew before, as they keep words of
  /// rows that are gone. That takes as much room as the file in the folder for temporary files, and
  /// again in the log beside it (sqlite.org/lang_vacuum.html).
  ///
  /// `searched` are the tables as they were opened. Returns whether the log is empty: while a
  /// reader looks at it, it cannot be.
  package func wipe(searching searched: [Table]) throws -> Bool {
    try connection.transaction { try SearchStore(connection, searched).rebuild() }
    try connection.execute("VACUUM")
    return try connection.rows("PRAGMA wal_checkpoint(TRUNCATE)").first?[0] == 0
  }

  private func requireTombstones(_ keys: [[Value]]) throws {
    var obstacles: [[Value]: Obstacle] = [:]
    let isStored = tables.contains { $0.name == table.name }
    for key in keys {
      let row = isStored ? try deletedAt(key, of: table) : nil
      if let row {
        if row.isNull { obstacles[key] = .living }
      } else {
        obstacles[key] = .unknown
      }
    }
    if !obstacles.isEmpty { throw Refused(obstacles: obstacles) }
  }

  /// When a row went, null for a living one, or nil without such a row.
  private func deletedAt(_ key: [Value], of table: Table) throws -> Value? {
    try connection.rows(
      "SELECT \"_deleted_at\" FROM \(quoted(table.name)) WHERE \(TableSQL(table).keyCondition)", key
    ).first?[0]
  }

  /// The rows, and those of other tables that belong to them.
  private func reached(from keys: [[Value]]) throws -> [(table: Table, keys: [[Value]])] {
    var reached = [(table: table, keys: keys)]
    for other in tables {
      let names = other.key.map { quoted($0.name) }.joined(separator: ", ")
      var found: [[Value]] = []
      for column in owners(in: other) {
        for key in keys {
          found += try connection.rows(
            "SELECT \(names) FROM \(quoted(other.name)) WHERE \(quoted(column)) = ?", [key[0]])
        }
      }
      if !found.isEmpty { reached.append((other, found)) }
    }
    return reached
  }

  /// The columns of another table that say whose a row is.
  private func owners(in other: Table) -> [String] {
    other.belongsTo.filter { $0.table == table.name }.map(\.column)
      .filter { name in other.columns.contains { $0.name == name } }
  }

  /// Rows of lists elsewhere that name these.
  private func naming(_ keys: [[Value]]) throws -> [NamingRows] {
    try tables.flatMap { owner in
      try owner.children.compactMap {
        try NamingRows($0, of: owner, naming: keys, of: table, in: connection)
      }
    }
  }

  private func count(of keys: [[Value]]) throws -> [Bared] {
    let rows = try reached(from: keys).map { Bared(table: $0.table.name, rows: $0.keys.count) }
    let named = try naming(keys).map { Bared(table: $0.child.table, rows: try $0.count()) }
    return rows + named.filter { $0.rows > 0 }
  }

  private func bare(_ keys: [[Value]], of table: Table, at now: Timestamp) throws {
    // Whatever columns there are.
    let emptied = try connection.rows(
      """
      SELECT "name" FROM pragma_table_info(?) WHERE "pk" = 0 AND "notnull" = 0
        AND "name" NOT IN ('_deleted_at', '_deleted_reason')
      """, [.text(table.name)]
    ).compactMap(\.[0].text).map { "\(quoted($0)) = NULL" }
    var isLivingBared = false
    for key in keys {
      if try deletedAt(key, of: table)?.isNull ?? false { isLivingBared = true }
      try bare(key, of: table, emptied.joined(separator: ", "), at: now)
    }
    // What the account still shows is not to wait for the next long interval.
    if isLivingBared {
      try connection.run(
        "UPDATE \"_cursors\" SET \"needs_full\" = 1 WHERE \"table_name\" = ?", [.text(table.name)])
    }
  }

  private func bare(
    _ key: [Value], of table: Table, _ emptying: String, at now: Timestamp
  ) throws {
    let condition = TableSQL(table).keyCondition
    for child in table.children {
      let condition = child.parentColumns.map { "\(quoted($0)) = ?" }.joined(separator: " AND ")
      try connection.run("DELETE FROM \(quoted(child.table)) WHERE \(condition)", key)
    }
    let instant = Value.text(now.sql)
    try connection.run(
      """
      UPDATE \(quoted(table.name)) SET \(emptying),
          "_synced_at" = ?, "_deleted_at" = coalesce("_deleted_at", ?),
          "_deleted_reason" = coalesce("_deleted_reason", 'absent')
        WHERE \(condition)
      """, [instant, instant] + key)
    try forget(key, of: table.name)
    if case .integer(let id) = key[0], key.count == 1 {
      try connection.run(
        "DELETE FROM \"_parents\" WHERE \"parent_table\" = ? AND \"parent_id\" = ?",
        [.text(table.name), .integer(id)])
    }
    // A record without its key, or none that can be read, may be anybody's.
    let isSame = table.key.map { _ in "coalesce(\(Self.member), ?) = ?" }
    let members = zip(table.key, key).flatMap { [.text("$.\(quoted($0.name))"), $1, $1] }
    try connection.run(
      """
      DELETE FROM "_quarantine" WHERE "table_name" = ? AND \(isSame.joined(separator: " AND "))
      """, [.text(table.name)] + members)
    for feed in tables where feed.method == .deletions(of: table.name) {
      try connection.run(
        "UPDATE \(quoted(feed.name)) SET \"_extra\" = NULL WHERE \(TableSQL(feed).keyCondition)",
        key)
      try forget(key, of: feed.name)
    }
  }

  /// A member of a record that was kept aside; NULL where that is no JSON.
  private static let member =
    "CASE WHEN json_valid(\"record\") THEN json_extract(\"record\", ?) END"

  /// Deletes the records that would belong to the rows, had they been stored.
  private func forgetRefused(of keys: [[Value]]) throws {
    for other in tables {
      for column in owners(in: other) {
        for key in keys {
          try connection.run(
            "DELETE FROM \"_quarantine\" WHERE \"table_name\" = ? AND \(Self.member) = ?",
            [.text(other.name), .text("$.\(quoted(column))"), key[0]])
        }
      }
    }
  }

  /// Cuts off the source's own words in the log of runs: nobody can tell whose data they repeat.
  private func forgetQuotations() throws {
    for log in ["_runs", "_run_tables"] {
      try connection.run(
        """
        UPDATE \(quoted(log)) SET "error" = substr("error", 1, instr("error", ?1) - 1)
          WHERE instr("error", ?1)
        """, [.text(TableFailure.quoting)])
    }
  }

  /// Deletes what is noted of a row.
  private func forget(_ key: [Value], of table: String) throws {
    let condition = "\"table_name\" = ? AND \"row_key\" = ?"
    let row = [.text(table), TableStore.joined(key)]
    _ = try History.delete(where: condition, row, connection)
    for name in ["_held", "_differences", "_seen", "_named"] {
      try connection.run("DELETE FROM \(quoted(name)) WHERE \(condition)", row)
    }
  }
}

extension Table {
  /// The table with those columns and lists that the file holds, or nil when it has no such table.
  fileprivate func stored(in connection: Connection) throws -> Table? {
    let stored = Set(
      try connection.rows("SELECT name FROM pragma_table_info(?)", [.text(name)])
        .compactMap(\.[0].text))
    guard !stored.isEmpty else { return nil }
    let lists = try children.filter {
      try connection.rows("SELECT 1 FROM pragma_table_info(?)", [.text($0.table)]).isEmpty
    }
    return excluding(
      Set(columns.map(\.name).filter { !stored.contains($0) } + lists.map(\.columnName)))
  }
}
