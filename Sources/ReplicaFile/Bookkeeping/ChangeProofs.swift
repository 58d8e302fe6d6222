package import Model
package import SQLite

/// How far an account has proved that it tells what has changed in a table's list, where nobody
/// says that it does.
///
/// A proof is an answer to the question what has changed since the last run but one that stands
/// beside a reading of the whole list: it is shorter than the list, has every row that the reading
/// found new or changed since then and none that is older, one at least was edited, and the list is
/// counted as long as it is. An answer that is otherwise refutes, and so does a whole reading that
/// finds an edit of which no answer has told before. For a time no proof is then wanted.
package struct ChangeProofs {
  /// Rows that have to have been told, in one answer or several in a row.
  package static let needed = 10

  private let table: String
  private let connection: Connection

  package init(_ table: Table, _ connection: Connection) {
    (self.table, self.connection) = (table.name, connection)
  }

  private func noted() throws -> (told: Int, refutedAt: Timestamp?) {
    let row = try connection.row(
      "SELECT \"told\", \"refuted_at\" FROM \"_change_proofs\" WHERE \"table_name\" = ?",
      [.text(table)])
    return (Int(row?[0].integer ?? 0), row?[1].text.flatMap { Timestamp($0) })
  }

  /// Whether the account is believed. A file that is not up to date has no proof.
  package func areGiven() throws -> Bool {
    try connection.holds("_change_proofs") && noted().told >= Self.needed
  }

  /// Whether a proof is of use, at an instant so many seconds behind the last refutation.
  package func areWanted(at now: Timestamp, behind rest: Int64) throws -> Bool {
    try noted().refutedAt.map { now - $0 >= rest } ?? true
  }

  /// So many rows were told.
  package func prove(_ rows: Int) throws {
    try connection.run(
      """
      INSERT INTO "_change_proofs" VALUES (?1, ?2, NULL) ON CONFLICT DO UPDATE
        SET "told" = min("told" + ?2, \(Self.needed)), "refuted_at" = NULL
      """, [.text(table), Value(min(rows, Self.needed))])
  }

  package func refute(at now: Timestamp) throws {
    try connection.run(
      "INSERT OR REPLACE INTO \"_change_proofs\" VALUES (?, 0, ?)",
      [.text(table), .text(now.sql)])
  }
}
