internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// `accept`: the rows that the delete guard holds back are gone indeed. Asks the account nothing.
struct AcceptCommand: Command {
  let config: String
  let table: String
  let dryRun: Bool

  static let syntax = CommandSyntax(
    name: "accept", summary: "make tombstones of the rows that the delete guard holds back",
    details: """
      A list that suddenly lacks many rows is not believed at once: the guard holds them back. This
      says that they are gone indeed. "status" shows what is held. Asks the account nothing.
      """,
    options: [.config, .dryRun],
    operands: [OperandSyntax(name: "TABLE")])

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let configuration = try ConfigurationReader.load(config, names: ReplicaSettings.names)
    let settings = ReplicaSettings(configuration)
    let table = try settings.table(named: table)
    let path = configuration.database
    let accepted = try naming(path) {
      if dryRun {
        return try Held(table, Database.openCurrent(path: path)).count()?.rows ?? 0
      }
      // There is nothing to accept in a file that is not there, and none is to be made.
      _ = try Database.openReadOnly(path: path)
      let lock = try ReplicaLock(path)
      return try withExtendedLifetime(lock) {
        let connection = try Database.open(
          path: path, tables: settings.tables, views: settings.source.views)
        return try Held(table, connection).accept(at: SourceClock.now(in: connection))
      }
    }
    StandardStream.output.write(sentence(accepted) + "\n")
    return .success
  }

  private func sentence(_ rows: Int) -> String {
    if rows == 0 { return "The delete guard holds no row of \(table)." }
    let what = rows == 1 ? "a tombstone" : "tombstones"
    return "\(rows.counted("row")) of \(table) \(dryRun ? "would become" : "became") \(what)."
  }
}

extension AcceptCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(
      config: try words.value(.config), table: words.operands[0], dryRun: words.has(.dryRun))
  }
}
