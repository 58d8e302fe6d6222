internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// A replica opened for writing: configuration, token, lock, file and transport, in this order, so
/// that what the operator can mend is found before anything is touched.
final class Session {
  private(set) var settings: ReplicaSettings
  let connection: Connection
  /// Whether the file is as the declarations say. One that an older program or another
  /// configuration has made is changed in the first round, once it is known whose it is.
  private(set) var isArranged: Bool
  private(set) var transport: any Transport
  private let lock: ReplicaLock
  private let watch: FileWatch
  private let makeTransport: () throws -> any Transport
  private let log: Log?
  /// What the account said last that the file had not known.
  private(set) var news = AccountNews()
  /// The version of the file's schema when it was last held against the declarations.
  private var schemaVersion: Value
  /// How a round has left the file and its version, or nil while they change.
  private var left: (stamp: FileStamp?, version: Value?)?

  convenience init(
    _ place: ReplicaPlace, environment: [String: String], interrupt: CInt?, log: Log? = nil
  ) throws {
    try self.init(
      Assignment.read(
        place, environment: environment, interrupt: interrupt, stop: interrupt, log: log),
      log: log)
  }

  convenience init(_ configuration: Configuration, _ secret: Token, interrupt: CInt?) throws {
    let source = configuration.source
    try self.init(
      Assignment(
        configuration, PersonalToken(source.kind.authorisation(secret, user: source.username)),
        interrupt: interrupt))
  }

