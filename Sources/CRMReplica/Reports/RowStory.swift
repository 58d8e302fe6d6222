internal import Replication
internal import SQLite

/// Everything a replica knows of one row, from the file alone. Instants are UTC, as columns hold them.
struct RowStory: Encodable {
  /// A version that took the place of another.
  struct Change: Encodable {
    let run: Int64
    let at: String
    /// `update`, `delete` or `restore`.
    let kind: String
    /// The columns that changed.
    let before: HistoryValue
    let after: HistoryValue
  }
  /// What made a tombstone of the row.
  struct Burial: Encodable {
    let at: String
    let reason: String
    /// nil when an older program kept no note.
    let run: Int64?
  }
  struct Hold: Encodable {
    let since: String
    let run: Int64
  }
  /// What the feed of the table's deletions says of the row.
  struct Statement: Encodable {
    let feed: String
    let reason: String?
    let deletedAt: String?
    /// Whether the row has been seen alive since.
    let isWithdrawn: Bool
  }
  struct Quarantined: Encodable {
    let at: String
    let run: Int64
    let reason: String
    let record: HistoryValue
  }

  let table: String
  let key: String
  /// Whether the file holds the row, living or as a tombstone.
  private(set) var isStored = false
  private(set) var isLiving = false
  /// A tombstone from which everything else was purged.
  private(set) var isPurged = false
  /// nil where it is not known: an older program kept no note, or what came first is forgotten.
  private(set) var firstSeenAt: String?
  /// nil when the run is no longer in the log.
  private(set) var firstSeenRun: Int64?
  private(set) var changes: [Change] = []
  private(set) var tombstone: Burial?
  private(set) var held: Hold?
  private(set) var statement: Statement?
  /// Records of the table that could not be stored, the newest first; of a row that was never seen.
  private(set) var quarantined: [Quarantined] = []
  /// The source's clock at the last complete pass over the table, and at the last one over all of it.
  private(set) var lastReadAt: String?
  private(set) var lastFullReadAt: String?

  /// Whether the replica has ever had such a row.
  var isKnown: Bool { isStored || !changes.isEmpty }

  /// Records of a quarantine that are told.
  private static let quarantineLimit = 20
  /// Changes that are told, the newest.
  private static let changeLimit = 1_000

  /// Reads the story of the row with this key. `tables` are those that the configuration replicates, and
  /// changes before `keptSince` may have been deleted by it.
  init(
    of key: [Value], joined: Value, in table: Table, tables: [Table], keptSince: String?,
    _ connection: Connection
  ) throws {
    self.table = table.name
    self.key = joined.text ?? joined.integer.map { "\($0)" } ?? ""
    // One moment for all that is read; a reader neither waits for the writer nor stops it.
    try connection.run("BEGIN")
    defer { connection.rollBack() }
    let row: [Value] = [.text(table.name), joined]
    try readChanges(row, connection)
    try readRow(table, key, connection)
    if try isPurged || Self.isForgotten(before: firstSeenAt, keptSince, connection) {
      firstSeenAt = nil
    }
    if firstSeenAt != nil { firstSeenRun = try Self.run(at: firstSeenAt, table.name, connection) }
    held = try connection.rows(
      """
      SELECT "held_at", "run_id" FROM "_held" WHERE "table_name" = ? AND "row_key" = ?
      """, row
    ).first.map { Hold(since: $0[0].text ?? "", run: $0[1].integer ?? 0) }
    if let feed = tables.first(where: { $0.method == .deletions(of: table.name) }) {
      statement = try Self.statement(in: feed, key, connection)
    }
    if !isKnown { quarantined = try Self.quarantine(of: table.name, connection) }
    let cursor = try connection.rows(
      "SELECT \"last_run_date\", \"full_run_date\" FROM \"_cursors\" WHERE \"table_name\" = ?",
      [.text(table.name)]
    ).first
    (lastReadAt, lastFullReadAt) = (cursor?[0].text, cursor?[1].text)
  }

