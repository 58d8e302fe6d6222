internal import Model
internal import ReplicaFile
internal import SQLite

/// What a pass does with the records of a page: they are stored, counted, noted, or believed gone.
extension Pass {
  /// Stores the records of a page. Returns whether any of them was new or different.
  func store(
    _ page: DecodedPage, _ body: [UInt8], _ reply: Reply, _ walk: Walk
  ) throws -> Bool {
    let writing = context.writing
    let isFeed = table.secondEnvelope != nil
    let walkHasParent = table.method == .perParent
    let noting = Noting(self, walk)
    let store = store
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
          hasRefusedOfParent = true
          try noteRefused(record, source, noting)
          continue
        }
        if !reading.refusedKeys.isEmpty {
          reading.refusedKeys.remove(store.joinedKey(of: record, source))
        }
        if record.list == 0 { try note(record, source, outcome, noting) }
        if walkHasParent { listedOfParent.insert(store.key(of: record, source)) }
        if reading.stage == .sweep { counts.swept += 1 }
        let isCheck = reading.stage == .sweep || reading.isCounting && reading.stage == .end
        if isCheck, isDrift(record, source, outcome) { counts.drifted += 1 }
        if isFeed, outcome != .unchanged {
          try bury(record, source, reply, writing, &counts)
        }
      }
    }
    report.counts += counts
    return counts.inserted + counts.updated > 0
  }

  /// Remembers that a record has come that cannot be stored. One with a key is not absent; without
  /// one nobody knows whose it is, and nothing is taken for absent.
  private func noteRefused(
    _ record: DecodedPage.Record, _ source: PageBytes, _ noting: Noting
  ) throws {
    let key = store.key(of: record, source)
    guard record.list == 0, !key.contains(.null) else {
      reading.keyless.insert(record.digest)
      return
    }
    reading.refusedKeys.insert(TableStore.joined(key))
    if try !tombstones.isLiving(key) {
      reading.unstored.insert(record.digest)
    }
    try note(record, source, .unchanged, noting)
  }

  /// What is to be remembered of the rows of a page.
  private struct Noting {
    /// Whether they are rows of the pass at all.
    var isWanted = false
    /// Whether they were shown because they have changed, and a feed may contradict that.
    var isChange = false
    /// Whether their keys are counted at the end, or looked up for what is absent.
    var keepsKeys = false
    var tracksAbsence = false
    /// Whether the walk looks for what the list itself did not bring.
    var isRepair = false

    init(_ pass: Pass, _ walk: Walk) {
      guard let progress = pass.cursor.progress, pass.reading.stage != .sweep else { return }
      isWanted = true
      tracksAbsence = progress.tracksAbsence
      keepsKeys = tracksAbsence || progress.kind == .changes
      isRepair = walk.question != .list
      switch walk.question {
      case .list: isChange = progress.kind == .changes && pass.table.method == .incremental
      case .changes: isChange = pass.table.method == .incremental
      default: break
      }
    }
  }

  /// Remembers that a row has been delivered.
  private func note(
    _ record: DecodedPage.Record, _ source: PageBytes, _ outcome: TableStore.Outcome,
    _ noting: Noting
  ) throws {
    guard noting.isWanted else { return }
    if outcome == .inserted { cursor.progress?.inserted += 1 }
    guard noting.keepsKeys || noting.isRepair else { return }
    let key = store.joinedKey(of: record, source)
    if noting.keepsKeys { seen.insert(key) }
    if noting.isChange { context.listed[table.name]?.insert(store.key(of: record, source)) }
    guard noting.isRepair else { return }
    let wasAbsent = try noting.tracksAbsence && absent.remove(key)
    if wasAbsent || outcome == .inserted { reading.missing -= 1 }
    // The record exists although the list lacked it. So some row that was counted has been deleted
    // since, and the proof no longer holds.
    if wasAbsent, reading.stage == .records { reading.isProven = false }
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
  /// A row that a list of this run has shown after its deletion is alive, and the statement no
  /// longer holds. Where list and feed may have seen different moments, the statement and the row
  /// are left as they are until the record itself has been asked for, see `Pass.askSuspects`.
  private func bury(
    _ record: DecodedPage.Record, _ source: PageBytes, _ reply: Reply,
    _ writing: TableStore.Writing, _ counts: inout Counts
  ) throws {
    let key = store.key(of: record, source)
    guard case .deletions(let name) = table.method, let mirror = try context.mirror(of: name),
      let column = table.columns.firstIndex(where: { $0.name == "deleted_at" })
    else { return }
    let said = source.value(record.slots + column).text.flatMap { Timestamp($0) }
    let reason: DeletionReason = record.list == 0 ? .deleted : .restricted
    let at = said ?? reply.date ?? writing.now
    let listed = context.listed[name] ?? Listed()
    let isRecent = listed.began.map { at >= $0 } ?? true
    if isRecent || reason == .restricted { context.listed[name]?.vanished += 1 }
    if try mirror.tombstones.isLiving(key) {
      let shown = try listed.shown(
        key, isAbsent: mirror.absent.contains(TableStore.joined(key)))
      if reason == .deleted, let shown, at < shown {
        _ = try tombstones.apply(.absent, at: at, key: key, writing)
        return
      }
      let isOldNews = listed.lastRunDate.map { at < $0 } ?? false
      let isDoubtful =
        reason == .deleted ? isOldNews || listed.began != nil && isRecent : shown != nil
      if isDoubtful, context.mayAsk(about: name) { return }
    }
    if try mirror.tombstones.apply(reason, at: at, key: key, writing) {
      counts.deleted += 1
    }
  }
}
