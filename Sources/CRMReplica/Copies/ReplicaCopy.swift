internal import Glibc
internal import Model
internal import ReplicaFile
internal import SQLite

/// A private copy of a replica, to be compared with the account.
///
/// It stands beside the database, where there is room for personal data of that size, and only its
/// owner may read it. Its name is gone as soon as it is open, so that the system removes it with
/// the process, however that ends. A kill before that leaves it to the next copy to be removed.
final class ReplicaCopy {
  let connection: Connection
  /// Keeps another copy away, whose leftover this one would be taken for.
  private let lock: FileLock

  /// Copies the replica as it is at this instant. Throws an error that `isInterrupted` when
  /// `isStopped` says so.
  init(
    of database: String, tables: [Table], views: [View], isStopped: @escaping () -> Bool
  ) throws {
    let path = database + ".verify"
    lock = try FileLock(database: path)
    defer { Self.remove(path) }
    Self.remove(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw FileLockError.unusable(path: path, reason: String(cString: strerror(errno)))
    }
    close(descriptor)
    try naming(database) { try Database.copy(database, to: path, isStopped: isStopped) }
    connection = try naming(path) {
      try Database.openCopy(path: path, tables: tables, views: views)
    }
  }

  private static func remove(_ path: String) {
    for suffix in ["", "-journal"] { unlink(path + suffix) }
  }
}
