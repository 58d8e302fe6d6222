package import Model
package import SQLite

/// The records of one table that could not be stored: they are kept aside, each once, until a
/// record with their key is stored, they are gone, or the operator does without them.
package struct Quarantine {
  package struct Entry {
    package let digest: UInt64
    /// Column by column; nil for a record without it.
    package let key: [Value]?
  }

  private let table: Table
  private let connection: Connection
  private var name: Value { .text(table.name) }

  package init(_ table: Table, _ connection: Connection) {
    (self.table, self.connection) = (table, connection)
  }

  package func entries() throws -> [Entry] {
    let key = Self.key(of: table).joined(separator: ", ")
    let rows = try connection.rows(
      "SELECT \"digest\", \(key) FROM \"_quarantine\" AS q \(isOwn)", [name])
    return rows.map {
      let key = Array($0.dropFirst())
      return Entry(
        digest: UInt64(bitPattern: $0[0].integer ?? 0), key: key.contains(.null) ? nil : key)
    }
  }

  /// The digests of those that the operator does without.
  package func accepted() throws -> Set<UInt64> {
    let rows = try connection.rows(
      "SELECT \"digest\" FROM \"_accepted\" WHERE \"table_name\" = ?", [name])
    return Set(rows.map { UInt64(bitPattern: $0[0].integer ?? 0) })
  }

  /// How many wait, when the newest of them was met, and how many are done without.
  package func count() throws -> (waiting: Int64, newest: String?, accepted: Int64) {
    let isAccepted = try isAccepted
    let row = try connection.row(
      """
      SELECT count(*) FILTER (WHERE NOT a), max("seen_at") FILTER (WHERE NOT a),
          count(*) FILTER (WHERE a)
        FROM (SELECT "seen_at", \(isAccepted) AS a FROM "_quarantine" AS q \(isOwn))
      """, [name])
    return (row?[0].integer ?? 0, row?[1].text, row?[2].integer ?? 0)
  }

  /// Takes the operator's word that the table is to do without those that wait. A record that
  /// comes with another content waits again.
  package func accept() throws {
    try connection.run(
      """
      INSERT INTO "_accepted" SELECT "table_name", "digest" FROM "_quarantine" AS q \(isOwn)
        ON CONFLICT DO NOTHING
      """, [name])
  }

  /// A record with its key is stored, or it is gone.
  package func remove(_ digest: UInt64) throws {
    for table in ["_quarantine", "_accepted"] {
      try connection.run(
        "DELETE FROM \(quoted(table)) WHERE \"table_name\" = ? AND \"digest\" = ?",
        [name, .integer(Int64(bitPattern: digest))])
    }
  }

  // MARK: SQL

  private let isOwn = "WHERE q.\"table_name\" = ?1"

  /// The key of a record that is kept aside, column by column: NULL where it lacks it, or where it
  /// is no JSON.
  package static func key(of table: Table) -> [String] {
    table.key.map {
      "CASE WHEN json_valid(\"record\") "
        + "THEN json_extract(\"record\", \("$.\(quoted($0.name))".sqlLiteral)) END"
    }
  }

  /// In a file that an older program has written nothing is accepted.
  private var isAccepted: String {
    get throws {
      guard try connection.holds("_accepted") else { return "0" }
      return """
        EXISTS (SELECT 1 FROM "_accepted" AS o
          WHERE o."table_name" = q."table_name" AND o."digest" = q."digest")
        """
    }
  }
}

extension TableStore {
  /// Keeps a record that cannot be stored, so that it can be looked at: its columns, its children
  /// and its leftovers, for the record as sent may hold what is excluded.
  func quarantine(
    _ record: DecodedPage.Record, _ source: PageBytes, _ reason: String, _ writing: Writing
  ) throws {
    var members = table.columns.enumerated().compactMap { index, column in
      let value = source.value(record.slots + index)
      return value.isNull ? nil : (column.name, JSONText.value(value))
    }
    for (index, child) in children.enumerated() {
      if let rows = child.text(ofRows: index, of: record, source) {
        members.append((child.child.columnName, rows))
      }
    }
    if let extra = source.page.extraText(of: record, layout: layout, source.body) {
      members.append(("_extra", String(decoding: extra, as: UTF8.self)))
    }
    try connection.run(
      """
      INSERT INTO "_quarantine" VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
      """,
      [
        .text(table.name), .integer(Int64(bitPattern: record.digest)), .integer(writing.runID),
        .text(writing.now.sql), .text(reason), .text(JSONText.object(members)),
      ])
  }
}
