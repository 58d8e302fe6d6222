internal import Model
internal import ReplicaFile
internal import SQLite

/// Collects in a temporary table what a run over the copy of a replica had to change in it.
///
/// Rows that it inserted are noted by triggers, for the history tells only of what was there
/// before. A row may change more than once in a run; what counts is how it was before and is now.
final class Differences {
  static let unfinished = "The verification ended before the table was compared to its end."

  let connection: Connection
  private let tables: [Table]
  private let lastChange: Value
  /// The source's clock at the last completed pass of each table before the run.
  private var synced: [String: Value] = [:]

  /// Begins to note what is inserted. The run comes next.
  init(_ connection: Connection, _ tables: [Table]) throws {
    self.connection = connection
    self.tables = tables
    lastChange = try connection.value("SELECT coalesce(max(\"id\"), 0) FROM \"_history\"")
    try connection.execute(
      """
      CREATE TEMP TABLE inserted (table_name, k, PRIMARY KEY (table_name, k)) WITHOUT ROWID;
      CREATE TEMP TABLE orphans (table_name, k, PRIMARY KEY (table_name, k)) WITHOUT ROWID;
      CREATE TEMP TABLE differences (table_name, k, kind, columns, dated, is_pending DEFAULT 0,
        is_unsynced DEFAULT 0, is_refused DEFAULT 0, PRIMARY KEY (table_name, k)) WITHOUT ROWID;
      DELETE FROM "_quarantine";
      """)
    for table in tables {
      let key = TableSQL(table).keyExpression(of: "NEW")
      try connection.execute(
        """
        CREATE TEMP TRIGGER \(quoted("insert_\(table.name)"))
          AFTER INSERT ON main.\(quoted(table.name)) BEGIN
          INSERT INTO inserted VALUES (\(table.name.sqlLiteral), \(key)) ON CONFLICT DO NOTHING;
        END
        """)
      // What was only named has no digest: when it is listed, it is new.
      try connection.execute(
        """
        CREATE TEMP TRIGGER \(quoted("list_\(table.name)"))
          AFTER UPDATE OF "_deleted_at" ON main.\(quoted(table.name))
          WHEN OLD."_digest" IS NULL AND OLD."_deleted_at" IS NOT NULL
            AND NEW."_deleted_at" IS NULL BEGIN
          INSERT INTO inserted VALUES (\(table.name.sqlLiteral), \(key)) ON CONFLICT DO NOTHING;
        END
        """)
      try noteOrphans(of: table)
      synced[table.name] = try Value(Cursors(connection).load(table.name).lastRunDate?.sql)
    }
  }

  /// The second before the first table that a run has compared was begun, by the source's clock.
  func lastSecond(before summary: RunSummary) throws -> Timestamp? {
    try summary.tables.filter { $0.outcome == .good }
      .compactMap { try Cursors(connection).load($0.table).lastRunDate }.min().map { $0 + -1 }
  }

  /// Finds the differences behind the run. What the source dates later than `asOf` is pending,
  /// unless that is later than `end` too, when the run was over: then the date says nothing.
  func find(in selected: [Table], from asOf: Timestamp?, to end: Timestamp?) throws {
    try connection.transaction {
      try connection.run("DELETE FROM temp.differences")
      try fold()
      for table in selected {
        try addInserted(table)
        try addOrphans(of: table)
        try addRefused(of: table)
        if let asOf, let end {
          try mark("is_pending", table, from: .text(asOf.sql), to: .text(end.sql))
        }
        if let last = synced[table.name], !last.isNull {
          try mark("is_unsynced", table, from: last, to: "9999-12-31 23:59:59")
        }
      }
    }
  }

  // MARK: Reading

