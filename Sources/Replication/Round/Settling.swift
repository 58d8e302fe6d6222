internal import HTTP
internal import Model
internal import ReplicaFile
internal import SQLite

/// What a pass does behind its last page: it proves that it is complete, or reads what is missing.
extension Pass {
  /// All that was asked for has come.
  func walksDone() throws {
    guard reading.stage != .sweep else { return try endSweep() }
    guard table.method != .perParent else { return try conclude() }
    guard let progress = cursor.progress else { preconditionFailure("walks belong to a pass") }
    switch reading.stage {
    case .recount: return try appendEnd(progress)
    case .refresh where !reading.isProven: return try appendEnd(progress)
    case .missing where reading.endedEarly: return try appendEnd(progress)
    case .missing: reading.length = progress.read ?? 0
    case .list:
      reading.length = progress.read ?? 0
      if progress.tracksAbsence { try absent.fill(&seen) }
      noteListed(progress)
    case .refresh, .end, .records, .sweep: break
    }
    state = .walked
    context.settling.insert(table.name)
  }

  /// Decides what becomes of a pass that has received all it asked for, and whose feed has been
  /// read.
  ///
  /// It ends, or it is active again. `isFeedRead` says whether the feed of the table's deletions
  /// was read behind what the pass has received.
  func settle(isFeedRead: Bool) throws {
    context.settling.remove(table.name)
    if try stepBack() { return }
    if try askSuspects() { return }
    guard let progress = cursor.progress, progress.read != nil else { return try conclude() }
    if reading.isEndless || reading.shortfall > Self.countTolerance { return try doubtEnd() }
    if !reading.isProven, reading.pages > 1 || reading.isCounting, progress.kind != .recent {
      try prove(progress, isFeedRead: isFeedRead)
      guard reading.isProven else { return }
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
    case .active:
      reading.stage != .records && !(reading.isCounting && reading.completeness.attempts == 0)
    case .walked, .ended: false
    }
  }

  /// Reads everything when the source's clock stands before the last cursor: that came from a clock
  /// that was ahead, and what has changed since then is not known.
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

  /// Rows by which a source's count may be off all the time.
  private static let countTolerance = 3

  /// The list came to no end, or to its end before as many rows as the source counts. It is read
  /// once more; what falls short again is not complete.
  private func doubtEnd() throws {
    guard reading.isReadTwice else {
      reading.isReadTwice = true
      return try restart()
    }
    let read = reading.length
    try giveUp(
      reading.isEndless ? .endless : .short(read: read, counted: read + reading.shortfall))
  }

  private func prove(_ progress: Cursor.Progress, isFeedRead: Bool) throws {
    let reported = context.listed[table.name]?.vanished ?? 0
    // In a list of changes a row that the feed reports deleted may be one that was counted before
    // it went, so reported deletions count as rows lost; of a list of everything they explain a
    // shrinking.
    let isAccountedFor = (progress.kind == .full || reading.isCounting) && isFeedRead
    let shrinkage = reading.shrinkage
    var lost = isAccountedFor ? max(0, shrinkage - reported) : shrinkage + reported
    // A resumed pass cannot trust equal counts: as many rows may have been added between the two
    // runs as were deleted. Unless the feed was read behind a list of everything, it is taken for
    // one row lost.
    if reading.isResumed, table.method == .incremental, !isFeedRead || progress.kind == .changes {
      lost += 1
    }
    // A feed that is read in pages may repeat an id on the next one, so its count of different ids
    // can never match its length. It is read once more, and then believed.
    if case .deletions = table.method, reading.completeness.attempts > 0 {
      reading.isProven = true
      return
    }
    let known = try known(progress, reported)
    switch reading.completeness.decide(length: reading.length, known: known, lost: lost) {
    case .complete: reading.isProven = true
    case .recount: try recount(progress)
    case .find(let count) where !reading.isCounting: try find(count, progress)
    case .restart where !reading.isCounting: try restart()
    case .giveUp where !reading.isCounting:
      try giveUp(.restless(known: known, length: reading.length))
    default:
      // Rows came or went without a trace: everything is read in this run.
      report.counts.drifted += abs(reading.length - known)
      cursor.needsFull = true
      try conclude()
      beginAgain()
    }
  }

  /// How many different rows were delivered and are still there.
  private func known(_ progress: Cursor.Progress, _ reported: Int) throws -> Int {
    if !reading.isCounting {
      // Deletions during the interrupted run were reported to that run, so a resumed one cannot
      // subtract them from what was delivered: the rows in the file are counted instead.
      let isUntouched = reading.completeness.stage == .list && reported == 0 && !reading.isResumed
      if progress.kind == .changes || isUntouched && progress.tracksAbsence {
        return try seen.count(context.connection) + reading.keyless.count
      }
      if isUntouched { return progress.inserted + reading.refused }
    }
    let refused = reading.isCounting ? cursor.unstoredRows : reading.refused
    return try living() + refused - (progress.tracksAbsence ? absent.count() : 0)
  }

