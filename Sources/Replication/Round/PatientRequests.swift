internal import HTTP
internal import Model
internal import ReplicaFile

// When a run asks for what can wait.

extension Pass {
  /// What the pass does that can wait, or nil when it is urgent or not known yet.
  var patientWork: PatientWork? {
    switch (work, table.method) {
    case (.scrub, _), (.census, _): .scrub
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
    if !hasUrgentWork { _ = try beginUpkeep() }
    guard !isPatienceOver(at: now) else {
      if transport.outstanding == 0, delayed.isEmpty, hasPatientWork, !hasUrgentWork { try yield() }
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
        return flight
      }
    }
    return nil
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
    let usable = figures.remaining - transport.outstanding - pacer.held
    return usable <= figures.limit / PatientWork.share
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
