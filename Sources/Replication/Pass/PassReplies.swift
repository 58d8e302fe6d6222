internal import HTTP
internal import Model
internal import ReplicaFile
internal import SQLite

/// What a pass does with a reply: in the order of the pages, whatever order they come in.
extension Pass {
  /// Takes a good reply. It is applied at once when it is the next one, together with those behind
  /// it that came before; otherwise it waits.
  ///
  /// Throws `TableFailure` when a reply cannot be read; `frontier.next` is then its address.
  func receive(_ response: Response, _ reply: Reply, at address: PageAddress) throws {
    replied(at: reply.date)
    if case .list(let machine) = work {
      stampLag.saw(reply, isOfList: machine.stage == .list && reply.content == .records)
    }
    try take(.page(response, reply), at: address)
  }

  /// Takes the word that a parent or a record is gone: its list is over. What is said to be gone
  /// may be a page of a list, or the list itself.
  func receiveMissing(at address: PageAddress, _ failure: TableFailure) throws {
    let scan = frontier[address.scan]
    guard scan.parent != nil || !scan.ids.isEmpty, address.page == 1 else {
      return try take(.refused(failure), at: address)
    }
    guard scan.parent == nil || gaps.lacksParent(of: frontier.count) else { throw failure }
    try take(.gone(failure.kind), at: address)
  }

  /// Passes over a parent whose list cannot be read, or a record, so that it does not keep the
  /// others from being read for good. A page of a list is judged when those before it have come: it
  /// may have been asked for although the list ends before it.
  func receiveRefusal(at address: PageAddress, _ failure: TableFailure) throws {
    if case .asides = work { return try asideRefused(at: address, failure) }
    if isHints, !frontier[address.scan].ids.isEmpty {
      return try hintRefused(at: address, failure)
    }
    let isOneOfMany = table.method == .perParent || !frontier[address.scan].ids.isEmpty
    guard isOneOfMany, address.page == 1 else { return try take(.refused(failure), at: address) }
    // A row that the list lacks waits for the next list, as those do that are many.
    if case .list = work, let id = frontier[address.scan].ids.first,
      try absent.note(TableStore.joined(key(id, frontier[address.scan])), isGone: false)
    {
      guard gaps.skips() else { throw failure }
    } else {
      try skip(failure)
    }
    try take(.skipped, at: address)
  }

  private func skip(_ failure: TableFailure) throws {
    guard gaps.skips() else { throw failure }
    report.failure = failure
    report.error = failure.sentence
  }

  func take(_ arrival: Arrival, at address: PageAddress) throws {
    arrivals[address] = arrival
    while isActive, let arrival = arrivals.removeValue(forKey: frontier.next) {
      try apply(arrival)
    }
    arrivals = arrivals.filter { $0.key > frontier.next }
  }

  /// Stores the page at `frontier.next` and goes on behind it.
  private func apply(_ arrival: Arrival) throws {
    let address = frontier.next
    let scan = frontier[address.scan]
    var step = Step(next: .end)
    var arrival = arrival
    if case .refused(let failure) = arrival {
      if try leavesFeed(at: address, failure) { return }
      if let next = nextBehindRefused(address) {
        try skip(failure)
        arrival = .skipped
        step = Step(behindRecords: next)
      } else if case .parents(let machine) = work {
        let isEnd = failure.isOfQuestion && machine.pager.endsBeforeRefusal(counted: nil)
        if !isEnd {
          try skip(failure)
          arrival = .skipped
        }
      } else if try !endsBefore(address, failure) {
        return
      }
    }
    if case .page(let response, let reply) = arrival {
      gaps.answered()
      if !reply.deleted.isEmpty { try told.insert(reply.deleted) }
      step = try machineStep(try store(response, reply, scan, address), address)
      if let position = step.position, position == self.position(of: address, address.page) {
        step.next = .fail(.endless)
      }
      if case .fail(let kind) = step.next {
        throw TableFailure(kind, doing: "\(request(address))")
      }
    }
    if step.next == .anew { return try beginListAnew() }
    if step.next == .end { try listEnded(scan, arrival) }
    frontier.advance(hasMore: step.next == .more, pages: step.pages, at: step.position)
    if frontier.isDone { try appendRowByRow() }
    (hasUnsaved, storedAt) = (true, context.now)
    if seen.mustBeSaved { try seen.save(context.connection) }
    if frontier.isDone { try allRead() }
  }

