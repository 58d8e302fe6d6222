/// `--version`: the one command that is spelt as an option, and so stands in no list of commands.
struct VersionCommand: Command {
  static let syntax = CommandSyntax(name: OptionSyntax.version.name, summary: "print the version")

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    try environment.output.write("\(Program.name) \(Program.version)\n")
    return .success
  }
}

extension VersionCommand {
  init(_ words: ParsedWords) { self.init() }
}
