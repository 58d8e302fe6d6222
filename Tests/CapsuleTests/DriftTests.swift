import Capsule
import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// What changes, comes or goes without a date that a question for changes would find.
@Suite struct DriftTests {
  private func replica(
    _ parties: Int = 60, _ change: (inout Switches) -> Void = { _ in }
  ) throws -> Replica {
    var size = AccountSize.small
    size.parties = parties
    var switches = Switches()
    switches.silentChangesMove = false
    change(&switches)
    let account = Account(seed: 21, size: size, now: 1_760_000_000, switches: switches)
    return try Replica(account, tables: [.parties, .deletedParties])
  }

  private func drift(_ replica: Replica) throws -> [Value] {
    try replica.rows(
      "SELECT sum(swept), sum(drifted) FROM _run_tables WHERE table_name = 'parties'")[0]
  }

  @Test func `the sweep reads every row again within its period, and says what had drifted`() throws
  {
    let replica = try replica()
    let account = replica.account
    replica.options.scrubEvery = 10 * 86_400
    try replica.sync()
    let count = try #require(
      try replica.value("SELECT count(*) FROM parties WHERE _deleted_at IS NULL").integer)
    let person = try #require(
      try replica.value(
        "SELECT id FROM parties WHERE organisation_id IS NOT NULL ORDER BY id DESC"
      ).integer)
    account.now += 60
    try replica.sync()
    #expect(try drift(replica)[0] == 0)
    // The organisation goes, and its people lose it without a word.
    let organisation = try replica.value(
      "SELECT organisation_id FROM parties WHERE id = \(person)"
    ).integer
    _ = account.delete(.parties, try #require(organisation))
    var asked: [Int64: Int] = [:]
    for _ in 1...10 {
      account.now += 86_400
      let requests = try replica.requests { try replica.sync() }
      let shows = requests.filter { $0.hasPrefix("parties/") && !$0.contains("deleted") }
      // Six rows are due each day, and no request is made for fewer than ten.
      #expect(shows.count <= 2)
      for show in shows {
        for id in show.split(separator: "?")[0].dropFirst(8).split(separator: ",") {
          asked[Int64(id) ?? 0, default: 0] += 1
        }
      }
    }
    #expect(asked.count == Int(count) - 1)
    #expect(try Oracle(replica: replica).differences() == [])
    let found = try drift(replica)
    #expect(found[0] == .integer(Int64(asked.values.reduce(0, +))))
    #expect((found[1].integer ?? 0) >= 1)
  }

  @Test func `the sweep keeps within its budget and goes on where it was`() throws {
    let replica = try replica()
    replica.options.scrubEvery = 86_400
    replica.options.scrubBudget = 12
    try replica.sync()
    var keys: [Value] = []
    for _ in 1...3 {
      replica.account.now += 86_400
      let requests = try replica.requests { try replica.sync() }
      #expect(requests.filter { $0.hasPrefix("parties/1") }.count == 2)
      keys.append(try replica.value("SELECT swept_key FROM _cursors WHERE table_name = 'parties'"))
    }
    let ids = replica.account.visibleIDs(.parties).sorted()
    #expect(keys == [.integer(ids[19]), .integer(ids[39]), .integer(ids[59])])
    replica.options.scrubBudget = 0
    replica.account.now += 86_400
    let requests = try replica.requests { try replica.sync() }
    #expect(!requests.contains { $0.hasPrefix("parties/1") })
  }

  @Test func `the sweep finds what is gone without a word, one by one`() throws {
    let replica = try replica()
    let account = replica.account
    replica.options.scrubEvery = 86_400
    replica.options.countEvery = .max
    try replica.sync()
    let gone = account.visibleIDs(.parties).sorted()[7]
    _ = account.hide(.parties, gone)
    account.now += 86_400
    let requests = try replica.requests { try replica.sync() }
    #expect(requests.filter { $0.hasPrefix("parties/1") }.count == 6 + 10)
    #expect(
      try replica.value("SELECT _deleted_reason FROM parties WHERE id = \(gone)") == "absent")
    #expect(try Oracle(replica: replica).differences() == [])
    #expect(try drift(replica)[1] == 1)
  }

  @Test func `a record shared with its old date is found by the count`() throws {
    let replica = try replica()
    let account = replica.account
    let hidden = account.visibleIDs(.parties)[10]
    _ = account.hide(.parties, hidden)
    replica.options.scrubBudget = 0
    try replica.sync()
    _ = account.show(.parties, hidden)
    account.now += 3_600
    try replica.sync()
    #expect(try replica.value("SELECT count(*) FROM parties WHERE id = \(hidden)") == 0)
    account.now += 86_400
    try replica.sync()
    #expect(try Oracle(replica: replica).differences() == [])
    #expect(try drift(replica)[1] == 1)
    // In an hour nothing is counted, and nothing is asked but what has changed and gone.
    account.now += 3_600
    #expect(try replica.requests { try replica.sync() }.count == 2)
  }

  // MARK: List and feed

  /// Does something before the first request whose target begins so.
  private func before(
    _ prefix: String, _ replica: Replica, _ work: @escaping (Account) -> Void
  ) {
    var isDone = false
    let account = replica.account
    // The target is known when the request before it has been answered; the feed follows its list.
    account.beforeRequest = { account, _ in
      guard !isDone, account.log.last?.target.hasPrefix(prefix) ?? false else { return }
      isDone = true
      work(account)
    }
  }

  @Test(arguments: [true, false], [60, 250])
  func `a row deleted and restored between its list and its feed lives`(
    isFull: Bool, parties: Int
  ) throws {
    let replica = try replica(parties) { $0.feedKeepsRestored = true }
    let account = replica.account
    try replica.sync()
    account.now += 3_600
    let id = account.visibleIDs(.parties)[4]
    if !isFull { account.describe(.parties, id, "so that the list of changes shows it") }
    account.now += 60
    before("parties?", replica) {
      $0.now += 5
      _ = $0.delete(.parties, id)
      $0.now += 5
      _ = $0.restore(.parties, id)
      $0.now += 5
    }
    #expect(try replica.sync(full: isFull).outcome == .good)
    account.beforeRequest = nil
    #expect(try replica.value("SELECT _deleted_at FROM parties WHERE id = \(id)").isNull)
    account.now += 3_600
    try replica.sync()
    #expect(try replica.value("SELECT _deleted_at FROM parties WHERE id = \(id)").isNull)
    #expect(
      try replica.value(
        "SELECT count(*) FROM _history WHERE change = 'delete' AND row_key = \(id)"
          + " AND table_name = 'parties'") == 0)
  }

  @Test func `a row restored while its feed could not be read is not buried by it later`() throws {
    let replica = try replica { $0.feedKeepsRestored = true }
    let account = replica.account
    try replica.sync()
    account.now += 3_600
    let id = account.visibleIDs(.parties)[4]
    _ = account.delete(.parties, id)
    account.now += 60
    _ = account.restore(.parties, id)
    account.describe(.parties, id, "seen alive")
    account.now += 600
    account.faults.faults.append(.init(.forbidden, on: .path("parties/deleted", times: 1)))
    #expect(try replica.sync().outcome == .partial)
    account.now += 3_600
    let requests = try replica.requests { try replica.sync() }
    #expect(requests.filter { $0.hasPrefix("parties/\(id)") }.count == 1)
    #expect(try replica.value("SELECT _deleted_at FROM parties WHERE id = \(id)").isNull)
    account.now += 60
    #expect(try replica.requests { try replica.sync() }.count == 2)
  }

  @Test func `a deletion that was not acted on before a crash is acted on after it`() throws {
    struct Crash: Error {}
    let replica = try replica()
    let account = replica.account
    try replica.sync()
    account.now += 3_600
    let id = account.visibleIDs(.parties)[4]
    account.describe(.parties, id, "shown by the list of changes")
    account.now += 60
    before("parties?", replica) {
      $0.now += 5
      _ = $0.delete(.parties, id)
      $0.now += 5
    }
    // The statement is stored; the question whether the record is there is never answered.
    let events = try 2 * replica.questions + 6
    replica.prepare = { $0.interruptAfter = events }
    try replica.sync()
    replica.prepare = { _ in }
    account.beforeRequest = nil
    account.now += 60
    try replica.sync()
    #expect(try replica.value("SELECT _deleted_reason FROM parties WHERE id = \(id)") == "deleted")
  }

  @Test func `a mass deletion that the feed explains is no matter for the guard`() throws {
    let replica = try replica()
    let account = replica.account
    try replica.sync()
    account.now += 3_600
    for id in account.visibleIDs(.parties).prefix(40) { _ = account.delete(.parties, id) }
    account.now += 60
    let summary = try replica.sync(full: true)
    #expect(summary.outcome == .good)
    #expect(
      try replica.value("SELECT count(*) FROM parties WHERE _deleted_reason = 'deleted'") == 40)
  }

  // MARK: Clocks

  /// Sets the `Date` of a reply.
  private final class Clocked: Transport {
    let inner: SimulatedTransport<Account>
    let date: String?

    init(_ inner: SimulatedTransport<Account>, date: String?) {
      (self.inner, self.date) = (inner, date)
    }

    var outstanding: Int { inner.outstanding }
    func send(_ request: Request, id: Int) { inner.send(request, id: id) }
    func next(timeout: Duration?) -> TransportEvent {
      let event = inner.next(timeout: timeout)
      guard let date, case .finished(let exchange) = event,
        case .success(let response) = exchange.result
      else { return event }
      var headers = Headers()
      for (name, value) in response.headers.fields where name.lowercased() != "date" {
        headers.append(name, value)
      }
      headers.append("Date", date)
      let dated = Response(status: response.status, headers: headers, body: response.body)
      return .finished(Exchange(id: exchange.id, result: .success(dated)))
    }
  }

  @Test func `a clock that was ahead loses no change`() throws {
    let replica = try replica()
    let account = replica.account
    try replica.sync()
    account.now += 3_600
    replica.wrap = { Clocked($0, date: "Tue, 01 Jan 2030 00:00:00 GMT") }
    try replica.sync()
    replica.wrap = { $0 }
    account.now += 3_600
    account.describe(.parties, account.visibleIDs(.parties)[3], "between the two clocks")
    account.now += 3_600
    try replica.sync()
    #expect(try Oracle(replica: replica).differences() == [])
    let cursor = try replica.value(
      "SELECT last_run_date FROM _cursors WHERE table_name = 'parties'")
    #expect(cursor.text.flatMap { Timestamp($0) }.map { $0 <= Timestamp(account.now) } ?? false)
  }
}
