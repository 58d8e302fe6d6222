internal import HTTP
internal import SQLite

/// What a pass does behind its last page: it proves that it is complete, or reads what is missing.
extension Pass {
  /// All that was asked for has come.
  func walksDone() throws {
    guard stage != .sweep else { return try endSweep() }
    guard table.method != .perParent else { return try conclude() }
    if stage == .recount || stage == .missing && endedEarly { return try appendEnd() }
    if stage == .list || stage == .missing { length = cursor.progress?.read ?? 0 }
    if stage == .list, let progress = cursor.progress {
      if progress.tracksAbsence { try absent.fill(seen) }
      noteListed(progress)
    }
    state = .walked
    context.settling.insert(table.name)
  }

  /// Decides what becomes of a pass that has received all it asked for, and whose feed has been read.
  ///
  /// It ends, or it is active again. `isFeedRead` says whether the feed of the table's deletions was
  /// read behind what the pass has received.
  func settle(isFeedRead: Bool) throws {
    context.settling.remove(table.name)
    if try stepBack() { return }
    if try askSuspects() { return }
    guard let progress = cursor.progress, progress.read != nil else { return try conclude() }
    if !isProven, pages > 1 || isCounting, progress.kind != .recent {
      try prove(progress, isFeedRead: isFeedRead)
      guard isProven else { return }
    }
    if try refresh(progress) { return }
    if try askAbsent() { return }
    if isFeedRead || context.feeds[table.name] == nil, try countLiving(progress) { return }
    try conclude()
  }

  /// Whether the feed has to be read behind what a settled pass reads now.
  var wantsFeed: Bool {
    switch state {
    case .notBegun: true
    case .active: stage != .records && !(isCounting && completeness.attempts == 0)
    case .walked, .ended: false
    }
  }

  /// Reads everything when the source's clock stands before the last cursor: that came from a clock that
  /// was ahead, and what has changed since then is not known.
  private func stepBack() throws -> Bool {
    guard let progress = cursor.progress, progress.kind == .changes, table.method == .incremental,
      let date = progress.date, let last = cursor.lastRunDate,
      date < last + -context.options.overlap
    else { return false }
    cursor.needsFull = true
    try conclude()
    beginAgain()
    return true
  }

  private func prove(_ progress: Cursor.Progress, isFeedRead: Bool) throws {
    let reported = context.listed[table.name]?.vanished ?? 0
    // What is gone from a list of changes may have been delivered before it went.
    let isAccountedFor = (progress.kind == .full || isCounting) && isFeedRead
    var lost = isAccountedFor ? max(0, shrinkage - reported) : shrinkage + reported
    // Between two runs as many may have come as went, and no feed says which; of changes, none does.
    if isResumed, table.method == .incremental, !isFeedRead || progress.kind == .changes {
      lost += 1
    }
    // A paged feed may name an id twice: it is read once more, and then believed.
    if case .deletions = table.method, completeness.attempts > 0 {
      isProven = true
      return
    }
    let known = try known(progress, reported)
    switch completeness.decide(length: length, known: known, lost: lost) {
    case .complete: isProven = true
    case .recount: try recount(progress)
    case .find(let count) where !isCounting: try find(count, progress)
    case .restart where !isCounting: try restart()
    case .giveUp where !isCounting: try giveUp(known)
    default:
      // Rows came or went without a trace: everything is read in this run.
      report.counts.drifted += abs(length - known)
      cursor.needsFull = true
      try conclude()
      beginAgain()
    }
  }

  /// How many different rows were delivered and are still there.
  private func known(_ progress: Cursor.Progress, _ reported: Int) throws -> Int {
    if !isCounting {
      // What went while a former run was at work was said to that run.
      let isUntouched = completeness.stage == .list && reported == 0 && !isResumed
      if progress.kind == .changes || isUntouched && progress.tracksAbsence {
        return try seen.count(context.connection) + keyless.count
      }
      if isUntouched { return progress.inserted + keyless.count + unstored.count }
    }
    let refused = isCounting ? cursor.unstoredRows : keyless.count + unstored.count
    return try living() + refused - (progress.tracksAbsence ? absent.count() : 0)
  }

