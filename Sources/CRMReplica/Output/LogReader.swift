internal import Glibc

extension Log.Reader {
  /// Who reads stderr: the terminal that it is, the journal that JOURNAL_STREAM says it is, or
  /// whoever else.
  static func ofStandardError(_ environment: [String: String]) -> Log.Reader {
    if StandardStream.error.isTerminal { return .person }
    return isJournal(StandardStream.error.rawValue, environment) ? .journal : .program
  }

  /// Whether JOURNAL_STREAM names the device and the inode of the descriptor. It may be inherited
  /// by a process whose stderr leads elsewhere (systemd.exec(5)).
  static func isJournal(_ descriptor: CInt, _ environment: [String: String]) -> Bool {
    var status = stat()
    guard let stream = environment["JOURNAL_STREAM"], fstat(descriptor, &status) == 0 else {
      return false
    }
    return stream == "\(status.st_dev):\(status.st_ino)"
  }
}
