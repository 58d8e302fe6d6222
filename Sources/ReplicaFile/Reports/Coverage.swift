package import Model
package import SQLite

/// How much has been read of a table that is read parent by parent, or of which no list tells all,
/// as `status --json` prints it.
package struct ParentCoverage: Encodable, Sendable {
  /// Parents that live, and those of them that have been read.
  package let parents: Int64
  package let read: Int64
  /// The source's clock when the parent was read that has waited longest.
  package let oldestReadAt: String?
  /// Whether the parents are the table's own rows, each read for what no list tells of it.
  package let isOfOwnRows: Bool

  private enum CodingKeys: CodingKey { case parents, read, oldestReadAt }

  package var ratio: Double { parents == 0 ? 1 : Double(read) / Double(parents) }

  /// Nil for a table of another kind, and one that the file does not have yet. `replicated` are the
  /// tables that the configuration replicates.
  package init?(of table: Table, in connection: Connection, replicated: Set<String>) throws {
    guard !table.askedRowByRow.isEmpty, try Inventory(connection).tables.contains(table.name) else {
      return nil
    }
    var (read, all): (Int64, Int64) = (0, 0)
    var oldest: String?
    for (_, parent) in table.askedRowByRow where replicated.contains(parent) {
      let row = try connection.row(
        """
        SELECT count(c."read_at"), count(*), min(c."read_at") FROM \(quoted(parent)) AS p
          LEFT JOIN "_parents" AS c
            ON c."table_name" = ? AND c."parent_table" = ? AND c."parent_id" = p."id"
            AND c."read_at" <> '\(Timestamp(0).sql)'
          WHERE p."_deleted_at" IS NULL
        """, [.text(table.name), .text(parent)])
      read += row?[0].integer ?? 0
      all += row?[1].integer ?? 0
      if let text = row?[2].text { oldest = min(oldest ?? text, text) }
    }
    (parents, self.read, oldestReadAt) = (all, read, oldest)
    isOfOwnRows = table.hasAsides
  }
}

/// How far the scrub of a table has come, which reads all rows again, a share in each run. What
/// users see calls it the sweep.
package struct ScrubPosition: Sendable {
  /// The source's clock when rows were last read again.
  package let sweptAt: Timestamp
  /// The living rows that the running turn has read again.
  package let covered: Int64

  /// Nil for a table that is not swept, one that was never read, and in a file that an older
  /// program wrote.
  package init?(of table: Table, in connection: Connection) throws {
    guard table.isSwept, try Database.isCurrent(connection) else { return nil }
    let cursor = try Cursors(connection).load(table.name)
    guard let last = cursor.sweptAt else { return nil }
    sweptAt = last
    // A new turn has no key yet, and no row is less than null.
    covered =
      try connection.value(
        """
        SELECT count(*) FROM \(quoted(table.name)) WHERE "_deleted_at" IS NULL AND "id" <= ?
        """, [Value(cursor.sweptKey)]
      ).integer ?? 0
  }
}

extension Table {
  /// Whether its rows are read again by their ids.
  package var isSwept: Bool {
    // A list that is read whole once a week is not swept besides.
    method == .incremental && !tellsChanges && listings.first?.record != nil
  }
}
