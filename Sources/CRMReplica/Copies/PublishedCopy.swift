internal import Glibc
internal import ReplicaFile
internal import SQLite

/// Why a copy could not be published.
struct PublishedCopyError: Error, Hashable {
  /// What was tried, and the system's word for why it failed.
  let text: String
}

/// A whole copy of a replica under a name of its own, for tools that cannot read a write-ahead log.
///
/// Whoever opens it sees one state of the replica: a file that is never written again, as another
/// takes its name.
enum PublishedCopy {
  /// Writes the copy aside, checks it, forces it to the disk and gives it the name in one step
  /// (rename(2)). It has the permissions and, where that is allowed, the group of the replica.
  /// Nothing is written over but what such copies are, or what one that was killed has left.
  ///
  /// Throws `PublishedCopyError`, or `SQLiteError`, which `isInterrupted` if `isStopped` says so.
  static func write(
    of database: String, to path: String, isStopped: @escaping () -> Bool
  ) throws {
    let original = try status(of: database)
    let aside = FileClaims.aside(ofCopy: path)
    try CopyTarget(path).requireReplaceable(original)
    try CopyTarget(aside).requireLeftover(original)
    removeDatabase(aside)
    do {
      try make(aside, like: original)
      try Database.copy(database, to: aside, isStopped: isStopped)
      try finish(aside, isStopped)
      // What a tool that wrote to the last copy has left beside it would be read into this one.
      removeLogs(path)
      guard rename(aside, path) == 0 else { throw failure("rename", path) }
    } catch {
      removeDatabase(aside)
      throw error
    }
    try sync(folder(of: path))
  }

  /// An empty file that others than the replica's readers cannot open at any time.
  private static func make(_ path: String, like original: stat) throws(PublishedCopyError) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = open(path, flags, 0o600)
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { close(descriptor) }
    var made = stat()
    guard fstat(descriptor, &made) == 0 else { throw failure("stat", path) }
    // A service may be forbidden the call as such. Who may not give the group away publishes to a
    // group of his own.
    let isInGroup =
      made.st_gid == original.st_gid || fchown(descriptor, .max, original.st_gid) == 0
    let mode = original.st_mode & (isInGroup ? 0o777 : 0o700)
    guard fchmod(descriptor, mode) == 0 else { throw failure("chmod", path) }
  }

  /// Takes the log away, reads the whole copy and forces it to the disk.
  private static func finish(_ path: String, _ isStopped: @escaping () -> Bool) throws {
    do {
      let copy = try Connection(path: path)
      guard try Database.endLog(copy) else {
        throw PublishedCopyError(text: "\(path.onOneLine()) cannot do without a log")
      }
      try copy.interrupting(when: isStopped) { try copy.requireWhole() }
    }
    try sync(path)
  }

  private static func sync(_ path: String) throws(PublishedCopyError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("fsync", path) }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func status(of path: String) throws(PublishedCopyError) -> stat {
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure("stat", path) }
    return status
  }

  private static func removeDatabase(_ path: String) {
    unlink(path)
    removeLogs(path)
  }

  private static func removeLogs(_ path: String) {
    for ending in ["-journal", "-wal", "-shm"] { unlink(path + ending) }
  }

  private static func failure(_ doing: String, _ path: String) -> PublishedCopyError {
    PublishedCopyError(text: "\(doing) \(path.onOneLine()): \(String(cString: strerror(errno)))")
  }
}
