internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// `verify`: compares the replica with the account. Needs no lock, and changes no mirrored table.
struct VerifyCommand: Command {
  let place: ReplicaPlace?
  let tables: [String]
  /// Requests at the most, or nil.
  let requests: Int?
  let json: Bool
  var voice = Voice()

  static let syntax = CommandSyntax(
    name: "verify", summary: "compare the file with the account, and change nothing",
    details: details,
    options: [.config, .replica, .table, .requests, .json] + OptionSyntax.voice, takesDatabase: true
  )

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let environment = environment.speaking(voice)
    let place = try environment.place(place, of: Self.syntax.name)
    let configuration = try place.configuration(toAsk: true)
    let credential = try CredentialFinder(
      environment: environment.variables, interrupt: environment.stop.descriptor,
      log: environment.log
    ).find(configuration)
    var settings = try ReplicaSettings(reading: configuration)
    let selection = try settings.selection(of: tables)
    environment.log.noteLeftOut(settings)
    let replica = try naming(configuration.database) {
      try Database.openReadOnly(path: configuration.database)
    }
    var options = settings.options(selection: selection)
    options.longestWait = SyncCommand.longestWait
    options.requestLimit = requests
    let transport = try configuration.transport(
      credential, interrupt: environment.stop.descriptor)
    let narrator = Narrator(environment.log)
    let asking = try naming(configuration.database) {
      try whoReads(settings, replica, transport, options)
    }
    if let ending = asking.ending {
      environment.log.note(.error, "verification unfinished", ["error": ending.error])
      return ending.exitCode(environment.stop)
    }
    settings = asking.settings
    let verification = Verification(
      source: settings.source, tables: settings.tables, transport: transport,
      clock: SystemClock(), options: options
    ) { narrator.take($0) }
    // It lives as long as the comparison, and so does its lock.
    var copy: ReplicaCopy?
    defer { withExtendedLifetime(copy) {} }
    let report = try naming(configuration.database) {
      try verification.run(replica) {
        let made = try ReplicaCopy(
          of: configuration.database, tables: settings.tables, views: settings.views,
          isStopped: { environment.stop.isAsked })
        copy = made
        return made.connection
      }
    }
    environment.log.clearProgress()
    guard report.ending != .stopped else {
      environment.log.note(.info, "verification stopped", [:])
      return environment.stop.exitCode
    }
    tell(report, environment.log)
    // In the file first: whoever reads what is printed may be gone.
    try note(report, verification, configuration.database, environment.log)
    try VerifyOutput(report: report, verification: verification, output: environment.output)
      .write(asJSON: json)
    return report.exitCode
  }

  /// Asks who reads now, for what is shown differs between users: in a file in memory, so that the
  /// replica stays as it is.
  private func whoReads(
    _ settings: ReplicaSettings, _ replica: Connection, _ transport: any Transport,
    _ options: RoundOptions
  ) throws -> AccountQuestions {
    let connection = try Database.open(path: ":memory:", tables: [], views: [])
    if let said = try AllowanceStore(replica).last() { try AllowanceStore(connection).keep(said) }
    if let reading = try ClockStore(replica).last() { try ClockStore(connection).note(reading) }
    return try AccountQuestions.ask(settings, in: connection, transport, options, onlyUser: true)
  }

  private func tell(_ report: VerificationReport, _ log: Log) {
    log.note(
      report.outcome == .equal ? .info : .error, "verification \(report.outcome.rawValue)",
      [
        "requests": "\(report.requests)",
        "differences": "\(report.tables.reduce(0) { $0 + $1.differences })",
        "pending": "\(report.tables.reduce(0) { $0 + $1.pending })", "error": report.error,
      ])
  }

  /// Writes the result into the replica, unless another instance is at work on it.
  private func note(
    _ report: VerificationReport, _ verification: Verification, _ database: String, _ log: Log
  ) throws {
    do {
      let lock = try ReplicaLock(database)
      defer { withExtendedLifetime(lock) {} }
      try naming(database) {
        let connection = try Connection(path: database)
        guard try Database.isCurrent(connection) else {
          log.note(
            .warning, "result not noted",
            ["reason": "an older program wrote the file; the next sync brings it up to date"])
          return
        }
        try VerificationLog.note(report, of: verification, in: connection)
      }
    } catch let error as FileLockError {
      let isHeld = error.exitCode == .tryLater
      log.note(
        .warning, "result not noted",
        ["reason": isHeld ? "another crm-replica is at work on the file" : error.message])
    } catch let error as ReplicaFileError {
      log.note(.warning, "result not noted", ["reason": error.cause.message])
    }
  }
}

extension VerifyCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(
      place: try words.place(), tables: words.each(.table),
      requests: try words.count(.requests), json: words.has(.json), voice: try words.voice())
  }
}

extension OptionSyntax {
  fileprivate static let requests = OptionSyntax(
    name: "--requests", value: "N", presence: .optional,
    help: "make at most so many requests")
}

/// What its page of the help says.
private let details = """
  Reads the whole account and compares each row with a copy of the file; a daemon may be at work
  meanwhile. Prints missing, extra and differing rows by their keys and columns. Edits made while
  it runs are told apart as pending. What costs a request a parent is compared within the budget.
  The result is kept in _verifications, _verified_tables and _differences. Exits with 1 if
  anything differs.
  """

extension VerificationReport {
  /// What a verification means for the caller of the program.
  var exitCode: ExitCode {
    if outcome == .different { return .incomplete }
    switch ending {
    case .good, .partial, .stopped: return outcome == .equal ? .success : .incomplete
    case .deferred: return .tryLater
    case .refused: return .refused
    case .unavailable: return .unavailable
    }
  }
}
