import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Counts that say far less than there is: nothing is missed or buried for their sake.
@Suite struct LowCountTests {
  private static let rows = 300

  private func replica(
    _ table: String, rows: Int = rows, _ switches: Switches = Switches()
  ) throws -> Replica {
    var size = AccountSize.tiny
    (size.parties, size.tasks, size.opportunities, size.cases) = (rows, rows, 1, 1)
    let account = Account(seed: 11, size: size, now: 1_760_000_000, switches: switches)
    let replica = try Replica(
      account, tables: table == "parties" ? [.parties, .deletedParties] : [.tasks])
    replica.options.pageSize = 5
    return replica
  }

  /// A source that says nothing of paging, and counts as many as its first pages hold.
  @Test func `a full page is no end where the count alone says so`() throws {
    var size = AccountSize.tiny
    size.opportunities = 22
    var switches = Switches()
    (switches.pagingHeaders, switches.miscount) = (.neither, -2)
    let account = Account(seed: 5, size: size, now: 1_760_000_000, switches: switches)
    let replica = try Replica(
      account, tables: [.pipelines, .milestones, .opportunities, .deletedOpportunities])
    replica.options.pageSize = 20
    try replica.sync()
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test(arguments: ["parties", "tasks"], Switches.PagingHeaders.allCases)
  func `a count far below the rows ends no list`(
    table: String, headers: Switches.PagingHeaders
  ) throws {
    // Without headers a list that agrees with its count where a page ends has nothing to tell more.
    for miscount in headers == .neither ? [-100_000] : [-100_000, -200] {
      var switches = Switches()
      (switches.miscount, switches.pagingHeaders) = (miscount, headers)
      let replica = try replica(table, switches)
      #expect(try replica.sync().outcome == .good)
      #expect(try Oracle(replica: replica).differences() == [], "\(miscount)")
    }
  }

  @Test(arguments: ["parties", "tasks"])
  func `a count that breaks buries nothing`(table: String) throws {
    let replica = try replica(table)
    #expect(try replica.sync().outcome == .good)
    replica.account.switches.miscount = -100_000
    replica.account.now += 86_400
    #expect(try replica.sync(full: true).outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  /// The last page comes for ever, and is another one each time.
  @Test(arguments: [nil, 0, -100_000, 100_000])
  func `a list that never ends and never repeats a page is given up`(miscount: Int?) throws {
    var switches = Switches()
    (switches.namesNextForEver, switches.behindEnd) = (true, .lastPage)
    (switches.supportsMeta, switches.miscount) = (miscount != nil, miscount ?? 0)
    let replica = try replica("parties", switches)
    replica.account.beforeRequest = { account, number in
      for id in account.visibleIDs(.parties) { account.describe(.parties, id, "\(number)") }
    }
    var summary: RunSummary?
    let requests = try replica.requests { summary = try replica.sync() }
    #expect(summary?.outcome == .partial)
    let own = requests.count { $0.hasPrefix("parties?") }
    // Some of them were under way when the list was left.
    #expect(own <= 2 * Self.rows / 5 + 10 + 2 * replica.options.concurrency, "\(own)")
    #expect(
      try replica.value("SELECT count(*) FROM parties WHERE _deleted_at IS NULL")
        == Value(replica.account.visibleIDs(.parties).count))
  }

  /// The page before it has named it, and what is counted is less than what came before it.
  @Test(arguments: Switches.PagingHeaders.allCases.filter { $0 != .neither })
  func `a last page without its records is not believed where the count is wrong`(
    headers: Switches.PagingHeaders
  ) throws {
    for miscount in [nil, -2] {
      var switches = Switches()
      (switches.supportsMeta, switches.miscount) = (miscount != nil, miscount ?? 0)
      switches.pagingHeaders = headers
      let replica = try replica("parties", rows: 6, switches)
      replica.account.faults = FaultScript([
        .init(.emptyPage, on: .path("parties?page=2&", times: 1))
      ])
      var outcome: RunSummary.Outcome?
      let requests = try replica.requests { outcome = try replica.sync().outcome }
      #expect(outcome == .good)
      #expect(try Oracle(replica: replica).differences() == [], "\(miscount ?? 0): \(requests)")
    }
  }

  /// The only page comes once without its records, and the count says that there are none.
  @Test(arguments: ["parties", "tasks"], [2, 9, 40])
  func `an empty page that a wrong count confirms buries nothing`(table: String, rows: Int) throws {
    var switches = Switches()
    switches.miscount = -rows
    let replica = try replica(table, rows: rows, switches)
    replica.options.pageSize = 100
    try replica.sync()
    replica.account.now += 86_400
    replica.account.faults.faults.append(.init(.emptyPage, on: .path("\(table)?", times: 1)))
    try replica.sync(full: true)
    #expect(
      try replica.value("SELECT count(*) FROM \(table) WHERE _deleted_at IS NOT NULL") == 0)
    #expect(try Oracle(replica: replica).differences() == [])
  }
}
