package import Model
package import SQLite

/// Keeps in `_discovery` when the account was asked last which tables it has, and by whom.
///
/// Only files of sources whose tables are not declared have it: it is made when it is first
/// written.
package struct DiscoveryStore {
  package struct Note: Sendable, Hashable {
    /// When the account was asked for the list of what it has.
    package var listedAt: Timestamp
    /// When it was asked to describe all of it.
    package var describedAt: Timestamp
    package var isAdministrator: Bool
    /// Whether its feed of changes was found to tell of everybody's records.
    package var isFed: Bool

    package init(
      listedAt: Timestamp, describedAt: Timestamp, isAdministrator: Bool, isFed: Bool = false
    ) {
      (self.listedAt, self.describedAt) = (listedAt, describedAt)
      (self.isAdministrator, self.isFed) = (isAdministrator, isFed)
    }
  }

  private let connection: Connection

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// Nil where nobody has asked yet.
  package func last() throws -> Note? {
    guard try connection.holds("_discovery") else { return nil }
    let isFed = try hasFed() ? "\"is_fed\"" : "0"
    let row = try connection.rows(
      "SELECT \"listed_at\", \"described_at\", \"is_administrator\", \(isFed) FROM \"_discovery\""
    ).first
    guard let row, let listed = row[0].text.flatMap({ Timestamp($0) }),
      let described = row[1].text.flatMap({ Timestamp($0) })
    else { return nil }
    return Note(
      listedAt: listed, describedAt: described, isAdministrator: row[2] == 1, isFed: row[3] == 1)
  }

  /// Whether the table has the column that came later than the others.
  private func hasFed() throws -> Bool {
    try !connection.rows(
      "SELECT 1 FROM pragma_table_info('_discovery') WHERE \"name\" = 'is_fed'"
    ).isEmpty
  }

  package func note(_ note: Note) throws {
    try connection.transaction {
      try connection.execute(
        """
        CREATE TABLE IF NOT EXISTS "_discovery" (
          "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
          "listed_at" DATETIME NOT NULL,
          "described_at" DATETIME NOT NULL,
          "is_administrator" BOOLEAN NOT NULL,
          "is_fed" BOOLEAN NOT NULL DEFAULT 0
        );
        """)
      if try !hasFed() {
        try connection.execute(
          "ALTER TABLE \"_discovery\" ADD COLUMN \"is_fed\" BOOLEAN NOT NULL DEFAULT 0")
      }
      try connection.run(
        "INSERT OR REPLACE INTO \"_discovery\" VALUES (1, ?, ?, ?, ?)",
        [
          .text(note.listedAt.sql), .text(note.describedAt.sql),
          .integer(note.isAdministrator ? 1 : 0), .integer(note.isFed ? 1 : 0),
        ])
    }
  }

  /// The rows of a table that mirrors what the account says, values as text; none of a table that
  /// the file does not have.
  package func rows(of table: String, _ columns: [String]) throws -> [[String?]] {
    guard try connection.holds(table) else { return [] }
    let list = columns.map { "CAST(\(quoted($0)) AS TEXT)" }.joined(separator: ", ")
    return try connection.rows("SELECT \(list) FROM \(quoted(table))").map { $0.map(\.text) }
  }

  /// The greatest number that is the key of a row of these tables, as far as the file has them.
  package func greatestKey(in tables: [Table]) throws -> Int64 {
    try tables.reduce(0) { greatest, table in
      guard table.key.count == 1, let key = table.key.first, key.type == .integer,
        try connection.holds(table.name)
      else { return greatest }
      let found = try connection.value(
        "SELECT max(\(quoted(key.name))) FROM \(quoted(table.name))")
      return max(greatest, found.integer ?? 0)
    }
  }
}
