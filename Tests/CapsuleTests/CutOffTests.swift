import Capsule
import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Rows that slide in a run that is then cut off: what it knew of that is gone with it.
@Suite struct CutOffTests {
  @Test(arguments: 5...36)
  func `a first run cut off behind a slide loses no row`(cut: Int) throws {
    let replica = try CutOff.replica(CutOff.account(60))
    try CutOff.run(replica, deletingBefore: 4, cutBefore: cut)
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test(arguments: 5...30)
  func `a list of changes cut off behind a slide loses no change`(cut: Int) throws {
    let replica = try CutOff.replica(CutOff.account(60) { $0.silentChangesMove = true })
    try replica.sync()
    replica.account.now += 3_600
    for id in replica.account.visibleIDs(.parties).sorted().prefix(40) {
      replica.account.describe(.parties, id, "again")
    }
    replica.account.now += 3_600
    try CutOff.run(replica, deletingBefore: 4, cutBefore: cut)
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test(arguments: [3, 5, 8, 11])
  func `a table that failed behind a slide loses no row`(page: Int) throws {
    let replica = try CutOff.replica(CutOff.account(60))
    let account = replica.account
    let third = try replica.questions + 3
    account.beforeRequest = { account, number in
      if number == third, let id = account.visibleIDs(.parties).min() {
        account.now += 1
        _ = account.delete(.parties, id)
      }
    }
    account.faults.faults.append(.init(.forbidden, on: .path("parties?page=\(page)&", times: 1)))
    #expect(try replica.sync().outcome == .partial)
    account.beforeRequest = nil
    account.now += 600
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `a server of short pages is counted for one request`() throws {
    let account = CutOff.account(1_000) { $0.largestPage = 50 }
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    replica.options.scrubBudget = 0
    try replica.sync()
    for _ in 1...2 {
      account.now += 86_400
      #expect(try replica.requests { try replica.sync() }.count == 3)
    }
  }

  @Test func `records that can be shown by no path are not gone`() throws {
    let account = CutOff.account(100)
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    replica.options.scrubEvery = 86_400
    replica.options.countEvery = .max
    try replica.sync()
    account.now += 86_400
    replica.wrap = { Hiding($0) }
    #expect(try replica.sync().outcome == .partial)
    #expect(
      try replica.value("SELECT count(*) FROM parties WHERE _deleted_at IS NOT NULL") == 0)
  }

  /// Answers 404 to every question for records by their ids.
  private final class Hiding: Transport {
    private let inner: SimulatedTransport<Account>
    private var hidden: Set<Int> = []

    init(_ inner: SimulatedTransport<Account>) { self.inner = inner }

    var outstanding: Int { inner.outstanding }
    func send(_ request: Request, id: Int) {
      if request.target.hasPrefix("parties/1") { hidden.insert(id) }
      inner.send(request, id: id)
    }
    func next(timeout: Duration?) -> TransportEvent {
      let event = inner.next(timeout: timeout)
      guard case .finished(let exchange) = event, hidden.remove(exchange.id) != nil else {
        return event
      }
      return .finished(Exchange(id: exchange.id, result: .success(Response(status: 404))))
    }
  }
}
