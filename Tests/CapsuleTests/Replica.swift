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

/// The simulated account's clock behind the engine's seam.
struct SimulatedClock: Clock {
  let transport: SimulatedTransport<Account>
  /// Seconds by which this host's clock is wrong.
  var error: Int64 = 0
  /// Which start of the host it is, or nil when it does not tell how long it has been up.
  var boot: String?
  /// Seconds by which it was set meanwhile.
  var set: () -> Int64 = { 0 }

  func now() -> Timestamp { Timestamp(transport.account.now + error + set()) }
  func elapsed() -> Duration { transport.elapsed }
  var uptime: Uptime? { boot.map { Uptime(boot: $0, seconds: transport.account.now) } }
}

/// A replica of a simulated account in a file of its own: the whole engine, without sockets.
final class Replica {
  let account: Account
  let folder: String
  var path: String { folder + "/replica.sqlite" }
  var tables: [Table]
  var views = CapsuleSource.allViews
  var options = RoundOptions()
  /// Changes the transport before each run: reordering, interruption.
  var prepare: (SimulatedTransport<Account>) -> Void = { _ in }
  /// Puts something between the engine and the account: damage to the replies.
  var wrap: (SimulatedTransport<Account>) -> any Transport = { $0 }
  /// Called before each statement of the replica's connection.
  var beforeStatement: (() throws -> Void)?
  /// Called with what happens in a run.
  var observe: (RunEvent) -> Void = { _ in }
  var clockError: Int64 = 0
  var clockSet: () -> Int64 = { 0 }
  var boot: String?
  var reordering: UInt64?

  init(_ account: Account, tables: [Table] = CapsuleSource.catalogue) throws {
    self.account = account
    self.tables = tables
    folder = FileManager.default.temporaryDirectory.path + "/crm-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    options.perParentBudget = 100_000
  }

  /// Another replica of an account that stands where this one's stood when nothing was under way.
  func copy(of account: Account) throws -> Replica {
    let copy = try Replica(account, tables: tables)
    (copy.views, copy.options) = (views, options)
    try FileManager.default.copyItem(atPath: path, toPath: copy.path)
    // Whatever was left in the log beside the file would be missing.
    try #require(try copy.content(without: []) == content(without: []))
    return copy
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var source: CapsuleSource {
    get throws { CapsuleSource(base: try BaseURL(account.baseURL), tables: tables) }
  }

  func open() throws -> Connection {
    let source = try source
    // The same in each replica, so that what two of them hold can be compared.
    return try Database.open(path: path, tables: source.tables, views: views, digestKey: 14)
  }

  /// One run, on a connection of its own or on one that goes on. Returns what it did; the requests
  /// it made are in the account's log.
  @discardableResult
  func sync(
    full: Bool = false, only: Set<String>? = nil, on connection: Connection? = nil
  ) throws -> RunSummary {
    let connection = try connection ?? open()
    connection.beforeStatement = beforeStatement
    let transport = SimulatedTransport(account, reordering: reordering)
    prepare(transport)
    var options = options
    options.full = full
    options.selection = only
    let round = try Round(
      connection, source: source, tables: tables, transport: wrap(transport),
      clock: SimulatedClock(transport: transport, error: clockError, boot: boot, set: clockSet),
      options: options,
      generator: SplitMix64(seed: UInt64(account.requestCount)), observe: observe)
    return try round.run()
  }

  /// The requests that the work made for tables. Those that ask whose account it is are left out,
  /// which `IdentityTests` counts: of the questions for the site the last, if that table is read,
  /// is its page.
  func requests(_ work: () throws -> Void) rethrows -> [String] {
    let before = account.requestCount
    try work()
    let targets = account.log.suffix(account.requestCount - before).map(\.target)
    let site = targets.lastIndex { $0.hasPrefix("site?") }
    let isSiteRead = tables.contains { $0.name == "site" }
    return targets.enumerated().filter { index, target in
      target != "users/current"
        && (!target.hasPrefix("site?") || isSiteRead && index == site)
    }.map(\.element)
  }

  /// Requests with which the next run asks whose account it is, before any other: one a question,
  /// and a second one where the file does not know the answer.
  var questions: Int {
    get throws {
      let isKnown =
        try FileManager.default.fileExists(atPath: path)
        && value("SELECT count(*) FROM _account") == 1
      return isKnown ? 2 : 4
    }
  }

  func value(_ sql: String) throws -> Value {
    try Database.openReadOnly(path: path).value(sql)
  }

  func rows(_ sql: String) throws -> [[Value]] {
    try Database.openReadOnly(path: path).rows(sql)
  }

  /// Every row of every table but the log of runs, in the order in which it stands in the file.
  func content(
    without: Set<String> = [
      "_runs", "_run_tables", "_cursors", "_allowance", "_clock", "_shortfalls",
    ]
  ) throws -> [String: [[Value]]] {
    let connection = try Database.openReadOnly(path: path)
    let names = try connection.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .compactMap { $0[0].text }.filter { !without.contains($0) }
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try connection.rows("SELECT * FROM \"\($0)\"")) })
  }
}
