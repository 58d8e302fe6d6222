import FoundationEssentials
import HTTP
import Model
import SQLite
import Simulation
import TestSupport
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// A replica of a simulated account in a file of its own: source and engine, without sockets.
final class Replica {
  private struct NotDescribed: Error {
    let outcome: Discovery.Outcome?
  }

  let account: VtigerAccount
  let form: VtigerForm
  let folder: String
  var path: String { folder + "/replica.sqlite" }
  var options = RoundOptions()
  /// The modules that are replicated; nil for all. Those that are made later come too.
  var modules: Set<String>?
  /// Whether the tables that say what the account has are replicated too.
  var mirrorsCatalogue = true
  /// What the account was found to have; nil has it asked before the next run.
  var catalogue: VtigerCatalogue? {
    didSet { known = nil }
  }
  /// The source of the last run, which takes its time to make.
  private var known: VtigerSource?
  /// Who reads, and by which key.
  var username: String
  var accessKey: String
  var reordering: UInt64?
  /// Seconds by which this host's clock is wrong.
  var clockError: Int64 = 0
  /// Changes the transport before each run.
  var prepare: (SimulatedTransport<VtigerAccount>) -> Void = { _ in }
  /// Called before each statement of the replica's connection.
  var beforeStatement: (() throws -> Void)?
  var observe: (RunEvent) -> Void = { _ in }
  /// Whether the account is asked if its feed tells of everybody's changes, and what it said.
  var probesFeed = false
  var isFed = false {
    didSet { known = nil }
  }
  private var stock: Set<String> = []

