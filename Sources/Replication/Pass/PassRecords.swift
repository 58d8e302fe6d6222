internal import Model
internal import ReplicaFile
internal import SQLite

/// What a pass does with the records of a page: they are stored, counted and noted.
extension Pass {
  /// Stores the records of a page. Returns what the machines have to know of them.
  func store(
    _ page: DecodedPage, _ body: [UInt8], _ reply: Reply
  ) throws -> PageFacts {
    let writing = context.writing
    let isFeed = table.feed != nil
    let readsParents = table.method == .perParent
    let notes = notes
    let rebuildsFeed = rebuildsFeed
    let store = store
    // Lists that come apart are asked for where the reply says that it goes on.
    var keepsAdded = false
    if case .moreAt = reply.next { keepsAdded = table.children.contains(where: \.isApart) }
    added.removeAll(keepingCapacity: true)
    var counts = Counts()
    var facts = PageFacts()
    let met = try isBorder && notes.keepsKeys ? seen.count(context.connection) : nil
    try PageBytes.hold(page, body) { source in
      let order = try isFeed ? feedOrder(source) : Array(page.records.indices)
      for index in order {
        let record = page.records[index]
        counts.read += 1
        if record.list == 1, !isFeed, record.damage == nil {
          try applyRestriction(record, source, reply, notes, &counts)
          continue
        }
        if isFeed, record.list == 1, try wasWithdrawn(record, source) {
          counts.unchanged += 1
          continue
        }
        let replaces = try rebuildsFeed && replaces(record, source)
        let outcome = try store.apply(record, source, writing, replaces: replaces)
        switch outcome {
        case .inserted:
          counts.inserted += 1
          if keepsAdded { added.insert(store.key(of: record, source)) }
        case .updated: counts.updated += 1
        case .unchanged: counts.unchanged += 1
        case .quarantined:
          counts.misfits += 1
          try noteRefused(record, source, notes, &facts)
          continue
        }
        // What stands in the file as before is no news.
        if outcome != .unchanged { counts.misfits += record.misfits }
        let aside = refusals.settle(store.key(of: record, source))
        if let aside { try forgetRefused(aside.digest, isNew: outcome == .inserted) }
        if record.list == 0 {
          try note(record, source, outcome, notes, aside?.isAwaited ?? false, &facts)
        }
        if readsParents { parentRows.keys.insert(store.key(of: record, source)) }
        if let date = notes.driftsBefore {
          if notes.isScrub { counts.swept += 1 }
          if outcome != .unchanged, isOlder(record, source, than: date) { counts.drifted += 1 }
        }
        if isFeed, outcome != .unchanged {
          try applyStatement(record, source, reply, writing, &counts)
        }
      }
      facts.isKnownGround = isKnownGround(source, counts)
    }
    report.counts += counts
    facts.records = page.records.count
    facts.listed = isFeed ? page.records.count { $0.list == 0 } : facts.records
    (facts.next, facts.total) = (reply.next, page.totalCount)
    facts.content = page.records.reduce(0) { $0 &+ $1.digest }
    if isBorder {
      facts.unmet = try met.map { try seen.count(context.connection) - $0 } ?? facts.inserted
    }
    if case .list(let machine) = work {
      if machine.stage == .list { totals[frontier.next.scan] = facts.total }
      if machine.pager.isOverlong(behind: facts.records) {
        let rows = try context.connection.value("SELECT count(*) FROM \(quoted(table.name))")
        facts.known = Int(rows.integer ?? 0) + refusals.rows
      }
    }
    return facts
  }

  /// Whether the page at hand is the last one that a former run has read.
  private var isBorder: Bool {
    if case .list(let machine) = work { machine.border == frontier.next.page } else { false }
  }

  /// A record stands in the list only to say that it may not be seen: the row keeps what it has.
  private func applyRestriction(
    _ record: DecodedPage.Record, _ source: PageBytes, _ reply: Reply, _ notes: Notes,
    _ counts: inout Counts
  ) throws {
    let key = store.key(of: record, source)
    let writing = context.writing
    refusals.insertRestricted(key)
    if let aside = refusals.settle(key) { try forgetRefused(aside.digest, isNew: false) }
    if notes.isListed, notes.keepsKeys { seen.insert(TableStore.joined(key)) }
    if try tombstones.apply(.restricted, at: reply.date ?? writing.now, key: key, writing) {
      counts.deleted += 1
    }
  }

