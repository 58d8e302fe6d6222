package import HTTP
package import Model
package import ReplicaFile
package import SQLite

/// One run over the tables: every pass once, several requests on the wire, everything in one
/// thread.
///
/// Requests go out in the order of the tables as far as the allowance lets them; replies are
/// applied in the order of their pages. A table that fails does not stop the others. Whatever ends
/// the run, the file holds whole pages and the position behind the last of them.
package final class Round {
  struct Flight {
    let pass: Pass
    let address: PageAddress
    let request: Request
    let generation: Int

    init(_ pass: Pass, _ address: PageAddress, _ request: Request) {
      (self.pass, self.address, self.request) = (pass, address, request)
      generation = pass.generation
    }

    var isStale: Bool { pass.isStale(address, generation: generation) }
  }
  struct Delayed {
    let flight: Flight
    let readyAt: Duration
  }

  let context: PassContext
  let transport: any Transport
  let observe: (RunEvent) -> Void
  let allowances: AllowanceStore
  let clocks: ClockStore
  /// Makes the file what the declarations say, or nil when it is.
  var arrange: (() throws -> Void)?
  var passes: [Pass] = []
  var flights: [Int: Flight] = [:]
  var delayed: [Delayed] = []
  var failures: [Request: Int] = [:]
  /// Whether the token has let a request in, and the requests at which it was refused afterwards,
  /// which are made once more.
  var isTokenGood = false
  var doubted: Set<Request> = []
  var pacer: Pacer
  var replyDates = ReplyDates()
  var batch: Batch
  var nextID = 0
  var requests = 0
  var waited = Duration.zero
  /// What the source is in trouble with while it asks to be left alone, and since when.
  var pause: (failure: TableFailure, since: Duration)?
  var hasSucceeded = false
  /// Replies to the questions whose account it is, until a table asks for the same.
  var replies: [Request: Response] = [:]
  /// Whether one of those questions was answered in any way, and why one was not.
  var isAnswered = false
  var unanswered: TableFailure?
  /// Whether the source said whose account it is, and that and who reads.
  var isAccountRead = false
  var isIdentified = false
  /// When the question that failed may be asked again.
  var readyAt: Duration?
  var generator: any RandomNumberGenerator
  /// Why the run ends before its passes do.
  var ending: (outcome: RunSummary.Outcome, error: String?)?
  var resumeAt: Timestamp?
  /// The source's clock at the last reply that said it.
  var lastDate: Timestamp?
  var hasQuotas = false
  /// Whether nothing was waited for, and no request has left since.
  var isStill = false
  var hasRecalled = false
  var (hasProbed, hasCensused, hasScrubbed, hasAsked) = (false, false, false, false)
  /// Requests made for what can wait, by kind.
  var patience: [PatientWork: Int] = [:]
  /// When the last of them left, and when the next may.
  var patientAt: Duration?
  var patientReadyAt: Duration?
  /// Whether what can wait gave way to the next round, and when it does.
  var hasYielded = false
  let patientUntil: Duration?
  /// When the run began, by both clocks of this host: one that is set meanwhile makes it no longer.
  private let begun: (at: Timestamp, elapsed: Duration)

  /// `tables` are the enabled ones, without excluded columns. The file has them already, or else
  /// from `arrange`, which is called once it is known whose account it is. The generator draws the
  /// delays of what is asked for again.
  package init(
    _ connection: Connection, source: any Source, tables: [Table], transport: any Transport,
    clock: any Clock, options: RoundOptions,
    generator: any RandomNumberGenerator = SystemRandomNumberGenerator(),
    observe: @escaping (RunEvent) -> Void = { _ in }, arrange: (() throws -> Void)? = nil
  ) throws {
    self.arrange = arrange
    self.generator = generator
    let now = SourceClock(clock, after: try ClockStore(connection).last()).now()
    let tables = try tables.map { try $0.read(connection, options, at: now) }
    context = try PassContext(connection, source, tables: tables, options, clock)
    begun = (clock.now(), clock.elapsed())
    let start = begun
    patientUntil = options.patientUntil.map { start.elapsed + .seconds($0 - start.at) }
    self.transport = transport
    self.observe = observe
    pacer = Pacer(source.allowanceRules, reserve: options.reserve)
    batch = Batch(connection)
    (allowances, clocks) = (AllowanceStore(connection), ClockStore(connection))
    let selected = tables.filter { options.selection?.contains($0.name) ?? true }
    passes = selected.map { Pass($0, context) }
  }

  /// Runs to the end, or to what ends it early. Throws only what is no matter of the source: an
  /// error of the database, and what a test throws to play a crash.
  package func run() throws -> RunSummary {
    try recallAllowances()
    do {
      if ending == nil { try identify() }
      if ending == nil { try arrangeFile() }
      // Only now, for a file of another account stays as it is.
      try context.log.begin(at: begun.at)
      while ending == nil {
        try settlePasses()
        try startRequests()
        guard ending == nil else { break }
        if passes.contains(where: maySettle) { continue }
        if transport.outstanding == 0, delayed.isEmpty, passes.allSatisfy(\.hasEnded) {
          guard try beginUpkeep() else { break }
          continue
        }
        try handle(nextEvent())
      }
      let summary = try end()
      if context.sourceClock.isRead { try context.log.shorten(at: context.now) }
      if summary.isAsGoodAsItGets, context.sourceClock.isRead,
        let keep = context.options.historyKeep
      {
        _ = try HistoryRetention(context.connection).forget(before: context.now + -keep)
      }
      return summary
    } catch {
      context.connection.rollBack()
      throw error
    }
  }

  /// What former runs have learned of the allowance.
  func recallAllowances() throws {
    if hasRecalled { return }
    hasRecalled = true
    let clock = context.clock
    let rules = context.source.allowanceRules
    let now = context.now
    if let until = try allowances.blockedUntil(now, rules) {
      pacer.block(until: clock.elapsed() + .seconds(until - now))
    }
    if let figures = try allowances.figures(now, rules) {
      pacer.resume(
        limit: figures.limit, remaining: figures.remaining,
        until: clock.elapsed() + .seconds(figures.reset - now))
    }
  }

  func arrangeFile() throws {
    try arrange?()
    arrange = nil
  }
  /// Not a failure, for nothing is missing; but each run costs as much as the first.
  private static let noDate =
    "No reply has a Date header that can be read: what changes cannot be asked for by its date, "
    + "so that what is not known since when is read in full. See what takes the header away."

  func commit(mustSave: Bool = false) throws {
    try batch.commit(at: context.clock.elapsed(), mustSave: mustSave) {
      for pass in passes where pass.hasUnsaved { try pass.save() }
    }
  }

  /// What the source says where it shows a user nothing but its settings: all tables of records are
  /// forbidden.
  private func shutOut() -> String? {
    let reports = passes.filter(\.table.followsStamps).map(\.report)
    guard context.options.judgesToken,
      reports.allSatisfy({ $0.outcome == .failed && $0.failure?.isRefusal ?? false })
    else { return nil }
    return reports.first?.error
  }

  /// Saves what there is, writes the summary and returns it.
  private func end() throws -> RunSummary {
    try batch.open(at: context.clock.elapsed())
    let isDeferred = ending?.outcome == .deferred
    for pass in passes where pass.hasBegun && !pass.hasEnded {
      try pass.save(isDeferred: isDeferred)
    }
    // Tables that never began because the run yielded are logged, so that the schedule does not
    // count them as overdue.
    for pass in passes where hasYielded && !pass.hasBegun {
      try context.log.save(pass.report)
    }
    let reports = passes.map(\.report)
    var summary = RunSummary(
      id: context.log.runID, outcome: .good, tables: reports, requests: requests, waited: waited,
      hasYielded: hasYielded, resumeAt: resumeAt, error: ending?.error)
    (summary.lastDate, summary.secret) = (lastDate, context.source.secret)
    summary.isIdentified = isIdentified
    let failed = reports.filter { $0.outcome == .failed }
    if let ending {
      summary.outcome = ending.outcome
    } else if let refusal = failed.first(where: { $0.failure?.isRefusal ?? false }),
      failed.count == reports.count, context.options.judgesToken,
      failed.allSatisfy({ $0.failure.map { $0.isRefusal || $0.isParentUnread } ?? false })
    {
      summary.outcome = .refused
      summary.error = refusal.error
    } else if let refusal = shutOut() {
      summary.outcome = .refused
      summary.error = "The source shows this user none of its records any more. \(refusal)"
    } else if reports.contains(where: { $0.outcome != .good }) {
      summary.outcome = .partial
      let count = reports.count { $0.outcome != .good }
      summary.error =
        "\(count) of \(reports.count.counted("table")) \(count == 1 ? "is" : "are") not up to date."
    } else if let shortcoming = context.options.shortcoming {
      (summary.outcome, summary.error) = (.partial, shortcoming)
    }
    if ending == nil, hasSucceeded, requests > 0, replyDates.now(at: context.clock.elapsed()) == nil
    {
      summary.error = [summary.error, Self.noDate].compactMap(\.self).joined(separator: " ")
    }
    if arrange == nil {
      try FieldViews(context.connection, tables: context.tables.values).update()
      let read = passes.filter { $0.report.outcome == .good }.map(\.table)
      summary.named = try NamedStore(context.connection).settle(
        read, kept: Set(context.tables.keys), context.writing)
      try KeptRows(
        context.connection, context.source.workingViews, in: Array(context.tables.values)
      ).renew()
    }
    summary.schemaChanges = try SchemaChanges(context.connection).of(run: summary.id)
    if let figures = pacer.figures(at: context.clock.elapsed()) {
      try allowances.note(figures, at: context.now)
    }
    if context.sourceClock.isRead, arrange == nil {
      try clocks.note(context.sourceClock.note)
      if let error = context.sourceClock.hostError {
        observe(.clockDiffers(error))
        summary.error = summary.error ?? SourceClock.sentence(ofHostAhead: error)
      }
    }
    let took = context.clock.elapsed() - begun.elapsed
    try context.log.end(summary, at: begun.at + took.components.seconds)
    try commit(mustSave: true)
    try batch.end()
    return summary
  }
}