  init(_ account: VtigerAccount, _ form: VtigerForm) throws {
    (self.account, self.form) = (account, form)
    (username, accessKey) = (account.username, account.accessKey)
    folder = try ScratchFile.newFolder()
    options.reserve = 0
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  // MARK: The way to the account

  /// The hosted form stands below a path, which is part of the base and of no request.
  private final class Below: Transport {
    let inner: any Transport

    init(_ inner: any Transport) { self.inner = inner }

    var outstanding: Int { inner.outstanding }
    func send(_ request: Request, id: Int) {
      inner.send(Request("\(VtigerForm.restPath)/\(request.target)"), id: id)
    }
    func next(timeout: Duration?) -> TransportEvent { inner.next(timeout: timeout) }
  }

  struct Clock: Replication.Clock {
    let transport: SimulatedTransport<VtigerAccount>
    let error: Int64

    func now() -> Timestamp { Timestamp(transport.account.now + error) }
    func elapsed() -> Duration { transport.elapsed }
  }

  private func way(to wire: SimulatedTransport<VtigerAccount>) -> any Transport {
    switch form {
    case .rest: Below(wire)
    case .session:
      SessionTransport(
        wire, user: username, accessKey: Token(accessKey), sessions: options.concurrency)
    }
  }

  // MARK: What there is

  var zone: ServerZone {
    let first = ServerZone.Offset(from: Timestamp(0), seconds: account.switches.zoneOffset)
    return ServerZone(
      [first] + account.zoneChanges.map { .init(from: Timestamp($0.instant), seconds: $0.offset) })
  }

  /// Asks what the account has, without trouble: as it comes is not what these tests are about.
  func described() throws -> VtigerCatalogue {
    let (faults, work, losses) = (account.faults, account.beforeRequest, account.sessionLosses)
    let (minute, hour, day) = (account.minute, account.hour, account.day)
    defer {
      (account.faults, account.beforeRequest, account.sessionLosses) = (faults, work, losses)
      (account.minute, account.hour, account.day) = (minute, hour, day)
    }
    (account.faults, account.beforeRequest) = (FaultScript(), nil)
    account.sessionLosses = []
    let free = RateLimit(limit: .max, window: 60)
    (account.minute, account.hour, account.day) = (free, free, free)
    var discovery = Discovery(form, after: catalogue)
    let transport = way(to: SimulatedTransport(account))
    while let request = discovery.requests().first {
      transport.send(request, id: 1)
      guard case .finished(let exchange) = transport.next(timeout: nil) else { break }
      _ = discovery.take(try exchange.result.get(), to: request)
    }
    guard case .catalogue(let catalogue, _) = discovery.outcome else {
      throw NotDescribed(outcome: discovery.outcome)
    }
    if probesFeed { isFed = try probedFeed(catalogue, transport) }
    return catalogue
  }

  private func probedFeed(
    _ catalogue: VtigerCatalogue, _ transport: any Transport
  ) throws -> Bool {
    var probe = FeedProbe(form, as: user, catalogue, zone: zone)
    while let request = probe.next {
      transport.send(request, id: 1)
      guard case .finished(let exchange) = transport.next(timeout: nil) else { break }
      if case .retry = probe.take(try exchange.result.get(), to: request) { probe.giveUp() }
    }
    return probe.isProven
  }

  private var user: VtigerUser {
    VtigerUser(
      id: "19x1", name: account.username,
      isAdministrator: account.switches.access == .administrator)
  }

  func source() throws -> VtigerSource {
    let catalogue = try catalogue ?? described()
    if self.catalogue == nil { self.catalogue = catalogue }
    if stock.isEmpty { stock = Set(catalogue.modules.map(\.name)) }
    let isAdministrator = user.isAdministrator
    // Only walks by windows, which others need, have to know it.
    let greatestID = isAdministrator ? 0 : try greatestID(catalogue)
    if let known, known.greatestID == greatestID { return known }
    let source = VtigerSource(
      base: try BaseURL(account.baseURL), form: form, catalogue: catalogue,
      user: user, zone: zone, isFed: isFed, greatestID: greatestID)
    known = source
    return source
  }

  private func greatestID(_ catalogue: VtigerCatalogue) throws -> Int64 {
    guard FileManager.default.fileExists(atPath: path) else { return 0 }
    let connection = try Database.openReadOnly(path: path)
    let stored = try Inventory(connection).tables
    return try catalogue.modules.filter { $0.isEntity && $0.name != "Users" }
      .compactMap(\.tableName).filter { stored.contains($0) }
      .compactMap { try connection.value("SELECT max(id) FROM \(quoted($0))").integer }
      .max() ?? 0
  }

  /// The tables that are replicated.
  func tables(of source: VtigerSource) -> [Table] {
    source.tables.filter { table in
      let name = table.listings[0].path
      return source.catalogue[name] == nil ? mirrorsCatalogue : reads(name)
    }
  }

  /// Whether a module is replicated.
  func reads(_ module: String) -> Bool {
    modules.map { $0.contains(module) || !stock.isEmpty && !stock.contains(module) } ?? true
  }

  // MARK: Runs

  func open(_ source: VtigerSource) throws -> Connection {
    // The same in each replica, so that what two of them hold can be compared.
    try Database.open(path: path, tables: tables(of: source), views: [], digestKey: 14)
  }

  /// One run. Returns what it did; the requests it made are in the account's log.
  @discardableResult
  func sync(full: Bool = false) throws -> RunSummary {
    let source = try source()
    let connection = try open(source)
    connection.beforeStatement = beforeStatement
    let wire = SimulatedTransport(account, reordering: reordering)
    prepare(wire)
    var options = options
    options.full = full
    return try Round(
      connection, source: source, tables: tables(of: source), transport: way(to: wire),
      clock: Clock(transport: wire, error: clockError), options: options,
      generator: SplitMix64(seed: UInt64(account.requestCount)), observe: observe
    ).run()
  }

  /// Compares the replica with its account, as the program does. Answers what differs, with its
  /// table, and what was not compared.
  func verify() throws -> (found: [(table: String, Difference)], errors: [String]) {
    let source = try source()
    let tables = tables(of: source)
    let wire = SimulatedTransport(account, reordering: reordering)
    let verification = Verification(
      source: source, tables: tables, transport: way(to: wire),
      clock: Clock(transport: wire, error: clockError), options: options)
    let copy = path + ".verify"
    defer { try? FileManager.default.removeItem(atPath: copy) }
    let report = try verification.run(Database.openReadOnly(path: path)) {
      try Database.copy(path, to: copy, isStopped: { false })
      return try Database.openCopy(path: copy, tables: tables, views: [])
    }
    var found: [(table: String, Difference)] = []
    for table in report.tables {
      try verification.each(of: table.table) { found.append((table.table, $0)) }
    }
    var errors = report.tables.compactMap { table in table.error.map { "\(table.table): \($0)" } }
    if report.outcome == .unfinished { errors.append(report.error ?? "\(report.ending)") }
    return (found, errors)
  }

  // MARK: The file

  func value(_ sql: String) throws -> Value { try Database.openReadOnly(path: path).value(sql) }
  func rows(_ sql: String) throws -> [[Value]] { try Database.openReadOnly(path: path).rows(sql) }

  /// Every row of every table but those named, in the order in which it stands in the file.
  func content(without: Set<String>) throws -> [String: [[Value]]] {
    let connection = try Database.openReadOnly(path: path)
    let names = try connection.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .compactMap { $0[0].text }.filter { !without.contains($0) }
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try connection.rows("SELECT * FROM \(quoted($0))")) })
  }
}
