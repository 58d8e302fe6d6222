internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// How far the scrub of a table has come: rows are read again, so many a run, until all have been.
struct ScrubCoverage: Encodable {
  /// Rows that live, and those of them that the running turn has read again.
  let rows: Int64
  let covered: Int64
  /// Rows that are read again in a day, by the period and the budget that are configured.
  let rowsPerDay: Int64
  /// The days that a turn takes at that pace; nil when the scrub is switched off.
  let days: Double?
  /// When the running turn will be through at that pace.
  let throughAt: String?

  var ratio: Double { rows == 0 ? 1 : Double(covered) / Double(rows) }

  /// Nil for a table that is not swept, and one that was never read. `pace` is the share of what
  /// the period asks for that the budget allows.
  static func read(
    _ table: Table, rows: Int64, in connection: Connection, _ configuration: Configuration,
    pace: Double, at now: Timestamp
  ) throws -> ScrubCoverage? {
    guard rows > 0, let position = try ScrubPosition(of: table, in: connection) else { return nil }
    let covered = position.covered
    let period = Double(configuration.schedule.sweepEvery.components.seconds)
    let rate = Double(rows) / period * pace
    let left = rate > 0 ? Double(rows - covered) / rate : nil
    return ScrubCoverage(
      rows: rows, covered: covered, rowsPerDay: Int64(rate * 86_400),
      days: rate > 0 ? (period / pace / 86_400 * 10).rounded() / 10 : nil,
      throughAt: left.map { max(now, position.sweptAt + Int64(min($0, 1e10))).sql })
  }

  /// The share of the rows' due that the budget of the rounds of a day can read: 1 for all of it.
  static func pace(
    _ statuses: [(table: Table, rows: Int64)], _ configuration: Configuration, perRequest: Int
  ) -> Double {
    let rows = statuses.reduce(0.0) { $1.table.isSwept ? $0 + Double($1.rows) : $0 }
    let wanted = rows / Double(configuration.schedule.sweepEvery.components.seconds)
    let round = Double(configuration.requests.scrubBudget * perRequest)
    let granted = round / Double(configuration.schedule.every.components.seconds)
    return wanted > 0 ? min(1, granted / wanted) : 1
  }
}
