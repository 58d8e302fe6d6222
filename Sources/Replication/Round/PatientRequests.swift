internal import HTTP
internal import Model
internal import ReplicaFile

// When a run asks for what can wait.

extension Pass {
  /// What the pass does that can wait, or nil when it is urgent or not known yet.
  var patientWork: PatientWork? {
    switch (work, table.method) {
    case (.scrub, _), (.census, _), (.hints, _): .scrub
    case (_, .perParent), (.asides, _): .parents
    case (.list(let machine), .newestFirst) where machine.progress.kind == .full: .wholeList
    default: nil
    }
  }
}

extension Round {
  /// Whether a pass that cannot wait is not at its end.
  var hasUrgentWork: Bool {
    passes.contains { !$0.hasEnded && $0.patientWork == nil }
  }

  /// The next request for what can wait: it fills what the urgent work leaves.
  func patientFlight(at now: Duration) throws -> Flight? {
    patientReadyAt = nil
    if !hasUrgentWork { _ = try beginUpkeep() }
    guard !isPatienceOver(at: now) else {
      if transport.outstanding == 0, delayed.isEmpty, hasPatientWork, !hasUrgentWork { try yield() }
      return nil
    }
    if let turn = nextTurn(at: now), turn > now {
      patientReadyAt = turn
      return nil
    }
    let atWork = Set(passes.filter(\.isActive).compactMap(\.patientWork))
    let least = atWork.map { patience[$0] ?? 0 }.min() ?? 0
    for kind in PatientWork.turns(patience) {
      // The kind with the fewest requests catches up before another one goes further ahead.
      if transport.outstanding > 0, patience[kind] ?? 0 >= least + window { break }
      for pass in passes where pass.patientWork == kind {
        guard let flight = try flight(of: pass) else { continue }
        patience[kind, default: 0] += 1
        patientAt = now
        return flight
      }
    }
    return nil
  }

  /// When the next request for what can wait may leave, where the allowance runs low and the run
  /// would wait for the reset: those that it may make are spread over the time until then, or until
  /// the next round is due, so that others who share the allowance find something left all along.
  /// Nil where nothing holds it back.
  private func nextTurn(at now: Duration) -> Duration? {
    guard context.options.longestWait == nil, !isSpent, let last = patientAt,
      let figures = pacer.figures(at: now)
    else { return nil }
    var (usable, left) = (usable(of: figures), figures.reset)
    if let end = patientUntil, end - now < left {
      (usable, left) = (usable - figures.limit / PatientWork.share, end - now)
    }
    guard usable > 0, usable <= (figures.limit - pacer.held) / PatientWork.low else { return nil }
    return last + min(left / (usable + 1), Self.longestTurn)
  }

  /// What is left of a long window is worth no longer waits.
  private static let longestTurn = Duration.seconds(60)

  private func usable(of figures: (limit: Int, remaining: Int, reset: Duration)) -> Int {
    figures.remaining - transport.outstanding - pacer.held
  }

  /// Whether to end the run rather than wait so long: only work that can wait is left, and the next
  /// round is due before.
  func mustYield(waiting wait: Duration) throws -> Bool {
    guard let end = patientUntil, context.clock.elapsed() + wait > end, !hasUrgentWork,
      hasPatientWork
    else { return false }
    try yield()
    return true
  }

  private var hasPatientWork: Bool {
    passes.contains { !$0.hasEnded && $0.patientWork != nil }
  }

  /// Whether the next round is due, or needs what is left of the allowance: it begins before the
  /// reset.
  private func isPatienceOver(at now: Duration) -> Bool {
    guard let end = patientUntil else { return false }
    let left = end - now
    guard left > .zero else { return true }
    guard let figures = pacer.figures(at: now), figures.reset > left else { return false }
    return usable(of: figures) <= figures.limit / PatientWork.share
  }

  /// A per-parent table whose changed parents have all been read is up to date: it ends here
  /// instead of carrying the re-reading of the others over, which would begin its budget anew in
  /// each round.
  private func yield() throws {
    try batch.open(at: context.clock.elapsed())
    for pass in passes {
      do {
        guard try pass.endRereading() else { continue }
      } catch let failure as TableFailure {
        try pass.fail(failure)
      }
      ended(pass)
    }
    guard hasPatientWork else { return }
    hasYielded = true
    ending = (.partial, "What can wait gave way to the next round, and goes on behind it.")
  }
}
