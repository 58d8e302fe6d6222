internal import Model
internal import ReplicaFile
internal import SQLite

/// Shares a run's budget among the listings that cost one request for each parent, and the tables
/// that cost one for each row of which no list tells all: of those only what is due.
///
/// Parents that have changed since they were read come first, in every table; what is left of the
/// budget goes to a rolling scrub, the longest unread first.
struct ParentQuotas {
  struct Key: Hashable {
    let table: String
    let listing: Int
  }

  let connection: Connection
  let runID: Int64
  /// The source's clock.
  let now: Timestamp
  /// Whether parents that have never been read are left out.
  var onlyRead = false
  /// The tables of which more is read than what is due; nil for all.
  var rereads: Set<String>?
  /// Whether all is read again that can be.
  var isFull = false
  /// Seconds behind which a row that could not be had by itself is asked for again, though it has
  /// not changed: there are records at which a server crashes each time.
  var restsFor: Int64

  /// The requests each listing may make. Every listing gets what it needs or an equal share.
  ///
  /// A listing whose parents are not replicated gets none.
  func shares(
    of budget: Int, among tables: [Table], replicated: Set<String>
  ) throws -> [Key: Int] {
    var keys: [Key] = []
    var changed: [Int] = []
    var others: [Int] = []
    for table in tables {
      for (index, parent) in table.askedRowByRow where replicated.contains(parent) {
        let row = try connection.rows(
          """
          SELECT count(*), coalesce(sum(\(isDue(in: table))), 0)
            FROM \(parents(parent)) WHERE p."_deleted_at" IS NULL
          """, values(table, parent))[0]
        keys.append(Key(table: table.name, listing: index))
        changed.append(Int(row[1].integer ?? 0))
        let other = Int(row[0].integer ?? 0) - Int(row[1].integer ?? 0)
        let rereads = table.method == .perParent && self.rereads?.contains(table.name) ?? true
        others.append(rereads || isFull ? other : 0)
      }
    }
    let first = Self.divide(budget, among: changed)
    let second = Self.divide(budget - first.reduce(0, +), among: others)
    return Dictionary(uniqueKeysWithValues: zip(keys, zip(first, second).map { $0 + $1 }))
  }

  /// How many parents of a table are new or have changed since they were read.
  func due(in table: Table, replicated: Set<String>) throws -> Int {
    let parents = Set(table.askedRowByRow.map(\.of)).intersection(replicated)
    return try parents.reduce(0) { sum, parent in
      let count = try connection.value(
        """
        SELECT count(*) FROM \(self.parents(parent))
          WHERE p."_deleted_at" IS NULL AND \(isDue(in: table))
        """, values(table, parent))
      return sum + Int(count.integer ?? 0)
    }
  }

  /// The parents to be read next, at most `count`, none of them read in this run: those that are
  /// due, the last changed first, then the longest unread.
  func next(_ count: Int, of table: Table, parent: String) throws -> [Int64] {
    try connection.rows(
      """
      SELECT p."id" FROM \(parents(parent))
        WHERE p."_deleted_at" IS NULL AND c."run_id" IS NOT ?5
        ORDER BY (\(isDue(in: table))) DESC,
          coalesce(c."read_at" = '\(Self.unread)', 0),
          iif(p."_synced_at" > c."read_at", p."_synced_at", NULL) DESC, c."read_at", p."id"
        LIMIT ?6
      """, values(table, parent) + [.integer(runID), Value(count)]
    ).compactMap { $0[0].integer }
  }

  /// Notes that a parent has been read, or, without an instant, that its list could not be had: it
  /// is asked again in the next run, behind those that never were.
  func note(_ id: Int64, of table: String, parent: String, at now: Timestamp?) throws {
    try connection.run(
      """
      INSERT INTO "_parents" VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET "read_at" = excluded."read_at", "run_id" = excluded."run_id"
      """,
      [.text(table), .text(parent), .integer(id), .text(now?.sql ?? Self.unread), .integer(runID)])
  }

  /// Notes that a row has been asked for by itself, or could not be had: unless it changes, it is
  /// then left alone for a while.
  func note(aside id: Int64, of table: String, isAnswered: Bool, at now: Timestamp) throws {
    try note(id, of: table, parent: table, at: isAnswered ? now : nil)
    if isAnswered {
      try connection.run(
        "DELETE FROM \"_unanswered\" WHERE \"table_name\" = ? AND \"row_key\" = ?",
        [.text(table), .integer(id)])
    } else {
      try connection.run(
        "INSERT OR REPLACE INTO \"_unanswered\" VALUES (?, ?, ?)",
        [.text(table), .integer(id), .text(now.sql)])
    }
  }

  /// Lets all rows of a table rest that never answered by themselves.
  func rest(_ table: String, at now: Timestamp) throws {
    try connection.run(
      """
      INSERT OR REPLACE INTO "_unanswered" SELECT ?1, p."id", ?2 FROM \(quoted(table)) AS p
        WHERE p."_deleted_at" IS NULL AND p."id" NOT IN (SELECT "parent_id" FROM "_parents"
          WHERE "table_name" = ?1 AND "parent_table" = ?1 AND "read_at" <> '\(Self.unread)')
      """, [.text(table), .text(now.sql)])
  }

  /// Stands for the instant of a parent whose list could not be had.
  static let unread = Timestamp(0).sql

  /// That a parent was never read, or not since it changed. An instant that has not come yet says
  /// nothing: some clock was wrong.
  private func isDue(in table: Table) throws -> String {
    let due = """
      (c."read_at" IS NULL OR p."_synced_at" >= c."read_at"
        OR c."read_at" > i."latest")
      """
    guard table.hasAsides, try connection.holds("_unanswered") else { return due }
    return """
      \(due) AND NOT EXISTS (SELECT 1 FROM "_unanswered" AS u
        WHERE u."table_name" = ?1 AND u."row_key" = p."id" AND u."asked_at" > p."_synced_at"
          AND u."asked_at" > i."rested" AND u."asked_at" <= i."latest")
      """
  }

  /// The rows of a parent with what is known of their lists, and the instants that count.
  private func parents(_ parent: String) -> String {
    """
    (SELECT ?3 AS "latest", ?4 AS "rested") AS i CROSS JOIN \(quoted(parent)) AS p
      \(onlyRead ? "JOIN" : "LEFT JOIN") "_parents" AS c
      ON c."table_name" = ?1 AND c."parent_table" = ?2 AND c."parent_id" = p."id"
    """
  }

  private func values(_ table: Table, _ parent: String) -> [Value] {
    [
      .text(table.name), .text(parent), .text((now + SourceClock.tolerance).sql),
      .text((now + -restsFor).sql),
    ]
  }

  /// Divides evenly; nobody gets more than it needs, and nothing is left while somebody needs more.
  static func divide(_ budget: Int, among needs: [Int]) -> [Int] {
    var shares = [Int](repeating: 0, count: needs.count)
    var left = max(0, budget)
    var open = needs.indices.sorted { needs[$0] < needs[$1] }
    while let smallest = open.first {
      let share = min(needs[smallest], left / open.count)
      shares[smallest] = share
      left -= share
      open.removeFirst()
    }
    return shares
  }
}
