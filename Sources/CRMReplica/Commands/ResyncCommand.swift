internal import Replication

/// `resync`: one table in full, from its first page, whatever its cursor and former runs say.
struct ResyncCommand {
  let config: String
  let table: String

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let session = try Session(
      config: config, environment: environment.variables, interrupt: environment.stop.descriptor,
      log: environment.log)
    var options = session.settings.resyncOptions(of: try session.settings.table(named: table))
    options.longestWait = SyncCommand.longestWait
    let narrator = Narrator(environment.log)
    let summary = try session.round(options) { narrator.take($0) }
    narrator.end(summary)
    if summary.outcome != .stopped { session.writeMetrics(environment.log) }
    StandardStream.output.write(Narrator.table(of: summary))
    return summary.exitCode
  }
}
