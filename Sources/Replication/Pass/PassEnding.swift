internal import Model
internal import ReplicaFile
internal import SQLite

/// A count of the rows that did not come out even, and what had been done before everything was
/// read for its sake.
struct Suspicion {
  /// Rows that the source has more than were known.
  private let difference: Int
  private let before: Counts
  /// Records that were known to be in its list and to have no row.
  private let unstored: Int

  init(_ difference: Int, _ counts: Counts, unstored: Int) {
    (self.difference, before, self.unstored) = (difference, counts, unstored)
  }

  /// Everything has been read. What came or went is drift; where nothing did, and what has no row
  /// does not explain it, the source's list is always longer than it has rows, and by how much is
  /// remembered.
  func confirm(_ counts: inout Counts, _ cursor: inout Cursor) {
    let isEven =
      counts.inserted == before.inserted && counts.updated == before.updated
      && counts.deleted == before.deleted
    if !isEven { counts.drifted += abs(difference) }
    cursor.lengthError = isEven ? difference - (cursor.unstoredRows - unstored) : 0
  }
}

/// How a pass ends, or is left for the next run.
extension Pass {
  /// The list is complete: tombstones for what it did not hold, the new cursor, the run log.
  func conclude(_ machine: PassMachine, isCounted: Bool, isAged: Bool) throws {
    let progress = machine.progress
    try endRefusals(isFull: progress.kind == .full)
    try Shortfall(table, context.connection).remove()
    noteUnstored()
    report.outcome = report.failure == nil ? .good : .failed
    if machine.isShortened, let since = progress.since, report.failure == nil {
      shortenedSince = since
      report.error =
        "The source refuses to tell of deletions before \(since.iso8601). The rows are counted in "
        + "each run instead, and read in full where the count tells that some are gone."
    }
    if let unfed, report.failure == nil { report.error = Self.sentence(onUnfed: unfed) }
    if isAged, report.failure == nil {
      report.outcome = .unfinished
      report.error =
        "Its first pages are as old as the run that was cut off; the next run reads them again."
    }
    cursor.countError = machine.count.error
    if table.method != .incremental { cursor.lengthError = machine.count.lengthError }
    if progress.kind == .full, table.parents.isEmpty, totals.count == table.listings.count {
      report.counted = totals.values.reduce(0, +)
    }
    if table.method == .incremental || table.mayTellChanges, progress.kind == .full {
      cursor.pageLength = pageLength
      cursor.unstoredRows = refusals.rows
    }
    if rebuildsFeed {
      try correctDates()
      try keepForgotten()
    }
    if progress.tracksAbsence || rebuildsFeed, refusals.keylessMissed == 0 {
      try markAbsent(at: progress.date ?? context.now)
    } else if report.outcome == .good, cursor.heldRows > 0,
      let held = try Held(table, context.connection).count()
    {
      noteHeld(held.rows)
    }
    if progress.kind == .full {
      suspicion?.confirm(&report.counts, &cursor)
      suspicion = nil
    }
    if let date = progress.date, refusals.missed == 0, table.method == .incremental {
      if isCounted { cursor.countedAt = date }
      if progress.kind == .full || cursor.sweptAt == nil {
        (cursor.sweptAt, cursor.sweptKey) = (date, nil)
      }
    }
    if let date = progress.date, refusals.missed == 0, table.followsStamps {
      let asked = progress.since.map { $0 + context.options.lookback }
      stampLag.note(in: &cursor, asked: asked, at: date)
      try context.cursors.saveStamps(cursor, of: table.name)
    }
    if progress.kind == .full { try judgeChanges() }
    let isWhole = progress.kind == .full || progress.since == Timestamp(0)
    let isFull = progress.kind == .full && !machine.wantsSecondLook
    try end(at: progress.date, isFull: isFull, isWhole: isWhole)
  }