  /// The figures of a table, from what the run reports and what was found.
  func verified(_ report: TableReport, runID: Int64) throws -> VerifiedTable {
    var verified = VerifiedTable(table: report.table)
    verified.requests = report.requests
    verified.compared = report.counts.read
    verified.counted = report.counted
    if report.outcome != .good { verified.error = report.error ?? Self.unfinished }
    let rows = try connection.rows(
      """
      SELECT kind, is_pending, count(*), sum(is_unsynced) FROM temp.differences
        WHERE table_name = ? GROUP BY 1, 2
      """, [.text(report.table)])
    for row in rows {
      let count = Int(row[2].integer ?? 0)
      guard row[1] == 0 else {
        verified.pending += count
        continue
      }
      verified.unsynced += Int(row[3].integer ?? 0)
      switch row[0].text.flatMap({ Difference.Kind(rawValue: $0) }) {
      case .missing: verified.missing = count
      case .extra: verified.extra = count
      case .differing: verified.differing = count
      case nil: break
      }
    }
    guard let table = tables.first(where: { $0.name == report.table }) else { return verified }
    switch table.method {
    case .perParent:
      (verified.parentsCompared, verified.parents) = try parents(of: table, runID: runID)
    case .deletions: break
    case .incremental, .full, .newestFirst:
      // Pages that were read twice are no more records.
      guard verified.error == nil else { break }
      verified.compared = try Inventory(connection).living(table.name)
      verified.error = try disagreement(verified, lists: table.listings.count)
    }
    return verified
  }

  /// Says that the account counts more rows, or fewer, than could be compared: the list it gave is
  /// not the list that it counts. What came or went meanwhile, and what cannot be stored, explains
  /// some of them, and the count of each list may be off by a few all the time.
  private func disagreement(_ verified: VerifiedTable, lists: Int) throws -> String? {
    guard let counted = verified.counted else { return nil }
    let refused = try connection.value(
      """
      SELECT count(*) FROM temp.differences
        WHERE table_name = ? AND is_refused AND kind = 'missing'
      """, [.text(verified.table)])
    let rows = verified.compared + Int(refused.integer ?? 0)
    let tolerance = SourceCount.tolerance * lists
    guard abs(counted - rows) > tolerance + verified.pending else { return nil }
    return "The account counts \(counted.counted("row")) and shows \(rows.grouped)."
  }

  /// The rows of tables that differ and can be asked for by their ids. Where many differ it is no
  /// accident of one answer, and only some are.
  func askable(in selected: [Table]) throws -> [String: [Int64]] {
    var ids: [String: [Int64]] = [:]
    for table in selected where table.listings.count == 1 && table.listings[0].record != nil {
      let rows = try connection.rows(
        """
        SELECT k FROM temp.differences WHERE table_name = ? AND NOT is_pending
          AND typeof(k) = 'integer' ORDER BY k LIMIT \(Self.askedAgain)
        """, [.text(table.name)])
      if !rows.isEmpty { ids[table.name] = rows.compactMap(\.[0].integer) }
    }
    return ids
  }

  private static let askedAgain = 100

  private func parents(of table: Table, runID: Int64) throws -> (compared: Int, all: Int) {
    var (compared, all): (Int64, Int) = (0, 0)
    for parent in table.parents where tables.contains(where: { $0.name == parent }) {
      compared +=
        try connection.value(
          """
          SELECT count(*) FROM "_parents"
            WHERE "table_name" = ? AND "parent_table" = ? AND "run_id" = ?
          """, [.text(table.name), .text(parent), .integer(runID)]
        ).integer ?? 0
      all += try Inventory(connection).living(parent)
    }
    return (Int(compared), all)
  }

  /// Goes through the differences of a table in the order of their keys.
  func each(of table: String, limit: Int, _ body: (Difference) throws -> Void) throws {
    let statement = try Statement(
      """
      SELECT k, kind, columns, is_unsynced FROM temp.differences
        WHERE table_name = ? AND NOT is_pending ORDER BY k LIMIT ?
      """, on: connection)
    try statement.bind([.text(table), Value(limit)])
    while try statement.step() {
      guard let kind = Difference.Kind(rawValue: statement.text(at: 1)) else { continue }
      let columns = statement.text(at: 2).split(separator: ",").map(String.init)
      try body(
        Difference(
          key: statement.value(at: 0), kind: kind, columns: columns,
          isUnsynced: statement.integer(at: 3) == 1))
    }
  }

  // MARK: Finding

  /// One row of the replica, and what the run made of it so far.
  private struct Change {
    let table: Value
    let key: Value
    var before: [String: Value] = [:]
    var after: [String: Value] = [:]

