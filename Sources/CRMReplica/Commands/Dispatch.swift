internal import Capsule
internal import Replication

extension Command {
  /// Does what the command line asks for.
  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    switch self {
    case .demo(let database): return try DemoCommand(database: database).run(environment)
    case .check(let config, let printConfig):
      return try CheckCommand(config: config, printConfig: printConfig).run(environment)
    case .authorise(let config, let port):
      return try AuthoriseCommand(config: config, port: port).run(environment)
    case .sync(let config, let tables, let full):
      return try SyncCommand(config: config, tables: tables, full: full).run(environment)
    case .run(let config): return try RunCommand(config: config).run(environment)
    case .plan(let config, let full, let offline, let json):
      return try PlanCommand(config: config, full: full, offline: offline, json: json)
        .run(environment)
    case .status(let config, let json, let maxAge):
      return try StatusCommand(config: config, json: json, maxAge: maxAge).run(environment)
    case .report(let place, let view, let format, let limit, let columns):
      return try ReportCommand(
        place: place, view: view, format: format, limit: limit, columns: columns
      ).run(environment)
    case .resync(let config, let table):
      return try ResyncCommand(config: config, table: table).run(environment)
    case .why(let config, let entity, let key, let json):
      return try WhyCommand(config: config, entity: entity, key: key, json: json).run()
    case .accept(let config, let table, let dryRun):
      return try AcceptCommand(config: config, table: table, dryRun: dryRun).run()
    case .purge(let config, let entity, let ids, let dryRun):
      return try PurgeCommand(config: config, entity: entity, ids: ids, dryRun: dryRun)
        .run(environment)
    case .verify(let config, let tables, let requests, let json):
      return try VerifyCommand(config: config, tables: tables, requests: requests, json: json)
        .run(environment)
    case .tables: StandardStream.output.write(TablesCommand.text)
    case .schema:
      StandardStream.output.write(
        Database.script(tables: CapsuleSource.catalogue, views: CapsuleSource.allViews))
    case .generate(let what): StandardStream.output.write(what.text)
    case .help(let topic): StandardStream.output.write(HelpText.page(topic: topic))
    case .version: StandardStream.output.write("crm-replica \(Program.version)\n")
    }
    return .success
  }
}
