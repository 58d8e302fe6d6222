package import Model
package import SQLite

/// Deletes what `_history` has kept long enough, the oldest first, in steps of a transaction each.
package struct HistoryRetention {
  /// Rows of a step.
  static let step = 5_000
  /// Steps of a run. What is left is for the next run, so that a stop is obeyed within a second.
  static let stepLimit = 20

  private let connection: Connection

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// Deletes changes that were made before an instant, and returns how many.
  ///
  /// Rows stand in the order in which they were written: a step that meets younger ones is the
  /// last, so that what is kept is not read in every run. A clock that jumped keeps some longer.
  package func forget(before instant: Timestamp) throws -> Int {
    var forgotten = 0
    for _ in 0..<Self.stepLimit {
      let count = try connection.transaction {
        try History.delete(
          where: """
            "changed_at" < ?1 AND "id" <= (SELECT max("id") FROM
              (SELECT "id" FROM "_history" ORDER BY "id" LIMIT \(Self.step)))
            """, [.text(instant.sql)], connection)
      }
      forgotten += count
      guard count == Self.step else { break }
    }
    return forgotten
  }
}
