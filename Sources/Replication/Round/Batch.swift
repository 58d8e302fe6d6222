internal import SQLite

/// Groups pages into transactions.
///
/// Committing costs, so pages that are at hand share a transaction; but none waits for the network:
/// the round commits before it blocks. A transaction that changed no row is ended without a write, and
/// the positions of its passes stay in memory until one does, or until they are old enough to be worth a
/// write of their own. Rows of temporary tables are taken for changes; they come at the end of a pass,
/// whose cursor is written anyway.
struct Batch {
  /// Pages of a transaction at the most, and its longest duration.
  static let pageLimit = 10
  static let longest = Duration.seconds(2)
  /// Longest time that progress without changes stays unsaved.
  static let unsavedLimit = Duration.seconds(30)

  private let connection: Connection
  private var pages = 0
  private var began = Duration.zero
  private var changesAtStart = 0
  private var lastSave: Duration

  init(_ connection: Connection, at now: Duration) {
    self.connection = connection
    lastSave = now
  }

  /// Begins a transaction unless one is open.
  mutating func open(at now: Duration) throws {
    guard !connection.isInTransaction else { return }
    try connection.run("BEGIN IMMEDIATE")
    pages = 0
    began = now
    changesAtStart = connection.totalChanges
  }

  /// Counts a page. Returns whether the transaction is full.
  mutating func addPage(at now: Duration) -> Bool {
    pages += 1
    return pages >= Self.pageLimit || now - began >= Self.longest
  }

  /// Ends the transaction. `save` writes what must go with changed rows.
  mutating func commit(at now: Duration, mustSave: Bool, save: () throws -> Void) throws {
    guard connection.isInTransaction else { return }
    if mustSave || connection.totalChanges != changesAtStart || now - lastSave >= Self.unsavedLimit
    {
      try save()
      lastSave = now
    }
    try connection.run("COMMIT")
  }
}
