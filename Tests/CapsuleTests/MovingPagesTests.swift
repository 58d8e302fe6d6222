import Capsule
import CapsuleSimulator
import FoundationEssentials
import Model
import SQLite
import Simulation
import Testing

@testable import ReplicaFile
@testable import Replication

/// Rows that slide over page borders while a list is read. `CRM_REPLICA_CHURN_ROWS` says how many
/// rows the account of the figures has.
@Suite struct MovingPagesTests {
  private static let orders: [Switches.Order] = [
    .name, .idAscending, .idDescending, .updatedAscending, .updatedDescending,
  ]
  private static let rows =
    ProcessInfo.processInfo.environment["CRM_REPLICA_CHURN_ROWS"].flatMap { Int($0) } ?? 2_000

  private func account(
    _ rows: Int, _ order: Switches.Order, supportsMeta: Bool = true, seed: UInt64 = 5
  ) -> Account {
    var size = AccountSize.tiny
    (size.parties, size.opportunities, size.cases, size.tracks) = (rows, 1, 1, 0)
    var switches = Switches()
    (switches.order, switches.supportsMeta) = (order, supportsMeta)
    return Account(seed: seed, size: size, now: 1_760_000_000, switches: switches)
  }

  /// Ids of an account that the file lacks, and those that it has too many.
  private func differences(_ replica: Replica, _ ids: Set<Int64>) throws -> [String] {
    let living = try replica.rows("SELECT id FROM parties WHERE _deleted_at IS NULL")
    let stored = Set(living.compactMap { $0[0].integer })
    return ids.subtracting(stored).sorted().map { "lacks \($0)" }
      + stored.subtracting(ids).sorted().map { "has \($0)" }
  }

  /// One edit before each of the first pages.
  @Test(arguments: orders, [Edit.delete, .rename, .describe, .createPerson, .restrict])
  func `a first run with an edit at each page loses no row`(
    order: Switches.Order, edit: Edit
  ) throws {
    for supportsMeta in [true, false] {
      let account = account(60, order, supportsMeta: supportsMeta)
      let replica = try Replica(account, tables: [.parties, .deletedParties])
      replica.options.pageSize = 5
      account.churns = [Churn(seed: 9, rate: 1, requests: 2...12, kinds: [edit])]
      #expect(try replica.sync().outcome == .good)
      let done = account.churns[0].count
      #expect(done == 11)
      #expect(try differences(replica, Set(account.visibleIDs(.parties))) == [])
      account.churns = []
      account.now += 600
      try replica.sync()
      #expect(try Oracle(replica: replica).differences() == [])
    }
  }

  /// The list ends with a row on its second page; one of the first page goes before that is read.
  @Test(arguments: orders, [Edit.delete, .restrict])
  func `a page that has become empty is a page`(order: Switches.Order, edit: Edit) throws {
    for (supportsMeta, full) in [(true, false), (true, true), (false, false), (false, true)] {
      let account = account(1, order, supportsMeta: supportsMeta)
      while account.visibleIDs(.parties).count < 6 { _ = account.createPerson("Zora", "Quist") }
      let replica = try Replica(account, tables: [.parties, .deletedParties])
      replica.options.pageSize = 5
      if full { try replica.sync() }
      account.now += 3_600
      account.beforeRequest = { account, _ in
        guard let last = account.log.last, last.target.hasPrefix("parties?page=1&") else { return }
        // The row that the first page showed first: the one behind the border moves onto the page.
        let shown = account.rows("parties?perPage=5").compactMap { $0["id"]?.integer }
        account.beforeRequest = nil
        _ =
          edit == .delete
          ? account.delete(.parties, shown[0]) : account.restrict(.parties, shown[0])
      }
      #expect(try replica.sync(full: full).outcome == .good)
      #expect(account.visibleIDs(.parties).count == 5)
      #expect(try differences(replica, Set(account.visibleIDs(.parties))) == [])
    }
  }

