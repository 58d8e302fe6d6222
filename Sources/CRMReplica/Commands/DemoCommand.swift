internal import CapsuleSimulator
internal import FoundationEssentials
internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite
internal import Simulation

/// `demo`: a simulated Capsule on this machine, a first sync, a day's changes, a second sync, and
/// reports from SQL. The file stays, to play with.
struct DemoCommand: Command {
  let database: String

  static let syntax = CommandSyntax(
    name: "demo", summary: "show a sync, changes, a second sync and reports; needs no account",
    details: """
      Starts a simulated Capsule on this machine, copies it to a file, changes it, copies the
      changes and prints reports from the file. Nothing leaves this machine.
      """,
    options: [.database])

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    try removeOldDemo()
    // The simulated day ends now: its changes move the clock by less than an hour.
    let account = Account(seed: 2_026, size: .demo, now: SystemClock().now().seconds - 3_600)
    let token = account.token
    let server = LoopbackServer(account, clock: .pinned)
    try server.start()
    defer { server.stop() }
    let configuration = Configuration(
      database: database,
      source: .init(kind: .capsule, baseURL: try BaseURL(server.baseURL), tokenFile: nil),
      schedule: .init(
        every: .seconds(86_400), at: nil, overlap: .seconds(300),
        sweepEvery: .seconds(30 * 86_400)),
      requests: .init(
        concurrency: 4, pageSize: 100, reserve: 400, perParentBudget: 500, scrubBudget: 300),
      deleteGuard: .init(rows: 10, share: 0.25),
      tables: [:])
    let session = try Session(
      configuration, Token(token), interrupt: environment.stop.descriptor)
    say("A simulated Capsule account answers at \(server.baseURL).\n")

    say("First sync: everything.\n")
    let clock = DemoClock(server: server)
    guard let first = try sync(session, clock, environment) else { return .success }
    say(Narrator.table(of: first) { $0.counts.read > 0 })

    let edits = server.withAccount { $0.demoEdits() }
    say("\nA day passes in the account: \(Self.spoken(edits)).\n")

    say("Second sync: what has changed since, and what is gone.\n")
    guard let second = try sync(session, clock, environment) else { return .success }
    say(
      Narrator.table(of: second) {
        $0.counts.inserted + $0.counts.updated + $0.counts.deleted > 0
      })
    try naming(database) { try sayReports(session.connection) }
    say(
      """

      Everything is in \(database). Look around:
        crm-replica report win_rate --limit 5 --database \(database)
        sqlite3 -box \(database) "\(SampleReport.latestChanges)"
        datasette \(database)
      """ + "\n")
    return first.exitCode == .success ? second.exitCode : first.exitCode
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
    say(
      "\(rows.grouped) records in \(summary.requests.grouped) requests, "
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
    }
    return try Inventory(old).living("site", where: .init("name", Account.siteName)) > 0
  }

  private static func spoken(_ edits: DemoSummary) -> String {
    let parts = [
      (
        edits.newParties + edits.newOpportunities + edits.newCases + edits.newTasks
          + edits.newEntries, "records are added"
      ),
      (edits.changedParties, "parties are changed"),
      (edits.movedOpportunities + edits.revaluedOpportunities, "deals are moved or revalued"),
      (edits.postponedOpportunities, "are put off"),
      (edits.wonOpportunities, "deals are won"),
      (edits.closedCases + edits.completedTasks, "cases and tasks are closed"),
      (
        edits.deletedParties + edits.deletedOpportunities + edits.deletedCases
          + edits.deletedTasks + edits.deletedEntries, "records are deleted"
      ),
      (edits.restrictedParty == nil ? 0 : 1, "party is made private"),
    ]
    return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }

  private func sayReports(_ connection: Connection) throws {
    for report in SourceKind.described.sampleReports {
      var table = TextTable(report.words.map { .left($0) } + report.numbers.map { .right($0) })
      for row in try report.rows(connection) {
        table.append(row.map { $0.text ?? $0.integer?.grouped ?? "" })
      }
      say("\n\(report.title)\n\(table.text)")
    }
  }

  private func say(_ text: String) {
    StandardStream.output.write(text)
  }
}

extension DemoCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(database: try words.value(.database))
  }
}

extension OptionSyntax {
  fileprivate static let database = OptionSyntax(
    name: "--database", value: "FILE", presence: .defaulted("demo.sqlite"),
    help: "the SQLite file to write")
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
  let server: LoopbackServer<Account>

  func now() -> Timestamp { Timestamp(server.withAccount { $0.now }) }
  func elapsed() -> Duration { SystemClock().elapsed() }
}
