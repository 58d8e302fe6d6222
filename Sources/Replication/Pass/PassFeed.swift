internal import Model
internal import ReplicaFile
internal import SQLite

/// What a feed of deletions does to the table whose rows it speaks of.
extension Pass {
  /// Restricted records first, so that a deletion has the last word; an id in both is deleted,
  /// unless a former run was told of the restriction after that deletion. Where a feed comes in
  /// pages, the restriction may stand on a later one, or on each.
  ///
  /// A restriction has no date but that of the run that was told of it. A feed that keeps what it
  /// has said of a record that came back says of it, once it is restricted, both for ever.
  func feedOrder(_ source: PageBytes) throws -> [Int] {
    let page = source.page
    var deleted = page.records.indices.filter { page.records[$0].list == 0 }
    let restricted = page.records.indices.filter { page.records[$0].list == 1 }
    func id(_ index: Int) -> Value { store.key(of: page.records[index], source).last ?? .null }
    if !restricted.isEmpty {
      let hidden = Set(restricted.map(id))
      deleted = try deleted.filter {
        try !hidden.contains(id($0)) || !isOutlived(page.records[$0], id($0), source)
      }
    }
    saidDeleted.formUnion(deleted.compactMap { id($0).integer })
    return restricted.filter { !(id($0).integer.map(saidDeleted.contains) ?? false) } + deleted
  }

  /// Whether the file holds a restriction of the record that a former run was told of after this
  /// deletion.
  private func isOutlived(
    _ record: DecodedPage.Record, _ id: Value, _ source: PageBytes
  ) throws -> Bool {
    guard let feed = table.feed, let column = table.freshness else { return false }
    return try !context.connection.rows(
      """
      SELECT 1 FROM \(quoted(table.name)) WHERE "id" = ?1 AND "_deleted_at" IS NULL
        AND \(quoted(feed.reason)) = 'restricted' AND "_synced_at" > ?2 AND "_synced_at" < ?3
      """,
      [id, source.value(record.slots + column), .text(context.writing.runStarted.sql)]
    ).isEmpty
  }

  /// Marks the row that a statement speaks of as deleted.
  ///
  /// A row that a list of this run has shown after its deletion is alive, and the statement no
  /// longer holds. Where list and feed may have seen different moments, the statement and the row
  /// are left as they are until the record itself has been asked for, see `conflicts`.
  func applyStatement(
    _ record: DecodedPage.Record, _ source: PageBytes, _ reply: Reply,
    _ writing: TableStore.Writing, _ counts: inout Counts
  ) throws {
    let key = store.key(of: record, source)
    guard case .deletions(let name) = table.method, let mirror = try context.mirror(of: name),
      let feed = table.feed,
      let column = table.columns.firstIndex(where: { $0.name == feed.instant })
    else { return }
    let said = source.value(record.slots + column).text.flatMap { Timestamp($0) }
    let reason: DeletionReason = record.list == 0 ? .deleted : .restricted
    let at = said ?? reply.date ?? writing.now
    let listed = context.listed[name] ?? Listed()
    let isRecent = listed.isRecent(at)
    if isRecent || reason == .restricted { context.listed[name]?.reportedDeleted += 1 }
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
    // The record came back, and was restricted.
    let isLater = try reason == .restricted && mirror.tombstones.says(.deleted, of: key)
    if try mirror.tombstones.apply(reason, at: at, key: key, writing, isCertain: isLater) {
      counts.deleted += 1
    }
  }

  /// Whether a restriction is told once more that was withdrawn, since the record was there: a feed
  /// that forgets nothing may repeat it. It holds only if the record says so itself, and is asked
  /// for; until then it stays withdrawn.
  func wasWithdrawn(_ record: DecodedPage.Record, _ source: PageBytes) throws -> Bool {
    let key = store.key(of: record, source)
    guard case .deletions(let name) = table.method, let id = key.last?.integer,
      try tombstones.says(.absent, of: key), let mirror = try context.mirror(of: name),
      try mirror.tombstones.isLiving(key)
    else { return false }
    if context.mayAsk(about: name) {
      context.repeated[name, default: []].insert(id)
    } else {
      hasUnasked = true
    }
    return true
  }

  // MARK: Conflicts

  /// Questions for the records of which list and feed disagree: the feed says deleted, the list
  /// showed them. The answer to the record itself decides.
  func conflicts() throws -> [Scan] {
    guard let feed = context.feeds[table.name] else { return [] }
    let rows = try context.connection.rows(
      """
      SELECT t."id" FROM \(quoted(feed)) AS s JOIN \(quoted(table.name)) AS t ON t."id" = s."id"
        WHERE s."_deleted_at" IS NULL AND t."_deleted_at" IS NULL LIMIT ?
      """, [Value(PassContext.conflictsLimit)])
    let known = Set(rows.compactMap { $0.last?.integer })
    let repeated = context.repeated[table.name, default: []].subtracting(known).sorted()
    return questions(rows + repeated.map { [.integer($0)] })
  }

