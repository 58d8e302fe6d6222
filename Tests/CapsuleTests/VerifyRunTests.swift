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

/// How a verification runs: beside edits, within limits, and to its end.
@Suite struct VerifyRunTests {
  let account = Account(seed: 7, size: .small, now: 1_760_000_000)
  let replica: Replica

  init() throws {
    replica = try Replica(account)
    try replica.sync()
    account.now += 3_600
  }

  // MARK: Meanwhile

  @Test(arguments: [1, 2, 3, 6, 12, 25, 40, 60])
  func `edits made while it runs are pending`(request: Int) throws {
    replica.options.pageSize = 5
    // Not an organisation: its people lose it without a date.
    let ids = account.visibleIDs(.parties).filter { account.employees(of: $0).isEmpty }
    let first = account.requestCount
    account.beforeRequest = { account, number in
      // The first request asks for the time; a second later the replica is copied.
      guard number == first + 1 + request else { return }
      account.now += 1
      account.describe(.parties, ids[2], "Edited meanwhile")
      account.delete(.parties, ids[5])
      account.createPerson("Ada", "Meanwhile")
      account.createTask()
      account.createEntry()
    }
    defer { account.beforeRequest = nil }
    let found = try replica.verify()
    #expect(found.of("parties") == [])
    #expect(found.of("deleted_parties") == [])
    #expect(found.of("tasks") == [])
    #expect(found.of("opportunities") == [])
    #expect(found.of("opportunity_parties") == [])
  }

