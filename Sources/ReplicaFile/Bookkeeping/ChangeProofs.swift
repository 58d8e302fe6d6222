package import Model
package import SQLite

/// How often an account has proved that it tells what has changed in a table's list, where nobody
/// says that it does.
///
/// A proof is an answer to the question what has changed since the last reading but one that stands
/// beside a whole reading: it is shorter than the list, has every row that the reading found new or
/// changed since then and none that is older, and the list is counted as long as it is. An answer
/// that is otherwise refutes, and so does a whole reading that later finds a change of which no
/// answer told. Then no proof counts for a time.
package struct ChangeProofs {
  /// Proofs behind which the account is believed.
  package static let needed = 3

  private let table: String
  private let connection: Connection

  package init(_ table: Table, _ connection: Connection) {
    (self.table, self.connection) = (table.name, connection)
  }

  private func noted() throws -> (proofs: Int, refutedAt: Timestamp?) {
    let row = try connection.row(
      "SELECT \"proofs\", \"refuted_at\" FROM \"_change_proofs\" WHERE \"table_name\" = ?",
      [.text(table)])
    return (Int(row?[0].integer ?? 0), row?[1].text.flatMap { Timestamp($0) })
  }

  /// Whether the account is believed. A file that is not up to date has no proof.
  package func isGiven() throws -> Bool {
    try connection.holds("_change_proofs") && noted().proofs >= Self.needed
  }

  /// Whether another proof is of use, at an instant so many seconds behind the last refutation.
  package func isWanted(at now: Timestamp, behind rest: Int64) throws -> Bool {
    let noted = try noted()
    return noted.proofs < Self.needed && noted.refutedAt.map { now - $0 >= rest } ?? true
  }

  package func prove() throws {
    try connection.run(
      """
      INSERT INTO "_change_proofs" VALUES (?, 1, NULL)
        ON CONFLICT DO UPDATE SET "proofs" = "proofs" + 1, "refuted_at" = NULL
      """, [.text(table)])
  }

  package func refute(at now: Timestamp) throws {
    try connection.run(
      "INSERT OR REPLACE INTO \"_change_proofs\" VALUES (?, 0, ?)", [.text(table), .text(now.sql)])
  }
}
