internal import Model
internal import ReplicaFile
internal import Replication

/// What frequent rounds need not do each time, and when it was last done: to ask whose account it
/// is, for a token opens one account as one user, and to read again the lists of parents that
/// nothing calls changed.
///
/// It is remembered by the process alone: one that begins does all of it.
struct RareWork {
  /// When rounds began in which it was done, by a clock that counts on.
  private var identifiedAt: Duration?
  private var rereadAt: [String: Duration] = [:]

  /// What a round of these tables, which begins now, is to do. One that is `asked` for does all.
  func add(
    to options: inout RoundOptions, of tables: Set<String>, _ settings: ReplicaSettings,
    _ credential: any Credential, isAsked: Bool, at now: Duration
  ) {
    let schedules = settings.schedules
    func isDue(_ last: Duration?, _ every: Int64) -> Bool {
      guard let last, !isAsked else { return true }
      // The round that begins nearest to the time.
      return now - last >= .seconds(max(Schedule.rareEvery - every / 2, every / 2))
    }
    let shortest = schedules.values.map(\.every).min() ?? 0
    options.identifies = !credential.isLasting || isDue(identifiedAt, shortest)
    options.rereads = tables.filter { isDue(rereadAt[$0], schedules[$0]?.every ?? 0) }
  }

  /// A round that began then has ended.
  mutating func note(_ summary: RunSummary, _ options: RoundOptions, begun: Duration) {
    if summary.isIdentified { identifiedAt = begun }
    for report in summary.tables where report.outcome == .good && !report.isCut {
      if options.rereads?.contains(report.table) ?? true { rereadAt[report.table] = begun }
    }
  }
}
