internal import Model

/// `generate`: texts for other programs, derived from the commands and the keys.
struct GenerateCommand: Command {
  let what: GeneratedText

  static let syntax = CommandSyntax(
    name: "generate", summary: "print the manual page, shell completion or JSON Schema",
    details: (["WHAT is one of:"] + GeneratedText.allCases.map(\.line)).joined(separator: "\n"),
    operands: [OperandSyntax(name: "WHAT")])

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    try environment.output.write(what.text)
    return .success
  }
}

extension GenerateCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    guard let what = GeneratedText(rawValue: words.operands[0]) else {
      throw .badOperand(
        words.operands[0], known: GeneratedText.allCases.map(\.rawValue),
        command: Self.syntax.name)
    }
    self.init(what: what)
  }
}

extension GeneratedText {
  /// The text, ended by a line feed.
  var text: String {
    let commands = Commands.syntaxes
    let tables = SourceKind.described.catalogue().map(\.name)
    return switch self {
    case .man: ManualPage.text(commands, KeyDescription.configuration(ReplicaSettings.names))
    case .bash: BashCompletion.text(commands, tables: tables)
    case .zsh: ZshCompletion.text(commands, tables: tables)
    case .fish: FishCompletion.text(commands, tables: tables)
    case .configSchema: ConfigurationSchema.document(ReplicaSettings.names).text
    }
  }
}
