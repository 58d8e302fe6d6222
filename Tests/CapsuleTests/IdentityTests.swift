import Capsule
import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Whose replica the file is: the account and the user are kept in it, and held against what the
/// source says before a row is written.
@Suite struct IdentityTests {
  static let site = "site?page=1&perPage=100"
  static let user = "users/current"

  let account = Account(seed: 5, size: .small, now: 1_760_000_000)
  let replica: Replica

  init() throws {
    replica = try Replica(account)
    try replica.sync()
    account.now += 3_600
  }

  /// What the work asks for to know whose account it is.
  private func questions(_ work: () throws -> Void) rethrows -> [String] {
    let before = account.log.count
    try work()
    return account.log[before...].map(\.target).filter { $0 == Self.user || $0 == Self.site }
  }

  private func identity() throws -> [Value] {
    try replica.rows("SELECT account, user_id, user_name FROM _account")[0]
  }

  private var users: [Int64] {
    get throws {
      try replica.rows("SELECT id FROM users ORDER BY id").compactMap(\.[0].integer)
    }
  }

  // MARK: What is kept, and what it costs

  @Test func `the file keeps whose it is`() throws {
    let name = try replica.value("SELECT name FROM users ORDER BY id LIMIT 1")
    #expect(
      try identity()
        == ["https://api.capsulecrm.com sample", .text("\(users[0])"), name])
  }

  @Test func `a run asks for the user, and for the site once, as the first of all`() throws {
    var targets: [String] = []
    let asked = try questions {
      let before = account.log.count
      let summary = try replica.sync()
      targets = account.log[before...].map(\.target)
      #expect(summary.outcome == .good)
      #expect(summary.requests == targets.count)
      #expect(summary.tables.reduce(0) { $0 + $1.requests } == targets.count - 1)
    }
    #expect(asked == [Self.user, Self.site])
    #expect(Array(targets.prefix(2)) == asked)
    #expect(try questions { try replica.sync(only: ["tasks"]) } == [Self.user, Self.site])
  }

  /// What is kept for good is asked for twice.
  @Test func `a first run asks each question twice`() throws {
    let first = try Replica(account)
    #expect(
      try questions { try first.sync() } == [Self.user, Self.user, Self.site, Self.site])
  }

  // MARK: Another account

  @Test func `another account is refused and nothing is written`() throws {
    let before = try replica.content(without: [])
    account.subdomain = "other"
    account.createPerson("Zora", "Quist")
    let refusal = AnotherAccount(
      path: replica.path, held: "https://api.capsulecrm.com sample",
      found: "https://api.capsulecrm.com other", witness: "site")
    for full in [false, true] {
      #expect(throws: refusal) { try replica.sync(full: full) }
      #expect(throws: refusal) { try replica.sync(full: full, only: ["parties"]) }
      #expect(throws: refusal) { try replica.verify() }
    }
    #expect(try replica.content(without: []) == before)
    account.subdomain = "sample"
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `the same name at another address is another account`() throws {
    account.baseURL = "https://capsule.example/api/v2"
    #expect(throws: AnotherAccount.self) { try replica.sync() }
  }

  /// Names of hosts are the same in any case.
  @Test func `the same account spelt otherwise is the same`() throws {
    account.subdomain = "Sample"
    #expect(try replica.sync().outcome == .good)
  }

  @Test func `an answer that is given once is not believed`() throws {
    let other = try users.dropFirst().first
    account.beforeRequest = { account, number in
      account.subdomain = number % 2 == 0 ? "sample" : "spoilt\(number)"
      account.currentUser = number % 2 == 0 ? nil : other
    }
    let before = try identity()
    for _ in 1...4 { try replica.sync() }
    #expect(try identity() == before)
  }

  // MARK: Another user

  @Test func `another user has every table read in full and compared`() throws {
    let other = try #require(try users.dropFirst().first)
    let person = try #require(
      try replica.value("SELECT min(id) FROM parties WHERE type = 'person'").integer)
    let parents = try replica.value("SELECT count(*) FROM _parents")
    // What no date and no digest tells: the other user sees another value under the same digest.
    try replica.execute("UPDATE parties SET first_name = 'seen by one' WHERE id = \(person)")
    try replica.execute("UPDATE tasks SET description = 'seen by one'")
    account.currentUser = other
    var events: [String] = []
    replica.observe = {
      if case .anotherUser(let user, let former) = $0 { events.append("\(former) \(user.id)") }
    }
    var summary: RunSummary?
    let requests = try replica.requests { summary = try replica.sync() }
    #expect(summary?.outcome == .good)
    #expect(try events == ["\(users[0]) \(other)"])
    let whole = "parties?page=1&perPage=100&embed=tags,fields,missingImportantFields,meta"
    #expect(requests.contains(whole))
    #expect(!requests.contains { $0.hasPrefix("parties?") && $0.contains("since=2") })
    #expect(try replica.value("SELECT count(*) FROM _parents") == parents)
    #expect(try Oracle(replica: replica).differences() == [])
    #expect(try replica.value("SELECT sum(needs_full) FROM _cursors") == 0)
    #expect(try identity()[1] == .text("\(other)"))
    // From then on he is no other.
    account.now += 60
    try replica.sync()
    #expect(events.count == 1)
    #expect(try replica.value("SELECT sum(updated) FROM _run_tables WHERE run_id = 3") == 0)
  }

  /// Tables that the first run with the other user does not reach are compared by a later one.
  @Test func `what is not read at once is compared later`() throws {
    let other = try #require(try users.dropFirst().first)
    try replica.execute("UPDATE tasks SET description = 'seen by one'")
    account.currentUser = other
    try replica.sync(only: ["parties", "deleted_parties"])
    #expect(try replica.value("SELECT needs_full FROM _cursors WHERE table_name = 'tasks'") == 1)
    account.now += 60
    try replica.sync()
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `verify as another user says so and changes nothing`() throws {
    account.currentUser = try users.dropFirst().first
    let before = try replica.content(without: [])
    let found = try replica.verify()
    #expect(found.report.outcome == .equal, "\(found.all)")
    #expect(try replica.content(without: []) == before)
  }

  // MARK: What cannot be known

  static let oddities = [
    #"{}"#, #"[]"#, #"null"#, #""#, #"{"site":null}"#, #"{"site":{"subdomain":7}}"#,
    #"{"site":{"subdomain":""}}"#, #"{"site":[{"subdomain":"other"}]}"#, #"{"user":{}}"#,
    #"{"user":{"id":"x"}}"#, #"{"user":{"id":null,"name":5}}"#, #"{"user":{"id":1e99}}"#,
    #"{"site":{"subdomain":"oth"#, "<html></html>",
  ]

  @Test(arguments: oddities)
  func `an odd answer is no answer`(body: String) throws {
    let before = try identity()
    replica.wrap = { inner in
      OddTransport(inner, [Self.user]) { $0.body = Array(body.utf8) }
    }
    #expect(try replica.sync(only: ["parties", "deleted_parties"]).outcome == .good)
    #expect(try identity() == before)
    let fresh = try Replica(account)
    fresh.wrap = { inner in
      OddTransport(inner, [Self.user, Self.site]) { $0.body = Array(body.utf8) }
    }
    #expect(try fresh.sync(only: ["parties", "deleted_parties"]).outcome == .good)
    #expect(try fresh.rows("SELECT * FROM _account").isEmpty)
  }

  @Test(arguments: [403, 404, 410, 400, 405, 302])
  func `a question that is refused fails nothing`(status: Int) throws {
    let before = try identity()
    replica.wrap = { inner in
      OddTransport(inner, [Self.user, Self.site]) { $0.status = status }
    }
    #expect(try replica.sync(only: ["parties", "deleted_parties"]).outcome == .good)
    #expect(try identity() == before)
    replica.wrap = { $0 }
    account.subdomain = "other"
    replica.wrap = { inner in OddTransport(inner, [Self.user]) { $0.status = status } }
    #expect(throws: AnotherAccount.self) { try replica.sync() }
  }

  /// A file of the program before has no such table; it is taken for what it is found to be.
  @Test func `a file that does not know whose it is learns it`() throws {
    let before = try identity()
    try replica.execute("DROP TABLE _account")
    #expect(try replica.sync().outcome == .good)
    #expect(try identity() == before)
    #expect(try replica.value("SELECT sum(updated) FROM _run_tables WHERE run_id = 2") == 0)
    #expect(try replica.value("PRAGMA user_version") == Value(Bookkeeping.scripts.count))
  }

  /// Such a file knows whose it is by the row of `site`.
  @Test(arguments: [true, false])
  func `a file from before is not taken for another account's`(isSynced: Bool) throws {
    try replica.execute(isSynced ? "DROP TABLE _account" : "DELETE FROM _account")
    _ = try replica.open()
    let before = try replica.content(without: [])
    account.subdomain = "other"
    let refusal = AnotherAccount(
      path: replica.path, held: "sample", found: "https://api.capsulecrm.com other",
      witness: "site")
    #expect(throws: refusal) { try replica.sync() }
    #expect(throws: refusal) { try replica.verify() }
    #expect(try replica.content(without: []) == before)
    // What the message says has it taken for the same account under another name.
    try replica.execute("DELETE FROM _account; DELETE FROM site")
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `the account at another address is the same once its owner says so`() throws {
    account.baseURL = "https://capsule.example/api/v2"
    #expect(throws: AnotherAccount.self) { try replica.sync() }
    try replica.execute("DELETE FROM _account")
    #expect(try replica.sync().outcome == .good)
    #expect(try identity()[0] == "https://capsule.example sample")
  }

  // MARK: Trouble, which is that of any request

  @Test func `a token that is refused at the first question ends the run`() throws {
    account.faults = FaultScript([.init(.unauthorised, on: .path(Self.user, times: 9))])
    let summary = try replica.sync()
    #expect(summary.outcome == .refused && summary.requests == 1)
    #expect(summary.error?.contains("(401) at GET users/current") == true)
  }

  @Test func `a source in trouble is unavailable, and trouble that passes is waited out`() throws {
    account.faults = FaultScript([.init(.serverError(503, html: false), on: .path("", times: 99))])
    let summary = try replica.sync()
    #expect(summary.outcome == .unavailable && summary.requests == 5)
    account.faults = FaultScript([
      .init(.serverError(503, html: false), on: .path(Self.user, times: 2)),
      .init(.connectionReset, on: .path("site", times: 1)),
    ])
    #expect(try replica.sync().outcome == .good)
  }

  @Test func `another user is not read while nobody says whose account it is`() throws {
    let before = try replica.content()
    account.subdomain = "other"
    account.currentUser = try users.last
    account.faults = FaultScript([
      .init(.serverError(503, html: false), on: .path("site", times: 9))
    ])
    let summary = try replica.sync()
    #expect(summary.outcome == .unavailable)
    #expect(summary.error?.contains("whose account it is") ?? false)
    #expect(try replica.content() == before)
  }

  @Test func `a question that is in trouble for good does not keep the tables from being read`()
    throws
  {
    account.faults = FaultScript([
      .init(.serverError(500, html: false), on: .path(Self.user, times: 99))
    ])
    account.describe(.parties, account.visibleIDs(.parties)[0], "changed")
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `nothing is asked before the reset that a refusal names`() throws {
    account.faults = FaultScript([.init(.rateLimited(resetIn: 600), on: .path(Self.user, times: 1))]
    )
    let begun = account.now
    #expect(try replica.sync().outcome == .good)
    #expect(account.now >= begun + 600)
    #expect(account.log.count { $0.status == 429 } == 1)
    account.faults = FaultScript([.init(.rateLimited(resetIn: 600), on: .path(Self.user, times: 1))]
    )
    replica.options.longestWait = .seconds(60)
    let summary = try replica.sync()
    #expect(summary.outcome == .deferred && summary.requests == 1)
    #expect(summary.resumeAt != nil)
  }

  @Test func `the questions count towards the requests of a run`() throws {
    for limit in 0...2 {
      replica.options.requestLimit = limit
      let summary = try replica.sync()
      #expect(summary.outcome == .deferred && summary.requests == limit)
    }
  }

  @Test func `a stop ends the questions`() throws {
    replica.prepare = { $0.interruptAfter = 1 }
    #expect(try replica.sync().outcome == .stopped)
  }
}

/// Spoils the replies to some requests.
private final class OddTransport: Transport {
  private let inner: SimulatedTransport<Account>
  private let targets: Set<String>
  private let spoil: (inout Response) -> Void
  private var spoilt: Set<Int> = []

  init(
    _ inner: SimulatedTransport<Account>, _ targets: Set<String>,
    spoil: @escaping (inout Response) -> Void
  ) {
    (self.inner, self.targets, self.spoil) = (inner, targets, spoil)
  }

  var outstanding: Int { inner.outstanding }

  func send(_ request: Request, id: Int) {
    if targets.contains(request.target) { spoilt.insert(id) }
    inner.send(request, id: id)
  }

  func next(timeout: Duration?) -> TransportEvent {
    let event = inner.next(timeout: timeout)
    guard case .finished(let exchange) = event, spoilt.contains(exchange.id),
      case .success(var response) = exchange.result
    else { return event }
    spoil(&response)
    return .finished(Exchange(id: exchange.id, result: .success(response)))
  }
}
