internal import Capsule
internal import HTTP
internal import Replication
internal import SQLite

/// `verify`: compares the replica with the account. Needs no lock, and changes no mirrored table.
struct VerifyCommand {
  let config: String
  let tables: [String]
  /// Requests at the most, or nil.
  let requests: Int?
  let json: Bool

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let configuration = try ConfigurationReader.load(config, names: ReplicaSettings.names)
    let credential = try CredentialFinder(
      environment: environment.variables, interrupt: environment.stop.descriptor,
      log: environment.log
    ).find(configuration)
    let settings = ReplicaSettings(configuration)
    let selection = try settings.selection(of: tables)
    environment.log.noteLeftOut(settings)
    let replica = try naming(configuration.database) {
      try Database.openReadOnly(path: configuration.database)
    }
    var options = settings.options(selection: selection)
    options.longestWait = SyncCommand.longestWait
    options.requestLimit = requests
    let transport = try CredentialTransport(
      credential,
      .init(
        base: configuration.source.baseURL, token: credential.token, userAgent: Program.userAgent,
        concurrency: configuration.requests.concurrency, interrupt: environment.stop.descriptor))
    let narrator = Narrator(environment.log)
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
          of: configuration.database, tables: settings.tables, views: settings.source.views,
          isStopped: { environment.stop.isAsked })
        copy = made
        return made.connection
      }
    }
    environment.log.clearProgress()
    guard report.ending != .stopped else {
      environment.log.note(.info, "verification stopped", [:])
      return .success
    }
    tell(report, environment.log)
    try VerifyOutput(report: report, verification: verification).write(asJSON: json)
    try note(report, verification, configuration.database, environment.log)
    return report.exitCode
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
      let lock = try FileLock(database: database)
      defer { withExtendedLifetime(lock) {} }
      try naming(database) {
        let connection = try Connection(path: database)
        guard try Database.isCurrent(connection) else {
          log.note(
            .warning, "result not noted",
            ["reason": "an older program wrote the file; the next sync brings it up to date"])
          return
        }
        try connection.execute("PRAGMA secure_delete = ON")
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
