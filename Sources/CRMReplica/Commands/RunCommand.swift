internal import HTTP
internal import Replication
internal import SQLite

/// `run`: the daemon. One round after another, each when it is due, until a signal ends it.
struct RunCommand {
  let config: String

  /// Delay after the first round that was not good; it doubles up to `longestDelay`.
  static let firstDelay: Int64 = 600
  static let longestDelay: Int64 = 7_200

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let session = try Session(
      config: config, environment: environment.variables, interrupt: environment.stop.descriptor)
    environment.noteLeftOut(session.settings)
    let clock = SystemClock()
    var failures = 0
    var notBefore = Timestamp(0)
    while true {
      let due = try due(session, at: clock.now(), failures: failures)
      let next = max(due.next, notBefore)
      if clock.now() < next {
        environment.log.note(.info, "waiting for the next round", ["at": next.iso8601])
      }
      while clock.now() < next {
        // Short naps, so that a host that was asleep or whose clock was set notices.
        let nap = min(next - clock.now(), 60)
        if case .interrupted = session.transport.next(timeout: .seconds(nap)) { return .success }
      }
      let tables = try self.due(session, at: clock.now(), failures: failures).tables
      guard !tables.isEmpty else { continue }
      let narrator = Narrator(environment.log)
      let summary = try session.round(session.settings.options(selection: tables)) {
        narrator.take($0)
      }
      narrator.end(summary)
      switch summary.outcome {
      case .stopped: return .success
      case .refused: return .refused
      case .good: failures = 0
      // The tables that failed are tried again before their time; the others keep theirs.
      case .partial: failures += 1
      case .deferred, .unavailable:
        failures += 1
        let every = session.settings.configuration.schedule.every.components.seconds
        notBefore = clock.now() + min(Self.delay(after: failures), every)
      }
    }
  }

  /// The tables that are due, and when the next one is: now, unless there are none.
  private func due(
    _ session: Session, at now: Timestamp, failures: Int
  ) throws -> (tables: Set<String>, next: Timestamp) {
    let configuration = session.settings.configuration
    let begun = try naming(configuration.database) { try lastBegun(session.connection) }
    var tables: Set<String> = []
    var next = now + 366 * 86_400
    for table in session.settings.tables {
      let own = configuration.table(table.name).every
      let schedule = Schedule(
        every: (own ?? configuration.schedule.every).components.seconds,
        at: own == nil ? configuration.schedule.at : nil)
      var due = now
      if let last = begun[table.name] {
        due = schedule.next(after: last.at)
        if !last.isGood { due = min(due, last.at + Self.delay(after: failures)) }
      }
      if due <= now { tables.insert(table.name) }
      next = min(next, due)
    }
    return (tables, next)
  }

  /// How long after a failed round a table is tried again, ahead of its schedule.
  private static func delay(after failures: Int) -> Int64 {
    min(firstDelay << Int64(min(max(failures - 1, 0), 6)), longestDelay)
  }

  /// When each table was last begun, and whether that went well.
  private func lastBegun(
    _ connection: Connection
  ) throws -> [String: (at: Timestamp, isGood: Bool)] {
    // A run that asked for nothing and only buried rows was an acceptance of what was held.
    let rows = try connection.rows(
      """
      SELECT t."table_name", r."started_at", t."outcome" = 'good', max(t."run_id")
        FROM "_run_tables" AS t JOIN "_runs" AS r ON r."id" = t."run_id"
        WHERE t."requests" > 0 OR t."read" > 0 OR t."deleted" = 0 GROUP BY t."table_name"
      """)
    return rows.reduce(into: [:]) { begun, row in
      guard let name = row[0].text, let at = row[1].text.flatMap({ Timestamp($0) }) else { return }
      begun[name] = (at, row[2] == 1)
    }
  }
}
