internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// The daemon's rounds: runs one, says when the next is due, and outlives those that fail.
extension Daemon {
  /// Runs a round of the tables. Returns the exit code when the daemon ends with it.
  func round(_ session: Session, _ tables: Set<String>) throws -> ExitCode? {
    var options = session.settings.options(selection: tables)
    options.judgesToken = tables.count == session.settings.tables.count
    let begun = world.clock.elapsed()
    rareWork.add(
      to: &options, of: tables, session.settings, assignment.credential, isAsked: isRoundAsked,
      at: begun)
    (isRoundAsked, heldUntil, blockedUntil, isFresh) = (false, nil, nil, false)
    tablesUnderWay = tables
    let narrator = Narrator(log, world.clock)
    var status = RoundStatus(tables: tables.count)
    defer {
      tablesUnderWay = nil
      // What comes next is in the file now.
      forgetAgenda()
    }
    notifier.feed()
    notifier.tell(status.text)
    let summary = try asking(session) { transport in
      options.patientUntil = try nextDue(session, behind: tables)
      narrator.follow(session, options)
      return try world.round(session, options, transport) { [notifier] event in
        narrator.take(event)
        notifier.feed()
        if status.take(event) { notifier.tell(status.text) }
        notifier.tellProgress(status.text)
        self.showNowAndThen(event, session)
      }
    }
    fileFailures = 0
    rareWork.note(summary, options, begun: begun)
    named = named.subtracting(tables).union(summary.named)
    if !options.judgesToken, session.settings.commonTables.isSubset(of: tables),
      summary.isAllRefused
    {
      // Whether the token may see anything at all, a round of all tables tells.
      isRoundAsked = true
    }
    return try end(summary, session, narrator)
  }

  /// Asks the account who reads, where no round is due yet: a token that is refused is noticed when
  /// the daemon is started with it. Returns the exit code when the daemon ends with it.
  func probe(_ session: Session) throws -> ExitCode? {
    isFresh = false
    let secret = session.settings.source.secret
    notifier.feed()
    notifier.tell("Trying the \(secret).")
    let probe = try asking(session) { try session.probe(clock: world.clock, through: $0) }
    switch probe {
    case .accepted:
      log.note(.info, "\(secret) accepted")
      alerts.reached(session)
    case .unknown(let reason):
      try session.dropOutstanding()
      log.note(
        .warning, "\(secret) not tried", ["reason": reason, "next": "the next round tries it"])
    case .refused(let summary):
      let exitCode = try end(summary, session, Narrator(log, world.clock))
      // Another one that was found meanwhile is tried in its turn.
      isFresh = exitCode == nil
      return exitCode
    }
    return nil
  }

  /// Asks through a transport that hears signals. A refusal for the allowance may not be written
  /// down if that ends by an error: it is obeyed from memory then, for the longest time that it can
  /// last.
  private func asking<Result>(
    _ session: Session, _ body: (WakefulTransport) throws -> Result
  ) throws -> Result {
    let transport = WakefulTransport(
      session.transport, world.clock, longestNap: notifier.longestNap,
      feed: { [notifier] in notifier.feed() }, attend: { [unowned self] in attend() },
      idle: { [alerts] in alerts.watch() })
    do {
      return try body(transport)
    } catch {
      let longest = session.settings.source.allowanceRules.longestWait + 1
      blockedUntil = transport.lastRefusal.map { $0 + .seconds(longest) }
      throw error
    }
  }

  /// Says how a run has ended, and whether and when to go on.
  private func end(
    _ summary: RunSummary, _ session: Session, _ narrator: Narrator
  ) throws -> ExitCode? {
    if summary.outcome != .good { try session.dropOutstanding() }
    let exitCode = conclude(summary)
    forgetAgenda()
    narrator.end(summary, next: try next(after: summary, exitCode, session))
    if summary.outcome != .stopped {
      world.show(session)
      world.publish(session, summary) { [notifier] in notifier.feed() }
      alerts.conclude(summary, session)
    }
    return exitCode
  }

  /// A round may last for hours: monitors are not to take its tables for late.
  private func showNowAndThen(_ event: RunEvent, _ session: Session) {
    switch event {
    case .tableEnded, .waiting: break
    case .page, .retrying, .anotherUser, .clockDiffers: return
    }
    let now = world.clock.elapsed()
    if let shownAt, now - shownAt < .seconds(900) { return }
    shownAt = now
    world.show(session)
  }

  /// Whether and when to go on.
  private func conclude(_ summary: RunSummary) -> ExitCode? {
    let elapsed = world.clock.elapsed()
    lastComplaint = summary.complaint
    switch summary.outcome {
    case .good, .partial:
      (unavailable, refusals) = (0, 0)
    case .stopped:
      return .success
    case .refused:
      guard let renewed = renewed() else { return .refused }
      pending = renewed
      refusals += 1
      // Another token that is refused at once is no reason to ask the source without end.
      if refusals > 1 { hold(for: Agenda.delay(after: refusals - 1), from: elapsed) }
    case .deferred:
      let wait = summary.resumeAt.map { $0 - world.clock.now() }
      hold(for: max(wait ?? Agenda.firstDelay, 1), from: elapsed)
    case .unavailable:
      unavailable += 1
      hold(for: min(Agenda.delay(after: unavailable), shortestInterval), from: elapsed)
    }
    return nil
  }

  /// What there is to go on with after a refusal.
  private func renewed() -> Assignment? {
    do {
      return try world.renew(assignment)
    } catch {
      log.noteRefused(error)
      return nil
    }
  }

  private func hold(for seconds: Int64, from elapsed: Duration) {
    heldUntil = elapsed + .seconds(seconds)
  }

  private func next(
    after summary: RunSummary, _ exitCode: ExitCode?, _ session: Session
  ) throws -> String {
    switch exitCode {
    case .success: return "the next start goes on from there"
    case .some:
      return
        "the daemon ends; start it again with \(summary.secret.withArticle) that is accepted"
    case nil: break
    }
    if pending != nil, summary.outcome == .refused { return "again with another \(summary.secret)" }
    if isRoundAsked { return "another round, as asked for" }
    let now = world.clock.now()
    let held = heldUntil.map { max(($0 - world.clock.elapsed()).components.seconds, 0) } ?? 0
    let due = max(try nextDue(session), now + held)
    return due <= now ? "another round" : "a round at \(due.iso8601)"
  }

  // MARK: A file that cannot be written

  /// The round could not be kept. The file is closed and tried again later.
  func postpone(_ error: ReplicaFileError) {
    fileFailures += 1
    let doubled = Self.firstFileDelay << Int64(min(fileFailures - 1, 6))
    let delay = min(doubled, Self.longestFileDelay, max(shortestInterval, 1))
    log.clearProgress()
    log.note(
      .error, "replica not written",
      [
        "error": OperatorMessage(error).text.split(separator: "\n").joined(separator: " "),
        "next": "tried again in \(Duration.seconds(delay).spoken)",
      ])
    isRoundAsked = false
    alerts.unwritten()
    close()
    hold(for: delay, from: world.clock.elapsed())
  }
}

extension SQLiteError {
  /// Whether the same attempt may succeed later without anybody's doing: for want of room, for
  /// another program's lock, or because the file system or its device is in trouble
  /// (sqlite.org/rescode.html: SQLITE_IOERR, SQLITE_CANTOPEN).
  var mayPass: Bool {
    isFull || isBusy || isReadOnly || [10, 14].contains(primaryCode)
  }
}
