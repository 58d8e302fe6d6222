internal import Model
internal import ReplicaFile
internal import SQLite

/// Records that a pass asks for by their ids: the account says itself whether they are gone.
extension Pass {
  /// Absent rows that are asked for one by one; more of them take another walk.
  private static let askedAtLeast = 10
  /// Rows of which list and feed disagree that are asked for in a run.
  static let suspectsLimit = 100

  /// Has the account say itself that rows are gone which a list of several pages did not hold.
  func askAbsent() throws -> Bool {
    guard let progress = cursor.progress, progress.tracksAbsence, reading.pages > 1,
      !reading.areAbsentConfirmed
    else { return false }
    reading.areAbsentConfirmed = true
    let count = try absent.count()
    guard count > 0 else { return false }
    let walks = try recordWalks(absent.keys(max(Self.askedAtLeast, reading.pages)))
    if count <= walks.count {
      goOn(.records, walks)
    } else {
      reading.isProven = false
      try find(0, progress)
    }
    return true
  }

  /// Asks for the records of which list and feed disagree: the feed says deleted, the list showed
  /// them. The answer to the record itself decides.
  func askSuspects() throws -> Bool {
    guard let feed = context.feeds[table.name], reading.stage != .records else { return false }
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

  /// Some records have been asked for: they were stored, or one of them at least is gone, or they
  /// could not be read, and then nothing is known of them and nothing changes.
  func endRecords(_ ids: [Int64], _ walk: Walk, _ arrival: Arrival) throws {
    if case .skipped = arrival {
      for id in ids { _ = try absent.remove(recordKey(id, walk)) }
      return
    }
    let areMissing = arrival.isMissing
    guard reading.stage != .sweep else { return endSwept(ids, walk, areMissing: areMissing) }
    guard let id = ids.first, let feed = context.feeds[table.name] else { return }
    let writing = context.writing
    let statement = try context.connection.rows(
      """
      SELECT "reason", "deleted_at" FROM \(quoted(feed)) WHERE "id" = ? AND "_deleted_at" IS NULL
      """, [.integer(id)]
    ).first
    guard let statement else { return }
    guard areMissing else {
      _ = try context.mirror(of: feed)?.tombstones.apply(
        .absent, at: writing.now, key: [.integer(id)], writing)
      return
    }
    let reason = statement[0].text.flatMap { DeletionReason(rawValue: $0) } ?? .deleted
    let at = statement[1].text.flatMap { Timestamp($0) } ?? cursor.progress?.date ?? writing.now
    if try tombstones.apply(reason, at: at, key: [.integer(id)], writing) {
      report.counts.deleted += 1
    }
  }
}
