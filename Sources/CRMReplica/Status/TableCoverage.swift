internal import Replication
internal import SQLite

/// How much has been read of a table that is read parent by parent.
struct ParentCoverage: Encodable {
  /// Parents that live, and those of them that have been read.
  let parents: Int64
  let read: Int64
  /// This host's clock when the parent was read that has waited longest.
  let oldestReadAt: String?

  /// Nil for a table of another kind.
  static func read(
    _ table: Table, in connection: Connection, replicated: Set<String>
  ) throws -> ParentCoverage? {
    guard table.method == .perParent else { return nil }
    var (read, all): (Int64, Int64) = (0, 0)
    var oldest: String?
    for parent in table.parents where replicated.contains(parent) {
      let row = try connection.rows(
        """
        SELECT count(c."read_at"), count(*), min(c."read_at") FROM "\(parent)" AS p
          LEFT JOIN "_parents" AS c
            ON c."table_name" = ? AND c."parent_table" = ? AND c."parent_id" = p."id"
            AND c."read_at" <> '\(Timestamp(0).sql)'
          WHERE p."_deleted_at" IS NULL
        """, [.text(table.name), .text(parent)])[0]
      read += row[0].integer ?? 0
      all += row[1].integer ?? 0
      if let text = row[2].text { oldest = min(oldest ?? text, text) }
    }
    return ParentCoverage(parents: all, read: read, oldestReadAt: oldest)
  }

  var ratio: Double { parents == 0 ? 1 : Double(read) / Double(parents) }
}

/// How far the sweep has come in a table: rows are read again so many a round, until all have been.
struct SweepCoverage: Encodable {
  /// Rows that live, and those of them that the running turn has read again.
  let rows: Int64
  let covered: Int64
  /// Rows that are read again in a day, by the period and the budget that are configured.
  let rowsPerDay: Int64
  /// The days that a turn takes at that pace; nil when the sweep is switched off.
  let days: Double?
  /// When the running turn will be through at that pace.
  let throughAt: String?

  var ratio: Double { rows == 0 ? 1 : Double(covered) / Double(rows) }

  /// Nil for a table that is not swept, and one that was never read. `pace` is the share of what the
  /// period asks for that the budget allows.
  static func read(
    _ table: Table, rows: Int64, in connection: Connection, _ configuration: Configuration,
    pace: Double, at now: Timestamp
  ) throws -> SweepCoverage? {
    guard table.isSwept, try Database.isCurrent(connection) else { return nil }
    let cursor = try connection.rows(
      "SELECT \"swept_at\", \"swept_key\" FROM \"_cursors\" WHERE \"table_name\" = ?",
      [.text(table.name)]
    ).first
    guard let last = cursor?[0].text.flatMap({ Timestamp($0) }), rows > 0 else { return nil }
    var covered: Int64 = 0
    if let key = cursor?[1].integer {
      covered =
        try connection.value(
          "SELECT count(*) FROM \"\(table.name)\" WHERE \"_deleted_at\" IS NULL AND \"id\" <= ?",
          [.integer(key)]
        ).integer ?? 0
    }
    let period = Double(configuration.schedule.sweepEvery.components.seconds)
    let rate = Double(rows) / period * pace
    let left = rate > 0 ? Double(rows - covered) / rate : nil
    return SweepCoverage(
      rows: rows, covered: covered, rowsPerDay: Int64(rate * 86_400),
      days: rate > 0 ? (period / pace / 86_400 * 10).rounded() / 10 : nil,
      throughAt: left.map { max(now, last + Int64(min($0, 1e10))).sql })
  }

  /// The share of the rows' due that the budget of the rounds of a day can read: 1 for all of it.
  static func pace(
    _ statuses: [(table: Table, rows: Int64)], _ configuration: Configuration, perRequest: Int
  ) -> Double {
    let rows = statuses.reduce(0.0) { $1.table.isSwept ? $0 + Double($1.rows) : $0 }
    let wanted = rows / Double(configuration.schedule.sweepEvery.components.seconds)
    let round = Double(configuration.requests.sweepBudget * perRequest)
    let granted = round / Double(configuration.schedule.every.components.seconds)
    return wanted > 0 ? min(1, granted / wanted) : 1
  }
}

extension Table {
  /// Whether its rows are read again by their ids.
  fileprivate var isSwept: Bool { method == .incremental && listings.first?.record != nil }
}
