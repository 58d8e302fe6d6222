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
    if let before = cursor.progress?.date {
      // One clock among several that is ahead must not move the cursor ahead.
      cursor.progress?.date = min(before, reply.date ?? before)
    } else if !reading.hasReply, !reading.isResumed {
      cursor.progress?.date = reply.date
    }
    reading.hasReply = true
    arrivals[address] = .page(response, reply)
    try applyArrivals()
  }

  /// Takes the word that a parent or a record is gone: its walk is over.
  func receiveMissing(at address: PageAddress, _ request: Request, message: String?) throws {
    let walk = frontier[address.walk]
    let isRecord = if case .records = walk.question { true } else { false }
    guard walk.parent != nil || isRecord else {
      throw TableFailure(.status(404), doing: "GET \(request.target)", message: message)
    }
    if !isRecord { missingParents += 1 }
    if missingParents == frontier.count, missingParents > 2 {
      // Every parent gone is no answer about parents: the path itself is not there.
      throw TableFailure(.status(404), doing: "GET \(request.target)", message: message)
    }
    arrivals[address] = .gone
    try applyArrivals()
  }

  /// Passes over a parent whose list cannot be read, or a record, so that it does not keep the
  /// others from being read for good. Returns false when that is no matter of one of them.
  func skip(at address: PageAddress, _ failure: TableFailure) throws -> Bool {
    let isRecord =
      if case .records = frontier[address.walk].question { true } else { false }
    guard table.method == .perParent || isRecord, failedParents < Self.failedParentsLimit else {
      return false
    }
    failedParents += 1
    report.failure = failure
    report.error = failure.sentence
    arrivals[address] = .skipped
    try applyArrivals()
    return true
  }

  /// Parents of a run whose lists may fail before their table does.
  private static let failedParentsLimit = 3

  private func applyArrivals() throws {
    while state == .active, let arrival = arrivals.removeValue(forKey: frontier.next) {
      try apply(arrival)
    }
    arrivals = arrivals.filter { $0.key > frontier.next }
  }

  /// Stores the page at `frontier.next` and goes on behind it.
  private func apply(_ arrival: Arrival) throws {
    let address = frontier.next
    let walk = frontier[address.walk]
    var hasMore = false
    var pages: Int?
    if case .page(let response, let reply) = arrival {
      if case .changes = walk.question, address.page == 1 {
        reading.walkDate = reply.date
        context.listed[table.name]?.beginChanges()
      }
      let body = try decode(response, walk, address)
      guard let page = decoders[decoderKey(walk)]?.page else { return }
      let didChange = try store(page, body, reply, walk)
      hasMore = try self.hasMore(reply, page, address)
      pages = count(page, walk, address, hasMore: hasMore)
      if endsHere(walk, page, body, didChange: didChange) { hasMore = false }
    }
    if !hasMore { try endWalk(walk, arrival) }
    frontier.advance(hasMore: hasMore, pages: pages)
    if frontier.isDone, table.method == .perParent { try appendParents() }
    hasUnsaved = true
    if seen.mustBeSaved { try seen.save(context.connection) }
    if frontier.isDone { try walksDone() }
  }

  /// One decoder for each shape of reply.
  private func decoderKey(_ walk: Walk) -> Int {
    if case .records(let ids) = walk.question, ids.count == 1 { return 2 * walk.listing + 1 }
    return 2 * walk.listing
  }

  /// Decodes a reply into the walk's decoder. Returns its body, padded.
  private func decode(
    _ response: Response, _ walk: Walk, _ address: PageAddress
  ) throws -> [UInt8] {
    let listing = table.listings[walk.listing]
    let key = decoderKey(walk)
    let envelope = key % 2 == 1 ? listing.record ?? listing.envelope : listing.envelope
    var decoder =
      decoders.removeValue(forKey: key)
      ?? PageDecoder(
        store.layout, envelopes: [envelope] + (table.secondEnvelope.map { [$0] } ?? []))
    do {
      try decoder.decode(response.padded, given: given(listing, walk))
    } catch {
      let doing = "GET \(request(address)?.target ?? listing.path)"
      throw TableFailure(.unreadable(error.reason), doing: doing)
    }
    decoders[key] = decoder
    return response.padded
  }

  /// What the listing says of its records: whose they are, their entity, or why they are gone. One
  /// set of values for each of the reply's lists.
  private func given(_ listing: Listing, _ walk: Walk) -> [[Int: PageDecoder.Given]] {
    func column(_ name: String) -> Int? { table.columns.firstIndex { $0.name == name } }
    if table.secondEnvelope != nil, let reason = column("reason") {
      return [DeletionReason.deleted, .restricted].map { [reason: .text($0.rawValue)] }
    }
    var given: [Int: PageDecoder.Given] = [:]
    if let constant = listing.constant, let column = column(constant.column) {
      given[column] = .text(constant.value)
    }
    if let parent = listing.parent, let id = walk.parent, let column = column(parent.column) {
      given[column] = .integer(id)
    }
    return [given]
  }

  /// A walk is over.
  private func endWalk(_ walk: Walk, _ arrival: Arrival) throws {
    defer {
      (reading.lastContent, reading.repeats) = (nil, 0)
      (reading.walkRecords, reading.emptyPages) = (0, 0)
      listedOfParent.removeAll(keepingCapacity: true)
    }
    if case .records(let ids) = walk.question {
      return try endRecords(ids, walk, arrival)
    }
    if arrival.isMissing {
      cursor.progress?.tracksAbsence = false
      cursor.progress?.read = nil
    }
    try noteShortfall(walk)
    if case .changes = walk.question, let date = reading.walkDate {
      context.listed[table.name]?.endChanges(since: date)
    }
    if table.method == .perParent { try endParent(walk, arrival) }
  }

  /// Holds a list that has come to its end against the source's count of it.
  ///
  /// Whether a list of changes is counted by itself or as the whole table is not known. A count
  /// that is less than the rows that live can only be its own.
  private func noteShortfall(_ walk: Walk) throws {
    guard let total = cursor.progress?.total, total > reading.walkRecords else { return }
    switch (walk.question, cursor.progress?.kind) {
    case (.list, .full): break
    case (.missing, _): if reading.endedEarly { return }
    case (.list, .changes):
      guard table.method == .incremental, try total < living() else { return }
    default: return
    }
    // Each walk has its own count, and each count may be off by a little.
    reading.shortfall = max(reading.shortfall, total - reading.walkRecords)
  }
}
