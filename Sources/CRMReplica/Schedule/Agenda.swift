internal import Model
internal import ReplicaFile
internal import SQLite

/// When each table was last read and how that went, as the file says it. The schedule survives a
/// restart because it is derived from this and nothing else.
struct Agenda {
  /// Seconds by which a run may have begun in the future. More means that the host's clock was set
  /// back, and then nobody knows how long ago it was.
  static let tolerance: Int64 = 60
  /// Seconds until a table that failed is tried again; they double up to the longest.
  static let firstDelay: Int64 = 600
  static let longestDelay: Int64 = 7_200

  /// Tables that were never read have none.
  let visits: [String: Visit]
  /// Tables of which records name rows that they lack: they do not rest.
  var named: Set<String> = []

  /// What the file of a replica says.
  static func read(_ connection: Connection) throws -> Agenda {
    Agenda(
      visits: try RunHistory(connection).visits(), named: try NamedStore(connection).tables())
  }

  /// When each table is due; an instant that has passed, or `now`, means at once. What gave way is
  /// due with the first of the others: it must neither wait for longer nor begin a round of its
  /// own, which would give way at once where the allowance is what it lacks. What rests comes with
  /// the next of those that do not, if that is within a round's time.
  func dues(
    _ schedules: [String: Schedule], at now: Timestamp, in zone: LocalZone
  ) -> [String: Timestamp] {
    var dues: [String: Timestamp] = [:]
    for (table, schedule) in schedules {
      let schedule = named.contains(table) ? schedule.restless : schedule
      dues[table] = due(table, schedule, at: now, in: zone)
    }
    let others = dues.filter { schedules[$0.key]?.rest == 0 }.values
    for (table, due) in dues {
      guard let schedule = schedules[table], schedule.rest > 0, due > now, !named.contains(table)
      else { continue }
      let last = due + (schedule.every - schedule.rest)
      dues[table] = others.filter { $0 >= due && $0 <= last }.min() ?? due
    }
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
      // What was not read does not rest.
      let again = visit.begun + Self.delay(after: times)
      return min(schedule.restless.next(after: visit.begun, in: zone), again)
    }
  }

  /// Seconds until what has failed so many times in a row is tried again.
  static func delay(after failures: Int) -> Int64 {
    min(firstDelay << Int64(min(max(failures - 1, 0), 6)), longestDelay)
  }
}

extension ReplicaSettings {
  /// The schedule of each table that is replicated.
  var schedules: [String: Schedule] { schedules(every: configuration.schedule.every) }

  /// The tables that every round reads but those of tables with an interval of their own.
  var commonTables: Set<String> {
    Set(schedules.filter { $0.value.every == configuration.schedule.every.components.seconds }.keys)
  }

  /// The same with rounds so far apart.
  func schedules(every rounds: Duration) -> [String: Schedule] {
    tables.reduce(into: [:]) { schedules, table in
      let own = configuration.table(table.name).every
      schedules[table.name] = Schedule(
        every: (own ?? rounds).components.seconds, at: configuration.schedule.at,
        rests: own == nil ? table.rests : 0)
    }
  }
}
