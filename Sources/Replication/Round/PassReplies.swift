internal import HTTP
internal import SQLite

extension Pass {
  /// Takes a good reply. It is applied at once when it is the next one, together with those behind
  /// it that came before; otherwise it waits.
  ///
  /// Throws `TableFailure` when a reply cannot be read; `frontier.next` is then its address.
  func receive(_ response: Response, _ signals: Signals, at address: PageAddress) throws {
    if !hasReply, !isResumed { cursor.progress?.date = signals.date }
    // One clock among several that is ahead must not move the cursor ahead.
    if let before = cursor.progress?.date, let date = signals.date {
      cursor.progress?.date = min(before, date)
    }
    hasReply = true
    arrivals[address] = Arrival(response: response, signals: signals)
    try applyArrivals()
  }

  /// Takes the word that a parent or a record is gone: its walk is over.
  func receiveMissing(at address: PageAddress, _ request: Request, message: String?) throws {
    let walk = frontier.walks[address.walk]
    let isRecord = if case .records = walk.question { true } else { false }
    guard walk.parent != nil || isRecord else {
      throw TableFailure(.status(404), doing: "GET \(request.target)", message: message)
    }
    if !isRecord { missingParents += 1 }
    if missingParents == frontier.walks.count, missingParents > 2 {
      // Every parent gone is no answer about parents: the path itself is not there.
      throw TableFailure(.status(404), doing: "GET \(request.target)", message: message)
    }
    arrivals[address] = Arrival(
      response: Response(status: 404),
      signals: Signals(next: .end, date: nil, allowance: Allowance()))
    try applyArrivals()
  }

