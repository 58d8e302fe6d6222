internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// A replica opened for writing: configuration, token, lock, file and transport, in this order, so
/// that what the operator can mend is found before anything is touched.
final class Session {
  let settings: ReplicaSettings
  let connection: Connection
  /// Whether the file is as the declarations say. One that an older program or another
  /// configuration has made is changed in the first round, once it is known whose it is.
  private(set) var isArranged: Bool
  private(set) var transport: any Transport
  private let lock: ReplicaLock
  private let makeTransport: () throws -> any Transport
  private let log: Log?
  /// How a round has left the file and its version, or nil while they change.
  private var left: (stamp: FileStamp?, version: Value?)?

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
  init(_ assignment: Assignment, lock: ReplicaLock? = nil, log: Log? = nil) throws {
    settings = assignment.settings
    self.log = log
    makeTransport = assignment.makeTransport
    let path = settings.configuration.database
    self.lock = try lock ?? ReplicaLock(path)
    let source = settings.source
    (connection, isArranged) = try naming(path) {
      let connection = try Database.connect(path: path)
      let isArranged = try Database.arrange(
        connection, tables: source.tables, views: source.views, onlyIfEmptyOrEqual: true)
      return (connection, isArranged)
    }
    // The file that is open is the one that is locked.
    try self.lock.requireInPlace()
    transport = try makeTransport()
  }

  /// Throws when the path leads to another file than the one that is open, or when another was
  /// written over that since it was left, as by `cp`.
  ///
  /// SQLite does not notice that, and mixes its pages in memory with the other file's: beside a log
  /// it looks for changes there alone (sqlite.org/walformat.html). Where a round has left the log
  /// empty, nothing comes from it into the file without a change of the version.
  func requireInPlace() throws(ReplicaMoved) {
    try lock.requireInPlace()
    guard let left, lock.stamp != left.stamp, [nil, left.version].contains(version) else { return }
    throw .replaced(path: connection.path)
  }

  private var version: Value? { try? Database.version(seenBy: connection) }

  /// Gives up what is still on its way, whose replies a next round would take for its own.
  func dropOutstanding() throws {
    transport = try makeTransport()
  }

  /// Runs one round; `transport` stands between it and the session's own.
  func round(
    _ options: RoundOptions, clock: any Clock = SystemClock(),
    through transport: (any Transport)? = nil, observe: @escaping (RunEvent) -> Void
  ) throws -> RunSummary {
    try requireInPlace()
    left = nil
    return try naming(connection.path) {
      let summary = try Round(
        connection, source: settings.source, tables: settings.tables,
        transport: transport ?? self.transport, clock: clock, options: options, observe: observe,
        arrange: isArranged ? nil : arrange
      ).run()
      if summary.outcome == .good { measure() }
      // A disk that is full is the next run's trouble: what was committed is in the log.
      let isEmpty = (try? Database.emptyLog(connection)) ?? false
      try requireInPlace()
      if isEmpty { left = (lock.stamp, version) }
      return summary
    }
  }

  private func arrange() throws {
    let source = settings.source
    try Database.arrange(connection, tables: source.tables, views: source.views)
    isArranged = true
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
