package import Model
package import SQLite

/// Members of records that no column takes: the table and the key.
///
/// Each is a change of the schema when it is met first, and remembered from then on. Where tables
/// are described, one that is new may be a new field, so that the source is asked once what there
/// is: some are never described.
package struct UnknownKeys {
  private let connection: Connection

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// Keys of one table that are told of. A source that puts values in the place of keys sends any
  /// number.
  static let limit = 1_000

  /// Notes keys that a reply has shown; `isAsked` where there is nothing to ask the source. `sort`
  /// is what came under the key.
  package func note(
    _ keys: [String], of table: String, isAsked: Bool = false, sort: String? = nil, run: Int64,
    at now: Timestamp
  ) throws {
    for key in keys where try remember(key, of: table, isAsked: isAsked) {
      try SchemaChanges(connection).note(
        SchemaChange(run: run, at: now.sql, table, key, .keyNew, sort))
    }
  }

  /// Returns whether it is new.
  private func remember(_ key: String, of table: String, isAsked: Bool) throws -> Bool {
    try connection.run(
      """
      INSERT OR IGNORE INTO "_unknown_keys" SELECT ?1, ?2, ?3
        WHERE (SELECT count(*) FROM "_unknown_keys" WHERE "table_name" = ?1) < \(Self.limit)
      """, [.text(table), .text(key), .integer(isAsked ? 1 : 0)])
    return connection.changes > 0
  }

  /// The tables with keys for whose sake the source has not been asked yet.
  package func tables() throws -> [String] {
    guard try connection.holds("_unknown_keys") else { return [] }
    return try connection.rows(
      """
      SELECT DISTINCT "table_name" FROM "_unknown_keys" WHERE NOT "is_asked" ORDER BY "table_name"
      """
    ).compactMap { $0[0].text }
  }

  /// The source has been asked about all of them.
  package func settle() throws {
    try connection.run("UPDATE \"_unknown_keys\" SET \"is_asked\" = 1 WHERE NOT \"is_asked\"")
  }

  // MARK: Older files

  /// Remembers the keys that stand in `_extra` of a file that an older program has written: they
  /// are not new.
  func adopt(_ tables: [Table]) throws {
    for table in tables where try connection.holds(table.name) {
      let outer = Dictionary(grouping: table.columns.filter { $0.path.count == 2 }) { $0.path[0] }
      let lists = table.children.map(\.key)
      let own = table.columns.flatMap { [$0.path.first, $0.otherKey].compactMap(\.self) }
      try adopt(own + lists, of: table.name)
      for (key, columns) in outer {
        try adopt(columns.compactMap(\.path.last), of: table.name, in: key)
      }
      for child in table.children {
        let known = child.columns.compactMap(\.path.first) + ["id"]
        try adopt(known, of: table.name, in: child.key, isList: true)
      }
    }
  }

  /// Remembers the members of leftovers, or of an object or of the rows of a list in them.
  private func adopt(
    _ known: [String], of table: String, in key: String? = nil, isList: Bool = false
  ) throws {
    let path = key.map { "$.\(quoted($0))" } ?? "$"
    let rows = isList ? ", json_each(CASE o.\"type\" WHEN 'object' THEN o.\"value\" END) AS m" : ""
    let found = try connection.rows(
      """
      SELECT DISTINCT \(isList ? "m" : "o")."key" FROM \(quoted(table)) AS t,
          json_each(CASE WHEN json_valid(t."_extra") THEN t."_extra" END, ?1) AS o\(rows)
        WHERE t."_extra" IS NOT NULL
      """, [.text(path)])
    for name in found.compactMap(\.[0].text) where !known.contains(name) {
      let whole = [key, name].compactMap(\.self).joined(separator: ".")
      _ = try remember(whole, of: table, isAsked: true)
    }
  }
}
