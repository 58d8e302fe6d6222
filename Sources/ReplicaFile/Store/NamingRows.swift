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
    let path = Value.text("$.\(quoted(list.columnName))")
    let member = Value.text("$.\(quoted(column))")
    let parents = list.parentColumns.map { "\(quoted($0)) = ?" }.joined(separator: " AND ")
    var texts: Set<Value> = []
    for key in keys {
      var rows = try connection.rows(
        "SELECT \(quoted(column)) FROM \(quoted(list.table)) WHERE \(parents)", key)
      for version in ["before", "after"] {
        rows += try connection.rows(
          """
          SELECT \(Self.text("?2")) FROM "_history" AS h, json_each(h.\(quoted(version)), ?1) AS e
            WHERE h."table_name" = ?3 AND h."row_key" = ?4
          """, [path, member, .text(table.name), TableStore.joined(key)])
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
    let values = [
      texts, .text("$.\(quoted(child.columnName))"), .text("$.\(quoted(column))"),
      .text(owner.name),
    ]
    try connection.run(
      """
      UPDATE "_history" SET "before" = \(without("before")), "after" = \(without("after"))
        WHERE "table_name" = ?4 AND (\(holds("before")) OR \(holds("after")))
      """, values)
    try connection.run(
      """
      DELETE FROM "_quarantine" WHERE "table_name" = ?4
        AND CASE WHEN json_valid("record") THEN \(holds("record")) END
      """, values)
  }

  /// An element's text, NULL where it is no object.
  private static func text(_ path: String) -> String {
    "CASE e.\"type\" WHEN 'object' THEN json_extract(e.\"value\", \(path)) END"
  }

  private func isNaming(_ text: String) -> String {
    // Addresses are the same in any case of their letters.
    "coalesce(\(text), '') COLLATE NOCASE IN (SELECT \"value\" FROM json_each(?1))"
  }

  private func holds(_ record: String) -> String {
    """
    EXISTS (SELECT 1 FROM json_each(\(quoted(record)), ?2) AS e
      WHERE \(isNaming(Self.text("?3"))))
    """
  }

  private func without(_ record: String) -> String {
    let record = quoted(record)
    return """
      CASE WHEN json_type(\(record), ?2) = 'array' THEN json_set(\(record), ?2, json(
        (SELECT json_group_array(json(e."value")) FROM json_each(\(record), ?2) AS e
          WHERE e."type" = 'object' AND NOT \(isNaming(Self.text("?3"))))))
        ELSE \(record) END
      """
  }
}
