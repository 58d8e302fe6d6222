internal import SQLite

/// A view, table, index or trigger, as the file's schema lists it.
struct SchemaEntry {
  let type: String
  let name: String
  /// What a trigger or an index is on, as it was spelt there; of anything else, its own name.
  let table: String
  let sql: String

  /// Everything but what SQLite makes by itself.
  static func all(_ connection: Connection) throws -> [SchemaEntry] {
    try connection.rows(
      """
      SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name
      """
    ).compactMap { row in
      let texts = row.compactMap(\.text)
      guard texts.count == 4 else { return nil }
      return SchemaEntry(type: texts[0], name: texts[1], table: texts[2], sql: texts[3])
    }
  }

  /// Whether it has the name that a table, a view or an index may have. SQLite does not tell A from
  /// a, and has other names for triggers.
  func bears(_ name: String) -> Bool {
    type != "trigger" && isSame(self.name, name)
  }

  /// Whether it is a trigger on what has that name.
  func isTrigger(on name: String) -> Bool {
    type == "trigger" && isOn(name)
  }

  /// Whether it is an index or a trigger on what has that name.
  func isOn(_ name: String) -> Bool { isSame(table, name) }

  /// By bytes and the case of ASCII letters, as SQLite has it (sqlite.org/c3ref/stricmp.html).
  private func isSame(_ name: String, _ other: String) -> Bool {
    name.utf8.elementsEqual(other.utf8) { Self.folded($0) == Self.folded($1) }
  }

  private static func folded(_ byte: UInt8) -> UInt8 { 0x41...0x5a ~= byte ? byte | 0x20 : byte }

  /// What makes it again.
  func make(_ connection: Connection) throws {
    try connection.runOnce(sql)
  }
}
