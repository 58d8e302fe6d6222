internal import Capsule
internal import Replication

/// `schema`: the SQL that creates the file.
struct SchemaCommand: Command {
  static let syntax = CommandSyntax(
    name: "schema", summary: "print the SQL that creates the file")

  func run(_ environment: ProgramEnvironment) -> ExitCode {
    StandardStream.output.write(
      Database.script(tables: CapsuleSource.catalogue, views: CapsuleSource.allViews))
    return .success
  }
}

extension SchemaCommand {
  init(_ words: ParsedWords) { self.init() }
}
