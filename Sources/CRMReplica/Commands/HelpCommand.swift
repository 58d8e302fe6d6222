/// `help`: the overview of all commands, or the page of one.
struct HelpCommand: Command {
  /// A known command, or nil for the overview.
  let topic: String?

  static let syntax = CommandSyntax(
    name: "help", summary: "show this overview, or the page of one command",
    operands: [OperandSyntax(name: "COMMAND", isRequired: false)])

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    try environment.output.write(page)
    return .success
  }

  var page: String { HelpText.page(topic: topic, of: Commands.syntaxes) }
}

extension HelpCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    if let name = words.operands.first { _ = try Commands.find(name) }
    self.init(topic: words.operands.first)
  }
}
