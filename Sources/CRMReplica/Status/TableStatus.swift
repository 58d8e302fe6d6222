internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// How fresh and complete one table of a replica is, from the file alone.
struct TableStatus: Encodable {
  let table: String
  /// Rows that live, and tombstones.
  let rows: Int64
  let tombstones: Int64
  /// The source's clock at the start of the last completed pass.
  let lastRunDate: String?
  /// The same at its end, and how long ago that is, in seconds; nil where that is not known.
  let completedAt: String?
  let ageSeconds: Int64?
  /// Of the last run that read the table and has ended: `good`, `failed`, `held`, `unfinished`.
  let outcome: String?
  let error: String?
  /// Rows that the delete guard holds back.
  let heldRows: Int64
  /// Whether a pass has begun and not ended.
  let isUnderWay: Bool
  /// Parents that have been read and that there are, for a table that is read parent by parent.
  let parentsRead: Int64?
  let parents: Int64?
  let parentCoverage: ParentCoverage?
  let findings: TableFindings
  /// When the schedule wants it read again, and how many seconds it leaves between two readings.
  var nextDueAt: String?
  var everySeconds: Int64?
  /// Seconds of them by which it is left alone for longer than others.
  var restSeconds: Int64 = 0
  var sweepCoverage: ScrubCoverage?

  /// Reads the status of a table. A table that is not in the file yet has none.
  static func read(
    _ table: Table, in connection: Connection, replicated: Set<String>, by clock: SourceClock,
    config: String
  ) throws -> TableStatus {
    let freshness = try Freshness(of: table.name, in: connection)
    let coverage = try ParentCoverage(of: table, in: connection, replicated: replicated)
    let age = freshness.completedAt.flatMap { Timestamp($0) }.map { clock.now() - $0 }
    return TableStatus(
      table: table.name, rows: freshness.rows, tombstones: freshness.tombstones,
      lastRunDate: freshness.lastRunDate, completedAt: freshness.completedAt,
      ageSeconds: age.flatMap { clock.isKnown && $0 >= -SourceClock.tolerance ? max(0, $0) : nil },
      outcome: freshness.outcome, error: freshness.error, heldRows: freshness.heldRows,
      isUnderWay: freshness.isUnderWay, parentsRead: coverage?.read, parents: coverage?.parents,
      parentCoverage: coverage,
      findings: try TableFindings(table, in: connection, config: config))
  }

  /// What is wrong, in a few words, or nil when all is well.
  func complaint(maxAge: Duration?) -> String? {
    if let maxAge, (ageSeconds ?? .max) - restSeconds > maxAge.components.seconds { return "stale" }
    if heldRows > 0 { return "held" }
    switch outcome {
    // What can wait has given way to the next round, and what it had is there.
    case "unfinished" where error == nil && completedAt != nil: return nil
    case "failed", "held", "unfinished": return outcome
    case nil: return "never read"
    default: return nil
    }
  }
}
