internal import HTTP
internal import Model
internal import ReplicaFile
internal import SQLite

/// One table in one run: which pages to ask for, and what each reply does to the file.
///
/// A pass waits for nothing and begins no transaction. The round asks it for addresses, brings it
/// replies inside a transaction, and has it save its position in the same one.
final class Pass {
  enum State {
    case notBegun
    /// Asks and receives.
    case active
    /// Has received all it asked for, and settles when the feed of its deletions has been read.
    case walked
    case ended
  }

  /// What has come for an address, and waits for what stands before it.
  enum Arrival {
    case page(Response, Reply)
    /// The record, or the parent whose list it is, is not there.
    case gone
    /// It could not be had: nothing is known of it.
    case skipped

    /// Whether it is no page.
    var isMissing: Bool { if case .page = self { false } else { true } }
  }

  let table: Table
  let context: RoundContext
  var report: TableReport
  var state = State.notBegun
  /// Whether something has happened that the file does not know yet.
  var hasUnsaved = false

  var cursor = Cursor()
  var frontier = Frontier([], from: PageAddress(walk: 0, page: 1), window: 0)
  var arrivals: [PageAddress: Arrival] = [:]
  var decoders: [Int: PageDecoder] = [:]
  var seen: Seen
  var reading = Reading()
  /// Counts the beginnings of this table in this run; replies to a former one are too late.
  var generation = 0
  /// The rows of the walk's parent that were listed.
  var listedOfParent: Set<[Value]> = []
  /// Whether one of the records of the walk's parent could not be stored.
  var hasRefusedOfParent = false
  var missingParents = 0
  var failedParents = 0
  /// Records of a full page: what the source serves may be less than what was asked for.
  var pageLength: Int?
  /// What the sweep has found gone.
  var sweep = Sweep()

  init(_ table: Table, _ context: RoundContext) {
    self.table = table
    self.context = context
    seen = Seen(table: table.name)
    report = TableReport(table: table.name)
  }

  /// The table in the file, from `begin` on.
  private var mirror: RoundContext.Mirror?
  var store: TableStore { begun.store }
  var tombstones: Tombstones { begun.tombstones }
  var absent: Absent { begun.absent }
  private var begun: RoundContext.Mirror {
    guard let mirror else { preconditionFailure("a pass has to begin") }
    return mirror
  }

  /// Reads the cursor and decides what this pass reads. It may have nothing to do at all.
  ///
  /// Throws `TableFailure` when the table cannot be read now.
  func begin() throws {
    state = .active
    mirror = try context.mirror(of: table.name)
    cursor = try context.cursors.load(table.name)
    context.listed[table.name] = Listed()
    context.listed[table.name]?.lastRunDate = cursor.lastRunDate
    let window = 2 * context.options.concurrency
    let start = PageAddress(walk: 0, page: 1)
    guard table.method != .perParent else {
      try requireParents()
      try endLinksOfTombstones()
      cursor.progress = newProgress(.full)
      frontier = Frontier([], from: start, window: window)
      return try appendParents()
    }
    try absent.removeAll()
    let walks = try listedWalks()
    let plan = PassPlan(table, cursor, context.options, at: context.clock.now())
    if let old = plan.resumed {
      cursor.progress = old
      reading.isResumed = true
      seen = Seen(table: table.name, isResumed: true)
      reading.length = old.read ?? 0
      if walks.count == 1 { reading.walkRecords = old.read ?? 0 }
      if walks.count == 1, old.walk >= 1, old.kind == .full {
        reading.shortfall = max(0, (old.total ?? 0) - reading.walkRecords)
      }
      // Which requests were under way at the end of the former run is not known. More than one page
      // is assumed, so that what is absent is confirmed by id.
      reading.pages = 2
      // A position behind the last list means that the pass was repairing. Repair is not resumed:
      // it is decided again from the counts.
      let isWalked = old.walk >= walks.count
      frontier = Frontier(
        walks,
        from: isWalked
          ? PageAddress(walk: walks.count, page: 1)
          : PageAddress(walk: old.walk, page: old.page), window: window)
    } else {
      seen = Seen(table: table.name, isResumed: true)
      try seen.removeAll(context.connection)
      var progress = newProgress(plan.kind)
      progress.since = plan.since
      progress.tracksAbsence = try progress.kind == .full && hasRows()
      cursor.progress = progress
      frontier = Frontier(walks, from: start, window: window)
    }
    let isFull = cursor.progress?.kind == .full
    reading.completeness.canAskForChanges = table.method == .incremental && isFull
  }

  /// Begins anew in the same run.
  func beginAgain() {
    generation += 1
    arrivals.removeAll()
    state = .notBegun
    reading = Reading()
    if report.outcome == .good { report.outcome = .unfinished }
  }

  /// The next page to ask for, or nil when replies have to be waited for.
  func ask() -> (PageAddress, Request)? {
    guard state == .active, let progress = cursor.progress, let address = frontier.ask() else {
      return nil
    }
    return (address, request(address, progress))
  }

  func request(_ address: PageAddress) -> Request? {
    cursor.progress.map { request(address, $0) }
  }

  /// Whether a page that was asked for is no longer needed: its walk ended before it, or the pass
  /// did.
  func isStale(_ address: PageAddress, generation: Int) -> Bool {
    state == .ended || generation != self.generation || address < frontier.next
  }

  private func request(_ address: PageAddress, _ progress: Cursor.Progress) -> Request {
    let walk = frontier[address.walk]
    var page = PageRequest(
      page: address.page, size: progress.pageSize, since: progress.since, parent: walk.parent)
    switch walk.question {
    case .list, .missing: break
    case .changes(let since): page.since = since
    case .recent: page.since = nil
    case .end(let first): (page.page, page.since) = (first + address.page - 1, nil)
    case .records(let ids): page = PageRequest(ids: ids)
    }
    return context.source.request(for: table.listings[walk.listing], page)
  }

  // MARK: What to read

  private func newProgress(_ kind: Cursor.Kind) -> Cursor.Progress {
    Cursor.Progress(kind: kind, pageSize: context.options.pageSize, tracksAbsence: false)
  }

  /// Rows can only be found missing, or repeated, among others.
  private func hasRows() throws -> Bool {
    try !context.connection.rows("SELECT 1 FROM \(quoted(table.name)) LIMIT 1").isEmpty
  }

  /// One walk a listing, or one a living parent.
  func listedWalks() throws -> [Walk] {
    var walks: [Walk] = []
    for (index, listing) in table.listings.enumerated() {
      guard let parent = listing.parent?.table else {
        walks.append(Walk(listing: index, parent: nil))
        continue
      }
      try requireParents()
      walks += try context.connection.rows(
        "SELECT \"id\" FROM \(quoted(parent)) WHERE \"_deleted_at\" IS NULL ORDER BY \"id\""
      ).map { Walk(listing: index, parent: $0[0].integer) }
    }
    return walks
  }
}
