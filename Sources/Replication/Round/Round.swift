package import HTTP
package import SQLite

/// One run over the tables: every pass once, several requests on the wire, everything in one thread.
///
/// Requests go out in the order of the tables as far as the allowance lets them; replies are applied
/// in the order of their pages. A table that fails does not stop the others. Whatever ends the run,
/// the file holds whole pages and the position behind the last of them.
package final class Round {
  private struct Flight {
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
  private struct Delayed {
    let flight: Flight
    let readyAt: Duration
  }

  private let context: RoundContext
  private let transport: any Transport
  private let observe: (RunEvent) -> Void
  private let allowances: AllowanceStore
  private var passes: [Pass] = []
  private var flights: [Int: Flight] = [:]
  private var delayed: [Delayed] = []
  private var failures: [String: Int] = [:]
  private var pacer: Pacer
  private var batch: Batch
  private var nextID = 0
  private var requests = 0
  private var waited = Duration.zero
  private var hasSucceeded = false
  private var generator = SystemRandomNumberGenerator()
  /// Why the run ends before its passes do.
  private var ending: (outcome: RunSummary.Outcome, error: String?)?
  private var resumeAt: Timestamp?
  private var hasQuotas = false
  private var hasSwept = false

  /// `tables` are the enabled ones, without excluded columns; the file already has them.
  package init(
    _ connection: Connection, source: any Source, tables: [Table], transport: any Transport,
    clock: any Clock, options: RoundOptions, observe: @escaping (RunEvent) -> Void = { _ in }
  ) throws {
    context = try RoundContext(connection, source, tables: tables, options, clock)
    self.transport = transport
    self.observe = observe
    pacer = Pacer(reserve: options.reserve)
    batch = Batch(connection, at: clock.elapsed())
    allowances = AllowanceStore(connection)
    let selected = tables.filter { options.selection?.contains($0.name) ?? true }
    passes = selected.map { Pass($0, context) }
  }

  /// Runs to the end, or to what ends it early. Throws only what is no matter of the source: an error
  /// of the database, and what a test throws to play a crash.
  package func run() throws -> RunSummary {
    let clock = context.clock
    if let until = try allowances.blockedUntil(clock.now()) {
      pacer.block(until: clock.elapsed() + .seconds(until - clock.now()))
    }
    if let figures = try allowances.figures(clock.now()) {
      pacer.resume(
        limit: figures.limit, remaining: figures.remaining,
        until: clock.elapsed() + .seconds(figures.reset - clock.now()))
    }
    try context.log.begin(at: clock.now())
    do {
      while ending == nil {
        try settlePasses()
        try startRequests()
        guard ending == nil else { break }
        if passes.contains(where: maySettle) { continue }
        if transport.outstanding == 0, delayed.isEmpty, passes.allSatisfy({ $0.state == .ended }) {
          guard try beginSweeps() else { break }
          continue
        }
        try handle(nextEvent())
      }
      return try end()
    } catch {
      context.connection.rollBack()
      throw error
    }
  }

  // MARK: Requests

  /// Requests that are handed to the transport at the most: as many again as fit on the wire, so that
  /// none of its places is empty while a page is stored.
  private var window: Int { 2 * context.options.concurrency }

  /// Whether all requests have been made that the run may make.
  private var isSpent: Bool { requests >= context.options.requestLimit ?? .max }

  /// Sends what may be sent.
  private func startRequests() throws {
    while ending == nil, transport.outstanding < window {
      let now = context.clock.elapsed()
      guard case .now = pacer.permission(at: now, outstanding: transport.outstanding) else {
        return
      }
      if isSpent, transport.outstanding > 0 { return }
      guard let flight = try nextFlight(at: now) else { return }
      if isSpent, let limit = context.options.requestLimit {
        ending = (
          .deferred, "The run may make \(limit) requests and has made them; it was not at its end."
        )
        return
      }
      pacer.sent(at: now)
      flight.pass.report.requests += 1
      requests += 1
      flights[nextID] = flight
      transport.send(flight.request, id: nextID)
      nextID += 1
    }
  }

  /// The next request in the order of the tables; one that is made again comes before new ones.
  private func nextFlight(at now: Duration) throws -> Flight? {
    delayed.removeAll { $0.flight.isStale }
    if let index = delayed.firstIndex(where: { $0.readyAt <= now }) {
      return delayed.remove(at: index).flight
    }
    for pass in passes where pass.state != .ended {
      if pass.state == .notBegun {
        guard mayBegin(pass) else { continue }
        try begin(pass)
      }
      if let (address, request) = pass.ask() {
        return Flight(pass, address, request)
      }
    }
    return nil
  }

  /// Whether what a pass builds on has ended: the table whose deletions it reads, its parents, and
  /// for what costs a request for each parent everything else.
  private func mayBegin(_ pass: Pass) -> Bool {
    let others = passes.filter { $0 !== pass && $0.state != .ended }
    switch pass.table.method {
    case .perParent: return others.allSatisfy { $0.table.method == .perParent }
    case .deletions(let table):
      return !others.contains { $0.table.name == table && $0.state != .walked }
    default: return !others.contains { pass.table.parents.contains($0.table.name) }
    }
  }

  private func begin(_ pass: Pass) throws {
    try batch.open(at: context.clock.elapsed())
    if pass.table.method == .perParent, !hasQuotas {
      hasQuotas = true
      let isUnbounded = context.options.full && !context.options.compares
      let budget = isUnbounded ? Int.max / 2 : context.options.perParentBudget
      context.quotas = try context.quotaSource.shares(
        of: budget, among: passes.map(\.table).filter { $0.method == .perParent },
        replicated: Set(context.stores.keys))
    }
    do {
      try pass.begin()
      if pass.frontier.isDone { try pass.walksDone() }
    } catch let failure as TableFailure {
      try pass.fail(failure)
    }
    if pass.state == .ended { ended(pass) }
  }

  /// Has passes that have received all they asked for end, or ask for more. The feed of a table is
  /// read between the two, and again behind whatever else is read.
  private func settlePasses() throws {
    for pass in passes where maySettle(pass) {
      let feed = feed(of: pass)
      let isFeedRead = feed?.report.outcome == .good
      try batch.open(at: context.clock.elapsed())
      do {
        try pass.settle(isFeedRead: isFeedRead)
      } catch let failure as TableFailure {
        try pass.fail(failure)
      }
      if pass.state == .ended { ended(pass) }
      if isFeedRead, pass.wantsFeed { feed?.beginAgain() }
    }
  }

  private func feed(of pass: Pass) -> Pass? {
    passes.first { $0.table.method == .deletions(of: pass.table.name) }
  }

  private func maySettle(_ pass: Pass) -> Bool {
    pass.state == .walked && feed(of: pass).map { $0.state == .ended } ?? true
  }

  /// Spends what requests the operator grants on rows that are to be read again.
  private func beginSweeps() throws -> Bool {
    guard !hasSwept, ending == nil, !context.options.full else { return false }
    hasSwept = true
    try batch.open(at: context.clock.elapsed())
    let needs = try passes.map { try $0.sweepNeed() }
    let spare = context.source.recordsPerRequest
    let shares = ParentQuotas.divide(
      context.options.sweepBudget, among: needs.map { $0 == 0 ? 0 : $0 + spare })
    for (index, pass) in passes.enumerated() where needs[index] > 0 {
      try pass.beginSweep(need: needs[index], budget: shares[index])
    }
    return passes.contains { $0.state == .active }
  }

  // MARK: Events

  /// Waits for the next reply, and commits before it does.
  private func nextEvent() throws -> TransportEvent {
    let event = transport.next(timeout: .zero)
    guard case .timeout = event else { return event }
    try commit()
    guard let wait = wait() else { return transport.next(timeout: nil) }
    if transport.outstanding == 0 {
      waited += wait
      if try isTooLong(wait) { return .timeout }
    }
    return transport.next(timeout: wait)
  }

  /// How long to wait at most: until the allowance lets a request leave, or until a delayed one is
  /// ready; nil when only replies are waited for.
  private func wait() -> Duration? {
    let now = context.clock.elapsed()
    let outstanding = transport.outstanding
    switch pacer.permission(at: now, outstanding: outstanding) {
    case .notBefore(let instant): return max(instant - now, .zero)
    case .afterReply: return nil
    case .now: break
    }
    guard outstanding < window, !isSpent || outstanding == 0,
      let ready = delayed.map(\.readyAt).min()
    else { return nil }
    return max(ready - now, .zero)
  }

  /// Ends the run when the allowance makes it wait longer than the operator wants.
  private func isTooLong(_ wait: Duration) throws -> Bool {
    let clock = context.clock
    guard case .notBefore = pacer.permission(at: clock.elapsed(), outstanding: 0) else {
      return false
    }
    let until = clock.now() + (wait.components.seconds + 1)
    observe(.waiting(until: until))
    try context.connection.transaction { try allowances.block(until: until, at: clock.now()) }
    guard let longest = context.options.longestWait, wait > longest else { return false }
    waited -= wait
    resumeAt = until
    ending = (
      .deferred, "The allowance is used up; the next request may leave at \(until.iso8601)."
    )
    return true
  }

  private func handle(_ event: TransportEvent) throws {
    switch event {
    case .timeout: return
    case .interrupted: ending = (.stopped, nil)
    case .finished(let exchange):
      guard let flight = flights.removeValue(forKey: exchange.id) else { return }
      try take(exchange.result, of: flight)
    }
  }

  /// Judges a reply and does what it means.
  private func take(_ result: Result<Response, HTTPError>, of flight: Flight) throws {
    let clock = context.clock
    let response = try? result.get()
    let signals = response.map { context.source.signals(of: $0, to: flight.request) }
    let date = signals?.date ?? clock.now()
    let message = response.flatMap { $0.status == 200 ? nil : context.source.message(in: $0.body) }
    let verdict = Verdict(result)
    if let signals, verdict != .wait {
      pacer.saw(signals.allowance, date: date, at: clock.elapsed())
    } else if verdict != .wait {
      // Whether it was counted is not known; what was sent may have been.
      pacer.spent()
    }
    if verdict == .wait, let response, let signals { try obeyRefusal(response, signals, date) }
    guard !flight.isStale else { return }
    switch verdict {
    case .accept:
      hasSucceeded = true
      if let response, let signals { try accept(response, signals, flight) }
    case .wait:
      delayed.append(Delayed(flight: flight, readyAt: .zero))
    case .retry(let kind):
      try retry(flight, failure(kind, flight, message))
    case .missing:
      try missing(flight, message)
    case .fail(let kind):
      try giveUp(flight, failure(kind, flight, message))
    case .refuse:
      let said = message.map { " The source says: \($0)" } ?? ""
      ending = (
        .refused, "The source refused the token (401) at GET \(flight.request.target).\(said)"
      )
    }
  }

  private func failure(
    _ kind: TableFailure.Kind, _ flight: Flight, _ message: String?
  ) -> TableFailure {
    TableFailure(kind, doing: "GET \(flight.request.target)", message: message)
  }

  private func accept(_ response: Response, _ signals: Signals, _ flight: Flight) throws {
    let pass = flight.pass
    try batch.open(at: context.clock.elapsed())
    do {
      try pass.receive(response, signals, at: flight.address)
      failures[flight.request.target] = nil
    } catch let failure as TableFailure {
      return try refuse(pass, failure)
    }
    pageDone(pass)
    if batch.addPage(at: context.clock.elapsed()) { try commit() }
  }

  private func missing(_ flight: Flight, _ message: String?) throws {
    try batch.open(at: context.clock.elapsed())
    do {
      try flight.pass.receiveMissing(at: flight.address, flight.request, message: message)
      pageDone(flight.pass)
    } catch let failure as TableFailure {
      try refuse(flight.pass, failure)
    }
  }

  /// The reply at the frontier could not be read; it may not be the one that has just come.
  private func refuse(_ pass: Pass, _ failure: TableFailure) throws {
    guard case .unreadable = failure.kind, let request = pass.request(pass.frontier.next) else {
      return try fail(pass, failure)
    }
    try retry(Flight(pass, pass.frontier.next, request), failure)
  }

  private func pageDone(_ pass: Pass) {
    let next = pass.frontier.next
    observe(
      .page(
        table: pass.table.name, page: next.page, pages: pass.frontier.pages,
        read: pass.report.counts.read))
    if pass.state == .ended { ended(pass) }
  }

  /// Makes the request again later, or gives the table up.
  private func retry(_ flight: Flight, _ failure: TableFailure) throws {
    let count = (failures[flight.request.target] ?? 0) + 1
    failures[flight.request.target] = count
    guard let delay = context.options.retry.delay(after: count, using: &generator) else {
      if failure.isUnavailability, !hasSucceeded {
        ending = (.unavailable, failure.sentence)
      }
      return try giveUp(flight, failure)
    }
    flight.pass.report.waited += delay
    observe(.retrying(table: flight.pass.table.name, failure, after: delay))
    delayed.append(Delayed(flight: flight, readyAt: context.clock.elapsed() + delay))
  }

  private func fail(_ pass: Pass, _ failure: TableFailure) throws {
    try batch.open(at: context.clock.elapsed())
    try pass.fail(failure)
    ended(pass)
  }

  /// Gives up what was asked for: one parent's list, or the table.
  private func giveUp(_ flight: Flight, _ failure: TableFailure) throws {
    try batch.open(at: context.clock.elapsed())
    do {
      guard try flight.pass.skip(at: flight.address, failure) else {
        return try fail(flight.pass, failure)
      }
      pageDone(flight.pass)
    } catch let failure as TableFailure {
      try refuse(flight.pass, failure)
    }
  }

  private func ended(_ pass: Pass) {
    observe(.tableEnded(pass.report))
  }

  /// After a refusal for the allowance nothing leaves before the reset, in this process or another.
  private func obeyRefusal(_ response: Response, _ signals: Signals, _ date: Timestamp) throws {
    let clock = context.clock
    let retryAfter = response.headers["Retry-After"].flatMap { Int64($0) }
    let until = pacer.refused(
      signals.allowance, retryAfter: retryAfter.map { .seconds($0) }, date: date,
      at: clock.elapsed())
    let wait = (until - clock.elapsed()).components.seconds + 1
    try batch.open(at: clock.elapsed())
    try allowances.block(until: clock.now() + wait, at: clock.now())
  }

  // MARK: Ending

  private func commit(mustSave: Bool = false) throws {
    try batch.commit(at: context.clock.elapsed(), mustSave: mustSave) {
      for pass in passes where pass.hasUnsaved { try pass.save() }
    }
  }

  /// Saves what there is, writes the summary and returns it.
  private func end() throws -> RunSummary {
    try batch.open(at: context.clock.elapsed())
    let now = context.clock.now()
    for pass in passes where pass.state == .active || pass.state == .walked { try pass.save() }
    let reports = passes.map(\.report)
    var summary = RunSummary(
      id: context.log.runID, outcome: .good, tables: reports, requests: requests, waited: waited,
      resumeAt: resumeAt, error: ending?.error)
    let failed = reports.filter { $0.outcome == .failed }
    if let ending {
      summary.outcome = ending.outcome
    } else if let refusal = failed.first(where: { $0.failure?.isRefusal ?? false }),
      failed.count == reports.count,
      failed.allSatisfy({ $0.failure.map { $0.isRefusal || $0.isParentUnread } ?? false })
    {
      summary.outcome = .refused
      summary.error = refusal.error
    } else if reports.contains(where: { $0.outcome != .good }) {
      summary.outcome = .partial
      let count = reports.count { $0.outcome != .good }
      summary.error = "\(count) of \(reports.count) tables are not up to date."
    }
    try allowances.note(pacer, at: now, context.clock.elapsed())
    try context.log.end(summary, at: now)
    try commit(mustSave: true)
    return summary
  }
}
