internal import Replication

/// `sync`: one round now.
struct SyncCommand {
  let config: String
  let tables: [String]
  let full: Bool

  /// A round that would have to wait longer for the allowance ends instead, to be called again.
  static let longestWait = Duration.seconds(60)

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let session = try Session(
      config: config, environment: environment.variables, interrupt: environment.stop.descriptor,
      log: environment.log)
    environment.log.noteLeftOut(session.settings)
    let selection = try session.settings.selection(of: tables)
    var options = session.settings.options(selection: selection, full: full)
    options.longestWait = Self.longestWait
    let narrator = Narrator(environment.log)
    let summary = try session.round(options) { narrator.take($0) }
    narrator.end(summary)
    if summary.outcome != .stopped { session.writeMetrics(environment.log) }
    session.publishCopy(after: summary, environment.log) { environment.stop.isAsked }
    StandardStream.output.write(Narrator.table(of: summary))
    return summary.exitCode
  }
}
