/// Why a configuration cannot be used: everything found wrong, in the order of the file.
struct ConfigurationError: OperatorError, Hashable {
  /// One thing that is wrong.
  struct Problem: Hashable, Sendable {
    /// nil when the problem has no place in the text.
    let place: TextPlace?
    /// A sentence without a full stop. It repeats no value that may be a secret.
    let text: String
  }

  /// The path of the configuration.
  let file: String
  let problems: [Problem]

  var exitCode: ExitCode { .configuration }

  /// One line a problem: `FILE:LINE:COLUMN: TEXT`.
  var message: String {
    problems.map { problem in
      let place = problem.place.map { ":\($0.line):\($0.column)" } ?? ""
      return "\(file.onOneLine())\(place): \(problem.text)"
    }.joined(separator: "\n")
  }
}