  /// As many rows come on top as a page holds, so that the second page is the first once more.
  @Test func `a page that comes twice does not end the list`() throws {
    let account = account(30, .updatedDescending, supportsMeta: false)
    account.switches.pagingHeaders = .neither
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    replica.options.pageSize = 3
    account.beforeRequest = { account, _ in
      guard account.log.last?.target.hasPrefix("parties?page=1&") ?? false else { return }
      account.beforeRequest = nil
      account.now += 5
      for id in account.rows("parties?perPage=100").suffix(3).compactMap({ $0["id"]?.integer }) {
        account.describe(.parties, id, "moved")
      }
    }
    #expect(try replica.sync().outcome == .good)
    #expect(try differences(replica, Set(account.visibleIDs(.parties))) == [])
    account.now += 3_600
    try replica.sync()
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test(arguments: orders)
  func `without its feed a list is proved by its count alone`(order: Switches.Order) throws {
    let account = account(60, order)
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    replica.options.pageSize = 5
    account.churns = [Churn(seed: 9, rate: 1, requests: 3...5, kinds: [.delete])]
    account.faults.faults.append(.init(.forbidden, on: .path("parties/deleted", times: 30)))
    let summary = try replica.sync()
    #expect(summary.tables.map(\.outcome) == [.good, .failed])
    #expect(summary.tables[1].requests == 1, "what failed is not asked for behind each walk")
    #expect(try differences(replica, Set(account.visibleIDs(.parties))) == [])
  }

  @Test(arguments: orders)
  func `a row that slides while changes are listed is not lost`(order: Switches.Order) throws {
    let account = account(60, order)
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    replica.options.pageSize = 5
    try replica.sync()
    account.now += 3_600
    for id in account.visibleIDs(.parties).prefix(40) { account.describe(.parties, id, "again") }
    account.now += 3_600
    let next = account.requestCount + 1
    account.churns = [
      Churn(seed: 4, rate: 1, requests: next + 1...next + 6, kinds: [.describe, .delete, .rename])
    ]
    #expect(try replica.sync().outcome == .good)
    account.churns = []
    account.now += 3_600
    try replica.sync()
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test(arguments: orders)
  func `a list that does not hold still keeps its cursor`(order: Switches.Order) throws {
    let account = account(60, order)
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    replica.options.pageSize = 5
    account.churns = [Churn(seed: 9, rate: 3, kinds: [.delete, .createPerson, .rename])]
    let summary = try replica.sync()
    if summary.outcome == .good {
      #expect(try differences(replica, Set(account.visibleIDs(.parties))).count < 12)
    } else {
      #expect(summary.tables[0].error?.contains("kept changing") ?? false)
      #expect(
        try replica.value("SELECT last_run_date FROM _cursors WHERE table_name = 'parties'").isNull)
    }
    account.churns = []
    try replica.sync()
    #expect(try Oracle(replica: replica).differences() == [])
  }

  /// What a list is read for when it never holds still: what is there, what is there and gone, what
  /// has changed.
  enum Reading: CaseIterable { case first, full, changes }

  /// A row goes without a word behind the second page of each walk, so no walk proves itself.
  @Test(arguments: Reading.allCases)
  func `giving up moves no cursor and takes nothing for gone`(reading: Reading) throws {
    let account = account(60, .idAscending)
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    replica.options.pageSize = 5
    replica.options.concurrency = 1
    if reading != .first { try replica.sync() }
    account.now += 3_600
    for id in account.visibleIDs(.parties) { account.describe(.parties, id, "again") }
    account.now += 3_600
    let cursor = "SELECT last_run_date, full_run_date FROM _cursors WHERE table_name = 'parties'"
    let before = reading == .first ? [[.null, .null]] : try replica.rows(cursor)
    var hidden: Set<Int64> = []
    account.beforeRequest = { account, _ in
      guard account.log.last?.target.hasPrefix("parties?page=2&") ?? false,
        let id = account.visibleIDs(.parties).min(), account.hide(.parties, id)
      else { return }
      hidden.insert(id)
    }
    let summary = try replica.sync(full: reading == .full)
    account.beforeRequest = nil
    #expect(hidden.count > Completeness.attemptsLimit)
    #expect(summary.outcome == .partial)
    #expect(summary.tables[0].outcome == .failed)
    #expect(summary.tables[0].error?.contains("kept changing") ?? false)
    #expect(try replica.rows(cursor) == before)
    #expect(try replica.value("SELECT count(*) FROM parties WHERE _deleted_at IS NOT NULL") == 0)
    #expect(try replica.value("SELECT count(*) FROM _seen") == 0)
    // What vanished is found by the count, once a day.
    account.now += 86_400
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  /// Rows that change during a first sync, in thousandths.
  @Test(arguments: orders)
  func `what moves costs few requests`(order: Switches.Order) throws {
    for thousandths in [0, 1, 10] {
      let account = account(Self.rows, order)
      let replica = try Replica(account, tables: [.parties, .deletedParties])
      let minimum = (account.visibleIDs(.parties).count + 99) / 100 + 1
      let edits = Self.rows * thousandths / 1_000
      account.churns = [
        Churn(
          seed: 3, rate: Double(edits) / Double(minimum), requests: 1...minimum,
          kinds: [.describe, .rename, .addEmail, .delete, .createPerson], pause: 0...1)
      ]
      var summary: RunSummary?
      let requests = try replica.requests { summary = try replica.sync() }
      #expect(summary?.outcome == .good)
      #expect(try differences(replica, Set(account.visibleIDs(.parties))) == [])
      let percent = Double(thousandths) / 10
      print("churn \(order) \(percent) %: \(requests.count) requests, minimum \(minimum)")
      #expect(thousandths == 0 ? requests.count == minimum : requests.count <= 3 * minimum + 12)
    }
  }
}
