internal import HTTP
internal import Model
internal import ReplicaFile
internal import SQLite

/// One table in one run: asks for its pages, stores what comes, and does what a machine decides.
///
/// What is read next and when it is complete is decided by `PassMachine`, by `ParentsMachine` for
/// a table with a request for each parent, by `CensusMachine` for keys that are compared, by
/// `ScrubMachine` for rows that are read again, by `HintMachine` for those that may have changed,
/// and by `AsidesMachine` for what no list tells. The pass has the file, the decoders and the order
/// of the pages. It waits for nothing and begins no transaction: the run asks it for requests,
/// brings it replies inside a transaction, and has it save its position in the same one.
final class Pass {
  /// What the pass does.
  enum Work {
    case notBegun
    case list(PassMachine)
    case parents(ParentsMachine)
    case scrub(ScrubMachine)
    case census(CensusMachine)
    case asides(AsidesMachine)
    case probe(ChangeProbe)
    case hints(HintMachine)
    case ended
  }

  /// Set between two readings alone, so that no access to it on the path of a record is checked.
  @exclusivity(unchecked) private(set) var table: Table
  let context: PassContext
  var report: TableReport
  var work = Work.notBegun
  /// Whether something has happened that the file does not know yet.
  var hasUnsaved = false

  var cursor = Cursor()
  var frontier = Frontier([], from: .start, window: 0)
  var arrivals: [PageAddress: Arrival] = [:]
  var decoders: [Int: PageDecoder] = [:]
  /// Answers that were no page, and how many of them a run bears.
  var gaps = Gaps()
  var seen: Seen
  var refusals = Refusals()
  /// The source's counts of the lists that make up the table.
  var totals: [Int: Int] = [:]
  var stampLag = StampLag()
  /// The ids of the records that the last page has shown, where they were asked for by them, or of
  /// a page of keys.
  var shown: Set<Int64> = []
  /// The ids of the records among the newest that this pass has read, where hints may name them.
  var newest: Set<Int64> = []
  /// The rows that the last page of records has added: what lists of theirs come apart are as new.
  var added: Set<[Value]> = []
  /// Counts the beginnings of this table in this run; replies to a former one are too late.
  var generation = 0
  /// Whether all of it has been asked for, be it that some records could not be had; a failure
  /// behind that takes it back.
  var isFinished = false
  /// When this run last stored a page, by the source's clock.
  var storedAt: Timestamp?
  /// Records of a full page: what the source serves may be less than what was asked for.
  var pageLength: Int?
  /// Since when a feed has been asked for, where the source refused what had to be asked.
  var shortenedSince: Timestamp?
  /// Whether it has told what could not be asked for now: the next run is to be told again.
  var hasUnasked = false
  /// Why the list was asked for what has changed, and not the feed.
  var unfed: TableFailure?
  /// How things were when it first began in this run: the source's clock at the beginning of the
  /// last pass, whether all had to be read, and the last change that was noted.
  private(set) var formerRunDate: Timestamp?
  private(set) var wasOwed = false
  private(set) var formerHistory: Int64 = 0
  /// Why everything is read in this run, where a count was the reason.
  var suspicion: Suspicion?
  /// Whether what was told last beside all lists could not be stored.
  var hasRefusedAside = false
  /// Records that a feed has called deleted, on the pages of this pass.
  var saidDeleted: Set<Int64> = []
  /// What the list of the parent at hand has shown.
  var parentRows = ParentRows()
  var lackingParents: [LackingParent] = []

  init(_ table: Table, _ context: PassContext) {
    self.table = table
    self.context = context
    seen = Seen(table: table.name)
    report = TableReport(table: table.name)
  }

  /// The table in the file, from `begin` on.
  private var mirror: PassContext.Mirror?
  var store: TableStore { begun.store }
  var tombstones: Tombstones { begun.tombstones }
  var absent: Absent { begun.absent }
  var quarantine: Quarantine { Quarantine(table, context.connection) }
  private var begun: PassContext.Mirror {
    guard let mirror else { preconditionFailure("a pass has to begin") }
    return mirror
  }

  // MARK: Where it stands