  /// Where a list goes on whose page cannot be had.
  private func nextBehindRefused(_ address: PageAddress) -> Reply.Next? {
    position(of: address, address.page).flatMap(context.source.next(behindRefused:))
  }

  /// Whether a refused page is behind the end of its list. Returns false where the pass begins
  /// again without the question that was refused; throws the failure where the table cannot be had.
  private func endsBefore(_ address: PageAddress, _ failure: TableFailure) throws -> Bool {
    guard case .list(var machine) = work, failure.isOfQuestion else { throw failure }
    if machine.border == address.page {
      try beginListAnew()
      return false
    }
    if machine.endsBeforeRefusal(of: address.page) { return true }
    let action =
      address.page == 1
      ? machine.sinceRefused(at: context.now) : machine.laterRefused(address.page)
    if address.page == 1, action != nil, table.tellsChanges {
      try ChangeProofs(table, context.connection).refute(at: context.now)
    }
    guard let action else {
      if machine.former.isOpen { try forget(machine.progress) }
      throw failure
    }
    work = .list(machine)
    try obey(action)
    return false
  }

  /// What a former run has read of the list is of no use.
  func beginListAnew() throws {
    guard case .list(var machine) = work else { return }
    let action = machine.forgetAndRestart()
    work = .list(machine)
    try obey(action)
  }

  // MARK: What the machines are told

  private func replied(at date: Timestamp?) {
    switch work {
    case .list(var machine):
      machine.replied(at: date)
      work = .list(machine)
    case .parents(var machine):
      machine.replied(at: date)
      work = .parents(machine)
    case .scrub(var machine):
      machine.replied(at: date)
      work = .scrub(machine)
    case .census(var machine):
      machine.replied(at: date)
      work = .census(machine)
    case .asides, .probe, .hints, .notBegun, .ended: break
    }
  }

  private func machineStep(_ facts: PageFacts, _ address: PageAddress) throws -> Step {
    switch work {
    case .list(var machine):
      defer { (work, pageLength) = (.list(machine), machine.pager.length) }
      return machine.page(facts, address.page)
    case .parents(var machine):
      defer { (work, pageLength) = (.parents(machine), machine.pager.length) }
      return machine.page(facts, address.page)
    case .scrub(var machine):
      machine.stored(facts.records - facts.refused)
      work = .scrub(machine)
      return Step(behindRecords: facts.next)
    case .census(let machine) where frontier[address.scan].isCount:
      try counted(facts.total, frontier[address.scan], machine)
    case .census(var machine):
      guard frontier[address.scan].isCensus else { return Step(behindRecords: facts.next) }
      defer { work = .census(machine) }
      let keys = frontier[address.scan].keys
      return try machine.page(shown.sorted(), facts.next, of: keys, living: living)
    case .probe(let probe): return try probed(facts, probe)
    case .hints where hint(frontier[address.scan]) != nil:
      return Step(next: facts.next == .more ? .more : .end)
    case .hints: return Step(behindRecords: facts.next)
    case .asides, .notBegun, .ended: break
    }
    return Step(next: .end)
  }

  /// A list is at its end, or the records that were asked for have been answered for.
  private func listEnded(_ scan: Scan, _ arrival: Arrival) throws {
    switch work {
    case .list(var machine):
      if !scan.ids.isEmpty { try recordsAnswered(scan, arrival) }
      machine.listEnded(isMissing: arrival.answer == .gone)
      work = .list(machine)
      if case .changes = machine.stage { context.listed[table.name]?.endChanges() }
    case .parents: try parentEnded(scan, arrival)
    case .scrub: try scrubbed(scan, arrival)
    case .census: try censusAnswered(scan, arrival)
    case .asides: try asideAnswered(scan, arrival)
    case .hints: hintAnswered(scan, arrival)
    case .probe, .notBegun, .ended: break
    }
  }

  /// All that was asked for has come.
  func allRead() throws {
    switch work {
    case .list(var machine):
      let action = machine.allRead()
      work = .list(machine)
      try obey(action)
    case .parents(let machine): try conclude(machine)
    case .scrub(let machine): try conclude(machine)
    case .census: try censusRead()
    case .asides: try asidesRead()
    case .probe: try endProbe()
    case .hints: try hintsRead()
    case .notBegun, .ended: break
    }
  }
}
