/// Every command that the first word of a command line may name.
enum Commands {
  /// In the order of the help.
  static let all: [any Command.Type] = [
    DemoCommand.self, InitCommand.self, CheckCommand.self, AuthoriseCommand.self, SyncCommand.self,
    RunCommand.self, PlanCommand.self, StatusCommand.self, ReportCommand.self, ResyncCommand.self,
    WhyCommand.self, AcceptCommand.self, PurgeCommand.self, VerifyCommand.self, TablesCommand.self,
    SchemaCommand.self, GenerateCommand.self, HelpCommand.self,
    VersionCommand.self,
  ]

  static let syntaxes = all.map { $0.syntax }

  /// The command of that name. Throws with the nearest known one when there is none.
  static func find(_ name: String) throws(UsageError) -> any Command.Type {
    if let found = all.first(where: { $0.syntax.name == name }) { return found }
    throw .unknownCommand(name, nearest: nearestName(to: name, among: syntaxes.map(\.name)))
  }
}
