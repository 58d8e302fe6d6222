internal import Model
internal import ReplicaFile
internal import SQLite

/// How a pass ends, or is left for the next run.
extension Pass {
  /// Tells the feed that is read next what this pass has shown to be alive.
  func noteListed(_ progress: Cursor.Progress) {
    guard table.method == .incremental else { return }
    let since = progress.date ?? context.runStarted
    if progress.kind == .full {
      context.listed[table.name]?.everythingSince = since
    } else {
      context.listed[table.name]?.endChanges(since: since)
    }
  }

  /// The pass is complete: tombstones for what was not listed, the new cursor, the run log.
  func conclude() throws {
    let connection = context.connection
    guard let progress = cursor.progress else { preconditionFailure("it ends once") }
    if reading.missed > 0, report.failure == nil {
      let failure = TableFailure(.unstored(reading.missed), doing: "reading \(table.name)")
      (report.failure, report.error) = (failure, failure.sentence)
    }
    report.outcome = report.failure == nil ? .good : .failed
    if reading.isAged, report.failure == nil {
      report.outcome = .unfinished
      report.error =
        "Its first pages are as old as the run that was cut off; the next run reads them again."
    }
    if progress.kind == .full, table.method == .incremental {
      cursor.pageLength = pageLength
      cursor.unstoredRows = reading.refused
    }
    if progress.tracksAbsence, reading.keyless.isEmpty {
      try buryAbsent(at: progress.date ?? context.clock.now())
    }
    cursor.progress = nil
    // Without a date from the source, or with a record that is not stored, the cursor stays where
    // it is: the next pass asks again.
    if let date = progress.date, reading.missed == 0 {
      cursor.lastRunDate = date
      if progress.kind == .full { cursor.fullRunDate = date }
      let isCounted = progress.kind == .full || reading.isCounting && reading.isProven
      if table.method == .incremental, isCounted { cursor.countedAt = date }
      if table.method == .incremental, progress.kind == .full || cursor.sweptAt == nil {
        (cursor.sweptAt, cursor.sweptKey) = (date, nil)
      }
    }
    let wasWhole = progress.kind == .full || progress.since == Timestamp(0)
    if wasWhole, reading.missed == 0 { cursor.needsFull = false }
    for index in store.sql.createIndices { try connection.execute(index) }
    try seen.removeAll(connection)
    let completedAt = reading.missed == 0 ? context.clock.now() : nil
    try context.cursors.save(cursor, of: table.name, completedAt: completedAt)
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
    guard var progress = cursor.progress, table.method != .perParent,
      reading.hasReply || reading.isResumed,
      state == .active || state == .walked, reading.stage != .sweep
    else { return }
    (progress.walk, progress.page) = (frontier.next.walk, frontier.next.page)
    cursor.progress = progress
    try context.cursors.save(cursor, of: table.name)
    try seen.save(context.connection)
  }
}