    /// What it comes to: nothing, when the row is as it was.
    var difference: (kind: Difference.Kind, columns: [String])? {
      let mark = "_deleted_at"
      let wasLiving = before[mark]?.isNull ?? true
      let isLiving = after[mark]?.isNull ?? true
      switch (wasLiving, isLiving) {
      case (true, false): return (.extra, [])
      case (false, true): return (.missing, [])
      case (false, false), (true, true):
        // Of a tombstone the account tells when and why, and of a living row neither.
        // When a row was first missed the account does not tell.
        let isMissed = after["_deleted_reason"] == "absent" && !isLiving
        let columns = before.keys.filter {
          $0.hasPrefix("_deleted_") != isLiving && before[$0] != after[$0]
            && !(isMissed && $0 == mark)
        }
        return columns.isEmpty ? nil : (.differing, columns.sorted())
      }
    }
  }

  /// Makes one difference of all that the history tells of a row.
  private func fold() throws {
    let statement = try Statement(
      """
      SELECT h."table_name", h."row_key", v."column_name", v."before", v."after"
        FROM "_history" AS h JOIN "_history_values" AS v ON v."history_id" = h."id"
        WHERE h."id" > ? ORDER BY h."table_name", h."row_key", h."id"
      """, on: connection)
    try statement.bind([lastChange])
    var change: Change?
    while try statement.step() {
      let (table, key) = (statement.value(at: 0), statement.value(at: 1))
      if change.map({ $0.table != table || $0.key != key }) ?? true {
        try add(change)
        change = Change(table: table, key: key)
      }
      let column = statement.text(at: 2)
      if change?.before[column] == nil { change?.before[column] = statement.value(at: 3) }
      change?.after[column] = statement.value(at: 4)
    }
    try add(change)
  }

  private func add(_ change: Change?) throws {
    guard let change, let (kind, columns) = change.difference else { return }
    try connection.run(
      "INSERT INTO temp.differences (table_name, k, kind, columns, dated) VALUES (?, ?, ?, ?, ?)",
      [
        change.table, change.key, .text(kind.rawValue), .text(columns.joined(separator: ",")),
        date(of: change, columns),
      ])
  }

  /// The earliest of the account's values when nothing but date-times differ: it has set them
  /// since, as it does with the date of the last contact.
  private func date(of change: Change, _ columns: [String]) -> Value {
    guard let table = tables.first(where: { .text($0.name) == change.table }) else { return .null }
    let dates = columns.map { name -> String? in
      let isDate = table.columns.contains { $0.name == name && $0.type == .dateTime }
      return isDate ? change.after[name]?.text : nil
    }
    guard !dates.contains(nil), let first = dates.compactMap({ $0 }).min() else { return .null }
    return .text(first)
  }

  /// Rows that the run inserted are missing, unless they are gone again.
  private func addInserted(_ table: Table) throws {
    try connection.run(
      "DELETE FROM temp.differences WHERE table_name = ?1 AND k IN "
        + "(SELECT k FROM temp.inserted WHERE table_name = ?1)", [.text(table.name)])
    let key = TableSQL(table).keyExpression
    try connection.run(
      """
      INSERT INTO temp.differences (table_name, k, kind, columns)
        SELECT table_name, k, 'missing', '' FROM temp.inserted WHERE table_name = ? AND k NOT IN
          (SELECT \(key) FROM \(quoted(table.name)) WHERE "_deleted_at" IS NOT NULL)
      """, [.text(table.name)])
  }

  /// Notes rows of lists without their record, before the run takes them out: somebody has put them
  /// there, or taken the record away.
  private func noteOrphans(of table: Table) throws {
    for child in table.children {
      let owner = TableSQL.joined(child.parentColumns.map { "c.\(quoted($0))" })
      try connection.run(
        """
        INSERT INTO temp.orphans SELECT DISTINCT ?, \(owner) FROM \(quoted(child.table)) AS c
          WHERE \(TableSQL(table).isOrphan(child)) ON CONFLICT DO NOTHING
        """, [.text(table.name)])
    }
  }

  private func addOrphans(of table: Table) throws {
    try connection.run(
      """
      INSERT INTO temp.differences (table_name, k, kind, columns)
        SELECT table_name, k, 'extra', '' FROM temp.orphans WHERE table_name = ?
        ON CONFLICT DO NOTHING
      """, [.text(table.name)])
  }

