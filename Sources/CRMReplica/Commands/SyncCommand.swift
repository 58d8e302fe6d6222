internal import Glibc
internal import ReplicaFile
internal import Replication

/// `sync`: one round now.
struct SyncCommand: Command {
  let place: ReplicaPlace?
  let tables: [String]
  let full: Bool
  /// Whether the allowance is waited for, however long that takes.
  var waits = false
  var json = false
  var voice = Voice()

  static let syntax = CommandSyntax(
    name: "sync", summary: "bring the file up to date once, then exit",
    details: """
      Asks for what has changed since the last sync. With --full it reads everything once more,
      within the allowance of requests. A terminal is shown every table; others are told those
      that changed or failed, and the sum of it.
      """,
    options: [.config, .replica, .table, .full, .wait, .json] + OptionSyntax.voice,
    takesDatabase: true)

  /// A round that would have to wait longer for the allowance ends instead, to be called again.
  static let longestWait = Duration.seconds(60)

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let environment = environment.speaking(voice)
    let place = try environment.place(place, of: Self.syntax.name)
    let configuration = try place.configuration()
    if access(configuration.database, F_OK) != 0 {
      // A table that there is not makes no file.
      _ = try ReplicaSettings(configuration).selection(of: tables)
    }
    let session = try Session(
      place, environment: environment.variables, interrupt: environment.stop.descriptor,
      log: environment.log)
    environment.log.noteLeftOut(session.settings)
    let selection = try session.settings.selection(of: tables)
    var options = session.settings.options(selection: selection, full: full)
    options.longestWait = waits ? nil : Self.longestWait
    let narrator = Narrator(environment.log)
    narrator.follow(session, options)
    let alerts = AlertDesk(
      session.settings.configuration, SystemClock(), .real(environment.stop), environment.log)
    alerts.resume(session)
    let summary: RunSummary
    do {
      summary = try session.round(options) { narrator.take($0) }
    } catch {
      alerts.ended(error, session)
      throw error
    }
    narrator.end(summary)
    if summary.outcome != .stopped { session.writeMetrics(environment.log) }
    let isPublished = session.publishCopy(after: summary, environment.log) {
      environment.stop.isAsked
    }
    alerts.conclude(summary, session)
    try RunOutput(summary: summary, voice: voice, asJSON: json).write(to: environment.output)
    if !isPublished, environment.stop.isAsked { return environment.stop.exitCode }
    return session.exitCode(of: summary, environment.stop)
  }
}

extension SyncCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(
      place: try words.place(), tables: words.each(.table), full: words.has(.full),
      waits: words.has(.wait), json: words.has(.json), voice: try words.voice())
  }
}

extension OptionSyntax {
  fileprivate static let wait = OptionSyntax(
    name: "--wait", value: nil, presence: .optional,
    help: "wait for the allowance, however long; without this at most a minute")
}