  /// Moves the cursor and completes the pass: `date` is the source's clock at its first reply.
  func end(at date: Timestamp?, isFull: Bool, isWhole: Bool) throws {
    cursor.progress = nil
    // Without a date from the source, or with a record that is not stored, the cursor stays where
    // it is: the next pass asks again.
    let isStored = refusals.missed == 0 && !hasUnasked
    if let date, isStored {
      cursor.lastRunDate = date
      if isFull { cursor.fullRunDate = date }
    }
    if isWhole, isStored { cursor.needsFull = false }
    // A record without a key can only be met again where it was met.
    if isFull, refusals.keylessMissed > 0, table.method != .perParent { cursor.needsFull = true }
    if isFull, context.options.comparesValues {
      try store.deleteOrphans()
      try agreeWithFeed()
    }
    for index in store.sql.createIndices { try context.connection.execute(index) }
    try seen.removeAll(context.connection)
    try context.cursors.save(
      cursor, of: table.name, completedAt: isStored ? context.now : nil)
    try finish()
  }

  /// Lets go of the records that could not be stored and that the source does not show any more.
  func endRefusals(isFull: Bool) throws {
    let digests = refusals.dropUnmet(isFull: isFull) { !questions([$0]).isEmpty }
    for digest in digests { try quarantine.remove(digest) }
  }

  /// Says that records could not be stored, unless something worse has been said.
  func noteUnstored(_ how: String = "") {
    guard refusals.missed > 0, report.failure == nil else { return }
    let failure = TableFailure(
      .unstored(refusals.missed), doing: "reading \(table.name)\(how)")
    (report.failure, report.error) = (failure, failure.sentence)
  }

  /// Marks what lists no longer hold as deleted, as far as the guard lets it. Returns how many rows
  /// it holds back; `isList` says that one list was all of the table.
  @discardableResult
  func markAbsent(at instant: Timestamp, isList: Bool = true) throws -> Int {
    let writing = context.writing
    let options = context.options
    let asked = try absent.unanswered()
    let most = table.isDescription ? .max : options.guardRows
    let held = try absent.hold(
      over: most, options.guardShare, writing, isList: isList, asksAll: table.hasCensus)
    cursor.heldRows = held
    if held > 0 { try noteHeld(held, askedInVain: asked - absent.unanswered()) }
    report.counts.deleted += try absent.markDeleted(tombstones, at: instant, writing)
    return held
  }

  /// Says that the delete guard holds rows, be it since this pass or since a former one.
  private func noteHeld(_ rows: Int, askedInVain vain: Int = 0) {
    report.outcome = .held
    let doubt = vain > 0 ? ", and \(vain) of them could not be asked for" : ""
    let end =
      table.hasCensus && vain > 0
      ? "they answer for themselves"
      : "a complete listing half an hour later lacks them too"
    report.error =
      "The listing lacks \(rows.counted("row")) that \(rows == 1 ? "was" : "were") there before"
      + "\(doubt). They are kept as they are until \(end), or until you accept it."
  }

  /// The pass has ended, and the file knows all of it.
  func finish() throws {
    try context.log.save(report)
    (hasUnsaved, isFinished, work) = (false, true, .ended)
  }

  /// The pass cannot go on in this run. The next one resumes it where it stands.
  func fail(_ failure: TableFailure) throws {
    // What was asked besides is no matter of the table.
    if isProbe { return try endProbe(failure) }
    if isHints { return try endHints(failure) }
    report.outcome = .failed
    report.failure = failure
    report.error = failure.sentence
    context.settling.remove(table.name)
    try save()
    (isFinished, work) = (false, .ended)
  }

  /// Writes the position, the keys met and the run log, inside the caller's transaction.
  func save(isDeferred: Bool = false) throws {
    hasUnsaved = false
    try context.log.save(report)
    guard case .list(let machine) = work, machine.isWorthSaving else { return }
    var progress = machine.progress
    (progress.scan, progress.page) = (frontier.next.scan, frontier.next.page)
    if machine.border == progress.page { progress.page += 1 }
    progress.position = frontier.position(of: frontier.next)
    if let storedAt {
      let limit = isDeferred ? PassPlan.resumableWhenDeferred : PassPlan.resumable
      progress.resumableUntil = storedAt + limit
      progress.compares = context.options.comparesValues
    }
    cursor.progress = progress
    try context.cursors.save(cursor, of: table.name)
    try seen.save(context.connection)
  }
}