  /// Passes over a parent whose list cannot be read, or a record, so that it does not keep the others
  /// from being read for good. Returns false when that is no matter of one of them.
  func skip(at address: PageAddress, _ failure: TableFailure) throws -> Bool {
    let isRecord =
      if case .records = frontier.walks[address.walk].question { true } else { false }
    guard table.method == .perParent || isRecord, failedParents < Self.failedParentsLimit else {
      return false
    }
    failedParents += 1
    report.failure = failure
    report.error = failure.sentence
    arrivals[address] = Arrival(
      response: Response(status: isRecord ? 0 : 404),
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
    let isMissing = arrival.response.status == 404
    if arrival.response.status == 200 {
      if case .changes = walk.question, address.page == 1 {
        walkDate = arrival.signals.date
        context.listed[table.name]?.beginChanges()
      }
      let body = try decode(arrival.response.body, walk, address)
      guard let page = decoders[decoderKey(walk)]?.page else { return }
      let didChange = try store(page, body, arrival.signals, walk)
      hasMore = try self.hasMore(arrival.signals, page, address)
      pages = count(page, walk, address, hasMore: hasMore)
      if endsHere(walk, page, body, didChange: didChange) { hasMore = false }
    }
    if !hasMore { try endWalk(walk, isMissing: isMissing, isRead: arrival.response.status == 200) }
    frontier.advance(hasMore: hasMore, pages: pages)
    if frontier.isDone, table.method == .perParent { try appendParents() }
    hasUnsaved = true
    if seen.mustBeSaved { try seen.save(context.connection) }
    if frontier.isDone { try walksDone() }
  }

  /// Counts a page of a list. Returns how many pages the walk has, where that is known.
  private func count(
    _ page: DecodedPage, _ walk: Walk, _ address: PageAddress, hasMore: Bool
  ) -> Int? {
    defer { isSamePage = false }
    let records = isSamePage ? 0 : page.records.count { $0.list == 0 }
    switch walk.question {
    case .records, .changes, .recent: return nil
    case .end:
      length += records
      return nil
    case .list, .missing: break
    }
    if records > 0 { self.pages = max(self.pages, address.page) }
    if hasMore, pageLength == nil { pageLength = records }
    cursor.progress?.read? += records
    if address.page == 1 { cursor.progress?.total = nil }
    guard let total = page.totalCount else { return nil }
    if let before = cursor.progress?.total { shrinkage += max(0, before - total) }
    cursor.progress?.total = total
    guard cursor.progress?.since == nil, let size = pageLength ?? pageSize, size > 0 else {
      return nil
    }
    return (total + size - 1) / size
  }

  private var pageSize: Int? { cursor.progress?.pageSize }

  /// One decoder for each shape of reply.
  private func decoderKey(_ walk: Walk) -> Int {
    if case .records(let ids) = walk.question, ids.count == 1 { return 2 * walk.listing + 1 }
    return 2 * walk.listing
  }

  /// Decodes a body into the walk's decoder. Returns the body, padded.
  private func decode(
    _ body: [UInt8], _ walk: Walk, _ address: PageAddress
  ) throws -> [UInt8] {
    let listing = table.listings[walk.listing]
    let key = decoderKey(walk)
    let envelope = key % 2 == 1 ? listing.record ?? listing.envelope : listing.envelope
    var decoder =
      decoders.removeValue(forKey: key)
      ?? PageDecoder(
        store.layout, envelopes: [envelope] + (table.secondEnvelope.map { [$0] } ?? []))
    var body = body
    body.append(contentsOf: repeatElement(0, count: JSONScanner.padding))
    do {
      try decoder.decode(body, given: given(listing, walk))
    } catch {
      let doing = "GET \(request(address)?.target ?? listing.path)"
      throw TableFailure(.unreadable(error.reason), doing: doing)
    }
    decoders[key] = decoder
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
  private func store(
    _ page: DecodedPage, _ body: [UInt8], _ signals: Signals, _ walk: Walk
  ) throws -> Bool {
    let writing = context.writing
    let isFeed = table.secondEnvelope != nil
    let walkHasParent = table.method == .perParent
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
          counts.misfits += 1
          try noteRefused(record, source, walk)
          continue
        }
        let key = store.key(of: record, source)
        if record.list == 0 { try note(key, outcome, walk) }
        if walkHasParent { listedOfParent.insert(key) }
        if stage == .sweep { counts.swept += 1 }
        if stage == .sweep || isCounting && stage == .end, isDrift(record, source, outcome) {
          counts.drifted += 1
        }
        if isFeed, outcome != .unchanged {
          try bury(record, source, key: key, signals, writing, &counts)
        }
      }
    }
    report.counts += counts
    return counts.inserted + counts.updated > 0
  }

  /// Remembers that a record has come that cannot be stored. One with a key is not absent; without
  /// one nobody knows whose it is, and nothing is taken for absent.
  private func noteRefused(
    _ record: DecodedPage.Record, _ source: PageBytes, _ walk: Walk
  ) throws {
    let key = store.key(of: record, source)
    guard record.list == 0, !key.contains(.null) else {
      keyless.insert(record.digest)
      return
    }
    if try !(context.tombstones[table.name]?.isLiving(key) ?? false) {
      unstored.insert(record.digest)
    }
    try note(key, .unchanged, walk)
  }

  /// Remembers that a row has been delivered.
  private func note(_ key: [Value], _ outcome: TableStore.Outcome, _ walk: Walk) throws {
    guard let progress = cursor.progress, stage != .sweep else { return }
    let joined = TableStore.joined(key)
    let isChange =
      switch walk.question {
      case .list: progress.kind == .changes
      case .changes: true
      default: false
      }
    if isChange, table.method == .incremental { context.listed[table.name]?.insert(key) }
    if outcome == .inserted { cursor.progress?.inserted += 1 }
    if progress.tracksAbsence || progress.kind == .changes { seen.insert(joined) }
    guard walk.question != .list else { return }
    let wasAbsent = try progress.tracksAbsence && absent.remove(joined)
    if wasAbsent || outcome == .inserted { missing -= 1 }
    // It was in the list and not delivered: something else that was delivered is gone.
    if wasAbsent, stage == .records { isProven = false }
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
  ///
  /// A row that a list of this run has shown after its deletion is alive, and the statement no longer
  /// holds. Where list and feed may have seen different moments, the statement and the row are left
  /// as they are until the record itself has been asked for, see `Pass.suspects`.
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
    let listed = context.listed[name] ?? Listed()
    let isRecent = listed.began.map { at >= $0 } ?? true
    if isRecent || reason == .restricted { context.listed[name]?.vanished += 1 }
    if try tombstones.isLiving(key) {
      let shown = try listed.shown(
        key, isAbsent: context.absent[name]?.contains(TableStore.joined(key)) ?? false)
      if reason == .deleted, let shown, at < shown {
        _ = try context.tombstones[table.name]?.apply(.absent, at: at, key: key, writing)
        return
      }
      let isOldNews = listed.lastRunDate.map { at < $0 } ?? false
      let isDoubtful =
        reason == .deleted ? isOldNews || listed.began != nil && isRecent : shown != nil
      if isDoubtful, context.mayAsk(about: name) { return }
    }
    if try tombstones.apply(reason, at: at, key: key, writing) {
      counts.deleted += 1
    }
  }

  /// Whether another page follows, by the headers or, where they are silent, by the counts.
  private func hasMore(
    _ signals: Signals, _ page: DecodedPage, _ address: PageAddress
  ) throws -> Bool {
    let doing = "GET \(request(address)?.target ?? table.name)"
    let walk = frontier.walks[address.walk]
    if case .records = walk.question { return false }
    let isEmpty = page.records.isEmpty
    switch signals.next {
    case .elsewhere: throw TableFailure(.elsewhere, doing: doing)
    case .end: return false
    case .more:
      guard address.page < Self.pageLimit else { throw TableFailure(.endless, doing: doing) }
      return !isEmpty
    case .unknown:
      guard let size = pageSize, !isEmpty else { return false }
      if let total = page.totalCount, asksForAll(walk), case let first = firstPage(of: walk) {
        let before = (first + address.page - 2) * (pageLength ?? size)
        return before + page.records.count < total
      }
      // A full page may have another behind it. A server that knows no pages gives the same again.
      let content = page.records.reduce(0) { $0 &+ $1.digest }
      defer { lastContent = content }
      isSamePage = content == lastContent
      return isFull(page.records.count, size) && !isSamePage
    }
  }

  /// Whether so many records may be a full page. A server may serve less than it is asked for.
  private func isFull(_ count: Int, _ size: Int) -> Bool {
    if let pageLength { return count >= pageLength }
    return count == size || count >= Self.leastPage && size.isMultiple(of: count)
  }

  /// Records that a server gives at the least when it is asked for more.
  private static let leastPage = 25

  private func asksForAll(_ walk: Walk) -> Bool {
    switch walk.question {
    case .list, .missing: cursor.progress?.since == nil
    case .end, .recent: true
    case .changes, .records: false
    }
  }

  private func firstPage(of walk: Walk) -> Int {
    if case .end(let page) = walk.question { page } else { 1 }
  }

  /// More pages than any account has: ten million records.
  static let pageLimit = 100_000

  /// Whether a walk has found what it was for before the end of the list.
  private func endsHere(
    _ walk: Walk, _ page: DecodedPage, _ body: [UInt8], didChange: Bool
  ) -> Bool {
    switch walk.question {
    case .missing:
      endedEarly = endedEarly || missing <= 0
      return missing <= 0
    case .recent(let since):
      return isKnownGround(page, body, didChange: didChange, last: since)
    case .list where cursor.progress?.kind == .recent:
      return isKnownGround(page, body, didChange: didChange, last: cursor.lastRunDate)
    default: return false
    }
  }

  /// Whether a newest-first pass has come to where all is known and older than the overlap.
  private func isKnownGround(
    _ page: DecodedPage, _ body: [UInt8], didChange: Bool, last: Timestamp?
  ) -> Bool {
    guard case .newestFirst(let name) = table.method, !didChange, let last,
      let column = table.columns.firstIndex(where: { $0.name == name })
    else { return false }
    let edge = (last + -context.options.recentOverlap).sql
    return PageBytes.hold(page, body) { source in
      page.records.contains { source.value($0.slots + column).text.map { $0 < edge } ?? false }
    }
  }

  /// A walk is over. A parent's list is then complete: what it no longer holds is gone, and the
  /// parent has been read.
  ///
  /// Of a parent that answered 404 nothing is known but that it was asked: were it really gone, its
  /// own table would tell.
  private func endWalk(_ walk: Walk, isMissing: Bool, isRead: Bool) throws {
    defer {
      lastContent = nil
      listedOfParent.removeAll(keepingCapacity: true)
    }
    if case .records(let ids) = walk.question {
      return try endRecords(ids, walk, areMissing: isMissing ? true : isRead ? false : nil)
    }
    if isMissing {
      cursor.progress?.tracksAbsence = false
      cursor.progress?.read = nil
    }
    if case .changes = walk.question, let walkDate {
      context.listed[table.name]?.endChanges(since: walkDate)
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
      if try context.tombstones[table.name]?.apply(.absent, at: writing.now, key: row, writing)
        ?? false
      {
        report.counts.deleted += 1
      }
    }
    try context.quotaSource.note(id, of: table.name, parent: parent.table, at: writing.now)
  }
}
