internal import Model
internal import SQLite

/// The rows of a list that name purged rows by a text such as an address, which those held.
struct NamingRows {
  let child: Child
  private let owner: Table
  private let column: String
  /// The texts, a JSON array.
  private let texts: Value
  private let connection: Connection

  /// Nil when the list names no rows of that table, or none of these by any text.
  init?(
    _ child: Child, of owner: Table, naming keys: [[Value]], of table: Table,
    in connection: Connection
  ) throws {
    guard let names = child.names, names.table == table.name,
      let list = table.children.first(where: { $0.table == names.list })
    else { return nil }
    (self.child, self.owner, self.connection) = (child, owner, connection)
    column = names.column
    let member = Value.text("$.\(quoted(column))")
    let parents = list.parentColumns.map { "\(quoted($0)) = ?" }.joined(separator: " AND ")
    var texts: Set<Value> = []
    for key in keys {
      var rows = try connection.rows(
        "SELECT \(quoted(column)) FROM \(quoted(list.table)) WHERE \(parents)", key)
      for version in ["before", "after"] {
        rows += try connection.rows(
          """
          SELECT \(Self.text("?2")) FROM "_history" AS h
            JOIN "_history_values" AS v ON v."history_id" = h."id" AND v."column_name" = ?1,
              json_each(v.\(quoted(version))) AS e
            WHERE h."table_name" = ?3 AND h."row_key" = ?4
          """,
          [.text(list.columnName), member, .text(table.name), TableStore.joined(key)])
      }
      texts.formUnion(rows.map { $0[0] }.filter { $0.text?.isEmpty == false })
    }
    if texts.isEmpty { return nil }
    self.texts = .text(JSONText.array(texts.map(JSONText.value)))
  }

  func count() throws -> Int {
    let count = try connection.value(
      "SELECT count(*) FROM \(quoted(child.table)) WHERE \(isNaming(quoted(column)))", [texts])
    return Int(count.integer ?? 0)
  }

  /// Deletes the rows, also from the history of those whose list it is, and records that were kept
  /// aside with such rows.
  func delete(at now: Timestamp) throws {
    let parents = child.parentColumns.map(quoted).joined(separator: ", ")
    let key = owner.key.map { quoted($0.name) }.joined(separator: ", ")
    try connection.run(
      """
      UPDATE \(quoted(owner.name)) SET "_synced_at" = ?2 WHERE (\(key)) IN
        (SELECT \(parents) FROM \(quoted(child.table)) WHERE \(isNaming(quoted(column))))
      """, [texts, .text(now.sql)])
    try connection.run(
      "DELETE FROM \(quoted(child.table)) WHERE \(isNaming(quoted(column)))", [texts])
    let member = Value.text("$.\(quoted(column))")
    try connection.run(
      """
      UPDATE "_history_values" SET "before" = \(without("before")), "after" = \(without("after"))
        WHERE "column_name" = ?2 AND (\(holds("before")) OR \(holds("after")))
          AND (SELECT "table_name" FROM "_history" WHERE "id" = "history_id") = ?4
      """, [texts, .text(child.columnName), member, .text(owner.name)])
    try connection.run(
      """
      DELETE FROM "_quarantine" WHERE "table_name" = ?4
        AND CASE WHEN json_valid("record") THEN \(holds("record", "?2")) END
      """, [texts, .text("$.\(quoted(child.columnName))"), member, .text(owner.name)])
  }

  /// An element's text, NULL where it is no object.
  private static func text(_ path: String) -> String {
    "CASE e.\"type\" WHEN 'object' THEN json_extract(e.\"value\", \(path)) END"
  }

  private func isNaming(_ text: String) -> String {
    // Addresses are the same in any case of their letters.
    "coalesce(\(text), '') COLLATE NOCASE IN (SELECT \"value\" FROM json_each(?1))"
  }

  /// Whether an array has a row that names them; `path` is its place in a record.
  private func holds(_ text: String, _ path: String = "'$'") -> String {
    """
    EXISTS (SELECT 1 FROM json_each(\(quoted(text)), \(path)) AS e
      WHERE \(isNaming(Self.text("?3"))))
    """
  }

  /// An array without such rows.
  private func without(_ text: String) -> String {
    """
    (SELECT json_group_array(json(e."value")) FROM json_each(\(quoted(text))) AS e
      WHERE e."type" = 'object' AND NOT \(isNaming(Self.text("?3"))))
    """
  }
}
