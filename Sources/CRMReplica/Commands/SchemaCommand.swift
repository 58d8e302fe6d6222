internal import Model
internal import ReplicaFile

/// `schema`: the SQL that creates the file.
struct SchemaCommand: Command {
  /// Nil for what every account has of the product that is described.
  let place: ReplicaPlace?

  static let syntax = CommandSyntax(
    name: "schema", summary: "print the SQL that creates the file",
    details: """
      Without a configuration or a replica it is that of a Capsule account. Of a Vtiger account the
      file itself knows the tables, once the first sync has begun. Asks the account nothing.
      """,
    options: [.config, .replica])

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let (kind, tables) = try DescribedTables.read(environment.foundPlace(place))
    try environment.output.write(Database.script(tables: tables, views: kind.views))
    return .success
  }
}

extension SchemaCommand {
  init(_ words: ParsedWords) throws(UsageError) { self.init(place: try words.place()) }
}

/// The tables that are told of where no account is asked.
enum DescribedTables {
  /// Those of a replica, as far as its file knows them, or of the product that is described.
  static func read(_ place: ReplicaPlace?) throws -> (kind: SourceKind, tables: [Table]) {
    guard let place else { return (.described, SourceKind.described.catalogue()) }
    let configuration = try place.configuration()
    let settings = try ReplicaSettings(reading: configuration)
    return (configuration.source.kind, settings.catalogue)
  }
}