  /// Records of the account that the copy refused: each is a difference, whatever is stored of it.
  /// One without a key has a number in the place of one.
  private func addRefused(of table: Table) throws {
    let key = TableSQL.joined(Quarantine.key(of: table))
    let isLiving = """
      EXISTS (SELECT 1 FROM \(quoted(table.name)) AS t
        WHERE \(TableSQL(table).keyExpression(of: "t")) = q.k AND t."_deleted_at" IS NULL)
      """
    try connection.run(
      """
      INSERT INTO temp.differences (table_name, k, kind, columns, is_refused)
        SELECT ?1, coalesce(q.k, 'without key ' || row_number() OVER ()),
            iif(\(isLiving), 'differing', 'missing'), '', 1
          FROM (SELECT \(key) AS k FROM "_quarantine" WHERE "table_name" = ?1) AS q WHERE true
        ON CONFLICT DO NOTHING
      """, [.text(table.name)])
  }

  // MARK: Dates

  /// Marks the differences of which the source says that they happened between two instants.
  private func mark(_ column: String, _ table: Table, from: Value, to: Value) throws {
    let values = [from, .text(table.name), to]
    try connection.run(
      """
      UPDATE temp.differences SET \(column) = 1
        WHERE \(Self.isWithin("dated")) AND table_name = ?2
      """, values)
    let rows = "SELECT \(TableSQL(table).keyExpression) FROM \(quoted(table.name)) WHERE "
    for (kinds, condition) in [
      ("'missing', 'differing'", edited(table)), ("'extra'", gone(table)),
      ("'differing'", [Self.isDeleted]),
    ] where !condition.isEmpty {
      try connection.run(
        """
        UPDATE temp.differences SET \(column) = 1 WHERE table_name = ?2 AND kind IN (\(kinds))
          AND k IN (\(rows)\(condition.joined(separator: " OR ")))
        """, values)
    }
  }

  /// Whether a date is later than `?1` and not later than `?3`.
  private static func isWithin(_ date: String) -> String {
    "\(date) > ?1 AND \(date) <= ?3"
  }

  /// Conditions on a row that was made or edited meanwhile, itself or the record that it hangs on.
  private func edited(_ table: Table) -> [String] {
    var names = ["created_at"]
    if let freshness = table.freshness { names.append(table.columns[freshness].name) }
    if case .deletions = table.method { names.append("deleted_at") }
    let dates = table.columns.filter { $0.type == .dateTime && names.contains($0.name) }
    return dates.map { Self.isWithin(quoted($0.name)) } + editedParents(table)
  }

  private func editedParents(_ table: Table) -> [String] {
    table.listings.compactMap(\.parent).compactMap { editedRow(of: $0.table, in: $0.column) }
  }

  private func editedRow(of name: String, in column: String) -> String? {
    guard let other = tables.first(where: { $0.name == name }), let freshness = other.freshness
    else { return nil }
    let date = quoted(other.columns[freshness].name)
    return
      "\(quoted(column)) IN (SELECT \"id\" FROM \(quoted(name)) WHERE \(Self.isWithin(date)))"
  }

  private static let isDeleted =
    "\"_deleted_reason\" = 'deleted' AND \(isWithin("\"_deleted_at\""))"

  /// Conditions on a row that went meanwhile. The feed dates deletions and does not date
  /// restrictions. Without a feed, a row went with the record that it hangs on.
  private func gone(_ table: Table) -> [String] {
    if case .deletions(let name) = table.method {
      return editedRow(of: name, in: "id").map { [$0] } ?? []
    }
    let owners = Set(tables.flatMap { $0.listings.compactMap(\.parent) })
    let own = owners.filter { owner in
      tables.contains { $0.name == owner.table }
        && table.columns.contains { $0.name == owner.column }
    }
    return ["(\(Self.isDeleted))"] + editedParents(table)
      + own.map {
        "\(quoted($0.column)) IN (SELECT \"id\" FROM \(quoted($0.table)) WHERE \(Self.isDeleted))"
      }.sorted()
  }
}
