internal import ReplicaFile

/// `schema`: the SQL that creates the file.
struct SchemaCommand: Command {
  static let syntax = CommandSyntax(
    name: "schema", summary: "print the SQL that creates the file")

  func run(_ environment: ProgramEnvironment) -> ExitCode {
    let kind = SourceKind.described
    StandardStream.output.write(Database.script(tables: kind.catalogue(), views: kind.views))
    return .success
  }
}

extension SchemaCommand {
  init(_ words: ParsedWords) { self.init() }
}
