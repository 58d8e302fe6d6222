internal import Replication
internal import SQLite

/// When each table was last read and how that went, as the file says it. The schedule survives a
/// restart because it is derived from this and nothing else.
struct Agenda {
  /// The last time that a table was read.
  struct Visit: Hashable {
    enum Ending: Hashable {
      /// It was read; what the delete guard holds back is no reason to come sooner.
      case good
      /// Tried again ahead of its schedule; so many times in a row by now.
      case failed(times: Int)
      /// What is left of it can wait, and goes on with the next round, whatever that is for.
      case gaveWay
      /// The run ended first, by a signal, a crash, a database that could not be written or a token
      /// that was refused.
      case cutOff
    }
    /// When the run began, by this host's clock.
    let begun: Timestamp
    let ending: Ending
  }

  /// Seconds by which a run may have begun in the future. More means that the host's clock was set
  /// back, and then nobody knows how long ago it was.
  static let tolerance: Int64 = 60
  /// Seconds until a table that failed is tried again; they double up to the longest.
  static let firstDelay: Int64 = 600
  static let longestDelay: Int64 = 7_200

  /// Tables that were never read have none.
  let visits: [String: Visit]

  init(visits: [String: Visit]) {
    self.visits = visits
  }

  /// Reads the log of runs.
  init(_ connection: Connection) throws {
    let failures = try connection.rows(
      """
      SELECT t."table_name", count(*) FROM "_run_tables" AS t
        JOIN "_runs" AS r ON r."id" = t."run_id"
        LEFT JOIN (
          SELECT "table_name", max("run_id") AS "run_id" FROM "_run_tables"
            WHERE "outcome" IN ('good', 'held') GROUP BY "table_name"
        ) AS g ON g."table_name" = t."table_name"
        WHERE t."run_id" > coalesce(g."run_id", 0)
          AND (t."outcome" = 'failed' OR t."outcome" = 'unfinished'
            AND (t."error" IS NOT NULL
              OR coalesce(r."outcome", 'killed') NOT IN ('partial', 'killed', 'stopped', 'refused')))
        GROUP BY t."table_name"
      """
    ).reduce(into: [String: Int]()) { $0[$1[0].text ?? ""] = Int($1[1].integer ?? 1) }
    // A run that asked for nothing and only buried rows was an acceptance of what was held.
    let rows = try connection.rows(
      """
      SELECT t."table_name", r."started_at", t."outcome", r."outcome", max(t."run_id"), t."error"
        FROM "_run_tables" AS t JOIN "_runs" AS r ON r."id" = t."run_id"
        WHERE t."requests" > 0 OR t."read" > 0 OR t."deleted" = 0 GROUP BY t."table_name"
      """)
    visits = rows.reduce(into: [:]) { visits, row in
      guard let name = row[0].text, let begun = row[1].text.flatMap({ Timestamp($0) }) else {
        return
      }
      let ending: Visit.Ending =
        switch (row[2].text, row[3].text) {
        case ("good", _), ("held", _): .good
        case (_, "refused"): .cutOff
        case ("unfinished", "partial") where row[5].text == nil: .gaveWay
        case ("unfinished", nil), ("unfinished", "killed"), ("unfinished", "stopped"): .cutOff
        default: .failed(times: failures[name] ?? 1)
        }
      visits[name] = Visit(begun: begun, ending: ending)
    }
  }

  /// When each table is due; an instant that has passed, or `now`, means at once. What gave way is due
  /// with the first of the others: it must neither wait for longer nor begin a round of its own, which
  /// would give way at once where the allowance is what it lacks.
  func dues(
    _ schedules: [String: Schedule], at now: Timestamp, in zone: LocalZone
  ) -> [String: Timestamp] {
    var dues: [String: Timestamp] = [:]
    for (table, schedule) in schedules { dues[table] = due(table, schedule, at: now, in: zone) }
    let next = dues.filter { visits[$0.key]?.ending != .gaveWay }.values.min()
    for (table, due) in dues where visits[table]?.ending == .gaveWay {
      dues[table] = min(due, next ?? due)
    }
    return dues
  }

  private func due(
    _ table: String, _ schedule: Schedule, at now: Timestamp, in zone: LocalZone
  ) -> Timestamp {
    guard let visit = visits[table], visit.begun <= now + Self.tolerance else { return now }
    switch visit.ending {
    case .cutOff: return now
    case .good, .gaveWay: return schedule.next(after: visit.begun, in: zone)
    case .failed(let times):
      let again = visit.begun + Self.delay(after: times)
      return min(schedule.next(after: visit.begun, in: zone), again)
    }
  }

  /// Seconds until what has failed so many times in a row is tried again.
  static func delay(after failures: Int) -> Int64 {
    min(firstDelay << Int64(min(max(failures - 1, 0), 6)), longestDelay)
  }
}

extension ReplicaSettings {
  /// The schedule of each table that is replicated.
  var schedules: [String: Schedule] {
    tables.reduce(into: [:]) { $0[$1.name] = Schedule(of: $1.name, in: configuration) }
  }
}

extension Schedule {
  /// When a table is due again. Its own interval takes the place of the common one; the time of day
  /// stays.
  init(of table: String, in configuration: Configuration) {
    let common = configuration.schedule
    every = (configuration.table(table).every ?? common.every).components.seconds
    at = common.at
  }
}
