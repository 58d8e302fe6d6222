/// How a run of the program ended, as its parent process sees it.
///
/// The values from 64 on are those of BSD's `sysexits.h`. A service that ends with `refused` or
/// `configuration` is not worth restarting before somebody has acted.
enum ExitCode: Int32, CaseIterable, Sendable {
  /// All went well, or the daemon was told to end.
  case success = 0
  /// Some tables failed, differ, are stale or are held by the delete guard.
  case incomplete = 1
  /// The command line was not understood.
  case usage = 64
  /// The source cannot be reached or does not answer sensibly.
  case unavailable = 69
  /// A defect of this program.
  case defect = 70
  /// The database cannot be opened or written.
  case database = 73
  /// Standard output cannot be written.
  case output = 74
  /// A later attempt may well succeed: the allowance is spent or another instance holds the file.
  case tryLater = 75
  /// The source refused the token or its scope.
  case refused = 77
  /// The configuration or the token is missing or wrong, or the file belongs to another account.
  case configuration = 78
  /// A command was cut off by SIGINT, as a shell tells of one that dies of it.
  case interrupted = 130
  /// A command was cut off by SIGTERM.
  case terminated = 143

  /// What the code says, in the words of the help text.
  var meaning: String {
    switch self {
    case .success: "all well"
    case .incomplete: "some tables failed, differ, are stale or are held by the delete guard"
    case .usage: "the command line was not understood"
    case .unavailable: "the source is unavailable"
    case .defect: "a defect of this program"
    case .database: "the database cannot be opened or written"
    case .output: "standard output cannot be written"
    case .tryLater: "try later: the allowance is spent, or another instance holds the file"
    case .refused: "the source refused the token or its scope"
    case .configuration: "the configuration or the token is wrong, or the file is another account's"
    case .interrupted: "cut off by SIGINT"
    case .terminated: "cut off by SIGTERM"
    }
  }
}