  /// Takes the lock, unless the caller has it already: it then outlives the session.
  init(_ assignment: Assignment, lock: ReplicaLock? = nil, log: Log? = nil) throws {
    self.log = log
    makeTransport = assignment.makeTransport
    let configuration = assignment.settings.configuration
    let path = configuration.database
    self.lock = try lock ?? ReplicaLock(path)
    (connection, settings, isArranged, schemaVersion) = try naming(path) {
      let connection = try Database.connect(path: path)
      let settings = ReplicaSettings(
        configuration, try KnownAccount(configuration.source.kind, in: connection))
      let isArranged = try Database.arrange(
        connection, tables: settings.tables, views: settings.views, onlyIfEmptyOrEqual: true)
      return (connection, settings, isArranged, try Database.schemaVersion(of: connection))
    }
    watch = FileWatch(connection, self.lock)
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

  /// Holds the file against the declarations if anybody has changed its schema since that was done,
  /// be it a round that made indices or a user amid one. Throws `Clash` before anything is asked or
  /// written where something of the user's has come to bear a name that the replica needs. What is
  /// missing is made in the round.
  private func requireDeclared() throws {
    let version = try Database.schemaVersion(of: connection)
    guard version != schemaVersion else { return }
    isArranged = try Database.arrange(
      connection, tables: settings.tables, views: settings.views, onlyIfEmptyOrEqual: true)
    schemaVersion = version
  }

  private var version: Value? { try? Database.version(seenBy: connection) }

  /// Gives up what is still on its way, whose replies a next round would take for its own.
  func dropOutstanding() throws {
    transport = try makeTransport()
  }

  /// What a round will take, by what the file knows of the account. Throws `SQLiteError`.
  func foresee(_ options: RoundOptions) throws -> Foresight {
    let now = try SourceClock.now(in: connection)
    var forecast = try RoundForecast(
      connection, tables: settings.tables, options: options,
      recordsPerRequest: settings.source.recordsPerRequest, at: now
    ).forecast()
    forecast.keep(only: options.selection)
    let said = try AllowanceStore(connection).last()?.allowance
    let rules = settings.source.allowanceRules
    return Foresight(
      forecast: forecast,
      spending: Spending(
        perRequest: .zero,
        rules.map { .init($0, $0 == rules.last ? said : nil, reserve: options.reserve, at: now) }))
  }

  /// Runs one round; `transport` stands between it and the session's own.
  func round(
    _ options: RoundOptions, clock: any Clock = SystemClock(),
    through transport: (any Transport)? = nil, observe: @escaping (RunEvent) -> Void
  ) throws -> RunSummary {
    try requireInPlace()
    left = nil
    return try naming(connection.path) {
      try watch.begin()
      let summary: RunSummary
      do {
        try requireDeclared()
        summary = try run(options, clock, transport ?? self.transport, observe)
      } catch {
        // What SQLite takes for damage may be pages of another file.
        try watch.look()
        throw error
      }
      try watch.look()
      if isArranged { try setClock() }
      if summary.outcome == .good { measure() }
      try leave()
      return summary
    }
  }

  /// Leaves the file in its place, with an empty log.
  private func leave() throws {
    // A disk that is full is the next run's trouble: what was committed is in the log.
    let isEmpty = (try? Database.emptyLog(connection)) ?? false
    try requireInPlace()
    if isEmpty { left = (lock.stamp, version) }
  }

  /// Writes between two rounds, in one transaction, and leaves the file as a round does.
  func write(_ body: (Connection) throws -> Void) throws {
    try requireInPlace()
    left = nil
    try watch.begin()
    try connection.transaction { try body(connection) }
    try watch.look()
    try leave()
  }

  /// Asks the account who reads it, by one request, if one may leave now. A refused token ends a
  /// run, as it does in a round.
  func probe(clock: any Clock, through transport: any Transport) throws -> Probe {
    try requireInPlace()
    left = nil
    return try naming(connection.path) {
      try watch.begin()
      let source = settings.configuration.source
      let round = try Round(
        connection, source: settings.source, tables: settings.tables, transport: transport,
        clock: clock, options: settings.options(selection: []))
      let probe = try round.probe(source.kind.currentUser(at: source.address))
      try watch.look()
      try leave()
      return probe
    }
  }

  private func run(
    _ options: RoundOptions, _ clock: any Clock, _ transport: any Transport,
    _ observe: @escaping (RunEvent) -> Void
  ) throws -> RunSummary {
    var options = options
    let asking = try AccountQuestions.ask(
      settings, in: connection, transport, clock: clock, options, observe: observe)
    news = asking.news
    if let ending = asking.ending { return ending }
    let former = Set(settings.tables.map(\.name))
    settings = asking.settings
    if news.isDescribed {
      isArranged = false
      log?.noteNews(news, settings)
      // What the account said is stored with the first of what it has, and what is new is read.
      options.selection?.formUnion(KnownAccount.ownTables)
      options.selection?.formUnion(settings.tables.map(\.name).filter { !former.contains($0) })
    }
    for table in news.reread where try connection.holds(table) {
      try connection.transaction { try Cursors(connection).readEverything(table) }
    }
    if let failure = news.failure {
      log?.note(.warning, "account not described", ["error": failure])
      if news.isDescribed { options.shortcoming = "The account is not known whole: \(failure)" }
    }
    let shortcomings = [options.shortcoming, Self.sentence(onLost: news.lost)].compactMap(\.self)
    options.shortcoming = shortcomings.isEmpty ? nil : shortcomings.joined(separator: " ")
    let round = try Round(
      connection, source: settings.source, tables: settings.tables, transport: transport,
      clock: clock, options: options, observe: observe, arrange: isArranged ? nil : arrange)
    if let former = asking.round { round.follow(former) }
    let summary = try round.run()
    let stored = summary.tables.count {
      KnownAccount.ownTables.contains($0.table) && $0.outcome == .good
    }
    if news.isDescribed, stored == KnownAccount.ownTables.count {
      try settings.known.keep(in: connection)
    }
    let isNewlyRefused = try summary.tables.contains { report in
      try report.failure?.isRefusal ?? false
        && RunLog.wasGood(report.table, before: summary.id, connection)
    }
    if isNewlyRefused {
      var known = settings.known
      try known.doubt(in: connection)
      settings = ReplicaSettings(settings.configuration, known)
    }
    return summary
  }

  /// Says once what the account does not show any more: somebody may count on it.
  private static func sentence(onLost names: [String]) -> String? {
    guard !names.isEmpty else { return nil }
    let told = names.prefix(5).joined(separator: ", ")
    let more = names.count > 5 ? " and \((names.count - 5).grouped) more" : ""
    return "The account does not show \(told)\(more) any more: what the file has of it stays."
  }

  private func arrange() throws {
    try Database.arrange(connection, tables: settings.tables, views: settings.views)
    (isArranged, schemaVersion) = (true, try Database.schemaVersion(of: connection))
  }

  /// The people are known when the round has ended, and what is kept of the past is by the day.
  private func setClock() throws {
    guard try ReportZone(settings.configuration, in: connection).store(in: connection) else {
      return
    }
    try connection.transaction {
      try KeptRows(connection, settings.source.workingViews, in: settings.tables).renew()
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

/// What a round will take: requests table by table, and how they are granted.
struct Foresight {
  let forecast: Forecast
  let spending: Spending
}

extension Session {
  /// What a run means for the caller of the program. Nor is all well where the account did not say
  /// what it has.
  func exitCode(of summary: RunSummary, _ stop: StopSignal) -> ExitCode {
    let code = summary.exitCode(stop)
    return code == .success && news.failure != nil ? .incomplete : code
  }
}

extension RunSummary {
  /// What a run means for the caller of the program; `stop` is what ends one.
  func exitCode(_ stop: StopSignal) -> ExitCode {
    switch outcome {
    case .good: .success
    case .stopped: stop.exitCode
    case .partial: tables.contains { $0.failure?.isDefect ?? false } ? .defect : .incomplete
    case .deferred: .tryLater
    case .refused: .refused
    case .unavailable: .unavailable
    }
  }
}
