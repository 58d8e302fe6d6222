internal import Capsule
internal import HTTP
internal import Replication
internal import SQLite

/// What the program says of itself.
enum Program {
  static let version = "0.1.0"
  static let userAgent = "crm-replica/\(version)"
}

/// A configuration that was read, with what it takes to work by it.
struct Assignment {
  let settings: ReplicaSettings
  let credential: any Credential
  /// Opens a way to the account. It may be called again when a former way is of no use any more.
  let makeTransport: () throws -> any Transport

  /// Reads the configuration and the credential. `interrupt` ends a wait when it becomes readable, `stop` one
  /// for tokens, which nothing but the end of the process is to cut short.
  static func read(
    config: String, environment: [String: String], interrupt: CInt?, stop: CInt?, log: Log?
  ) throws -> Assignment {
    let configuration = try ConfigurationReader.load(config, names: ReplicaSettings.names)
    let credential = try CredentialFinder(
      environment: environment, interrupt: stop, log: log
    ).find(configuration)
    return Assignment(configuration, credential, interrupt: interrupt)
  }

  init(_ configuration: Configuration, _ credential: any Credential, interrupt: CInt?) {
    self.init(ReplicaSettings(configuration), credential) {
      try CredentialTransport(
        credential,
        .init(
          base: configuration.source.baseURL, token: credential.token, userAgent: Program.userAgent,
          concurrency: configuration.requests.concurrency, interrupt: interrupt))
    }
  }

  init(
    _ settings: ReplicaSettings, _ credential: any Credential,
    makeTransport: @escaping () throws -> any Transport
  ) {
    (self.settings, self.credential, self.makeTransport) = (settings, credential, makeTransport)
  }
}

/// A replica opened for writing: configuration, token, lock, file and transport, in this order, so
/// that what the operator can mend is found before anything is touched.
final class Session {
  let settings: ReplicaSettings
  let connection: Connection
  private(set) var transport: any Transport
  private let lock: FileLock
  private let makeTransport: () throws -> any Transport
  private let log: Log?

  convenience init(
    config: String, environment: [String: String], interrupt: CInt?, log: Log? = nil
  ) throws {
    try self.init(
      Assignment.read(
        config: config, environment: environment, interrupt: interrupt, stop: interrupt, log: log),
      log: log)
  }

  convenience init(_ configuration: Configuration, _ token: Token, interrupt: CInt?) throws {
    try self.init(Assignment(configuration, PersonalToken(token), interrupt: interrupt))
  }

  /// Takes the lock, unless the caller has it already: it then outlives the session.
  init(_ assignment: Assignment, lock: FileLock? = nil, log: Log? = nil) throws {
    settings = assignment.settings
    self.log = log
    makeTransport = assignment.makeTransport
    let path = settings.configuration.database
    self.lock = try lock ?? FileLock(database: path)
    let source = settings.source
    connection = try naming(path) {
      try Database.open(path: path, tables: source.tables, views: source.views)
    }
    transport = try makeTransport()
  }

  /// Gives up what is still on its way, whose replies a next round would take for its own.
  func dropOutstanding() throws {
    transport = try makeTransport()
  }

  /// Runs one round; `transport` stands between it and the session's own.
  func round(
    _ options: RoundOptions, clock: any Clock = SystemClock(),
    through transport: (any Transport)? = nil, observe: @escaping (RunEvent) -> Void
  ) throws -> RunSummary {
    try naming(connection.path) {
      let summary = try Round(
        connection, source: settings.source, tables: settings.tables,
        transport: transport ?? self.transport, clock: clock, options: options, observe: observe
      ).run()
      if summary.outcome == .good { measure() }
      return summary
    }
  }

  /// Queries are slower without, and a good round is good.
  private func measure() {
    do {
      try Database.measure(connection, settings.tables)
    } catch {
      log?.note(.warning, "tables not measured", ["error": "\(error)"])
    }
  }
}

extension RunSummary {
  /// What a run means for the caller of the program.
  var exitCode: ExitCode {
    switch outcome {
    case .good, .stopped: .success
    case .partial: .incomplete
    case .deferred: .tryLater
    case .refused: .refused
    case .unavailable: .unavailable
    }
  }
}
