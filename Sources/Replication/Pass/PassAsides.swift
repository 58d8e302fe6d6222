internal import Model
internal import ReplicaFile
internal import SQLite

/// What a pass does that asks for what no list tells of its records: one request each, of those
/// that are new or have changed since they were asked for.
///
/// That one of them cannot be had makes its table no worse: its row is there, and what the last
/// answer told. It is said, and the record is asked for again when it has changed, or when the
/// period has passed in which every row is read again. Where none of them can be had, so do all.
struct AsidesMachine: Equatable {
  private(set) var answered = 0
  private(set) var refused = 0
  /// Refusals behind which no more are asked for, while not as many answers were good.
  private static let limit = 10

  /// A record has been answered for.
  mutating func ended(isAnswered: Bool) {
    if isAnswered { answered += 1 } else { refused += 1 }
  }

  /// Whether it is not single records that cannot be had.
  var isInVain: Bool { refused >= max(Self.limit, answered) }
}

extension Pass {
  /// Begins to ask for what no list tells, as far as the budget goes. The table itself has been
  /// read by then, be it without the lines of some of its records.
  func beginAsides() throws {
    guard table.hasAsides, hasEnded, isFinished else { return }
    generation += 1
    arrivals.removeAll()
    start([])
    work = .asides(AsidesMachine())
    try appendRowByRow()
    if frontier.isDone { try asidesRead() }
  }

  func asideAnswered(_ scan: Scan, _ arrival: Arrival) throws {
    guard case .asides(var machine) = work, let id = scan.ids.first else { return }
    let isAnswered = arrival.answer == .page && !hasRefusedAside
    hasRefusedAside = false
    machine.ended(isAnswered: isAnswered)
    work = .asides(machine)
    // What was stored stamps the row with this second: it has been asked for behind it.
    let now = context.now + 1
    try context.quotaSource.note(aside: id, of: table.name, isAnswered: isAnswered, at: now)
    guard machine.isInVain else { return }
    if machine.answered == 0 { try context.quotaSource.rest(table.name, at: now) }
    endAsides()
  }

  /// A record cannot be had alone. A source in trouble is asked in the next run.
  func asideRefused(at address: PageAddress, _ failure: TableFailure) throws {
    guard failure.mayPass else { return try take(.skipped, at: address) }
    endAsides()
    report.error = report.error ?? failure.sentence
    try asidesRead()
  }

  private func endAsides() {
    context.quotas[ParentQuotas.Key(table: table.name, listing: 0)] = nil
    start([])
  }

  /// All have been asked for that the budget has room for.
  func asidesRead() throws {
    guard case .asides(let machine) = work else { return }
    if machine.refused > 0, report.error == nil {
      report.error = Self.sentence(onRefused: machine.refused, of: table)
    }
    try finish()
  }

  private static func sentence(onRefused count: Int, of table: Table) -> String {
    let names = table.columns.filter { $0.traits.contains(.aside) }.map(\.name)
    let (who, it) = count == 1 ? ("1 record", "it") : ("\(count.grouped) records", "them")
    return "\(who) could not be had alone: what only such an answer tells of \(it) "
      + "(\(names.joined(separator: ", "))) stays as it was, until a change or the next sweep."
  }
}
