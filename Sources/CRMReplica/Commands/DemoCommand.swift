internal import FoundationEssentials
internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite
internal import Simulation

/// `demo`: a simulated account on this machine, a first sync, a day's changes, a second sync, and
/// reports from SQL. The file stays, to play with.
struct DemoCommand: Command {
  let database: String
  /// Nil is the one that is described, and all of them where accounts are served.
  var kind: SourceKind?
  /// Whether the account stays up for others to ask, and nothing is copied.
  var serves = false

  private var source: SourceKind { kind ?? .described }

  static let syntax = CommandSyntax(
    name: "demo", summary: "show a sync, changes, a second sync and reports; needs no account",
    details: """
      Starts a simulated account on this machine, copies it to a file, changes it, copies the
      changes and prints reports from the file. Nothing leaves this machine. With --serve it
      copies nothing: the accounts stay up, it prints a configuration and a token for each, and
      what is typed happens there (edit, delete, 429, 500, slow, well); SIGUSR1 is "edit".
      """,
    options: [.database, .source, .serve])

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    if serves { return try Rehearsal(kind.map { [$0] } ?? SourceKind.allCases).run(environment) }
    try removeOldDemo()
    // The simulated day ends now: its changes move the clock by less than an hour.
    let start = SystemClock().now() + -3_600
    return switch source {
    case .capsule: try show(.capsule(at: start), environment)
    case .vtiger: try show(.vtiger(at: start), environment)
    }
  }

  private func show<Simulated>(
    _ demo: sending DemoAccount<Simulated>, _ environment: ProgramEnvironment
  ) throws -> ExitCode {
    func say(_ text: String) throws { try environment.output.write(text) }
    let (secret, edits) = (demo.secret, demo.edits)
    var source = demo.source
    let server = LoopbackServer(demo.account, clock: .pinned)
    try server.start()
    defer { server.stop() }
    source.baseURL = try BaseURL(server.baseURL)
    let configuration = Configuration(database: database, source: source)
    let session = try Session(
      configuration, secret, interrupt: environment.stop.descriptor)
    try say("A simulated \(source.kind.product) account answers at \(server.baseURL).\n")

    try say("First sync: everything.\n")
    let clock = DemoClock { Timestamp(server.withAccount { $0.now }) }
    guard let first = try sync(session, clock, environment) else {
      return environment.stop.exitCode
    }
    try say(Narrator.table(of: first) { $0.counts.read > 0 })

    try say("\nA day passes in the account: \(server.withAccount(edits)).\n")

    try say("Second sync: what has changed since, and what is gone.\n")
    guard let second = try sync(session, clock, environment) else {
      return environment.stop.exitCode
    }
    try say(
      Narrator.table(of: second) {
        $0.counts.inserted + $0.counts.updated + $0.counts.deleted > 0
      })
    try naming(database) { try say(reports(session.connection)) }
    try say(
      """

      Everything is in \(database). Look around:
        crm-replica report \(self.source.sampleView) --limit 5 --database \(database)
        sqlite3 -box \(database) "\(SampleReport.latestChanges)"
        datasette \(database)
      """ + "\n")
    let codes = [first, second].map { $0.exitCode(environment.stop) }
    return codes.first { $0 != .success } ?? .success
  }

  /// One round, told in a line; nil when a signal ended it.
  private func sync(
    _ session: Session, _ clock: DemoClock, _ environment: ProgramEnvironment
  ) throws -> RunSummary? {
    let start = clock.elapsed()
    let narrator = Narrator(environment.log)
    let summary = try session.round(session.settings.options(), clock: clock) { narrator.take($0) }
    environment.log.clearProgress()
    guard summary.outcome != .stopped else { return nil }
    let rows = summary.tables.reduce(0) { $0 + $1.counts.read }
    try environment.output.write(
      "\(rows.counted("record")) in \(summary.requests.counted("request")), "
        + "\((clock.elapsed() - start).spoken).\(summary.error.map { " \($0)" } ?? "")\n\n")
    return summary
  }

  /// A file of a former demo makes place; any other one stays, and the demo does not start.
  private func removeOldDemo() throws {
    guard FileManager.default.fileExists(atPath: database) else { return }
    // First of all, so that nothing is left beside somebody else's file.
    guard try naming(database, holdsDemo) else { throw DemoError.notADemo(path: database) }
    // Held until the file is gone: another demo may be at work on it.
    let lock = try ReplicaLock(database)
    defer { withExtendedLifetime(lock) {} }
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: database + suffix)
    }
  }

  /// Whether the file is a replica of the simulated account and of no other.
  private func holdsDemo() throws -> Bool {
    let old: Connection
    do {
      old = try Database.openReadOnly(path: database)
    } catch DatabaseError.foreign {
      return false
    } catch DatabaseError.unsynced {
      return false
    }
    let inventory = try Inventory(old)
    return try DemoMark.all.contains {
      try inventory.living($0.table, where: .init($0.column, $0.text)) > 0
    }
  }

  /// Changes in words, those that there were.
  static func list(_ edits: [(count: Int, what: String)]) -> String {
    edits.filter { $0.count > 0 }.map { "\($0.count) \($0.what)" }.joined(separator: ", ")
  }

  private func reports(_ connection: Connection) throws -> String {
    try source.sampleReports.map { report in
      var table = TextTable(report.words.map { .left($0) } + report.numbers.map { .right($0) })
      for row in try report.rows(connection) {
        table.append(row.map { $0.text ?? $0.integer?.grouped ?? "" })
      }
      return "\n\(report.title)\n\(table.text)"
    }.joined()
  }
}

extension DemoCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(
      database: try words.value(.database), kind: try words.source(), serves: words.has(.serve))
  }
}

extension OptionSyntax {
  fileprivate static let database = OptionSyntax(
    name: "--database", value: "FILE", presence: .defaulted("demo.sqlite"),
    help: "the SQLite file to write")
  fileprivate static let source = OptionSyntax(
    name: "--source", value: "KIND", presence: .optional,
    help: "whose account: " + SourceKind.allCases.map(\.rawValue).joined(separator: " or ")
      + " (the first, or with --serve both)")
  fileprivate static let serve = OptionSyntax(
    name: "--serve", value: nil, presence: .optional,
    help: "keep the accounts up to rehearse with, and copy nothing")
}

extension ParsedWords {
  /// The value of `--source`.
  fileprivate func source() throws(UsageError) -> SourceKind? {
    guard let name = optional(.source) else { return nil }
    guard let kind = SourceKind(rawValue: name) else {
      throw .badValue(
        OptionSyntax.source.name, complaint: "must be \(ValueRule<SourceKind>.choice.kind.right)",
        command: command)
    }
    return kind
  }
}

/// Why a demo does not start.
enum DemoError: OperatorError {
  case notADemo(path: String)

  var exitCode: ExitCode { .database }
  var message: String {
    switch self {
    case .notADemo(let path):
      """
      \(path.onOneLine()) holds no demo. It was left as it is.
      Name another file: crm-replica demo --database FILE
      """
    }
  }
}

/// The simulated account's day is that of its host too.
private struct DemoClock: Clock {
  let simulated: @Sendable () -> Timestamp

  func now() -> Timestamp { simulated() }
  func elapsed() -> Duration { SystemClock().elapsed() }
}