  var hasBegun: Bool { if case .notBegun = work { false } else { true } }
  var hasEnded: Bool { if case .ended = work { true } else { false } }
  var isScrub: Bool { if case .scrub = work { true } else { false } }
  var isCensus: Bool { if case .census = work { true } else { false } }
  var isProbe: Bool { if case .probe = work { true } else { false } }
  var isHints: Bool { if case .hints = work { true } else { false } }
  /// Whether it asks and receives.
  var isActive: Bool { hasBegun && !hasEnded && !isWaiting }
  /// Whether it has received all it asked for, and settles when its deletions have been read.
  var isWaiting: Bool { if case .list(let machine) = work { !machine.isReading } else { false } }

  /// Whether the feed has to be read behind what a settled pass reads now.
  var wantsFeed: Bool {
    if case .list(let machine) = work { machine.wantsFeed } else { !hasBegun }
  }

  // MARK: Beginning

  /// Reads the cursor and decides what this pass reads. It may have nothing to do at all.
  ///
  /// Throws `TableFailure` when the table cannot be read now.
  func begin() throws {
    mirror = try context.mirror(of: table.name)
    cursor = try context.cursors.load(table.name)
    if generation == 0, table.mayTellChanges {
      (formerRunDate, wasOwed) = (cursor.lastRunDate, cursor.needsFull)
      formerHistory =
        try context.connection.value("SELECT max(\"id\") FROM \"_history\"").integer ?? 0
    }
    newest = []
    context.listed[table.name] = Listed()
    context.listed[table.name]?.lastRunDate = cursor.lastRunDate
    refusals = try Refusals(quarantine)
    if let ids = context.options.records[table.name] {
      beginRecords(ids)
    } else if table.method == .perParent {
      try beginParents()
    } else {
      try beginList()
    }
    if frontier.isDone { try allRead() }
  }

  private func beginList() throws {
    try absent.removeAll()
    (totals, stampLag, saidDeleted, hasUnasked) = ([:], StampLag(), [], false)
    let plan = PassPlan(table, cursor, context.options, at: context.now)
    let options = context.options
    let isNumbered = isNumbered
    // A position is of use only to a source that still counts its pages as it did.
    let resumed = plan.resumed.flatMap {
      $0.page == 1 || ($0.position == nil) == isNumbered ? $0 : nil
    }
    let terms = PassMachine.Terms(
      method: table.method, scans: try scans(), isNumbered: isNumbered,
      hasFeed: context.feeds[table.name] != nil, hasCensus: table.hasCensus,
      showsAll: table.hasCensus && !table.listings[0].showsUnlisted,
      lookback: PassPlan.lookback(table, cursor, options), lastRunDate: cursor.lastRunDate,
      countedAt: cursor.countedAt, countEvery: countEvery(),
      pageLength: cursor.pageLength, countError: cursor.countError,
      lengthError: cursor.lengthError)
    var progress =
      resumed
      ?? Cursor.Progress(kind: plan.kind, pageSize: options.pageSize, tracksAbsence: false)
    let isResumed = resumed != nil
    if isResumed { refusals = try Refusals(quarantine, isResumed: true) }
    seen = Seen(table: table.name, isResumed: true)
    if !isResumed {
      try seen.removeAll(context.connection)
      progress.since = plan.since
      // Rows can only be found missing, or repeated, among others.
      progress.tracksAbsence = try plan.kind == .full && hasRows()
    }
    // A position behind the last list means that the pass was repairing. Repair is not resumed: it
    // is decided again from the counts.
    let isRead = progress.scan >= terms.scans.count
    let scan = min(progress.scan, terms.scans.count)
    let machine = PassMachine(
      terms, progress, isResumed: isResumed,
      isYoung: PassPlan.isYoung(progress, at: context.now), length: pageLength)
    start(
      terms.scans,
      from: PageAddress(scan: scan, page: isRead ? 1 : machine.border ?? progress.page),
      at: isRead ? nil : try progress.position ?? feedPosition(plan),
      known: machine.border == nil ? 0 : progress.page)
    work = .list(machine)
    if rebuildsFeed { try beginRebuilding() }
  }

  /// Seconds behind the last count after which the rows are counted again. Rounds that are frequent
  /// count one table each, so that none asks much more than the others.
  private func countEvery() -> Int64 {
    let every = table.countEvery(context.options)
    func isDue(_ every: Int64) -> Bool {
      PassPlan.isCountDue(cursor.countedAt, every: every, at: context.now)
    }
    guard every > 0, cursor.countedAt != nil, isDue(every) else { return every }
    let later = every + Self.countDelay
    if let other = context.counting, other != table.name, !isDue(later) { return later }
    context.counting = table.name
    return every
  }