  func living() throws -> Int {
    let count = try context.connection.value(
      "SELECT count(*) FROM \(quoted(table.name)) WHERE \"_deleted_at\" IS NULL")
    return Int(count.integer ?? 0)
  }

  // MARK: Repair

  private func goOn(_ stage: Stage, _ walks: [Walk]) {
    self.stage = stage
    frontier.append(walks)
    state = .active
    hasUnsaved = true
  }

  /// Asks for what has changed since the first page, and then for the end of the list.
  private func recount(_ progress: Cursor.Progress) throws {
    guard let date = progress.date else {
      completeness.canAskForChanges = false
      return try find(0, progress)
    }
    completeness.stage = .end
    isResumed = false
    goOn(.recount, [changes(since: date)])
  }

  private func changes(since date: Timestamp) -> Walk {
    Walk(
      listing: 0, parent: nil, question: .changes(since: date + -context.options.overlap))
  }

  /// Asks for the page on which a list of the known rows ends.
  private func appendEnd() throws {
    guard let progress = cursor.progress else { return }
    let size = max(1, pageLength ?? cursor.pageLength ?? progress.pageSize)
    let known = try known(progress, 1)
    let page = max(1, (known + size - 1) / size)
    length = (page - 1) * size
    goOn(.end, [Walk(listing: 0, parent: nil, question: .end(page: page))])
  }

  /// Reads the list again, what was found being kept.
  private func find(_ count: Int, _ progress: Cursor.Progress) throws {
    (missing, endedEarly) = (count, false)
    let walks = try listedWalks()
    let mayStop = progress.kind == .full && walks.count == 1 && count > 0
    completeness.stage = mayStop ? .missing : .list
    guard mayStop else { return startOver(.list, walks) }
    startOver(.missing, walks.map { Walk(listing: $0.listing, parent: nil, question: .missing) })
  }

  /// Begins at the first page again. A run that goes on from here later goes on with the list.
  private func startOver(_ stage: Stage, _ walks: [Walk]) {
    cursor.progress?.read = 0
    cursor.progress?.total = nil
    generation += 1
    arrivals.removeAll()
    frontier = Frontier(
      [], from: PageAddress(walk: 0, page: 1), window: 2 * context.options.concurrency)
    goOn(stage, walks)
  }

  /// Forgets what was seen and reads the list anew.
  private func restart() throws {
    try seen.removeAll(context.connection)
    try absent.removeAll()
    keyless.removeAll()
    unstored.removeAll()
    let isFull = cursor.progress?.kind == .full
    cursor.progress?.tracksAbsence = isFull
    context.listed[table.name]?.vanished = 0
    (shrinkage, areAbsentConfirmed, completeness.stage) = (0, false, .list)
    isResumed = false
    startOver(.list, try listedWalks())
  }

  /// The list does not hold still. What was read is stored; the cursor stays.
  private func giveUp(_ known: Int) throws {
    let isRead = cursor.progress?.kind == .full && cursor.lastRunDate != nil
    if isRead, table.method != .full { cursor.needsFull = true }
    cursor.progress = nil
    try seen.removeAll(context.connection)
    try context.cursors.save(cursor, of: table.name)
    try fail(TableFailure(.restless(known: known, length: length), doing: "reading \(table.name)"))
  }

  /// The first pages of a pass that goes on from a former run are as old as that run.
  private func refresh(_ progress: Cursor.Progress) throws -> Bool {
    guard isResumed else { return false }
    isResumed = false
    // Only a list that knows no date of change is resumed without one.
    let date = progress.date ?? context.runStarted
    switch table.method {
    case .incremental: goOn(.refresh, [changes(since: date)])
    case .newestFirst:
      goOn(.refresh, [Walk(listing: 0, parent: nil, question: .recent(since: date))])
    default:
      // Nothing says what has changed on its first pages. A list that is not too long is read again.
      guard pages <= Self.pagesReadTwice else {
        isAged = true
        return false
      }
      isProven = false
      try restart()
    }
    return true
  }

