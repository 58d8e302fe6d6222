import Capsule
import CapsuleSimulator
import FoundationEssentials
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

@testable import CRMReplica

/// The life of a daemon in virtual time: the whole program between its signals and its transport, a
/// real file, and an account, a host and an operator that are simulated.
///
/// What happens to it is a script: at an instant of true time something is done to the account, to
/// the host's clock, to the process or to the configuration. A process that ends is started again,
/// as a service manager and an operator would.
final class DaemonLife {
  struct Crash: Error {}

  /// A round as it really was.
  struct RoundRecord {
    let begun: Int64
    var ended: Int64?
    let tables: Set<String>
    var outcome: RunSummary.Outcome?
    /// The tables whose rest gave way to the next round.
    var leftOver: Set<String> = []
  }

  let account: Account
  let directory: TemporaryDirectory
  var database: String { directory.path + "/replica.sqlite" }
  var zone = ScheduleTests.berlin
  var schedule = Configuration.Schedule(
    every: .seconds(86_400), at: nil, overlap: .seconds(300), sweepEvery: .seconds(86_400))
  var tables: [String: Configuration.Table] = ["entries": .init(fullEvery: .seconds(86_400))]
  var watchdog: Duration?
  /// What an answer takes.
  var latency = Duration.milliseconds(120)

  /// Seconds by which the host's clock is wrong.
  var hostError: Int64 = 0
  /// Whether nothing accepts connections.
  var isDown = false { didSet { transport?.isUnreachable = isDown } }
  /// What the operator has put into the token file.
  var token: String
  /// Until when the disk has no room, in true time.
  var fullUntil: Int64 = 0
  /// Statements until the process is killed.
  var statementsLeft = Int.max
  var signals: [DaemonSignal] = []
  /// Seconds for which a process that ended is not started again. Otherwise one that was refused
  /// waits for an operator, who looks every half hour, and any other for five seconds.
  var downtime: Int64?
  var alerts = Configuration.Alerts()
  /// Whether nobody takes an alert.
  var isDeaf = false
  /// What the configuration file now says, if that is not what `schedule` and `tables` say.
  var brokenConfiguration: (any Error)?

  private(set) var rounds: [RoundRecord] = []
  private(set) var complaints: [String] = []
  private(set) var exits: [ExitCode] = []
  private(set) var notes: [String] = []
  private(set) var log: [String] = []
  /// The alerts that were taken, and the pings, with their instants of true time.
  private(set) var told: [(at: Int64, line: String)] = []
  private(set) var pings: [Int64] = []
  private var script: [(at: Int64, action: (DaemonLife) -> Void)] = []
  private var transport: SimulatedTransport<Account>?
  private var slept = Duration.zero
  private var seenRequests = 0
  private var blockedUntil: Int64 = 0
  private var lastFed: Duration?

  init(_ start: String, seed: UInt64 = 1, size: AccountSize = .tiny) throws {
    let now = try #require(Timestamp(start)).seconds
    account = Account(seed: seed, size: size, now: now)
    directory = try TemporaryDirectory()
    token = account.token
    account.beforeRequest = { [unowned self] _, _ in
      fire()
      watchAllowance()
    }
  }