  func living() throws -> Int {
    let count = try context.connection.value(
      "SELECT count(*) FROM \(quoted(table.name)) WHERE \"_deleted_at\" IS NULL")
    return Int(count.integer ?? 0)
  }

  // MARK: Repair

  func goOn(_ stage: Reading.Stage, _ walks: [Walk]) {
    reading.stage = stage
    frontier.append(walks)
    state = .active
    hasUnsaved = true
  }

  /// Asks for what has changed since the first page, and then for the end of the list; a refresh
  /// asks for that only if the changes have moved.
  private func recount(_ progress: Cursor.Progress, _ stage: Reading.Stage = .recount) throws {
    guard let date = progress.date else {
      (reading.isProven, reading.completeness.canAskForChanges) = (false, false)
      return try find(0, progress)
    }
    reading.completeness.stage = .end
    reading.isResumed = false
    goOn(stage, [changes(since: date)])
  }

  private func changes(since date: Timestamp) -> Walk {
    Walk(
      listing: 0, parent: nil, question: .changes(since: date + -context.options.overlap))
  }

  /// Asks for the page on which a list of the known rows ends.
  private func appendEnd(_ progress: Cursor.Progress) throws {
    let size = max(1, pageLength ?? cursor.pageLength ?? progress.pageSize)
    let known = try known(progress, 1)
    let page = max(1, (known + size - 1) / size)
    reading.length = (page - 1) * size
    goOn(.end, [Walk(listing: 0, parent: nil, question: .end(page: page))])
  }

  /// Reads the list again, what was found being kept.
  func find(_ count: Int, _ progress: Cursor.Progress) throws {
    (reading.missing, reading.endedEarly) = (count, false)
    let walks = try listedWalks()
    let mayStop = progress.kind == .full && walks.count == 1 && count > 0
    reading.completeness.stage = mayStop ? .missing : .list
    guard mayStop else { return startOver(.list, walks) }
    startOver(.missing, walks.map { Walk(listing: $0.listing, parent: nil, question: .missing) })
  }

  /// Begins at the first page again. A run that goes on from here later goes on with the list.
  private func startOver(_ stage: Reading.Stage, _ walks: [Walk]) {
    cursor.progress?.read = 0
    cursor.progress?.total = nil
    (reading.shortfall, reading.walkRecords) = (0, 0)
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
    let isFull = cursor.progress?.kind == .full
    cursor.progress?.tracksAbsence = isFull
    context.listed[table.name]?.vanished = 0
    reading.forget()
    startOver(.list, try listedWalks())
  }

  /// The list does not prove complete. What was read is stored; the cursor stays.
  private func giveUp(_ reason: TableFailure.Kind) throws {
    let isRead = cursor.progress?.kind == .full && cursor.lastRunDate != nil
    if isRead, table.method != .full { cursor.needsFull = true }
    cursor.progress = nil
    try seen.removeAll(context.connection)
    try context.cursors.save(cursor, of: table.name)
    try fail(TableFailure(reason, doing: "reading \(table.name)"))
  }

  /// The first pages of a pass that goes on from a former run are as old as that run.
  private func refresh(_ progress: Cursor.Progress) throws -> Bool {
    guard reading.isResumed else { return false }
    reading.isResumed = false
    switch table.method {
    case .incremental:
      try recount(progress, .refresh)
    case .newestFirst:
      let date = progress.date ?? context.runStarted
      goOn(.refresh, [Walk(listing: 0, parent: nil, question: .recent(since: date))])
    default:
      // Nothing says what has changed on its first pages. A list that is not too long is read
      // again.
      guard reading.pages <= Self.pagesReadTwice else {
        reading.isAged = true
        return false
      }
      try restart()
    }
    return true
  }

  /// Pages of a list that are read a second time because a former run has read the first of them.
  private static let pagesReadTwice = 400

  // MARK: Counting

  /// Compares the number of living rows with the account's, once a day, for one request: rows that
  /// come back with an old date of change are in no list of changes.
  private func countLiving(_ progress: Cursor.Progress) throws -> Bool {
    guard table.method == .incremental, progress.kind == .changes, !reading.isCounting,
      let date = progress.date,
      PassPlan.isCountDue(cursor, context.options, at: date)
    else { return false }
    (reading.isCounting, reading.isProven) = (true, false)
    reading.completeness = Completeness()
    reading.completeness.canAskForChanges = true
    try appendEnd(progress)
    return true
  }
}
