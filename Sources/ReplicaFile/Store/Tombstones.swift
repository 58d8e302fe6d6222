package import Model
package import SQLite

/// Turns rows of one mirrored table into tombstones. Values and children stay as they are.
package final class Tombstones {
  private let store: TableStore
  private let connection: Connection
  private let read: Statement
  private let mark: Statement

  package init(_ store: TableStore, _ connection: Connection) throws {
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

  /// Whether there is such a row and it is no tombstone.
  package func isLiving(_ key: [Value]) throws -> Bool {
    try read.bind(key)
    defer { read.reset() }
    return try read.step() && read.value(at: 0).isNull
  }

  /// Whether there is such a tombstone, for this reason.
  package func says(_ reason: DeletionReason, of key: [Value]) throws -> Bool {
    try read.bind(key)
    defer { read.reset() }
    return try read.step() && read.value(at: 1) == .text(reason.rawValue)
  }

  private func write(_ values: [Value]) throws {
    try mark.bind(values)
    do {
      _ = try mark.step()
      try connection.requireChange()
    } catch let error as SQLiteError where error.isRefusedRow {
      throw TableFailure(.unmarked(error.message), doing: store.table.name)
    }
  }

  /// Makes a living row of a tombstone. Returns whether it was one.
  @discardableResult
  package func lift(_ key: [Value], _ writing: TableStore.Writing) throws -> Bool {
    try read.bind(key)
    guard try read.step() else { return false }
    let (at, reason, syncedBefore) = (read.value(at: 0), read.value(at: 1), read.value(at: 2))
    read.reset()
    if at.isNull { return false }
    try write([.null, .null, .text(writing.now.sql)] + key)
    var diff = History.Diff()
    diff.add("_deleted_at", at, .null)
    diff.add("_deleted_reason", reason, .null)
    try store.history.add(
      .restore, key: TableStore.joined(key), diff, syncedBefore: syncedBefore, writing)
    return true
  }

  /// Marks a living row. A row that was only missed learns the reason, and a deletion has the last
  /// word over a restriction and over a former deletion; what `isCertain` has it over everything.
  /// Returns whether it wrote. Throws `TableFailure` where something of the user's, such as a
  /// trigger, stands against it.
  package func apply(
    _ reason: DeletionReason, at instant: Timestamp, key: [Value],
    _ writing: TableStore.Writing, isCertain: Bool = false
  ) throws -> Bool {
    try read.bind(key)
    guard try read.step() else { return false }
    let (at, former, syncedBefore) = (read.value(at: 0), read.value(at: 1), read.value(at: 2))
    read.reset()
    let learnsMore =
      former == "absent" && reason != .absent || former == "restricted" && reason == .deleted
      || former == "deleted" && reason == .deleted && at.text.map { $0 < instant.sql } ?? false
    guard at.isNull || learnsMore || isCertain else { return false }
    try write([.text(instant.sql), .text(reason.rawValue), .text(writing.now.sql)] + key)
    var diff = History.Diff()
    diff.add("_deleted_at", at, .text(instant.sql))
    diff.add("_deleted_reason", former, .text(reason.rawValue))
    try store.history.add(
      .delete, key: TableStore.joined(key), diff, syncedBefore: syncedBefore, writing)
    return true
  }
}
