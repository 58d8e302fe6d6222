internal import Glibc

/// Keeps a second instance away from a replica, by whatever path it comes, and tells whether the
/// path still leads to the file that was locked.
///
/// The lock is on the file itself, which has one however many links lead to it: an open file
/// description lock (fcntl(2)) on a byte far behind those that SQLite locks. It takes the right to
/// write. The one beside the file keeps programs away that know no other.
///
/// Closing any descriptor of a file takes away the locks that SQLite has on it in this process, so
/// the lock has to outlive the connections.
final class ReplicaLock {
  private let path: String
  private let beside: FileLock
  private let descriptor: CInt

  /// Takes the lock without waiting. Makes an empty file, as SQLite would, where there is none.
  init(_ path: String) throws(FileLockError) {
    let beside = try FileLock(database: path)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    // Who may not write the file is told so by SQLite, which asks for no less.
    guard descriptor >= 0 else {
      (self.path, self.beside, self.descriptor) = (path, beside, descriptor)
      return
    }
    guard Self.set(F_WRLCK, descriptor) == 0 else {
      let isHeld = errno == EAGAIN || errno == EACCES
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw isHeld ? .held(path: path) : .unusable(path: path, reason: reason)
    }
    (self.path, self.beside, self.descriptor) = (path, beside, descriptor)
  }

  /// Locks the byte or unlocks it, and returns what fcntl(2) says.
  private static func set(_ type: CInt, _ descriptor: CInt) -> CInt {
    var byte = Glibc.flock()
    byte.l_type = Int16(type)
    byte.l_whence = Int16(SEEK_SET)
    (byte.l_start, byte.l_len) = (.max - 1, 1)
    // F_OFD_SETLK, which Swift does not see (linux/fcntl.h).
    return fcntl(descriptor, 37, &byte)
  }

  /// The stamp of the file that is locked.
  var stamp: FileStamp? { FileStamp(descriptor) }

  /// Unlocks before it closes, for the reason that `FileLock` has.
  deinit {
    guard descriptor >= 0 else { return }
    _ = Self.set(F_UNLCK, descriptor)
    close(descriptor)
  }

  /// Throws when the path leads to another file than the one that is locked, or to none, or when
  /// the lock beside it was taken away.
  func requireInPlace() throws(ReplicaMoved) {
    guard let there = FileIdentity(path) else { throw .missing(path: path) }
    let isSame = descriptor < 0 || there == FileIdentity(descriptor)
    guard isSame, beside.isInPlace else { throw .replaced(path: path) }
  }
}

/// The path of a replica does not lead any more to the file that was opened there.
enum ReplicaMoved: OperatorError, Hashable {
  case missing(path: String)
  case replaced(path: String)
  case overwritten(path: String)

  var exitCode: ExitCode { .database }

  var message: String {
    switch self {
    case .missing(let path):
      """
      \(path.onOneLine()) is not there any more: it was removed or moved while it was open.
      Nothing more is written. Put it back, with the -wal file beside it, or start again: a new \
      file is then filled from the account, without the history.
      """
    case .replaced(let path):
      """
      \(path.onOneLine()) is another file than the one that was opened, or the .lock beside it is.
      Nothing more is written. Start again to go on with what is there now.
      """
    case .overwritten(let path):
      """
      \(path.onOneLine()) was written over while it was open, as by cp.
      Nothing more is written. Take away \(path.onOneLine())-wal and -shm, which belong to what \
      was there before, and start again to go on with what is there now.
      """
    }
  }
}
