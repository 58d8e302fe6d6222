internal import HTTP
internal import Model
internal import ReplicaFile

/// What a run asks for next, and of which table.
extension Round {
  /// Requests that are handed to the transport at the most: as many again as fit on the wire, so
  /// that none of its places is empty while a page is stored.
  var window: Int { 2 * context.options.concurrency }

  /// Whether all requests have been made that the run may make.
  var isSpent: Bool { requests >= context.options.requestLimit ?? .max }

  /// Sends what may be sent.
  func startRequests() throws {
    while ending == nil, transport.outstanding < window {
      let now = context.clock.elapsed()
      guard case .now = pacer.permission(at: now, outstanding: transport.outstanding) else {
        return
      }
      if isSpent, transport.outstanding > 0 { return }
      guard let flight = try nextFlight(at: now) else { return }
      let asked = replies.removeValue(forKey: flight.request)
      if let response = asked ?? context.source.known(flight.request) {
        if asked != nil { flight.pass.report.requests += 1 }
        var reply = context.source.reply(response, to: flight.request)
        reply.date = replyDates.believed(reply.date, at: now)
        try obey(reply, .success(response), flight)
        continue
      }
      if endIfSpent() { return }
      flight.pass.report.requests += 1
      flights[nextID] = flight
      leave(flight.request, at: now)
    }
  }

  /// Ends the run when it would make a request more than it may.
  func endIfSpent() -> Bool {
    guard isSpent, let limit = context.options.requestLimit else { return false }
    ending = (
      .deferred,
      "The run may make \(limit.counted("request")) and has made as many; it was not at its end."
    )
    return true
  }

  /// Hands a request to the transport under the next id.
  func leave(_ request: Request, at now: Duration) {
    pacer.sent(at: now)
    (requests, isStill) = (requests + 1, false)
    transport.send(request, id: nextID)
    nextID += 1
  }

  /// The next request in the order of the tables; one that is made again comes before new ones.
  private func nextFlight(at now: Duration) throws -> Flight? {
    delayed.removeAll { $0.flight.isStale }
    if let index = delayed.firstIndex(where: { $0.readyAt <= now }) {
      return delayed.remove(at: index).flight
    }
    for pass in passes where pass.patientWork == nil {
      if let flight = try flight(of: pass) { return flight }
    }
    return try patientFlight(at: now)
  }

  /// The next request of a pass, which may have to begin for it. What turns out to be patient waits
  /// for its turn.
  func flight(of pass: Pass) throws -> Flight? {
    guard !pass.hasEnded else { return nil }
    let isUrgent = pass.patientWork == nil
    if !pass.hasBegun {
      guard mayBegin(pass) else { return nil }
      try begin(pass)
    }
    guard isUrgent == (pass.patientWork == nil), let (address, request) = pass.ask() else {
      return nil
    }
    return Flight(pass, address, request)
  }

  /// Whether what a pass builds on has ended: the table whose deletions it reads, its parents, all
  /// that comes before the last, and for what costs a request for each parent all that is urgent.
  private func mayBegin(_ pass: Pass) -> Bool {
    let others = passes.filter { $0 !== pass && !$0.hasEnded }
    switch pass.table.method {
    case .perParent: return !hasUrgentWork
    case .deletions(let table):
      return !others.contains { $0.table.name == table && !$0.isWaiting }
    default:
      return !others.contains { other in
        pass.table.parents.contains(other.table.name)
          || pass.table.isReadLast && !other.table.isReadLast && other.table.method != .perParent
      }
    }
  }

  func begin(_ pass: Pass) throws {
    try batch.open(at: context.clock.elapsed())
    if pass.table.isReadLast {
      let greatest = try DiscoveryStore(context.connection)
        .greatestKey(in: Array(context.tables.values))
      context.source = context.source.knowing(greatestKey: greatest)
    }
    if pass.table.method == .perParent { try shareBudget() }
    do {
      try pass.begin()
    } catch let failure as TableFailure {
      try pass.fail(failure)
    }
    if pass.hasEnded { ended(pass) }
  }

  /// Shares the requests that may be made row by row, when all that is urgent has been read.
  private func shareBudget() throws {
    if hasQuotas { return }
    hasQuotas = true
    let isUnbounded = context.options.full && !context.options.compares
    let budget = isUnbounded ? Int.max / 2 : context.options.perParentBudget
    context.quotas = try context.quotaSource.shares(
      of: budget, among: passes.map(\.table), replicated: Set(context.tables.keys))
  }

  /// Has passes that have received all they asked for end, or ask for more. The feed of a table is
  /// read between the two, and again behind whatever else is read.
  func settlePasses() throws {
    for pass in passes where maySettle(pass) {
      let feed = feed(of: pass)
      let isShortened = feed?.shortenedSince != nil
      let isFeedRead = feed?.report.outcome == .good && !isShortened
      let isForbidden = isShortened || feed?.report.failure?.isRefusal ?? false
      try batch.open(at: context.clock.elapsed())
      do {
        try pass.settle(isFeedRead: isFeedRead, isFeedForbidden: isForbidden)
      } catch let failure as TableFailure {
        try pass.fail(failure)
      }
      if pass.hasEnded { ended(pass) }
      if isFeedRead, pass.wantsFeed { feed?.beginAgain() }
    }
  }

  private func feed(of pass: Pass) -> Pass? {
    passes.first { $0.table.method == .deletions(of: pass.table.name) }
  }

  func maySettle(_ pass: Pass) -> Bool {
    pass.isWaiting && feed(of: pass).map(\.hasEnded) ?? true
  }

  /// Begins what follows the tables themselves: first the census, then the scrub, and last what no
  /// list tells. Returns whether there is anything to do.
  func beginUpkeep() throws -> Bool {
    guard !hasAsked, ending == nil else { return false }
    if passes.contains(where: { $0.isScrub || $0.isHints }) { return true }
    try batch.open(at: context.clock.elapsed())
    if !hasProbed {
      hasProbed = true
      let isGranted = pacer.permission(
        at: context.clock.elapsed(), outstanding: transport.outstanding)
      if case .now = isGranted {
        for pass in passes {
          try pass.beginProbe()
          try pass.beginHints()
        }
      }
    }
    if passes.contains(where: { $0.isProbe || $0.isHints }) { return true }
    if !context.options.full, !hasScrubbed, try beginRereading() { return true }
    hasAsked = true
    guard passes.contains(where: \.table.hasAsides) else { return false }
    try shareBudget()
    for pass in passes { try pass.beginAsides() }
    return passes.contains(where: \.isActive)
  }

  private func beginRereading() throws -> Bool {
    if !hasCensused {
      hasCensused = true
      let needs = try passes.map { try $0.censusNeed() }
      let shares = ParentQuotas.divide(context.options.censusBudget, among: needs)
      for (pass, share) in zip(passes, shares) { try pass.beginCensus(budget: share) }
    }
    if passes.contains(where: \.isCensus) { return true }
    hasScrubbed = true
    return try beginScrubs()
  }

  /// Spends what requests the operator grants on rows that are to be read again.
  private func beginScrubs() throws -> Bool {
    let needs = try passes.map { try $0.scrubNeed() }
    let shares = ParentQuotas.divide(
      context.options.scrubBudget,
      among: zip(passes, needs).map { $1 == 0 ? 0 : $1 + $0.scrubSpare })
    for (index, pass) in passes.enumerated() where needs[index] > 0 {
      try pass.beginScrub(need: needs[index], budget: shares[index])
    }
    return passes.contains(where: \.isActive)
  }
}