  /// Questions for rows that a list lacks, so many at the most.
  func absentRecords(_ limit: Int) throws -> [Scan] {
    guard table.hasCensus else { return questions(try absent.keys(limit)) }
    return try besideControl(absent.keys(limit * max(1, context.source.recordsPerRequest - 1)))
  }

  /// Questions for records, and in each of them for one that the list has shown, if there is any.
  func besideControl(_ keys: [[Value]]) throws -> [Scan] {
    let control = try context.connection.value(
      """
      SELECT "id" FROM \(quoted(table.name)) WHERE "_deleted_at" IS NULL
        AND "id" NOT IN (SELECT k FROM temp.absent WHERE table_name = ?1)
        AND "id" NOT IN (SELECT "row_key" FROM "_told" WHERE "table_name" = ?1) LIMIT 1
      """, [.text(table.name)])
    return Scan.records(
      keys.compactMap { $0[0].integer }, perRequest: context.source.recordsPerRequest,
      beside: control.integer)
  }

  /// Questions for records that a former pass could not store and that this one has not met.
  func awaitedRecords() throws -> [Scan] {
    let keys = Array(refusals.awaited.prefix(PassContext.conflictsLimit))
    return table.hasCensus && !keys.isEmpty ? try besideControl(keys) : questions(keys)
  }

  /// Questions for single records, those of them that can be asked for by their ids.
  func questions(_ keys: [[Value]]) -> [Scan] {
    keys.compactMap { key in
      guard let id = key.last?.integer else { return nil }
      let listing = table.listings.firstIndex {
        $0.record != nil && $0.constant.map { [.text($0.value), .integer(id)] == key } ?? true
      }
      return listing.map { Scan(listing: $0, ids: [id]) }
    }
  }

  /// Records have been asked for by their ids: each was stored, or it is gone, or it could not be
  /// had, and then nothing is known of it.
  func recordsAnswered(_ scan: Scan, _ arrival: Arrival) throws {
    let isPage = arrival.answer == .page
    if table.hasCensus, isPage, !hasControl(scan) {
      // What was told deleted waits for another answer; the row beside it may be gone, too.
      if try told.contains(scan.ids[0]) { return }
      throw unanswered(scan)
    }
    for id in scan.ids {
      let isGone = arrival.answer == .gone || isPage && table.hasCensus && !shown.contains(id)
      try recordAnswered(id, key(id, scan), isGone: isGone, isShown: isPage)
    }
  }

  private func recordAnswered(
    _ id: Int64, _ key: [Value], isGone: Bool, isShown: Bool
  ) throws {
    let writing = context.writing
    let statement = try statement(of: id)
    let isTold = try table.followsStamps && told.contains(id)
    if isTold, isGone || isShown { try told.remove(id) }
    guard isGone else {
      guard isShown else { return }
      // Whatever it answers, it is not gone.
      _ = try absent.remove(TableStore.joined(key))
      let isRepeated = context.repeated[table.name]?.contains(id) ?? false
      if let statement, !isRepeated, try tombstones.isLiving(key) {
        context.listed[table.name]?.isBack(deletedAt: statement.at)
        _ = try statement.feed.tombstones.apply(.absent, at: writing.now, key: key, writing)
      }
      return
    }
    _ = try absent.note(TableStore.joined(key), isGone: true)
    let aside = refusals.settle(key)
    if let aside { try forgetRefused(aside.digest, isNew: false) }
    // What a list lacks goes with the others that it lacks, as far as the guard lets it.
    guard statement != nil || isTold || aside?.isAwaited ?? false else { return }
    let reason = statement?.reason ?? (isTold ? .deleted : .absent)
    let at = statement?.at ?? replyDate ?? writing.now
    try statement?.feed.tombstones.lift(key, writing)
    if try tombstones.apply(reason, at: at, key: key, writing) { report.counts.deleted += 1 }
  }

  /// What the feed of the table says of a row that is gone, or nil when it says nothing.
  private func statement(
    of id: Int64
  ) throws -> (feed: PassContext.Mirror, reason: DeletionReason, at: Timestamp?)? {
    guard let name = context.feeds[table.name], let feed = context.tables[name]?.feed,
      let mirror = try context.mirror(of: name)
    else { return nil }
    let row = try context.connection.row(
      """
      SELECT \(quoted(feed.reason)), \(quoted(feed.instant)) FROM \(quoted(name))
        WHERE "id" = ? AND ("_deleted_at" IS NULL OR ?)
      """, [.integer(id), context.repeated[table.name]?.contains(id) ?? false ? 1 : 0])
    guard let row else { return nil }
    let reason = row[0].text.flatMap { DeletionReason(rawValue: $0) } ?? .deleted
    return (mirror, reason, row[1].text.flatMap { Timestamp($0) })
  }

  private var replyDate: Timestamp? {
    if case .list(let machine) = work { machine.progress.date } else { nil }
  }

  func key(_ id: Int64, _ scan: Scan) -> [Value] {
    guard let constant = table.listings[scan.listing].constant else { return [.integer(id)] }
    return [.text(constant.value), .integer(id)]
  }
}