  @Test func `drift is told apart from edits made while it runs`() throws {
    let ids = account.visibleIDs(.parties)
    try replica.execute("UPDATE parties SET about = 'drifted' WHERE id = \(ids[7])")
    account.describe(.parties, ids[8], "Edited before")
    let first = account.requestCount
    account.beforeRequest = { account, number in
      if number == first + 2 { account.describe(.parties, ids[9], "Edited meanwhile") }
    }
    defer { account.beforeRequest = nil }
    let found = try replica.verify()
    #expect(
      found.all.sorted() == [
        "parties \(ids[7]) differing about", "parties \(ids[8]) differing about,updated_at",
      ])
    #expect(found.report.tables.first { $0.table == "parties" }?.pending == 1)
  }

  /// What is dated behind the end of the run was not edited while it ran, whatever its date.
  @Test func `a date ahead does not hide a difference`() throws {
    let ids = account.visibleIDs(.parties)
    account.now += 40 * 86_400
    account.describe(.parties, ids[3], "Stamped by a clock that is ahead")
    account.now -= 40 * 86_400
    try replica.sync()
    #expect(try replica.verify().report.outcome == .equal)
    try replica.execute("UPDATE parties SET about = 'drifted' WHERE id = \(ids[3])")
    let found = try replica.verify()
    #expect(found.all == ["parties \(ids[3]) differing about"])
    #expect(found.report.tables.allSatisfy { $0.pending == 0 })
  }

  /// A list may be answered from a copy that lags behind; a record by its id is as it is.
  @Test func `what differs is asked for by its id before it is believed`() throws {
    let ids = account.visibleIDs(.parties)
    account.describe(.parties, ids[3], "Edited before")
    account.createPerson("Ada", "Before")
    account.createTask()
    try replica.sync()
    account.switches.staleAnswers = 100
    let found = try replica.verify()
    #expect(found.all == [], "\(found.all)")
    account.now += 3_600
    account.switches.staleAnswers = 0
    let before = account.requestCount
    #expect(try replica.verify().report.outcome == .equal)
    let quiet = account.requestCount - before
    try replica.execute("UPDATE parties SET about = 'drifted' WHERE id = \(ids[3])")
    #expect(try replica.verify().all == ["parties \(ids[3]) differing about"])
    #expect(account.requestCount - before == 2 * quiet + 1)
  }

  // MARK: Counts and refusals

  @Test func `what the account counts stands beside what was compared`() throws {
    let tables = try replica.verify().report.tables
    let parties = try #require(tables.first { $0.table == "parties" })
    #expect(parties.compared == 25 && parties.counted == 25)
    #expect(tables.first { $0.table == "countries" }?.counted == nil)
  }

  @Test func `a list that is not the one that the account counts is not equal`() throws {
    replica.wrap = { Miscounting($0) }
    let found = try replica.verify()
    #expect(found.report.outcome == .unfinished, "\(found.all)")
    let parties = try #require(found.report.tables.first { $0.table == "parties" })
    #expect(parties.compared == 25 && parties.counted == 15)
    #expect(parties.error == "The account counts 15 rows and shows 25.")
    #expect(found.report.tables.filter { $0.error != nil }.map(\.table) == ["parties"])
  }

  @Test func `each record that the file refuses is a difference`() throws {
    let ids = account.visibleIDs(.parties)
    try replica.execute(
      """
      CREATE TRIGGER refuse BEFORE UPDATE ON parties WHEN new.about = 'refused'
        BEGIN SELECT raise(ABORT, 'refused'); END
      """)
    account.now += 60
    for id in ids[2...4] { account.describe(.parties, id, "refused") }
    account.now += 60
    try replica.sync()
    let found = try replica.verify()
    #expect(
      found.of("parties") == ids[2...4].map { "\($0) differing " }, "\(found.all)")
    #expect(found.report.outcome == .different)
  }

  @Test(arguments: 1...12)
  func `lists whose rows move between pages give no false difference`(seed: UInt64) throws {
    let account = Account(seed: seed, size: .small, now: 1_760_000_000)
    account.switches.order =
      [.name, .updatedDescending, .idAscending, .updatedAscending][
        Int(seed) % 4]
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    replica.options.pageSize = 5
    try replica.sync()
    account.now += 3_600
    let ids = account.visibleIDs(.parties)
    let first = account.requestCount
    account.beforeRequest = { account, number in
      guard number > first + 1, number < first + 12 else { return }
      let id = ids[number * 7 % ids.count]
      switch number % 3 {
      case 0: account.rename(.parties, id, "Zz \(number)")
      case 1: account.rename(.parties, id, "Aa \(number)")
      default: account.createPerson("Mm", "\(number)")
      }
    }
    defer { account.beforeRequest = nil }
    let found = try replica.verify()
    #expect(found.all == [], "\(found.report.tables)")
    #expect(found.report.outcome == .equal)
  }

  // MARK: Limits

  @Test func `a limit of requests ends it, and says so`() throws {
    let before = account.requestCount
    replica.options.requestLimit = 6
    let found = try replica.verify()
    #expect(account.requestCount - before == 6)
    #expect(found.report.requests == 6)
    #expect(found.report.outcome == .unfinished)
    #expect(found.report.ending == .deferred)
    #expect(found.report.error?.contains("requests") ?? false)
    #expect(found.report.tables.contains { $0.error == nil })
    #expect(found.report.tables.contains { $0.error != nil })
    #expect(found.all == [])
  }

  @Test func `a limit that suffices is not reached`() throws {
    let before = account.requestCount
    #expect(try replica.verify().report.outcome == .equal)
    replica.options.requestLimit = account.requestCount - before
    #expect(try replica.verify().report.outcome == .equal)
  }

  @Test func `tables that cost a request for each parent keep within their budget`() throws {
    replica.options.perParentBudget = 9
    let found = try replica.verify()
    #expect(found.report.outcome == .equal)
    let tables = found.report.tables.filter { $0.parents != nil }
    #expect(tables.reduce(0) { $0 + $1.requests } == 9)
    #expect(tables.reduce(0) { $0 + ($1.parentsCompared ?? 0) } == 9)
  }

  @Test func `parents that were never asked about are no difference`() throws {
    let replica = try Replica(account)
    replica.options.perParentBudget = 0
    try replica.sync()
    account.now += 60
    replica.options.perParentBudget = 100_000
    let found = try replica.verify()
    #expect(found.report.outcome == .equal, "\(found.all)")
    #expect(found.report.tables.first { $0.table == "tracks" }?.parentsCompared == 0)
  }

  @Test func `a table that fails is not called compared, and the others are`() throws {
    account.faults.faults.append(.init(.forbidden, on: .path("goals", times: 10)))
    try replica.execute("UPDATE users SET name = 'x' WHERE id = (SELECT min(id) FROM users)")
    let found = try replica.verify()
    #expect(found.report.ending == .partial)
    #expect(found.report.tables.filter { $0.error != nil }.map(\.table) == ["goals"])
    #expect(found.report.outcome == .different)
  }

  @Test func `a stop ends it`() throws {
    replica.prepare = { $0.interruptAfter = 20 }
    #expect(try replica.verify().report.ending == .stopped)
    replica.prepare = { $0.interruptAfter = 2 }
    #expect(try replica.verify().report.ending == .stopped)
  }

  @Test func `a refused token ends it at once`() throws {
    account.token = "another"
    replica.prepare = { $0.authorization = "Bearer old" }
    let before = account.requestCount
    let found = try replica.verify()
    #expect(found.report.ending == .refused)
    #expect(account.requestCount - before == 1)
    #expect(found.report.tables.allSatisfy { $0.error != nil })
  }
}

