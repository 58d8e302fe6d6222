package import Model
package import SQLite

/// By how many rows the last list of a table ended before the source's count of it, where it was
/// therefore not believed. The operator may know that it is the count that is wrong.
package struct Shortfall {
  private let name: [Value]
  private let connection: Connection

  package init(_ table: Table, _ connection: Connection) {
    (name, self.connection) = ([.text(table.name)], connection)
  }

  /// Nil where the list was believed, and in a file that an older program has written.
  package func rows() throws -> Int? {
    guard try connection.holds("_shortfalls") else { return nil }
    return try connection.row("SELECT \"rows\" FROM \"_shortfalls\" WHERE \"table_name\" = ?", name)
      .flatMap { $0[0].integer.map { Int($0) } }
  }

  package func note(_ rows: Int) throws {
    try connection.run(
      """
      INSERT INTO "_shortfalls" VALUES (?, ?) ON CONFLICT DO UPDATE SET "rows" = excluded."rows"
      """, name + [Value(rows)])
  }

  /// A list has been believed.
  package func remove() throws {
    try connection.run("DELETE FROM \"_shortfalls\" WHERE \"table_name\" = ?", name)
  }

  /// Takes the operator's word that the count is wrong by so much.
  package func accept() throws {
    try connection.run(
      """
      UPDATE "_cursors" SET "count_error" = max("count_error", s."rows") FROM "_shortfalls" AS s
        WHERE s."table_name" = "_cursors"."table_name" AND s."table_name" = ?
      """, name)
    try remove()
  }
}
