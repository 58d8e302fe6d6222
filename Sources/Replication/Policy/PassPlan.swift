internal import Model
internal import ReplicaFile

/// What the next pass over a table reads, decided once: from how far the table has come, from what
/// the operator wants, and from the time. The pass obeys it, and `plan` foretells by it.
struct PassPlan {
  let kind: Cursor.Kind
  /// Since when changes, or statements of a feed, are asked for; nil where everything is.
  let since: Timestamp?
  /// The pass of a former run that is continued, or nil when a new one begins.
  ///
  /// It is continued for some hours behind its last page that was stored, however long all of it
  /// takes: what a list has shown gets older, and what has gone without a word is not found by
  /// asking for changes. A run that compares value by value continues only one that did.
  ///
  /// What has changed on its first pages since then is asked for when it is complete. A table that
  /// cannot be asked so is read anew, unless it is long.
  let resumed: Cursor.Progress?

  /// Pages of a full pass that are read again rather than left as an interrupted run saw them.
  static let pagesReadAnew = 20

  /// Seconds behind its last page for which a pass can be continued, and for which one can whose
  /// run ended because no more requests were granted: so that a daily run comes to its end. They do
  /// not differ by whole hours, as runs do: what is left of either tells when the page was stored.
  static let resumable: Int64 = 6 * 3_600
  static let resumableWhenDeferred: Int64 = 30 * 3_600 + 1_800

  /// Whether the last page of a pass is so young that a run could as well have gone on: no more
  /// rows slide between the two than between the pages of one run.
  static func isYoung(_ progress: Cursor.Progress, at now: Timestamp) -> Bool {
    guard let until = progress.resumableUntil else { return false }
    return [resumable, resumableWhenDeferred].contains {
      (now + $0 + -youth...now + $0).contains(until)
    }
  }

  private static let youth: Int64 = 60

  /// `now` is the source's clock.
  init(_ table: Table, _ cursor: Cursor, _ options: RoundOptions, at now: Timestamp) {
    let isFull =
      options.full || cursor.needsFull || cursor.lastRunDate == nil
      || Self.isFullDue(table, cursor, options, at: now)
    let kind: Cursor.Kind =
      switch table.method {
      case .full, .perParent: .full
      case .incremental: isFull ? .full : .changes
      case .deletions: .changes
      case .newestFirst: isFull ? .full : .recent
      }
    self.kind = kind
    since = kind == .changes ? Self.since(table, cursor, options) : nil
    resumed = Self.resumed(table, cursor, options, kind, at: now)
  }

  /// Whether the living rows of a table, last counted at an instant of the source's clock, are to
  /// be counted again at another.
  static func isCountDue(_ last: Timestamp?, every: Int64, at date: Timestamp) -> Bool {
    last.map { date - $0 >= every } ?? true
  }

  /// Whether the interval for reading everything has passed, or the time for which the delete guard
  /// holds rows: only a complete listing that lacks them too says that they are gone.
  private static func isFullDue(
    _ table: Table, _ cursor: Cursor, _ options: RoundOptions, at now: Timestamp
  ) -> Bool {
    if let held = cursor.heldSince, held + Absent.leastHold <= now { return true }
    var every = options.fullEvery[table.name]
    if case .newestFirst = table.method { every = every ?? options.defaultFullEvery }
    if table.tellsChanges { every = every ?? options.defaultFullEvery }
    guard let every, let last = cursor.fullRunDate else { return every != nil }
    return now - last >= every
  }

  /// The last pass, or from where on answers have shown no end, less the lookback.
  private static func since(
    _ table: Table, _ cursor: Cursor, _ options: RoundOptions
  ) -> Timestamp {
    // A feed of deletions must be given an instant; the first time it is the beginning of time.
    let isWhole = options.full && table.method != .incremental
    guard !isWhole, !cursor.needsFull, let last = cursor.lastRunDate else { return Timestamp(0) }
    let since = last + -lookback(table, cursor, options)
    return min(since, cursor.unshownSince.map { $0 + -options.lookback } ?? since)
  }

  /// Seconds by which a question for changes looks back behind the last pass.
  static func lookback(_ table: Table, _ cursor: Cursor, _ options: RoundOptions) -> Int64 {
    options.lookback + StampLag.reach(table, cursor)
  }

  private static func resumed(
    _ table: Table, _ cursor: Cursor, _ options: RoundOptions, _ kind: Cursor.Kind,
    at now: Timestamp
  ) -> Cursor.Progress? {
    guard let progress = cursor.progress, progress.pageSize == options.pageSize,
      progress.read != nil, !options.anew,
      // An older program has not said when it stored the last page.
      let until = progress.resumableUntil ?? progress.date.map({ $0 + resumable }),
      (now...now + resumableWhenDeferred).contains(until),
      progress.compares || !options.comparesValues
    else { return nil }
    switch table.method {
    case .deletions, .perParent: return nil
    case .full:
      let isLong = table.listings.count == 1 && table.parents.isEmpty
      return isLong && progress.page > pagesReadAnew ? progress : nil
    case .incremental, .newestFirst:
      guard progress.date != nil else { return nil }
      return progress.kind == .full || kind != .full ? progress : nil
    }
  }
}