  /// Does something at an instant of true time, `YYYY-MM-DD HH:MM:SS` in UTC.
  func at(_ instant: String, _ action: @escaping (DaemonLife) -> Void) throws {
    at(try #require(Timestamp(instant)).seconds, action)
  }

  func at(_ instant: Int64, _ action: @escaping (DaemonLife) -> Void) {
    script.append((instant, action))
    script.sort { $0.at < $1.at }
  }

  /// Lives until an instant of true time, through as many processes as it takes.
  func live(until end: String) throws {
    let end = try #require(Timestamp(end)).seconds
    at(end) { $0.signals.append(.stop) }
    while account.now < end {
      signals = []
      let code = try process()
      if let code { exits.append(code) }
      guard account.now < end else { break }
      // Nothing runs, so nothing that happens is noticed.
      pass(.seconds(downtime ?? (code == .refused ? 1_800 : 5)), isAwake: true)
      (downtime, statementsLeft) = (nil, .max)
    }
  }

  /// One process. Returns its exit code, or nil when it was killed.
  private func process() throws -> ExitCode? {
    do {
      let log = Log(
        for: .program, secondsSince1970: { [unowned self] in account.now + hostError },
        write: { [unowned self] in self.log.append($0) })
      let notifier = Notifier(LifeClock(life: self), watchdog: watchdog) { [unowned self] in
        hear($0)
      }
      lastFed = nil
      return try Daemon(world(), log: log, notifier: notifier).run()
    } catch is Crash {
      return nil
    } catch {
      return OperatorMessage(error).exitCode
    }
  }

  private func world() -> DaemonWorld {
    let clock = LifeClock(life: self)
    var world = DaemonWorld(
      clock: clock, zone: zone, load: { [unowned self] in try load() },
      signal: { [unowned self] in
        fire()
        return signals.isEmpty ? nil : signals.removeFirst()
      },
      wait: { [unowned self] in pass($0, isAwake: true) },
      round: { [unowned self] session, options, transport, observe in
        if let last = rounds.last, last.ended == nil, statementsLeft == .max {
          complaints.append("a round begins in the midst of another")
        }
        rounds.append(RoundRecord(begun: account.now, tables: options.selection ?? []))
        let place = rounds.count - 1
        defer { rounds[place].ended = account.now }
        session.connection.beforeStatement = { [unowned self] in try beforeStatement() }
        let summary = try session.round(options, clock: clock, through: transport, observe: observe)
        rounds[place].outcome = summary.outcome
        if summary.hasYielded {
          let rest = summary.tables.filter { $0.outcome == .unfinished }
          rounds[place].leftOver = Set(rest.map(\.table))
        }
        return summary
      })
    world.alerts = AlertPost(
      send: { [unowned self] alert, channel in
        // A process that was killed tells nobody.
        guard statementsLeft >= 0, !isDeaf else { return "nobody is there" }
        told.append((account.now, AlertText.line(alert.document.line)))
        return nil
      },
      ping: { [unowned self] _ in
        pings.append(account.now)
        return nil
      })
    world.renew = { [unowned self] refused in
      refused.credential.authorisation == .bearer(Token(token)) ? nil : try load()
    }
    return world
  }

  private func beforeStatement() throws {
    statementsLeft -= statementsLeft == .max ? 0 : 1
    if statementsLeft < 0 { throw Crash() }
    if account.now < fullUntil { throw SQLiteError(code: 13, message: "database or disk is full") }
  }

  private func load() throws -> Assignment {
    if let brokenConfiguration { throw brokenConfiguration }
    let configuration = Configuration(
      database: database,
      source: .init(kind: .capsule, baseURL: try BaseURL(account.baseURL), tokenFile: nil),
      schedule: schedule,
      requests: .init(
        concurrency: 4, pageSize: 100, reserve: 0, perParentBudget: 500, scrubBudget: 300),
      deleteGuard: .init(rows: 1_000, share: 1), alerts: alerts, tables: tables)
    let token = token
    let credential = PersonalToken(.bearer(Token(token)))
    return Assignment(ReplicaSettings(configuration), credential) { [unowned self] in
      slept += self.transport?.elapsed ?? .zero
      let transport = SimulatedTransport(account)
      transport.authorization = "Bearer \(token)"
      transport.isUnreachable = isDown
      transport.latency = latency
      self.transport = transport
      return transport
    }
  }

  // MARK: Time

  var elapsed: Duration { slept + (transport?.elapsed ?? .zero) }

  /// Lets time pass, up to the first thing that makes a signal. A host that sleeps counts none.
  func pass(_ duration: Duration, isAwake: Bool) {
    let (seconds, attoseconds) = duration.components
    let end = account.now + seconds + (attoseconds > 0 ? 1 : 0)
    while account.now < end {
      let next = min(end, max(script.first?.at ?? end, account.now))
      if isAwake { slept += .seconds(next - account.now) }
      account.now = next
      fire()
      if !signals.isEmpty { return }
    }
  }

  private func fire() {
    while let first = script.first, first.at <= account.now {
      script.removeFirst()
      first.action(self)
    }
  }

  /// The host sleeps: time passes, and its own counting stands still.
  func sleep(_ seconds: Int64) {
    account.now += seconds
  }

  // MARK: What holds all along

  /// No request leaves before the reset that a refusal told of, nor within a minute after one that
  /// told of none, unless the hour ends first.
  private func watchAllowance() {
    for request in account.log[seenRequests...] where request.status == 429 {
      // A refusal that tells of its reset leaves nothing until then.
      let isTold = account.rate.remaining == 0
      let end = isTold ? account.rate.reset : min(account.rate.reset, request.time + 60)
      blockedUntil = max(blockedUntil, end)
    }
    seenRequests = account.log.count
    if account.now < blockedUntil {
      complaints.append(
        "a request at \(Timestamp(account.now).sql), before \(Timestamp(blockedUntil).sql)")
    }
  }

  private func hear(_ message: String) {
    notes.append(message)
    guard let watchdog, message == "WATCHDOG=1" || message == "READY=1" else { return }
    if let lastFed, elapsed - lastFed > watchdog / 2 + .seconds(1) {
      complaints.append("the watchdog was hungry for \(elapsed - lastFed)")
    }
    lastFed = elapsed
  }

  // MARK: The end

  /// When rounds that read a table began, in true time.
  func begun(_ table: String) -> [String] {
    rounds.filter { $0.tables.contains(table) }.map { Timestamp($0.begun).sql }
  }

  /// What differs from a replica that is made now and in peace, and what is older than it may be.
  func differences(maxAge: Int64) throws -> [String] {
    account.faults = FaultScript()
    isDown = false
    token = account.token
    (fullUntil, statementsLeft, brokenConfiguration) = (0, .max, nil)
    let mine = try content(of: database)
    var lines: [String] = []
    let reader = try Database.openReadOnly(path: database)
    for row in try reader.rows("SELECT table_name, completed_at FROM _cursors") {
      let completed = row[1].text.flatMap { Timestamp($0) }
      let age = completed.map { account.now - $0.seconds }
      if age ?? .max > maxAge { lines.append("\(row[0]) is \(age ?? -1) seconds old") }
    }
    let other = directory.path + "/other.sqlite"
    let settings = try load().settings
    let source = settings.source
    let connection = try Database.open(path: other, tables: source.tables, views: source.views)
    let transport = SimulatedTransport(account)
    let round = try Round(
      connection, source: source, tables: settings.tables, transport: transport,
      clock: LifeClock(life: self), options: settings.options(full: true))
    let summary = try round.run()
    if summary.outcome != .good { lines.append("the comparison was \(summary.outcome)") }
    for (table, rows) in try content(of: other) {
      let here = Set(mine[table] ?? [])
      lines += here.subtracting(rows).map { "\(table) has \($0)" }
      lines += Set(rows).subtracting(here).map { "\(table) lacks \($0)" }
    }
    return lines
  }

  private func content(of path: String) throws -> [String: [String]] {
    let reader = try Database.openReadOnly(path: path)
    var content: [String: [String]] = [:]
    for table in CapsuleSource.catalogue {
      if case .deletions = table.method { continue }
      let columns = table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
      content[table.name] = try reader.rows(
        "SELECT \(columns) FROM \"\(table.name)\" WHERE _deleted_at IS NULL"
      ).map { "\($0)" }
      for child in table.children {
        let keys = child.parentColumns.map { "\"\($0)\"" }.joined(separator: ", ")
        let own = child.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let living = table.key.map { "\"\($0.name)\"" }.joined(separator: ", ")
        content[child.table] = try reader.rows(
          """
          SELECT \(keys), \(own) FROM "\(child.table)" WHERE (\(keys)) IN
            (SELECT \(living) FROM "\(table.name)" WHERE _deleted_at IS NULL)
          """
        ).map { "\($0)" }
      }
    }
    return content
  }
}

/// The clocks of the simulated host.
struct LifeClock: Clock {
  unowned let life: DaemonLife

  func now() -> Timestamp { Timestamp(life.account.now + life.hostError) }
  func elapsed() -> Duration { life.elapsed }
  var uptime: Uptime? { Uptime(boot: "first", seconds: life.account.now) }
}
