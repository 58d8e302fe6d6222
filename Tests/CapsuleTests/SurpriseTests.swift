import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Refusals that would fail for ever: each has a way round it that heals by itself.
@Suite struct SurpriseTests {
  private func replica(_ tables: [Table]) throws -> Replica {
    var size = AccountSize.tiny
    (size.parties, size.opportunities, size.cases, size.tasks) = (65, 12, 3, 5)
    let account = Account(seed: 11, size: size, now: 1_760_000_000)
    let replica = try Replica(account, tables: tables)
    replica.options.pageSize = 20
    return replica
  }

  private func edit(_ replica: Replica) {
    let ids = replica.account.visibleIDs(.parties).sorted()
    for id in ids.prefix(5) { replica.account.describe(.parties, id, "changed") }
    for id in ids.suffix(3) { _ = replica.account.delete(.parties, id) }
  }

  @Test func `changes since long ago that are refused have everything read`() throws {
    let replica = try replica([.parties, .deletedParties])
    replica.account.switches.sinceReach = 40 * 86_400
    let first = try replica.sync()
    #expect(first.outcome == .good)
    // The deletions since the beginning of time are refused, and those of less time are not.
    #expect(first.tables[1].error?.contains("refuses to tell of deletions before") ?? false)
    replica.account.now += 86_400
    edit(replica)
    replica.account.now += 60 * 86_400
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
    replica.account.now += 86_400
    edit(replica)
    let day = try replica.sync()
    #expect(day.outcome == .good && day.tables.allSatisfy { $0.error == nil })
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `deletions of a day are still those of a day when the question has arrived`() throws {
    let replica = try replica([.parties, .deletedParties])
    replica.account.switches.sinceReach = 86_400
    replica.account.beforeRequest = { account, _ in account.now += 1 }
    #expect(try replica.sync().outcome == .good)
  }

  @Test func `rows are counted in each run where their feed is forbidden`() throws {
    let replica = try replica([.parties, .deletedParties])
    try replica.sync()
    for _ in 0..<2 {
      replica.account.now += 600
      edit(replica)
      replica.account.faults = FaultScript([
        .init(.forbidden, on: .path("parties/deleted", times: 9))
      ])
      let summary = try replica.sync()
      #expect(summary.tables.map(\.outcome) == [.good, .failed])
      #expect(try Oracle(replica: replica).differences() == [])
    }
  }

  @Test func `a record that is forbidden by its id is gone from view`() throws {
    let replica = try replica([.parties, .deletedParties])
    try replica.sync()
    let hidden = replica.account.visibleIDs(.parties).sorted().prefix(3)
    for id in hidden { replica.account.hide(.parties, id) }
    replica.account.faults = FaultScript(
      hidden.map { .init(.forbidden, on: .path("parties/\($0)", times: 9)) })
    replica.account.now += 86_400
    #expect(try replica.sync(full: true).outcome == .good)
    #expect(replica.account.log.contains { $0.status == 403 })
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `a table that is forbidden for ever keeps nothing waiting`() throws {
    let replica = try replica([.parties, .deletedParties, .tasks])
    replica.options.historyKeep = 86_400
    try replica.sync()
    edit(replica)
    replica.account.now += 600
    try replica.sync()
    #expect(try replica.value("SELECT count(*) FROM _history") != 0)
    replica.account.now += 10 * 86_400
    replica.account.faults = FaultScript([.init(.forbidden, on: .path("tasks", times: 9))])
    let summary = try replica.sync()
    #expect(summary.outcome == .partial && summary.isAsGoodAsItGets)
    #expect(try replica.value("SELECT count(*) FROM _history") == 0)
  }

  @Test func `parents' lists that are all empty bury nothing at once`() throws {
    var size = AccountSize.tiny
    (size.parties, size.opportunities, size.additionalParties) = (40, 40, 60)
    let account = Account(seed: 5, size: size, now: 1_760_000_000)
    let replica = try Replica(
      account, tables: [.parties, .opportunities, .deletedOpportunities, .opportunityParties])
    try replica.sync()
    let links = "SELECT count(*) FROM opportunity_parties WHERE _deleted_at IS NULL"
    let before = try #require(replica.value(links).integer)
    try #require(before > 12)
    account.now += 3_600
    for id in account.visibleIDs(.opportunities) { account.describe(.opportunities, id, "changed") }
    let empty = FaultScript.Fault(.emptyPage, on: .path("opportunities/", times: 1_000))
    account.faults = FaultScript([empty])
    let summary = try replica.sync()
    #expect(summary.tables.map(\.outcome) == [.good, .good, .good, .held])
    #expect(try replica.value(links).integer == before)
    account.faults = FaultScript()
    account.now += 3_600
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `records and parents that answer 500 for ever do not stop the others`() throws {
    let replica = try replica([
      .parties, .opportunities, .deletedOpportunities, .opportunityParties,
    ])
    replica.options.retry.attempts = 1
    let broken = replica.account.visibleIDs(.opportunities).prefix(5)
    replica.account.faults = FaultScript(
      broken.map {
        .init(.serverError(500, html: false), on: .path("opportunities/\($0)/", times: 99))
      })
    let summary = try replica.sync()
    #expect(summary.tables.map(\.outcome) == [.good, .good, .good, .failed])
    let read = try replica.value("SELECT count(*) FROM _parents WHERE read_at > '1970-01-02'")
    #expect(read.integer.map { Int($0) } == replica.account.visibleIDs(.opportunities).count - 5)
  }
}