  private static let countDelay: Int64 = 2 * 3_600

  /// Whether any page of the table's lists may be asked for by its number.
  var isNumbered: Bool {
    let kinds = Set(table.listings.map { context.source.position(ofPage: 2, in: $0) != nil })
    precondition(kinds.count == 1, "the lists of a table are paged alike")
    return kinds == [true]
  }

  private func hasRows() throws -> Bool {
    try !context.connection.rows("SELECT 1 FROM \(quoted(table.name)) LIMIT 1").isEmpty
  }

  /// One scan a listing, or one a living parent.
  private func scans() throws -> [Scan] {
    var scans: [Scan] = []
    for (index, listing) in table.listings.enumerated() {
      guard let parent = listing.parent?.table else {
        scans.append(Scan(listing: index))
        continue
      }
      try requireParents()
      scans += try context.connection.rows(
        "SELECT \"id\" FROM \(quoted(parent)) WHERE \"_deleted_at\" IS NULL ORDER BY \"id\""
      ).map { Scan(listing: index, parent: $0[0].integer) }
    }
    return scans
  }

  /// Has the pass begin anew in the same run. A list that is asked for what has changed is read
  /// whole as any other.
  func beginAgain() {
    if table.tellsChanges { table = table.readWhole() }
    generation += 1
    arrivals.removeAll()
    work = .notBegun
    if report.outcome == .good { report.outcome = .unfinished }
  }

  /// Asks for these from here on. Whoever calls it in a pass that has begun raises `generation`, so
  /// that what is on its way for others is too late.
  func start(
    _ scans: [Scan], from address: PageAddress = .start, at position: Position? = nil,
    known: Int = 0
  ) {
    frontier = Frontier(
      scans, from: address, at: position, known: known, window: 2 * context.options.concurrency)
  }

  // MARK: Asking

  /// The next page to ask for, or nil when replies have to be waited for.
  func ask() -> (PageAddress, Request)? {
    guard isActive, let address = frontier.ask() else { return nil }
    return (address, request(address))
  }

  /// Whether a page that was asked for is no longer needed: its list ended before it, or the pass
  /// did.
  func isStale(_ address: PageAddress, generation: Int) -> Bool {
    hasEnded || generation != self.generation || address < frontier.next
  }

  /// Where a page begins: where the page before it said, or what the source makes of its number.
  func position(of address: PageAddress, _ number: Int) -> Position? {
    let scan = frontier[address.scan]
    let listing = table.listings[scan.listing]
    if address.page == 1, let keys = scan.keys, keys.behind > .min {
      return context.source.position(behindKey: keys.behind, in: listing)
    }
    return frontier.position(of: address) ?? context.source.position(ofPage: number, in: listing)
  }

  /// The request for a page: which one of which list, and since when.
  func request(_ address: PageAddress) -> Request {
    let scan = frontier[address.scan]
    let listing = hint(scan)?.listing ?? table.listings[scan.listing]
    if scan.isCount, let request = context.source.countRequest(for: listing, in: scan.keys) {
      return request
    }
    if !scan.ids.isEmpty, frontier.position(of: address) == nil {
      var subject: Question.Subject = scan.isAlone ? .record(scan.ids[0]) : .records(scan.asked)
      if case .asides = work { subject = .aside(scan.ids[0]) }
      return context.source.request(for: listing, Question(subject))
    }
    var number = address.page
    var since: Timestamp?
    if case .probe(let probe) = work { since = probe.since }
    if case .hints(let machine) = work { since = machine.since }
    if case .list(let machine) = work {
      switch machine.stage {
      case .list, .search: since = machine.progress.since
      case .changes(let instant, _): since = instant
      case .lastPage(let first): number += first - 1
      case .recent, .records: break
      }
    }
    guard let position = position(of: address, number) else {
      preconditionFailure("what has no position is not asked for")
    }
    let size = context.options.pageSize
    let page: Question.Subject =
      scan.isCensus ? .keys(position, size: size) : .page(position, size: size)
    return context.source.request(
      for: listing, Question(page, since: since, parent: scan.parent))
  }
}