  /// Pages of a list that are read a second time because a former run has read the first of them.
  private static let pagesReadTwice = 400

  // MARK: Records by id

  /// Absent rows that are asked for one by one; more of them take another walk.
  private static let askedAtLeast = 10
  /// Rows of which list and feed disagree that are asked for in a run.
  static let suspectsLimit = 100

  /// Has the account say itself that rows are gone which a list of several pages did not hold.
  private func askAbsent() throws -> Bool {
    guard let progress = cursor.progress, progress.tracksAbsence, pages > 1, !areAbsentConfirmed
    else { return false }
    areAbsentConfirmed = true
    let count = try absent.count()
    guard count > 0 else { return false }
    let walks = try recordWalks(absent.keys(max(Self.askedAtLeast, pages)))
    if count <= walks.count {
      goOn(.records, walks)
    } else {
      isProven = false
      try find(0, progress)
    }
    return true
  }

  /// Asks for the records of which list and feed disagree: a statement that they are gone and a row
  /// that lives. It tells apart what happened between the two, whatever that was.
  private func askSuspects() throws -> Bool {
    guard let feed = context.feeds[table.name], stage != .records else { return false }
    let rows = try context.connection.rows(
      """
      SELECT t."id" FROM \(quoted(feed)) AS s JOIN \(quoted(table.name)) AS t ON t."id" = s."id"
        WHERE s."_deleted_at" IS NULL AND t."_deleted_at" IS NULL LIMIT ?
      """, [Value(Self.suspectsLimit)])
    let walks = recordWalks(rows)
    guard !walks.isEmpty else { return false }
    goOn(.records, walks)
    return true
  }

  private func recordKey(_ id: Int64, _ walk: Walk) -> Value {
    guard let constant = table.listings[walk.listing].constant else { return .integer(id) }
    return TableStore.joined([.text(constant.value), .integer(id)])
  }

  private func recordWalks(_ keys: [[Value]]) -> [Walk] {
    keys.compactMap { key in
      guard let id = key.last?.integer else { return nil }
      let listing = table.listings.firstIndex {
        $0.record != nil && $0.constant.map { [.text($0.value), .integer(id)] == key } ?? true
      }
      return listing.map { Walk(listing: $0, parent: nil, question: .records([id])) }
    }
  }

  /// Some records have been asked for: they were stored, or one of them at least is gone.
  ///
  /// `areMissing` is nil when they could not be read: nothing is known of them, and nothing changes.
  func endRecords(_ ids: [Int64], _ walk: Walk, areMissing: Bool?) throws {
    guard let areMissing else {
      for id in ids { _ = try absent.remove(recordKey(id, walk)) }
      return
    }
    guard stage != .sweep else { return endSwept(ids, walk, areMissing: areMissing) }
    guard let id = ids.first, let feed = context.feeds[table.name] else { return }
    let writing = context.writing
    let statement = try context.connection.rows(
      """
      SELECT "reason", "deleted_at" FROM \(quoted(feed)) WHERE "id" = ? AND "_deleted_at" IS NULL
      """, [.integer(id)]
    ).first
    guard let statement else { return }
    guard areMissing else {
      _ = try context.tombstones[feed]?.apply(
        .absent, at: writing.now, key: [.integer(id)], writing)
      return
    }
    let reason = statement[0].text.flatMap { DeletionReason(rawValue: $0) } ?? .deleted
    let at = statement[1].text.flatMap { Timestamp($0) } ?? cursor.progress?.date ?? writing.now
    if try context.tombstones[table.name]?.apply(
      reason, at: at, key: [.integer(id)], writing) ?? false
    {
      report.counts.deleted += 1
    }
  }

