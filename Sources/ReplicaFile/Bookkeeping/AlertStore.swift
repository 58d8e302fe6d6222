package import Model
package import SQLite

/// What was told by a channel and has not been told to be over.
package struct ToldAlert: Sendable, Hashable {
  package let channel: String
  package let kind: String
  /// Empty for what is no matter of a table.
  package let table: String

  package init(channel: String, kind: String, table: String) {
    (self.channel, self.kind, self.table) = (channel, kind, table)
  }
}

/// Keeps in `_alerts` what was told, for the next process: it is told once, however many try again.
package struct AlertStore {
  private let connection: Connection

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// Nothing in a file that an older program wrote.
  package func told() throws -> Set<ToldAlert> {
    guard try connection.holds("_alerts") else { return [] }
    return Set(
      try connection.rows("SELECT \"channel\", \"kind\", \"table_name\" FROM \"_alerts\"").map {
        ToldAlert(
          channel: $0[0].text ?? "", kind: $0[1].text ?? "", table: $0[2].text ?? "")
      })
  }

  /// Keeps these and no others. What stays keeps the time at which it was told. False where a file
  /// that an older program wrote has no place for them yet.
  package func keep(_ told: Set<ToldAlert>, at now: Timestamp) throws -> Bool {
    guard try connection.holds("_alerts") else { return false }
    let kept = try self.told()
    for alert in kept.subtracting(told) {
      try connection.run(
        """
        DELETE FROM "_alerts" WHERE "channel" = ? AND "kind" = ? AND "table_name" = ?
        """,
        [.text(alert.channel), .text(alert.kind), .text(alert.table)])
    }
    for alert in told.subtracting(kept) {
      try connection.run(
        "INSERT INTO \"_alerts\" VALUES (?, ?, ?, ?)",
        [.text(alert.channel), .text(alert.kind), .text(alert.table), .text(now.sql)])
    }
    return true
  }
}