/// Counts ten parties less than there are.
private final class Miscounting: Transport {
  private let inner: any Transport
  init(_ inner: any Transport) { self.inner = inner }

  var outstanding: Int { inner.outstanding }
  func send(_ request: Request, id: Int) { inner.send(request, id: id) }

  func next(timeout: Duration?) -> TransportEvent {
    let event = inner.next(timeout: timeout)
    guard case .finished(let exchange) = event, case .success(let response) = exchange.result
    else { return event }
    let body = String(decoding: response.body, as: UTF8.self)
      .replacing("\"totalCount\":25", with: "\"totalCount\":15")
    return .finished(
      Exchange(
        id: exchange.id,
        result: .success(
          Response(status: response.status, headers: response.headers, body: Array(body.utf8)))))
  }
}

/// What a verification of a test's replica found.
struct Found {
  let report: VerificationReport
  /// `table key kind columns`, in the order of the tables and keys.
  let all: [String]

  func of(_ table: String) -> [String] {
    all.filter { $0.hasPrefix("\(table) ") }.map { String($0.dropFirst(table.count + 1)) }
  }
}

extension Value {
  var spelled: String { integer.map { "\($0)" } ?? text ?? "" }
}

extension Replica {
  func execute(_ sql: String) throws {
    try Connection(path: path).execute(sql)
  }

  /// Compares the replica with its account, as the program does.
  @discardableResult
  func verify(noting: Bool = false) throws -> Found {
    let source = try source
    let transport = SimulatedTransport(account, reordering: reordering)
    prepare(transport)
    let verification = Verification(
      source: source, tables: tables, transport: wrap(transport),
      clock: SimulatedClock(transport: transport, error: clockError), options: options)
    let copy = path + ".verify"
    defer { try? FileManager.default.removeItem(atPath: copy) }
    let report = try verification.run(Database.openReadOnly(path: path)) {
      try Database.copy(path, to: copy, isStopped: { false })
      let connection = try Database.openCopy(
        path: copy, tables: source.tables, views: source.views)
      try FileManager.default.removeItem(atPath: copy)
      return connection
    }
    var all: [String] = []
    for table in report.tables {
      try verification.each(of: table.table) {
        all.append(
          "\(table.table) \($0.key.spelled) \($0.kind.rawValue) "
            + $0.columns.joined(separator: ","))
      }
    }
    if noting {
      try VerificationLog.note(report, of: verification, in: Connection(path: path))
    }
    return Found(report: report, all: all)
  }
}