  private mutating func readChanges(_ row: [Value], _ connection: Connection) throws {
    let oldest = try connection.rows(
      """
      SELECT "synced_before" FROM "_history" WHERE "table_name" = ? AND "row_key" = ?
        ORDER BY "id" LIMIT 1
      """, row
    ).first
    firstSeenAt = oldest?[0].text
    changes = try connection.rows(
      """
      SELECT * FROM (SELECT "run_id", "changed_at", "change", "before", "after", "id"
        FROM "_history" WHERE "table_name" = ? AND "row_key" = ?
        ORDER BY "id" DESC LIMIT \(Self.changeLimit)) ORDER BY "id"
      """, row
    ).map {
      Change(
        run: $0[0].integer ?? 0, at: $0[1].text ?? "", kind: $0[2].text ?? "",
        before: HistoryValue(text: $0[3].text), after: HistoryValue(text: $0[4].text))
    }
  }

  private mutating func readRow(
    _ table: Table, _ key: [Value], _ connection: Connection
  ) throws {
    guard try Self.exists(table.name, connection) else { return }
    let condition = table.key.map { "\"\($0.name)\" = ?" }.joined(separator: " AND ")
    let row = try connection.rows(
      """
      SELECT "_synced_at", "_deleted_at", "_deleted_reason", * FROM "\(table.name)" WHERE \(condition)
      """, key
    ).first
    guard let row else { return }
    (isStored, isLiving) = (true, row[1].isNull)
    // The key is left, and what a tombstone is.
    let left = row.dropFirst(3).count { !$0.isNull }
    isPurged = !isLiving && left == table.key.count + 3 && table.columns.contains { !$0.isKey }
    if changes.isEmpty { firstSeenAt = row[0].text }
    if let at = row[1].text {
      tombstone = Burial(
        at: at, reason: row[2].text ?? "", run: changes.last { $0.kind == "delete" }?.run)
    }
  }

  /// Whether changes before an instant may be gone from the history: because they are older than what is
  /// kept, or because the ids of those that are left, which count from 1, say that some are.
  private static func isForgotten(
    before instant: String?, _ keptSince: String?, _ connection: Connection
  ) throws -> Bool {
    guard let instant else { return false }
    if let keptSince, instant < keptSince { return true }
    let oldest = try connection.rows(
      "SELECT \"id\", \"changed_at\" FROM \"_history\" ORDER BY \"id\" LIMIT 1"
    ).first
    return oldest.map { $0[0] != 1 && instant < $0[1].text ?? "" } ?? false
  }

  /// The run that was under way at an instant. Of two in the same second it is the one that added rows.
  private static func run(
    at instant: String?, _ table: String, _ connection: Connection
  ) throws -> Int64? {
    try connection.value(
      """
      SELECT r."id" FROM "_runs" AS r
        LEFT JOIN "_run_tables" AS t ON t."run_id" = r."id" AND t."table_name" = ?2
        WHERE r."started_at" <= ?1 AND ?1 <= coalesce(r."finished_at",
          (SELECT min(n."started_at") FROM "_runs" AS n WHERE n."id" > r."id"), ?1)
        ORDER BY t."inserted" > 0 DESC, r."id" LIMIT 1
      """, [Value(instant), .text(table)]
    ).integer
  }

  private static func statement(
    in feed: Table, _ key: [Value], _ connection: Connection
  ) throws -> Statement? {
    guard try exists(feed.name, connection) else { return nil }
    return try connection.rows(
      """
      SELECT "reason", "deleted_at", "_deleted_at" IS NOT NULL FROM "\(feed.name)" WHERE "id" = ?
      """, key
    ).first.map {
      Statement(
        feed: feed.name, reason: $0[0].text, deletedAt: $0[1].text, isWithdrawn: $0[2] == 1)
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
        record: HistoryValue(text: $0[3].text))
    }
  }

  private static func exists(_ table: String, _ connection: Connection) throws -> Bool {
    try connection.value(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", [.text(table)]) == 1
  }
}
