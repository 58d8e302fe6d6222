internal import HTTP
internal import SQLite

extension Pass {
  /// Takes a good reply. It is applied at once when it is the next one, together with those behind
  /// it that came before; otherwise it waits.
  ///
  /// Throws `TableFailure` when a reply cannot be read; `frontier.next` is then its address.
  func receive(_ response: Response, _ signals: Signals, at address: PageAddress) throws {
    if !hasReply, !isResumed { cursor.progress?.date = signals.date }
    hasReply = true
    arrivals[address] = Arrival(response: response, signals: signals)
    try applyArrivals()
  }

  /// Takes the word that a parent is gone: its list is over.
  func receiveMissing(at address: PageAddress, _ request: Request, message: String?) throws {
    guard frontier.walks[address.walk].parent != nil else {
      throw TableFailure(.status(404), doing: "GET \(request.target)", message: message)
    }
    missingParents += 1
    if missingParents == frontier.walks.count, missingParents > 2 {
      // Every parent gone is no answer about parents: the path itself is not there.
      throw TableFailure(.status(404), doing: "GET \(request.target)", message: message)
    }
    arrivals[address] = Arrival(
      response: Response(status: 404),
      signals: Signals(next: .end, date: nil, allowance: Allowance()))
    try applyArrivals()
  }

  /// Passes over a parent whose list cannot be read, so that it does not keep the others from being
  /// read for good. Returns false when that is no matter of one parent.
  func skipParent(at address: PageAddress, _ failure: TableFailure) throws -> Bool {
    guard table.method == .perParent, failedParents < Self.failedParentsLimit else { return false }
    failedParents += 1
    report.failure = failure
    report.error = failure.sentence
    arrivals[address] = Arrival(
      response: Response(status: 404),
      signals: Signals(next: .end, date: nil, allowance: Allowance()))
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
    let walk = frontier.walks[address.walk]
    var hasMore = false
    var pages: Int?
    if arrival.response.status != 404 {
      let known = try decode(arrival.response.body, walk, address)
      guard let decoder = decoders[walk.listing] else { return }
      let page = decoder.page
      let didChange = try store(page, known, arrival.signals)
      hasMore = try self.hasMore(arrival.signals, page, address)
      if isKnownGround(page, known, didChange: didChange) { hasMore = false }
      if let total = page.totalCount, cursor.progress?.since == nil, let size = pageSize {
        pages = (total + size - 1) / size
      }
    }
    if !hasMore { try endWalk(walk, isMissing: arrival.response.status == 404) }
    frontier.advance(hasMore: hasMore, pages: pages)
    if frontier.isDone, table.method == .perParent { try appendParents() }
    hasUnsaved = true
    if seen.mustBeSaved { try seen.save(context.connection) }
    if frontier.isDone { try finish() }
  }

  private var pageSize: Int? { cursor.progress?.pageSize }

