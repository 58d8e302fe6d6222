/// A command of the program: its syntax, how it is made of words, and how it runs.
///
/// It is declared once, in one file, and listed in `Commands`; help, manual page and completions
/// derive from its syntax.
protocol Command: Hashable, Sendable {
  static var syntax: CommandSyntax { get }

  /// Takes what followed its name. Throws what only the command can judge, such as two options that
  /// exclude each other.
  init(_ words: ParsedWords) throws(UsageError)

  /// Does what was asked for. Returns what the process is to end with.
  func run(_ environment: ProgramEnvironment) throws -> ExitCode
}