  // MARK: Notes

  /// What is to be remembered of the rows of a page.
  private struct Notes {
    /// Whether they are rows of the list that the pass reads.
    var isListed = false
    /// Whether their keys are counted at the end, or looked up for what is absent.
    var keepsKeys = false
    var tracksAbsence = false
    /// Whether they were shown because they have changed, and a feed may contradict that.
    var areChanges = false
    /// Whether they are asked for because the list itself did not bring them, and by their ids.
    var isRepair = false
    var areRecords = false
    /// Rows that are read only to be compared: an older date of change than this is drift.
    var driftsBefore: Timestamp?
    var isScrub = false
  }

  private var notes: Notes {
    switch work {
    case .list(let machine):
      let progress = machine.progress
      var notes = Notes(isListed: true, tracksAbsence: progress.tracksAbsence)
      notes.keepsKeys = progress.tracksAbsence || progress.kind == .changes
      notes.isRepair = machine.stage != .list
      notes.areRecords = machine.stage == .records
      if table.method == .incremental {
        switch machine.stage {
        case .list: notes.areChanges = progress.kind == .changes
        case .changes: notes.areChanges = true
        case .lastPage: notes.driftsBefore = machine.isCensus ? progress.date : nil
        case .search, .recent, .records: break
        }
      }
      return notes
    case .scrub(let machine): return Notes(driftsBefore: machine.date, isScrub: true)
    case .parents, .census, .asides, .probe, .hints, .notBegun, .ended: return Notes()
    }
  }

  /// Remembers that a row has been delivered.
  private func note(
    _ record: DecodedPage.Record, _ source: PageBytes, _ outcome: TableStore.Outcome,
    _ notes: Notes, _ isAwaited: Bool, _ facts: inout PageFacts
  ) throws {
    guard notes.isListed else { return }
    if outcome == .inserted { facts.inserted += 1 }
    guard notes.keepsKeys || notes.isRepair else { return }
    let key = store.joinedKey(of: record, source)
    // The list did not hold what is asked for because a former pass could not store it.
    if notes.keepsKeys, !(notes.areRecords && isAwaited) { seen.insert(key) }
    if notes.areChanges { context.listed[table.name]?.insert(store.key(of: record, source)) }
    if notes.isRepair, notes.tracksAbsence, try absent.remove(key) { facts.returned += 1 }
  }

  /// Remembers that a record has come that cannot be stored. One with a key is not absent; without
  /// one nobody knows whose it is, and nothing is taken for absent.
  private func noteRefused(
    _ record: DecodedPage.Record, _ source: PageBytes, _ notes: Notes, _ facts: inout PageFacts
  ) throws {
    facts.refused += 1
    if !refusals.isAccepted(record.digest) { parentRows.hasRefused = true }
    let key = store.key(of: record, source)
    guard record.list == 0, !key.contains(.null) else {
      return refusals.insertKeyless(record.digest)
    }
    if table.method == .perParent { parentRows.keys.insert(key) }
    let hasRow = try tombstones.isLiving(key)
    let before = refusals.insert(record.digest, key, hasRow: hasRow)
    if let digest = before.digest { try quarantine.remove(digest) }
    try note(record, source, .unchanged, notes, before.isAwaited, &facts)
  }

  /// A record that could not be stored has been, or is gone.
  func forgetRefused(_ digest: UInt64, isNew: Bool) throws {
    try quarantine.remove(digest)
    if isNew, cursor.unstoredRows > 0 { cursor.unstoredRows -= 1 }
  }

  /// Whether a record says that it has not changed since an instant of the source's clock.
  private func isOlder(
    _ record: DecodedPage.Record, _ source: PageBytes, than date: Timestamp
  ) -> Bool {
    guard let column = table.freshness else { return false }
    return source.value(record.slots + column).text.map { $0 < date.sql } ?? true
  }

  /// Whether a newest-first list has come to where all is known and older than the lookback.
  private func isKnownGround(_ source: PageBytes, _ counts: Counts) -> Bool {
    guard case .newestFirst(let name) = table.method, counts.inserted + counts.updated == 0,
      case .list(let machine) = work, let last = machine.knownGround,
      let column = table.columns.firstIndex(where: { $0.name == name })
    else { return false }
    let edge = (last + -context.options.recentLookback).sql
    return source.page.records.contains {
      source.value($0.slots + column).text.map { $0 < edge } ?? false
    }
  }
}