  /// Decodes a body into the walk's decoder. Returns the body, padded.
  private func decode(
    _ body: [UInt8], _ walk: Walk, _ address: PageAddress
  ) throws -> [UInt8] {
    let listing = table.listings[walk.listing]
    var decoder =
      decoders.removeValue(forKey: walk.listing)
      ?? PageDecoder(
        store.layout, envelopes: [listing.envelope] + (table.secondEnvelope.map { [$0] } ?? []))
    var body = body
    body.append(contentsOf: repeatElement(0, count: JSONScanner.padding))
    do {
      try decoder.decode(body, given: given(listing, walk))
    } catch {
      let doing = "GET \(request(address)?.target ?? listing.path)"
      throw TableFailure(.unreadable(error.reason), doing: doing)
    }
    decoders[walk.listing] = decoder
    return body
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

  /// Stores the records of a page. Returns whether any of them was new or different.
  private func store(_ page: DecodedPage, _ body: [UInt8], _ signals: Signals) throws -> Bool {
    let writing = context.writing
    let isFeed = table.secondEnvelope != nil
    let walkHasParent = table.method == .perParent
    let isListed = table.method == .incremental && cursor.progress?.kind == .changes
    let tracks = cursor.progress?.tracksAbsence ?? false
    var counts = Counts()
    try PageBytes.hold(page, body) { source in
      let order = isFeed ? feedOrder(source) : Array(page.records.indices)
      for index in order {
        let record = page.records[index]
        counts.read += 1
        counts.misfits += record.misfits
        let outcome = try store.apply(record, source, writing)
        switch outcome {
        case .inserted: counts.inserted += 1
        case .updated: counts.updated += 1
        case .unchanged: counts.unchanged += 1
        case .quarantined:
          // Its row, if there is one, is not gone: this listing cannot tell what is.
          counts.misfits += 1
          cursor.progress?.tracksAbsence = false
          continue
        }
        let key = store.key(of: record, source)
        if isListed { context.listed[table.name, default: Listed()].insert(key) }
        if tracks { seen.insert(TableStore.joined(key)) }
        if walkHasParent { listedOfParent.insert(key) }
        if isFeed, outcome != .unchanged {
          try bury(record, source, key: key, signals, writing, &counts)
        }
      }
    }
    report.counts += counts
    return counts.inserted + counts.updated > 0
  }

  /// Restricted records first, so that a deletion has the last word; an id in both is deleted.
  private func feedOrder(_ source: PageBytes) -> [Int] {
    let page = source.page
    let deleted = page.records.indices.filter { page.records[$0].list == 0 }
    let restricted = page.records.indices.filter { page.records[$0].list == 1 }
    guard !restricted.isEmpty else { return deleted }
    let ids = Set(deleted.map { store.key(of: page.records[$0], source) })
    return restricted.filter { !ids.contains(store.key(of: page.records[$0], source)) } + deleted
  }

  /// Makes a tombstone of the row that the feed speaks of.
  private func bury(
    _ record: DecodedPage.Record, _ source: PageBytes, key: [Value], _ signals: Signals,
    _ writing: TableStore.Writing, _ counts: inout Counts
  ) throws {
    guard case .deletions(let name) = table.method, let tombstones = context.tombstones[name],
      let column = table.columns.firstIndex(where: { $0.name == "deleted_at" })
    else { return }
    let said = source.value(record.slots + column).text.flatMap { Timestamp($0) }
    let reason: DeletionReason = record.list == 0 ? .deleted : .restricted
    let at = said ?? signals.date ?? writing.now
    if reason == .deleted, context.listed[name]?.isAlive(key, after: at) ?? false { return }
    if try tombstones.apply(reason, at: at, key: key, writing) {
      counts.deleted += 1
    }
  }

  /// Whether another page follows, by the headers or, where they are silent, by the counts.
  private func hasMore(
    _ signals: Signals, _ page: DecodedPage, _ address: PageAddress
  ) throws -> Bool {
    let doing = "GET \(request(address)?.target ?? table.name)"
    let isEmpty = page.records.isEmpty
    switch signals.next {
    case .elsewhere: throw TableFailure(.elsewhere, doing: doing)
    case .end: return false
    case .more:
      guard address.page < Self.pageLimit else { throw TableFailure(.endless, doing: doing) }
      return !isEmpty
    case .unknown:
      guard let size = pageSize, !isEmpty else { return false }
      if let total = page.totalCount, cursor.progress?.since == nil {
        return (address.page - 1) * size + page.records.count < total
      }
      // A full page may have another behind it. A server that knows no pages gives the same again.
      let content = page.records.reduce(0) { $0 &+ $1.digest }
      defer { lastContent = content }
      return page.records.count == size && content != lastContent
    }
  }

  /// More pages than any account has: ten million records.
  static let pageLimit = 100_000

  /// Whether a newest-first pass has come to where all is known and older than the overlap.
  private func isKnownGround(_ page: DecodedPage, _ body: [UInt8], didChange: Bool) -> Bool {
    guard case .newestFirst(let name) = table.method, cursor.progress?.kind == .recent,
      !didChange, let last = cursor.lastRunDate,
      let column = table.columns.firstIndex(where: { $0.name == name })
    else { return false }
    let edge = (last + -context.options.recentOverlap).sql
    return PageBytes.hold(page, body) { source in
      page.records.contains { source.value($0.slots + column).text.map { $0 < edge } ?? false }
    }
  }

  /// A parent's list is complete: what it no longer holds is gone, and the parent has been read.
  ///
  /// Of a parent that answered 404 nothing is known but that it was asked: were it really gone, its
  /// own table would tell.
  private func endWalk(_ walk: Walk, isMissing: Bool) throws {
    if isMissing { cursor.progress?.tracksAbsence = false }
    defer {
      lastContent = nil
      listedOfParent.removeAll(keepingCapacity: true)
    }
    guard table.method == .perParent, let parent = table.listings[walk.listing].parent,
      let id = walk.parent
    else { return }
    let writing = context.writing
    let key = table.key.map { quoted($0.name) }.joined(separator: ", ")
    let stored = try context.connection.rows(
      """
      SELECT \(key) FROM \(quoted(table.name))
        WHERE \(quoted(parent.column)) = ? AND "_deleted_at" IS NULL
      """, [.integer(id)])
    for row in stored where !isMissing && !listedOfParent.contains(row) {
      try bury(row, at: writing.now, writing)
    }
    try context.quotaSource.note(id, of: table.name, parent: parent.table, at: writing.now)
  }

  private func bury(
    _ key: [Value], at instant: Timestamp, _ writing: TableStore.Writing
  ) throws {
    if try context.tombstones[table.name]?.apply(.absent, at: instant, key: key, writing) ?? false {
      report.counts.deleted += 1
    }
  }

  // MARK: Ending

  /// The pass is complete: tombstones for what was not listed, the new cursor, the run log.
  func finish() throws {
    let connection = context.connection
    guard let progress = cursor.progress else { return }
    if report.outcome != .held { report.outcome = report.failure == nil ? .good : .failed }
    if progress.tracksAbsence { try buryAbsent(at: progress.date ?? context.clock.now()) }
    noteListed(progress)
    cursor.progress = nil
    // Without a date from the source the cursor stays where it is: the next pass asks again.
    if let date = progress.date {
      cursor.lastRunDate = date
      if progress.kind == .full { cursor.fullRunDate = date }
    }
    if progress.kind == .full || progress.since == Timestamp(0) { cursor.needsFull = false }
    for index in store.sql.createIndices { try connection.execute(index) }
    try seen.removeSaved(connection)
    try context.cursors.save(cursor, of: table.name, completedAt: context.clock.now())
    try context.log.save(report)
    hasUnsaved = false
    state = .ended
    if isResumed, table.method != .full {
      // Its first pages are as old as the run that was cut off.
      (isResumed, hasReply, isFollowUp) = (false, false, true)
      if report.outcome == .good { report.outcome = .unfinished }
      generation += 1
      arrivals.removeAll()
      try begin()
    }
  }

  /// Tells the feed that is read next what this pass has shown to be alive.
  private func noteListed(_ progress: Cursor.Progress) {
    guard table.method == .incremental else { return }
    let since = progress.date ?? context.runStarted
    if progress.kind == .full {
      context.listed[table.name, default: Listed()].everythingSince = since
    } else {
      context.listed[table.name, default: Listed()].changesSince = since
    }
  }

  private func buryAbsent(at instant: Timestamp) throws {
    let absent = try seen.absent(store.sql, context.connection)
    let living = try context.connection.value(
      "SELECT count(*) FROM \(quoted(table.name)) WHERE \"_deleted_at\" IS NULL")
    let options = context.options
    let isMass =
      absent.count > options.guardRows
      && Double(absent.count) > options.guardShare * Double(living.integer ?? 0)
    // The same again, or less, is no accident of one reply.
    if isMass, absent.count > cursor.heldRows {
      cursor.heldRows = absent.count
      report.outcome = .held
      report.error =
        "The listing lacks \(absent.count) of \(living.integer ?? 0) rows. They are kept as they "
        + "are until the next complete listing lacks them too."
      return
    }
    cursor.heldRows = 0
    let writing = context.writing
    for key in absent { try bury(key, at: instant, writing) }
  }

  /// The pass cannot go on in this run. The next one resumes it where it stands.
  func fail(_ failure: TableFailure) throws {
    report.outcome = .failed
    report.failure = failure
    report.error = failure.sentence
    try save()
    state = .ended
  }

  /// Writes the position, the keys met and the run log, inside the caller's transaction.
  func save() throws {
    hasUnsaved = false
    try context.log.save(report)
    guard var progress = cursor.progress, table.method != .perParent, hasReply || isResumed,
      state == .active
    else { return }
    (progress.walk, progress.page) = (frontier.next.walk, frontier.next.page)
    cursor.progress = progress
    try context.cursors.save(cursor, of: table.name)
    try seen.save(context.connection)
  }
}
