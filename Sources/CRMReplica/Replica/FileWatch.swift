internal import SQLite

/// Notices that somebody has written over the file while it is open, as `cp` does.
///
/// The path leads to the same file then, and SQLite goes on with its pages in memory and in the
/// log. But SQLite itself writes into the file from the log alone, and notes in the log's index,
/// before and behind that, how far it has come. So a file of another length, or written at another
/// time, while the index says the same, has been written by somebody else.
///
/// A look costs a system call, and there is one before and behind each commit, and where a round
/// ends. Not seen is what happens between two looks between which SQLite has written as well.
final class FileWatch {
  private unowned let connection: Connection
  private let lock: ReplicaLock
  /// The file and the log as they were last seen at rest, or nil.
  private var seen: (stamp: FileStamp?, log: LogProgress)?

  init(_ connection: Connection, _ lock: ReplicaLock) {
    (self.connection, self.lock) = (connection, lock)
    connection.aroundCommit = { [unowned self] in try look() }
  }

  /// Begins with what is there.
  func begin() throws(ReplicaMoved) {
    seen = nil
    try look()
  }

  /// Throws when the file has been written over since the last look. What is in the log is then
  /// left there: it would be written among the pages of another file.
  func look() throws(ReplicaMoved) {
    let log = connection.logProgress
    let stamp = lock.stamp
    // A checkpoint may be at work in another process.
    guard let log, log.isAtRest, log == connection.logProgress else { return seen = nil }
    if let seen, seen.log == log, seen.stamp != stamp {
      connection.leaveLog()
      throw .overwritten(path: connection.path)
    }
    seen = (stamp, log)
  }
}
