/// An error at the edge of the program: it ends the command with a sentence and an exit code.
protocol OperatorError: Error {
  /// What happened and what the operator can do, whole sentences, without a final line feed.
  var message: String { get }
  /// The code that the process ends with.
  var exitCode: ExitCode { get }
}
