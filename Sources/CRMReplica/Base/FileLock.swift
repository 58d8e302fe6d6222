internal import Glibc

/// Keeps a second instance away from a replica. The lock ends with the process, however it ends.
///
/// Source: flock(2). The lock file stands beside the database and stays: removing it would let two
/// instances lock two files.
final class FileLock {
  private let path: String
  private let descriptor: CInt

  /// Takes the lock without waiting.
  init(database: String) throws(FileLockError) {
    let path = database + ".lock"
    // Who may open a file, if only to read it, may lock it: readers of the replica may not.
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .unusable(path: path, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isHeld = errno == EWOULDBLOCK
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw isHeld ? .held(path: path) : .unusable(path: path, reason: reason)
    }
    // Last of all: whoever throws behind it has `deinit` run, which would close a second time what
    // may be another thread's by then.
    (self.path, self.descriptor) = (path, descriptor)
  }

  /// Whether the path still leads to the file that is locked.
  var isInPlace: Bool { FileIdentity(path) == FileIdentity(descriptor) }

  /// Unlocks before it closes. The lock belongs to the open file and not to the descriptor: a child
  /// that was forked and has not yet begun its program holds the file open, and closing alone would
  /// leave it locked until then.
  deinit {
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}

/// Why a replica cannot be locked.
enum FileLockError: OperatorError, Hashable {
  case held(path: String)
  case unusable(path: String, reason: String)

  var exitCode: ExitCode {
    switch self {
    case .held: .tryLater
    case .unusable: .database
    }
  }

  var message: String {
    switch self {
    case .held(let path):
      """
      Another crm-replica is at work on this file: it holds \(path.onOneLine()).
      Nothing was done. Wait until it has ended, or stop it.
      """
    case .unusable(let path, let reason):
      """
      The replica cannot be written: \(path.onOneLine()): \(reason).
      Nothing was changed. Let the user that runs crm-replica own the folder of "database".
      """
    }
  }
}
