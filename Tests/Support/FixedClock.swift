internal import CSQLite
internal import Glibc
package import Model

/// A clock that stands still, for one connection: what SQLite takes for `now`.
///
/// The connection's files are those of SQLite's own way to reach files, of which this is a copy
/// with another clock (sqlite.org/c3ref/vfs.html).
package enum FixedClock {
  /// The name of a database in memory for which it is that instant.
  package static func path(at instant: Timestamp) -> String {
    let size = MemoryLayout<sqlite3_vfs>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size + 8, alignment: 16)
    let vfs = memory.bindMemory(to: sqlite3_vfs.self, capacity: 1)
    vfs.initialize(to: sqlite3_vfs_find(nil).pointee)
    // Days are counted from noon on the day -4713-11-24, here in thousandths of a second.
    let milliseconds = 210_866_760_000_000 + instant.seconds * 1_000
    (memory + size).storeBytes(of: milliseconds, as: Int64.self)
    let name = "clock\(instant.seconds)"
    vfs.pointee.zName = UnsafePointer(name.withCString { strdup($0) })
    vfs.pointee.pNext = nil
    vfs.pointee.xCurrentTimeInt64 = { vfs, result in
      guard let vfs, let result else { return SQLITE_ERROR }
      let behind = UnsafeRawPointer(vfs) + MemoryLayout<sqlite3_vfs>.stride
      result.pointee = behind.load(as: Int64.self)
      return SQLITE_OK
    }
    // Both are SQLite's for as long as the process lives.
    sqlite3_vfs_register(vfs, 0)
    return "file::memory:?vfs=\(name)"
  }
}
