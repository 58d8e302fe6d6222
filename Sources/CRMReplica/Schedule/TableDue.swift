internal import Replication
internal import SQLite

/// When the schedule wants each table to be read again, as far as the file tells.
struct TableDue {
  /// By table. A table that was never begun is due now.
  let tables: [String: Timestamp]

  /// The next round: the first of them.
  var next: Timestamp? { tables.values.min() }

  /// Reads the log of runs. Nothing is due before the allowance lets a request leave.
  init(
    _ settings: ReplicaSettings, in connection: Connection, at now: Timestamp,
    zone: LocalZone = .host
  ) throws {
    let agenda = try Agenda(connection)
    let blocked = try AllowanceStore(connection).blockedUntil(now)
    tables = agenda.dues(settings.schedules, at: now, in: zone).mapValues { max($0, blocked ?? $0) }
  }
}
