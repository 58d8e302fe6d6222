internal import HTTP
internal import Model
internal import ReplicaFile
internal import SQLite

/// Nothing is on its way, nothing is to be asked, and the run is not at its end. Without this it
/// would wait for ever.
struct Standstill: Error, CustomStringConvertible {
  var description: String { "the run waits for nobody" }
}

/// What a run does with a reply, by its verdict.
extension Round {
  /// Waits for the next reply, and commits before that takes long.
  func nextEvent() throws -> TransportEvent {
    let now = context.clock.elapsed()
    if batch.isDue(at: now) { try save(at: now) }
    let isAlone = transport.outstanding == 0
    let patience = isAlone ? .zero : batch.patience(at: now)
    let pause = wait().map { min($0, patience) } ?? patience
    let event = transport.next(timeout: pause)
    guard case .timeout = event, pause == patience else { return event }
    try commit()
    let left = batch.timeLeft(at: context.clock.elapsed())
    if isAlone, left != nil { try save(at: now) }
    let wait = wait()
    if isAlone {
      guard let wait else {
        // Time has passed since requests were last started, and one may leave by now.
        if isStill { throw Standstill() }
        isStill = true
        return .timeout
      }
      waited += wait
      if try isTooLong(wait) { return .timeout }
    }
    // Whoever calls comes back when a position has to be saved before a reply has come.
    return transport.next(timeout: isAlone ? wait : [wait, left].compactMap { $0 }.min())
  }

  /// Commits what there is, with the positions.
  private func save(at now: Duration) throws {
    try batch.open(at: now)
    try commit(mustSave: true)
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
      let ready = (delayed.map(\.readyAt) + [readyAt, patientReadyAt].compactMap { $0 }).min()
    else { return nil }
    return max(ready - now, .zero)
  }

