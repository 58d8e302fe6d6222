internal import Capsule
internal import HTTP
internal import Replication
internal import SQLite

/// What the program says of itself.
enum Program {
  static let version = "0.1.0"
  static let userAgent = "crm-replica/\(version)"
}

/// A replica opened for writing: configuration, token, lock, file and transport, in this order, so
/// that what the operator can mend is found before anything is touched.
final class Session {
  let settings: ReplicaSettings
  let connection: Connection
  let transport: CurlTransport
  private let lock: FileLock

  convenience init(
    config: String, environment: [String: String], interrupt: CInt?
  ) throws {
    let configuration = try ConfigurationReader.load(config, names: ReplicaSettings.names)
    let token = try TokenSource(
      tokenFile: configuration.source.tokenFile, environment: environment
    ).find().token
    try self.init(configuration, token, interrupt: interrupt)
  }

  init(_ configuration: Configuration, _ token: Token, interrupt: CInt?) throws {
    settings = ReplicaSettings(configuration)
    lock = try FileLock(database: configuration.database)
    let source = settings.source
    connection = try naming(configuration.database) {
      try Database.open(
        path: configuration.database, tables: source.tables, views: source.views)
    }
    transport = try CurlTransport(
      .init(
        base: configuration.source.baseURL, token: token, userAgent: Program.userAgent,
        concurrency: configuration.requests.concurrency, interrupt: interrupt))
  }

  /// Runs one round.
  func round(
    _ options: RoundOptions, observe: @escaping (RunEvent) -> Void
  ) throws -> RunSummary {
    try naming(connection.path) {
      try Round(
        connection, source: settings.source, tables: settings.tables, transport: transport,
        clock: SystemClock(), options: options, observe: observe
      ).run()
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
