/// What the command line says of the log: how much of it, and in which form.
struct Voice: Sendable, Hashable {
  /// The least that is written; nil is as by default.
  var minimum: LogLevel?
  /// Nil for the form that suits who reads.
  var reader: Log.Reader?

  /// Whether only what needs a person is said.
  var isQuiet: Bool { minimum == .error }
  /// Whether everything is said.
  var isVerbose: Bool { minimum == .debug }
}

/// The forms of the log that `--log-format` names.
enum LogFormat: String, CaseIterable, Sendable {
  case text, json
}
