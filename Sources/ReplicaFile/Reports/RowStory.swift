package import Model
package import SQLite

/// Everything the file tells of one row. Instants are UTC, as columns hold them.
package struct RowStory: Sendable {
  /// A version that took the place of another.
  package struct Change: Sendable {
    package let run: Int64
    package let at: String
    /// `update`, `delete` or `restore`.
    package let kind: String
    /// The columns that changed, JSON objects; a list inside the record is an array.
    package let before: String
    package let after: String
  }
  /// What made a tombstone of the row.
  package struct Burial: Sendable {
    package let at: String
    package let reason: String
    /// nil when an older program kept no note.
    package let run: Int64?
  }
  package struct Hold: Sendable {
    package let since: String
    package let run: Int64
  }
  /// What the feed of the table's deletions says of the row.
  package struct FeedStatement: Sendable {
    package let feed: String
    package let reason: String?
    package let deletedAt: String?
    /// Whether the row has been seen alive since.
    package let isWithdrawn: Bool
  }
  package struct Quarantined: Sendable {
    package let at: String
    package let run: Int64
    package let reason: String
    /// A JSON object.
    package let record: String?
  }

  package let table: String
  package let key: String
  /// Whether the file holds the row, living or as a tombstone.
  package private(set) var isStored = false
  package private(set) var isLiving = false
  /// A tombstone from which everything else was purged.
  package private(set) var isPurged = false
  /// A tombstone of a row that no list has ever shown: records name it.
  package private(set) var isNamed = false
  /// nil where it is not known: an older program kept no note, or what came first is forgotten.
  package private(set) var firstSeenAt: String?
  /// nil where the history does not name the run and the log no longer has it.
  package private(set) var firstSeenRun: Int64?
  package private(set) var changes: [Change] = []
  package private(set) var tombstone: Burial?
  package private(set) var held: Hold?
  package private(set) var statement: FeedStatement?
  /// Records of the table that could not be stored, the newest first; of a row that was never seen.
  package private(set) var quarantined: [Quarantined] = []
  /// The source's clock at the last complete pass over the table, and at the last over all rows.
  package private(set) var lastReadAt: String?
  package private(set) var lastFullReadAt: String?

  /// Whether the history tells of the row.
  private var wasWritten = false

  /// Whether the replica has ever had such a row.
  package var isKnown: Bool { isStored || wasWritten }

  /// Records of a quarantine that are told.
  private static let quarantineLimit = 20
  /// Changes that are told, the newest.
  private static let changeLimit = 1_000

  /// Reads the story of the row with this key, all of it as of one moment. `tables` are those that
  /// the configuration replicates, and changes before `keptSince` may have been deleted by it.
  package init(
    of key: [Value], in table: Table, tables: [Table], keptSince: String?, _ connection: Connection
  ) throws {
    let joined = TableStore.joined(key)
    self.table = table.name
    self.key = joined.text ?? joined.integer.map { "\($0)" } ?? ""
    try connection.snapshot {
      let inventory = try Inventory(connection).tables
      let row = [.text(table.name), joined]
      try readChanges(of: table, row, connection)
      if inventory.contains(table.name) { try readRow(table, key, connection) }
      if try isPurged || Self.isForgotten(before: firstSeenAt, keptSince, connection) {
        (firstSeenAt, firstSeenRun) = (nil, nil)
      }
      if let firstSeenAt, firstSeenRun == nil {
        firstSeenRun = try Self.run(at: firstSeenAt, table.name, connection)
      }
      held = try Self.hold(row, connection)
      let feed = tables.first { $0.method == .deletions(of: table.name) }?.name
      if let feed, inventory.contains(feed) {
        statement = try Self.statement(in: feed, key, connection)
      }
      if !isKnown { quarantined = try Self.quarantine(of: table.name, connection) }
      let cursor = try Cursors(connection).load(table.name)
      (lastReadAt, lastFullReadAt) = (cursor.lastRunDate?.sql, cursor.fullRunDate?.sql)
    }
  }

  private mutating func readChanges(
    of table: Table, _ row: [Value], _ connection: Connection
  ) throws {
    let first = try connection.row(
      """
      SELECT iif("change" = 'insert', "changed_at", "synced_before"),
          iif("change" = 'insert', "run_id", NULL)
        FROM "_history" WHERE "table_name" = ? AND "row_key" = ? ORDER BY "id" LIMIT 1
      """, row)
    (wasWritten, firstSeenAt, firstSeenRun) = (first != nil, first?[0].text, first?[1].integer)
    let rows = try connection.rows(
      """
      SELECT h."id", h."run_id", h."changed_at", h."change", v."column_name", v."before", v."after"
        FROM (SELECT * FROM "_history"
          WHERE "table_name" = ? AND "row_key" = ? AND "change" <> 'insert'
          ORDER BY "id" DESC LIMIT \(Self.changeLimit)) AS h
        LEFT JOIN "_history_values" AS v ON v."history_id" = h."id"
        ORDER BY h."id", v."column_name"
      """, row)
    let lists = Set(table.children.map(\.columnName))
    func object(_ rows: ArraySlice<[Value]>, _ version: Int) -> String {
      JSONText.object(
        rows.compactMap { row in
          guard let name = row[4].text else { return nil }
          let list = lists.contains(name) ? row[version].text : nil
          return (name, list ?? JSONText.value(row[version]))
        })
    }
    var rest = rows[...]
    while let first = rest.first {
      let change = rest.prefix { $0[0] == first[0] }
      rest = rest.dropFirst(change.count)
      changes.append(
        Change(
          run: first[1].integer ?? 0, at: first[2].text ?? "", kind: first[3].text ?? "",
          before: object(change, 5), after: object(change, 6)))
    }
  }

  private mutating func readRow(
    _ table: Table, _ key: [Value], _ connection: Connection
  ) throws {
    let row = try connection.row(
      """
      SELECT "_synced_at", "_deleted_at", "_deleted_reason", "_digest", *
        FROM \(quoted(table.name))
        WHERE \(TableSQL(table).keyCondition)
      """, key)
    guard let row else { return }
    (isStored, isLiving) = (true, row[1].isNull)
    // The key is left, and what a tombstone is.
    let left = row.dropFirst(4).count { !$0.isNull }
    isPurged = !isLiving && left == table.key.count + 3 && table.columns.contains { !$0.isKey }
    isNamed = !isLiving && !isPurged && row[3].isNull && !wasWritten
    if !wasWritten { firstSeenAt = row[0].text }
    if let at = row[1].text {
      tombstone = Burial(
        at: at, reason: row[2].text ?? "", run: changes.last { $0.kind == "delete" }?.run)
    }
  }

  /// Whether changes before an instant may be gone from the history: they are older than what is
  /// kept, or the ids of those that are left, which count from 1, say that some are.
  private static func isForgotten(
    before instant: String?, _ keptSince: String?, _ connection: Connection
  ) throws -> Bool {
    guard let instant else { return false }
    if let keptSince, instant < keptSince { return true }
    let oldest = try connection.row(
      "SELECT \"id\", \"changed_at\" FROM \"_history\" ORDER BY \"id\" LIMIT 1")
    return oldest.map { $0[0] != 1 && instant < $0[1].text ?? "" } ?? false
  }

  /// The run that was under way at an instant, of several the first that added rows. What a run
  /// learns of the source's clock moves its own by up to a second between a row and its end.
  private static func run(
    at instant: String, _ table: String, _ connection: Connection
  ) throws -> Int64? {
    try connection.value(
      """
      SELECT r."id" FROM "_runs" AS r
        LEFT JOIN "_run_tables" AS t ON t."run_id" = r."id" AND t."table_name" = ?2
        WHERE r."started_at" <= datetime(?1, '+1 second')
          AND datetime(?1, '-1 second') <= coalesce(r."finished_at",
            (SELECT min(n."started_at") FROM "_runs" AS n WHERE n."id" > r."id"), ?1)
        ORDER BY t."inserted" > 0 DESC, r."id" LIMIT 1
      """, [.text(instant), .text(table)]
    ).integer
  }

  private static func hold(_ row: [Value], _ connection: Connection) throws -> Hold? {
    try connection.row(
      """
      SELECT "held_at", "run_id" FROM "_held" WHERE "table_name" = ? AND "row_key" = ?
      """, row
    ).map { Hold(since: $0[0].text ?? "", run: $0[1].integer ?? 0) }
  }

  private static func statement(
    in feed: String, _ key: [Value], _ connection: Connection
  ) throws -> FeedStatement? {
    try connection.row(
      """
      SELECT "reason", "deleted_at", "_deleted_at" IS NOT NULL FROM \(quoted(feed)) WHERE "id" = ?
      """, key
    ).map {
      FeedStatement(
        feed: feed, reason: $0[0].text, deletedAt: $0[1].text, isWithdrawn: $0[2] == 1)
    }
  }

  private static func quarantine(
    of table: String, _ connection: Connection
  ) throws -> [Quarantined] {
    try connection.rows(
      """
      SELECT "seen_at", "run_id", "reason", "record" FROM "_quarantine" WHERE "table_name" = ?
        ORDER BY "seen_at" DESC, "digest" LIMIT \(quarantineLimit)
      """, [.text(table)]
    ).map {
      Quarantined(
        at: $0[0].text ?? "", run: $0[1].integer ?? 0, reason: $0[2].text ?? "",
        record: $0[3].text)
    }
  }
}
