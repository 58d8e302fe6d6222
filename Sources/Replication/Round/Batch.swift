internal import ReplicaFile
internal import SQLite

/// Groups pages into transactions.
///
/// Committing costs, so pages that are at hand share a transaction, and one may wait a moment for
/// those that follow at once. A transaction that changed no row is ended without a write, and the
/// positions of its passes stay in memory. But whatever has happened, and whether anything more
/// does, a page that was applied a second ago is committed, and its position with it: a process
/// that is killed loses no more than that.
///
/// Records that come in no order of their keys change a leaf of each tree for every row, and each
/// commit writes all of them. Where a commit writes many times what was received, and more than the
/// cache holds, transactions grow, and so does the cache, until the run ends: 100,000 parties in
/// random order then take a quarter of the writes. Short lists of many tables change few leaves,
/// though each is much against what came: a larger cache would only take memory.
struct Batch {
  /// Pages of a transaction at the most, and of one whose rows are scattered.
  static let pageLimit = 10
  static let scatteredPageLimit = 640
  /// How long a page stays uncommitted, or its position unsaved, at the most.
  static let longest = Duration.seconds(1)
  /// Longest time that a transaction waits for another page.
  static let patience = Duration.milliseconds(250)
  /// How many times the bytes received a commit may write before its rows are taken for scattered.
  /// Rows in order take less than one.
  static let scatter = 3
  /// SQLite's own default; in a file of another size the measure is as rough.
  private static let pageSize = 4_096

  private let connection: Connection
  private var pages = 0
  private var bytes = 0
  private var pageLimit = Batch.pageLimit
  private var began = Duration.zero
  private var changesAtStart = 0
  /// When the first page was applied whose position is not saved.
  private var unsavedSince: Duration?

  init(_ connection: Connection) {
    self.connection = connection
  }

  /// Begins a transaction unless one is open.
  mutating func open(at now: Duration) throws {
    guard !connection.isInTransaction else { return }
    try connection.run("BEGIN IMMEDIATE")
    (pages, bytes) = (0, 0)
    _ = connection.pagesWritten()
    began = now
    changesAtStart = connection.totalChanges
  }

  /// Counts a page of so many bytes. Returns whether the transaction is full.
  mutating func addPage(of bytes: Int, at now: Duration) -> Bool {
    pages += 1
    self.bytes += bytes
    unsavedSince = unsavedSince ?? now
    return pages >= pageLimit || isDue(at: now)
  }

  /// Whether something has been uncommitted or unsaved for too long.
  func isDue(at now: Duration) -> Bool { timeLeft(at: now) == .zero }

  /// How long what there is may stay as it is; nil when everything is saved.
  func timeLeft(at now: Duration) -> Duration? {
    let starts = [unsavedSince, connection.isInTransaction ? began : nil].compactMap { $0 }
    return starts.min().map { max(.zero, Self.longest - (now - $0)) }
  }

  /// How long the transaction may still wait for another page; zero without one.
  func patience(at now: Duration) -> Duration {
    guard connection.isInTransaction else { return .zero }
    let limit = pageLimit > Self.pageLimit ? Self.longest : Self.patience
    return min(max(.zero, limit - (now - began)), timeLeft(at: now) ?? .zero)
  }

  private var hasChanges: Bool { connection.totalChanges != changesAtStart }

  /// Ends the transaction. `save` writes what must go with changed rows.
  mutating func commit(at now: Duration, mustSave: Bool, save: () throws -> Void) throws {
    guard connection.isInTransaction else { return }
    if mustSave || hasChanges || isDue(at: now) {
      try save()
      unsavedSince = nil
    }
    try connection.commit()
    // Cursors and the run log outweigh a few small pages: only a full transaction tells.
    guard pages >= pageLimit, pageLimit < Self.scatteredPageLimit else { return }
    let written = connection.pagesWritten() * Self.pageSize
    if written > Database.orderlyCache && written > Self.scatter * bytes {
      if pageLimit == Self.pageLimit { try Database.makeRoom(true, connection) }
      pageLimit *= 4
    }
  }

  /// Ends the run: what a next one reads may come in order.
  func end() throws {
    if pageLimit > Self.pageLimit { try Database.makeRoom(false, connection) }
  }
}
