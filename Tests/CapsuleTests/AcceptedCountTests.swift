import Capsule
import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// What an operator has accepted of a count: it holds for lists of everything, while it is needed.
@Suite struct AcceptedCountTests {
  private let replica: Replica
  private var account: Account { replica.account }

  init() throws {
    var size = AccountSize.tiny
    (size.parties, size.opportunities, size.cases) = (65, 1, 1)
    let account = Account(seed: 11, size: size, now: 1_760_000_000)
    replica = try Replica(account, tables: [.parties, .deletedParties])
    replica.options.pageSize = 20
  }

  private func shortfall() throws -> Shortfall { try Shortfall(.parties, replica.open()) }
  private func countError() throws -> Value {
    try replica.value("SELECT count_error FROM _cursors WHERE table_name = 'parties'")
  }

  /// A first list that ends twelve rows before its count, which is accepted.
  private func acceptTwelve() throws {
    account.switches.miscount = 12
    #expect(try replica.sync().outcome == .partial)
    try shortfall().accept()
    account.now += 3_600
    #expect(try replica.sync().outcome == .good)
    #expect(try countError() == 12)
    account.switches.miscount = 0
    account.now += 7_200
  }

  private func change(_ count: Int) {
    for id in account.visibleIDs(.parties).prefix(count) {
      #expect(account.describe(.parties, id, "changed at \(account.now)"))
    }
  }

  @Test func `an error that was accepted of a list of everything hides no change`() throws {
    try acceptTwelve()
    change(12)
    account.faults = FaultScript([.init(.emptyPage, on: .path("parties?page=1&", times: 1))])
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `an error that was accepted shrinks to what a list of everything shows`() throws {
    try acceptTwelve()
    for miscount in [5, 0] {
      account.switches.miscount = miscount
      #expect(try replica.sync(full: true).outcome == .good)
      #expect(try countError() == Value(miscount))
      account.now += 7_200
    }
  }

  @Test func `changes that stay short of their count have everything read`() throws {
    #expect(try replica.sync().outcome == .good)
    account.now += 7_200
    change(30)
    replica.wrap = { inner in
      DamagingTransport(inner) { response, request in
        guard request.target.contains("page=1&"), request.target.contains("since="),
          let text = String(validating: response.body, as: UTF8.self),
          let open = text.firstIndex(of: "["), let close = text.lastIndex(of: "]")
        else { return }
        response.body = Array((text[...open] + text[close...]).utf8)
      }
    }
    #expect(try replica.sync().outcome == .good)
    #expect(try shortfall().rows() == nil)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `what could be accepted is forgotten when a list is believed`() throws {
    account.switches.miscount = 12
    #expect(try replica.sync().outcome == .partial)
    #expect(try shortfall().rows() == 12)
    account.switches.miscount = 0
    account.now += 3_600
    #expect(try replica.sync().outcome == .good)
    #expect(try shortfall().rows() == nil)
  }

  @Test func `what could be accepted is forgotten when a pass ends otherwise`() throws {
    account.switches.miscount = 12
    #expect(try replica.sync().outcome == .partial)
    #expect(try shortfall().rows() == 12)
    account.now += 3_600
    replica.wrap = { inner in
      DamagingTransport(inner) { response, request in
        guard response.status == 200, request.target.hasPrefix("parties?page=") else { return }
        response.body = Array(#"{"parties":[]}"#.utf8)
        response.headers = [
          "Date": response.headers["Date"] ?? "", "X-Pagination-Has-More": "true",
        ]
      }
    }
    let summary = try replica.sync()
    #expect(summary.tables[0].error?.contains("does not end") ?? false)
    #expect(try shortfall().rows() == nil)
  }
}