  // MARK: Counting

  /// Compares the number of living rows with the account's, once a day, for one request: rows that
  /// come back with an old date of change are in no list of changes.
  private func countLiving(_ progress: Cursor.Progress) throws -> Bool {
    guard table.method == .incremental, progress.kind == .changes, !isCounting,
      let date = progress.date,
      cursor.countedAt.map({ date - $0 >= context.options.countEvery }) ?? true
    else { return false }
    (isCounting, isProven) = (true, false)
    completeness = Completeness()
    completeness.canAskForChanges = true
    try appendEnd()
    return true
  }

  // MARK: Ending

  /// Tells the feed that is read next what this pass has shown to be alive.
  private func noteListed(_ progress: Cursor.Progress) {
    guard table.method == .incremental else { return }
    let since = progress.date ?? context.runStarted
    if progress.kind == .full {
      context.listed[table.name]?.everythingSince = since
    } else {
      context.listed[table.name]?.endChanges(since: since)
    }
  }

  /// The pass is complete: tombstones for what was not listed, the new cursor, the run log.
  private func conclude() throws {
    let connection = context.connection
    guard let progress = cursor.progress else { return }
    report.outcome = report.failure == nil ? .good : .failed
    if isAged, report.failure == nil {
      report.outcome = .unfinished
      report.error =
        "Its first pages are as old as the run that was cut off; the next run reads them again."
    }
    if progress.kind == .full, table.method == .incremental {
      cursor.pageLength = pageLength
      cursor.unstoredRows = keyless.count + unstored.count
    }
    if progress.tracksAbsence, keyless.isEmpty {
      try buryAbsent(at: progress.date ?? context.clock.now())
    }
    cursor.progress = nil
    // Without a date from the source the cursor stays where it is: the next pass asks again.
    if let date = progress.date {
      cursor.lastRunDate = date
      if progress.kind == .full { cursor.fullRunDate = date }
      if table.method == .incremental, progress.kind == .full || isCounting && isProven {
        cursor.countedAt = date
      }
      if table.method == .incremental, progress.kind == .full || cursor.sweptAt == nil {
        (cursor.sweptAt, cursor.sweptKey) = (date, nil)
      }
    }
    let wasWhole = progress.kind == .full || progress.since == Timestamp(0)
    if wasWhole { cursor.needsFull = false }
    for index in store.sql.createIndices { try connection.execute(index) }
    try seen.removeAll(connection)
    try context.cursors.save(cursor, of: table.name, completedAt: context.clock.now())
    try context.log.save(report)
    hasUnsaved = false
    state = .ended
  }

  private func buryAbsent(at instant: Timestamp) throws {
    let writing = context.writing
    let options = context.options
    let held = try absent.hold(over: options.guardRows, options.guardShare, writing)
    cursor.heldRows = held
    if held > 0 {
      report.outcome = .held
      report.error =
        "The listing lacks \(held) rows that were there before. They are kept as they are until "
        + "the next complete listing lacks them too, or until you accept it."
    }
    guard let tombstones = context.tombstones[table.name] else { return }
    report.counts.deleted += try absent.bury(tombstones, at: instant, writing)
  }

  /// The pass cannot go on in this run. The next one resumes it where it stands.
  func fail(_ failure: TableFailure) throws {
    report.outcome = .failed
    report.failure = failure
    report.error = failure.sentence
    context.settling.remove(table.name)
    try save()
    state = .ended
  }

  /// Writes the position, the keys met and the run log, inside the caller's transaction.
  func save() throws {
    hasUnsaved = false
    try context.log.save(report)
    guard var progress = cursor.progress, table.method != .perParent, hasReply || isResumed,
      state == .active || state == .walked, stage != .sweep
    else { return }
    (progress.walk, progress.page) = (frontier.next.walk, frontier.next.page)
    cursor.progress = progress
    try context.cursors.save(cursor, of: table.name)
    try seen.save(context.connection)
  }
}
