internal import Model
internal import ReplicaFile
internal import SQLite

/// How a pass over a list obeys its machine.
extension Pass {
  /// Goes on when the deletions of the table have been read, or could not be. `isFeedRead` says
  /// that they were, behind all that this pass has read, `isFeedForbidden` that they never will be.
  func settle(isFeedRead: Bool, isFeedForbidden: Bool = false) throws {
    context.settling.remove(table.name)
    guard case .list(var machine) = work else { return }
    let action = machine.settle(
      PassMachine.Settlement(
        isFeedRead: isFeedRead, isFeedForbidden: isFeedForbidden,
        reportedDeleted: context.listed[table.name]?.reportedDeleted ?? 0,
        doubtful: machine.stage == .records
          ? [] : try conflicts() + awaitedRecords() + toldRecords()))
    work = .list(machine)
    try obey(action)
  }

  func obey(_ action: PassMachine.Action) throws {
    guard case .list(var machine) = work else { return }
    switch action {
    case .awaitFeed(let listIsRead):
      if listIsRead { try noteListed(machine.progress) }
      context.settling.insert(table.name)
    case .ask(let scans):
      frontier.append(scans)
      hasUnsaved = true
    case .startOver(let scans, let forgets):
      if forgets { try forget() }
      generation += 1
      arrivals.removeAll()
      start(scans)
      hasUnsaved = true
      // Where no parent is left, there is no list to be read again.
      if scans.isEmpty { try allRead() }
    case .count(let measure):
      let next = machine.counted(try count(measure, machine.progress))
      work = .list(machine)
      try obey(next)
    case .listAbsent(let limit):
      let count = try absent.count()
      let next = machine.absent(count, count > 0 ? try absentRecords(limit) : [])
      work = .list(machine)
      try obey(next)
    case .conclude(let isCounted, let isAged):
      try conclude(machine, isCounted: isCounted, isAged: isAged)
    case .readEverything(let difference):
      if difference != 0, !table.tellsChanges {
        suspicion = Suspicion(difference, report.counts, unstored: cursor.unstoredRows)
      }
      cursor.needsFull = true
      try conclude(machine, isCounted: false, isAged: false)
      beginAgain()
    case .giveUp(let reason):
      try giveUp(reason, machine.progress)
    }
  }

  /// The list has been read to its end: notes which rows it did not hold, and tells the feed that
  /// is read next what it has shown to be alive.
  private func noteListed(_ progress: Cursor.Progress) throws {
    if progress.tracksAbsence { try absent.fill(&seen) }
    guard table.method == .incremental else { return }
    let since = progress.date ?? context.sourceClock.started
    if progress.kind == .full {
      context.listed[table.name]?.everythingSince = since
    } else {
      context.listed[table.name]?.endChanges(since: since)
    }
  }

  /// Forgets what the list has delivered. The rows stay.
  private func forget() throws {
    try seen.removeAll(context.connection)
    try absent.removeAll()
    if rebuildsFeed { try beginRebuilding() }
    refusals = try Refusals(quarantine)
    context.listed[table.name]?.reportedDeleted = 0
  }

  private func count(
    _ measure: PassMachine.Measure, _ progress: Cursor.Progress
  ) throws -> Int {
    switch measure {
    case .delivered: try seen.count(context.connection) + refusals.withoutKey
    case .inserted: progress.inserted + refusals.rows
    case .living: try living() + refusals.rows - (progress.tracksAbsence ? absent.count() : 0)
    case .census: try living() + cursor.unstoredRows
    case .rows: try living()
    }
  }

  func living() throws -> Int { try living("TRUE") }

  func living(behind id: Int64) throws -> Int { try living("\"id\" > ?", [.integer(id)]) }

  private func living(_ condition: String, _ values: [Value] = []) throws -> Int {
    let count = try context.connection.value(
      "SELECT count(*) FROM \(quoted(table.name)) WHERE \"_deleted_at\" IS NULL AND \(condition)",
      values)
    return Int(count.integer ?? 0)
  }

  /// The list does not prove complete. What was read is stored; the cursor stays.
  private func giveUp(_ reason: TableFailure.Kind, _ progress: Cursor.Progress) throws {
    let shortfall = Shortfall(table, context.connection)
    if case .short(let read, let counted) = reason {
      try shortfall.note(counted - read)
    } else {
      try shortfall.remove()
    }
    try forget(progress)
    try fail(TableFailure(reason, doing: "reading \(table.name)"))
  }

  /// Has the next run begin the pass anew.
  func forget(_ progress: Cursor.Progress) throws {
    let wasRead = progress.kind == .full && cursor.lastRunDate != nil
    if wasRead, table.method != .full { cursor.needsFull = true }
    cursor.progress = nil
    try seen.removeAll(context.connection)
    try context.cursors.save(cursor, of: table.name)
    work = .ended
  }
}