  /// Ends the run when the allowance makes it wait longer than the operator wants.
  private func isTooLong(_ wait: Duration) throws -> Bool {
    let clock = context.clock
    guard case .notBefore = pacer.permission(at: clock.elapsed(), outstanding: 0) else {
      return false
    }
    // Rounded up, and no more than that: who is told to wait, and comes too early again and again,
    // must not put the instant off each time.
    let until = clock.now() + wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0)
    if try mustYield(waiting: wait) {
      waited -= wait
      return true
    }
    observe(.waiting(until: until))
    try context.connection.transaction { try noteBlock(of: until - clock.now()) }
    guard let longest = context.options.longestWait, wait > longest else { return false }
    waited -= wait
    resumeAt = until
    let reason = pause?.failure.sentence ?? "The allowance is used up."
    ending = (.deferred, "\(reason) The next request may leave at \(until.iso8601).")
    return true
  }

  func handle(_ event: TransportEvent) throws {
    switch event {
    case .timeout: return
    case .interrupted: ending = (.stopped, nil)
    case .finished(let exchange):
      guard let flight = flights.removeValue(forKey: exchange.id) else { return }
      try take(exchange.result, of: flight)
    }
  }

  /// Judges an answer and does what it means.
  private func take(_ result: Result<Response, HTTPError>, of flight: Flight) throws {
    try obey(judge(result, of: flight.request), result, flight)
  }

  /// What an answer means, what it says of the allowance being obeyed at once.
  func judge(_ result: Result<Response, HTTPError>, of request: Request) throws -> Reply {
    var reply =
      switch result {
      case .success(let response): context.source.reply(response, to: request)
      case .failure(let error): Reply(Verdict(error))
      }
    if case .success(let response) = result {
      reply.date = replyDates.read(reply.date, at: context.clock.elapsed())
      if let date = reply.date { context.sourceClock.saw(date) }
      lastDate = reply.date ?? lastDate
      // One of many servers may know nothing of a good token: a refusal is believed when nothing
      // was good before, or when the same request is refused again.
      if reply.verdict != .refuse {
        doubted.remove(request)
      } else if isTokenGood, doubted.insert(request).inserted {
        reply.verdict = .retry(.status(response.status))
      }
    }
    if case .pause(let kind) = reply.verdict {
      reply.verdict = .wait
      let failure = failure(kind, request, reply.message)
      if !mayPause(failure) { reply.verdict = .retry(kind) }
    }
    switch (reply.verdict, result) {
    case (.wait, .success): try obeyRefusal(reply)
    case (.wait, .failure): break
    case (.accept, .success):
      (pause, isTokenGood) = (nil, true)
      fallthrough
    case (_, .success):
      pacer.saw(
        reply.allowances, date: reply.date ?? context.now, at: context.clock.elapsed())
    // Whether it was counted is not known; what was sent may have been.
    case (_, .failure): pacer.spent()
    }
    return reply
  }

  /// Whether to leave a source in trouble alone, without counting an attempt: for as long as an
  /// allowance can make us wait, or nothing would ever fail.
  private func mayPause(_ failure: TableFailure) -> Bool {
    let now = context.clock.elapsed()
    let since = pause?.since ?? now
    pause = (failure, since)
    return now - since < .seconds(context.source.allowanceRules.longestWait)
  }

  /// Does what the verdict on an answer says.
  func obey(
    _ reply: Reply, _ result: Result<Response, HTTPError>, _ flight: Flight
  ) throws {
    guard !flight.isStale else { return }
    if flight.pass.isHints, let kind = Self.reason(toStopAsking: reply.verdict, result) {
      return try giveUp(flight, failure(kind, flight, reply.message))
    }
    switch reply.verdict {
    case .accept:
      hasSucceeded = true
      if case .success(let response) = result { try accept(response, reply, flight) }
    case .wait, .pause:
      delayed.append(Delayed(flight: flight, readyAt: .zero))
    case .retry(let kind):
      try retry(flight, failure(kind, flight, reply.message))
    case .missing(let kind):
      try missing(flight, failure(kind, flight, reply.message))
    case .fail(let kind):
      try giveUp(flight, failure(kind, flight, reply.message))
    case .refuse: ending = (.refused, sentence(on: result, flight.request, reply.message))
    case .suspend: ending = (.unavailable, sentence(on: result, flight.request, reply.message))
    }
  }

  /// Why a list that nobody documents is not asked for again now, whatever an answer means for all
  /// others: it may have a limit, or want a permission, of its own.
  private static func reason(
    toStopAsking verdict: Verdict, _ result: Result<Response, HTTPError>
  ) -> TableFailure.Kind? {
    guard case .success(let response) = result else { return nil }
    return switch verdict {
    case .refuse, .suspend: .forbidden("status \(response.status)")
    case .wait, .pause: .status(response.status)
    case .accept, .retry, .missing, .fail: nil
    }
  }

  /// Why nothing more can be asked.
  func sentence(
    on result: Result<Response, HTTPError>, _ request: Request, _ message: String?
  ) -> String {
    switch result {
    case .failure(let error): return error.sentence
    case .success(let response):
      let said = message.map { TableFailure.quoting + $0 } ?? ""
      return "The source refused the \(context.source.secret) (\(response.status)) at \(request)."
        + said
    }
  }

  /// Ends the run where nobody is there to answer, though asked more than once.
  func endIfAlone(_ result: Result<Response, HTTPError>, _ failure: TableFailure) {
    guard !isTokenGood, case .failure(let error) = result, error.isOfHost else { return }
    ending = (.unavailable, failure.sentence)
  }

  private func failure(
    _ kind: TableFailure.Kind, _ flight: Flight, _ message: String?
  ) -> TableFailure {
    failure(kind, flight.request, message)
  }

  func failure(
    _ kind: TableFailure.Kind, _ request: Request, _ message: String?
  ) -> TableFailure {
    TableFailure(kind, doing: "\(request)", message: message, secret: context.source.secret)
  }

  private func accept(_ response: Response, _ reply: Reply, _ flight: Flight) throws {
    try batch.open(at: context.clock.elapsed())
    do {
      try flight.pass.receive(response, reply, at: flight.address)
      failures[flight.request] = nil
    } catch let failure as TableFailure {
      return try refuse(flight.pass, failure)
    }
    try pageDone(flight.pass, bytes: response.length)
  }

  private func missing(_ flight: Flight, _ failure: TableFailure) throws {
    try batch.open(at: context.clock.elapsed())
    do {
      try flight.pass.receiveMissing(at: flight.address, failure)
      try pageDone(flight.pass)
    } catch let failure as TableFailure {
      try refuse(flight.pass, failure)
    }
  }

  /// The reply at the frontier could not be read; it may not be the one that has just come.
  private func refuse(_ pass: Pass, _ failure: TableFailure) throws {
    guard case .unreadable = failure.kind else { return try fail(pass, failure) }
    let next = pass.frontier.next
    try retry(Flight(pass, next, pass.request(next)), failure)
  }

  private func pageDone(_ pass: Pass, bytes: Int = 0) throws {
    let next = pass.frontier.next
    observe(
      .page(
        table: pass.table.name, page: next.page, pages: pass.frontier.pages,
        read: pass.report.counts.read))
    if pass.hasEnded { ended(pass) }
    if batch.addPage(of: bytes, at: context.clock.elapsed()) { try commit() }
  }

  /// Makes the request again later, or gives the table up.
  private func retry(_ flight: Flight, _ failure: TableFailure) throws {
    let count = (failures[flight.request] ?? 0) + 1
    failures[flight.request] = count
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
      try flight.pass.receiveRefusal(at: flight.address, failure)
      try pageDone(flight.pass)
    } catch let other as TableFailure {
      // It may be that of a page behind this one, which had come before.
      if other == failure { try fail(flight.pass, failure) } else { try refuse(flight.pass, other) }
    }
  }

  func ended(_ pass: Pass) {
    observe(.tableEnded(pass.report))
  }

  /// After a refusal for the allowance nothing leaves before the reset, in this process or another.
  private func obeyRefusal(_ reply: Reply) throws {
    let clock = context.clock
    let until = pacer.refused(
      reply.allowances, retryAfter: reply.retryAfter, date: reply.date ?? context.now,
      at: clock.elapsed())
    try batch.open(at: clock.elapsed())
    // Whoever comes after this process has to know.
    try noteBlock(of: (until - clock.elapsed()).components.seconds + 1)
    try commit()
  }

  /// Notes that nothing may be asked for so many seconds, as an instant of the source's clock.
  private func noteBlock(of seconds: Int64) throws {
    let now = context.now
    try allowances.block(until: now + seconds, at: now)
    try clocks.note(context.sourceClock.note)
  }
}
