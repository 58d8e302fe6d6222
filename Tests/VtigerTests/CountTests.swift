import HTTP
import Model
import SQLite
import Simulation
import TestSupport
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// A count that agrees saves the census, where the server counts.
@Suite struct CountTests {
  private func followed(countsRows: Bool) throws -> FollowedAccount {
    var switches = VtigerSwitches(.cloud)
    switches.countsRows = countsRows
    let replica = try FollowedAccount(switches)
    replica.account.now += 100_000
    replica.options.scrubBudget = 0
    return replica
  }

  private func counts(_ asked: [String]) -> [String] { asked.filter { $0.contains("COUNT(*)") } }
  private func keys(_ asked: [String]) -> [String] { asked.filter { $0.hasPrefix("SELECT id ") } }

  @Test func `a count that agrees saves the census`() throws {
    let replica = try followed(countsRows: true)
    try replica.sync()
    replica.account.now += 3_600
    let asked = try replica.asked { _ = try replica.sync() }
    let tables = try replica.source().tables.filter { $0.hasCensus && $0.method == .incremental }
    // What a server counts of records that it folds is not known.
    let folded = ["Calendar", "Events"]
    #expect(counts(asked).count == tables.count { !folded.contains($0.listings[0].path) })
    #expect(keys(asked).allSatisfy { key in folded.contains { key.contains(" FROM \($0) ") } })
    replica.account.now += replica.options.scrubEvery
    let later = try replica.asked { _ = try replica.sync() }
    // As many may have come without a word as have gone.
    #expect(counts(later) == [])
    #expect(keys(later).count >= tables.count)
  }

  @Test func `one that does not leads to the census`() throws {
    let replica = try followed(countsRows: true)
    try replica.sync()
    replica.account.now += 3_600
    replica.account.delete(replica.ids("Contacts")[5])
    let asked = try replica.asked { _ = try replica.sync() }
    #expect(keys(asked).contains { $0.contains("FROM Contacts") })
    #expect(!keys(asked).contains { $0.contains("FROM Vendors") })
    #expect(try replica.differences() == [])
  }

  /// Contacts that fill nine pages of keys, read once, with some gone without a word.
  private func large(without gone: [Int]) throws -> (Replica, asked: [String]) {
    var switches = VtigerSwitches(.cloud)
    switches.countsRows = true
    let account = VtigerAccount(
      seed: 9, size: VtigerSize(records: ["Contacts": 820]), now: 1_795_000_000,
      switches: switches)
    let wide = RateLimit(limit: 100_000, window: 60)
    (account.minute, account.hour, account.day) = (wide, wide, wide)
    let replica = try Replica(account, .rest)
    (replica.modules, replica.options.scrubBudget) = (["Contacts"], 0)
    // The keys are compared behind the first reading: then a count may save them.
    try replica.sync()
    account.now += 3_600
    let ids = account.ids(of: "Contacts").sorted()
    for index in gone { account.delete(ids[index]) }
    let before = account.log.count
    #expect(try replica.sync().outcome == .good)
    let asked = account.log.dropFirst(before).map {
      Request(String($0.target.dropFirst(VtigerForm.restPath.utf8.count + 1)))
    }.map { VtigerForm.rest.parts(of: $0).parameters["query"] ?? "" }
    let oracle = try Oracle(replica)
    #expect(
      try oracle.differences(Database.openReadOnly(path: replica.path)).map(\.description) == [])
    return (replica, asked)
  }

  @Test(arguments: [[400], [0], [819]])
  func `few keys that differ are found by counting halves`(gone: [Int]) throws {
    let asked = try large(without: gone).asked
    #expect(asked.count { $0.contains("COUNT") } <= 1 + 5 * gone.count, "\(asked)")
    #expect(asked.count { $0.contains("ORDER BY id") } <= gone.count)
    // Beside the question for changes, it is less than the pages of keys.
    #expect(asked.count { $0.contains("Contacts") && !$0.contains("modifiedtime") } < 9)
  }

  @Test func `many that differ are found by comparing all`() throws {
    let asked = try large(without: Array(stride(from: 5, to: 800, by: 200))).asked
    #expect(asked.count { $0.contains("COUNT") } == 1)
    #expect(asked.count >= 10)
  }

  @Test func `a server that does not count is asked once`() throws {
    let replica = try followed(countsRows: false)
    // The keys are compared behind the first reading too.
    let asked = try replica.asked { _ = try replica.sync() }
    #expect(Set(counts(asked)).count == counts(asked).count)
    #expect(counts(asked).contains("SELECT COUNT(*) FROM Contacts;"))
    #expect(keys(asked).contains { $0.contains("FROM Contacts") })
    replica.account.now += 3_600
    let later = try replica.asked { _ = try replica.sync() }
    #expect(counts(later) == [])
  }

  @Test(arguments: [("8.0.0", true), ("8.2.1", true), ("8.3.0", false), ("9.0", false)])
  func `releases that do not count are not asked`(release: String, isAsked: Bool) throws {
    let source = VtigerSource(
      base: try BaseURL("https://crm.example"), form: .session,
      catalogue: try Fixture().catalogue(),
      user: VtigerUser(id: "19x1", isAdministrator: true, release: release))
    let listing = try source.table("accounts").listings[0]
    #expect((source.countRequest(for: listing, in: nil) != nil) == isAsked)
  }

  @Test(arguments: [true, false])
  func `a quiet round costs what was agreed`(countsRows: Bool) throws {
    let replica = try followed(countsRows: countsRows)
    // By then it is known whether the server counts, and nothing has changed for a day.
    for _ in 0..<30 {
      try replica.sync()
      replica.account.now += 3_600
    }
    let asked = try replica.asked { _ = try replica.sync() }
    let tables = try replica.source().tables
    for table in tables where !table.listings[0].path.hasPrefix("module") {
      let module = table.listings[0].path
      let own = asked.filter { $0.contains("FROM \(module) ") || $0.contains("FROM \(module);") }
      let census = own.count { $0.hasPrefix("SELECT id ") }
      let rows = replica.account.records(of: module).count
      // Pages of activities may be short, so that an empty one ends them.
      let isFiltered = ["Calendar", "Events"].contains(module)
      let pages = rows / 100 + (isFiltered ? 2 : 1)
      // They fold, too, and a count of them may be of something else.
      #expect(census <= (countsRows && !isFiltered ? 0 : pages), "\(module): \(own)")
      let most = table.method == .incremental ? 2 : rows / 100 + 1
      #expect(own.count - census <= most, "\(module): \(own)")
    }
    #expect(asked.allSatisfy { $0.hasPrefix("SELECT ") })
  }
}
