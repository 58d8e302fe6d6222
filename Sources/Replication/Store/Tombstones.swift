internal import SQLite

/// Turns rows of one mirrored table into tombstones. Values and children stay as they are.
final class Tombstones {
  private let store: TableStore
  private let connection: Connection
  private let read: Statement
  private let mark: Statement

  init(_ store: TableStore, _ connection: Connection) throws {
    self.store = store
    self.connection = connection
    let name = quoted(store.table.name)
    read = try Statement(
      """
      SELECT "_deleted_at", "_deleted_reason", "_synced_at" FROM \(name)
        WHERE \(store.sql.keyCondition)
      """, on: connection, persistent: true)
    mark = try Statement(
      """
      UPDATE \(name) SET "_deleted_at" = ?, "_deleted_reason" = ?, "_synced_at" = ?
        WHERE \(store.sql.keyCondition)
      """, on: connection, persistent: true)
  }

  /// Marks a living row. A row that was only missed learns the reason. Returns whether it wrote.
  ///
  /// `listedSince` is the server's clock when the list was read from which this run may have
  /// written the row: a row written in this run is alive beyond a deletion before that instant.
  func apply(
    _ reason: DeletionReason, at instant: Timestamp, key: [Value], listedSince: Timestamp? = nil,
    _ writing: TableStore.Writing
  ) throws -> Bool {
    try read.bind(key)
    guard try read.step() else { return false }
    let (at, former) = (read.value(at: 0), read.value(at: 1))
    let isWrittenNow = read.text(at: 2) >= writing.runStarted.sql
    read.reset()
    let isKnown = !at.isNull && (former != "absent" || reason == .absent)
    let isRevived =
      at.isNull && reason == .deleted && isWrittenNow && listedSince.map { instant < $0 } ?? false
    if isKnown || isRevived { return false }
    try mark.bind(
      [.text(instant.sql), .text(reason.rawValue), .text(writing.now.sql)] + key)
    _ = try mark.step()
    var diff = History.Diff()
    diff.add("_deleted_at", JSONText.value(at), JSONText.string(instant.sql))
    diff.add("_deleted_reason", JSONText.value(former), JSONText.string(reason.rawValue))
    try store.history.add(.delete, key: TableStore.joined(key), diff, writing)
    return true
  }
}
