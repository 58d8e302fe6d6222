internal import Model
internal import ReplicaFile
internal import Replication

/// `resync`: one table in full, from its first page, whatever its cursor and former runs say.
struct ResyncCommand: Command {
  let place: ReplicaPlace?
  let table: String
  var voice = Voice()

  static let syntax = CommandSyntax(
    name: "resync", summary: "read one table in full from its first page",
    details: """
      Rows are replaced as they come, and the table is never emptier than before. What a complete
      list no longer holds becomes a tombstone. No other table's position changes.
      """,
    options: [.config, .replica] + OptionSyntax.voice,
    operands: [OperandSyntax(name: "TABLE")], takesDatabase: true)

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let environment = environment.speaking(voice)
    let session = try Session(
      environment.place(place, of: Self.syntax.name), environment: environment.variables,
      interrupt: environment.stop.descriptor, log: environment.log)
    let table = try session.settings.table(named: table)
    var options = session.settings.options().resyncing(table.name)
    options.longestWait = SyncCommand.longestWait
    let narrator = Narrator(environment.log)
    narrator.follow(session, options)
    let summary = try session.round(options) { narrator.take($0) }
    narrator.end(summary)
    if summary.outcome != .stopped { session.writeMetrics(environment.log) }
    try RunOutput(summary: summary, voice: voice).write(to: environment.output)
    return session.exitCode(of: summary, environment.stop)
  }
}

extension ResyncCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(
      place: try words.place(), table: words.operands[0], voice: try words.voice())
  }
}
