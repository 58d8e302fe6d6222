internal import Model
internal import ReplicaFile

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

  /// When each table is due; an instant that has passed, or `now`, means at once. What gave way is
  /// due with the first of the others: it must neither wait for longer nor begin a round of its
  /// own, which would give way at once where the allowance is what it lacks.
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
  /// When a table is due again. Its own interval replaces the common one; the time of day stays.
  init(of table: String, in configuration: Configuration) {
    let common = configuration.schedule
    every = (configuration.table(table).every ?? common.every).components.seconds
    at = common.at
  }
}
