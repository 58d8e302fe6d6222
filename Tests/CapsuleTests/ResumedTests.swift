import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// A run that goes on where another one was cut off, and what it makes of what that one had read.
@Suite struct ResumedTests {
  /// What may become of the first row between two runs: the feed tells of it, or nobody does.
  enum Loss: CaseIterable {
    case deleted, restricted, hidden

    func take(_ id: Int64, from account: Account) -> Bool {
      switch self {
      case .deleted: account.delete(.parties, id)
      case .restricted: account.restrict(.parties, id)
      case .hidden: account.hide(.parties, id)
      }
    }
  }

  /// Such a list is read twice, and not a third time where the second reading was cut off.
  @Test func `a list whose last page has no records is read twice`() throws {
    let account = CutOff.account(55) { ($0.cutsBeforeHiding, $0.supportsMeta) = (true, false) }
    for id in account.visibleIDs(.parties).suffix(5) { _ = account.hide(.parties, id) }
    let replica = try CutOff.replica(account)
    func readings(_ page: Int) -> Int {
      account.log.count {
        $0.target.hasPrefix("parties?page=\(page)&") && !$0.target.contains("since=")
      }
    }
    try CutOff.run(replica, cutBefore: 18)
    #expect(readings(2) == 2 && readings(9) == 1)
    #expect(try replica.sync().outcome == .good)
    #expect(readings(2) == 2 && readings(9) == 2)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  /// What is left of it ends on a page that the former run has read, and the page that would be
  /// next is refused.
  @Test(arguments: [Switches.BehindEnd.notFound, .unprocessable], [1, 600])
  func `a list that became shorter is begun anew`(end: Switches.BehindEnd, pause: Int64) throws {
    let account = CutOff.account(95) { $0.behindEnd = end }
    let replica = try CutOff.replica(account)
    try CutOff.run(replica, cutBefore: 18)
    account.now += pause - 600
    for id in account.visibleIDs(.parties).suffix(40) { _ = account.delete(.parties, id) }
    account.now += 5
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  /// A server that shows no page behind the third, whatever there is.
  @Test func `a full reading that is refused is owed`() throws {
    let account = CutOff.account(50)
    let replica = try CutOff.replica(account)
    #expect(try replica.sync().outcome == .good)
    account.faults = FaultScript(
      (4...10).map {
        .init(.saying("no such page", status: 422), on: .path("parties?page=\($0)&", times: 1_000))
      })
    for round in 0..<5 {
      account.now += 3_600
      #expect(try replica.sync(full: round == 0).outcome != .good)
    }
    account.faults = FaultScript()
    #expect(try replica.sync().outcome == .good)
  }

  /// A server that shows no page behind the third, whatever there is.
  @Test func `a list that cannot be read to its end is not read by every run`() throws {
    let account = CutOff.account(50)
    let replica = try CutOff.replica(account)
    account.faults = FaultScript(
      (4...10).map {
        .init(.saying("no such page", status: 422), on: .path("parties?page=\($0)&", times: 1_000))
      })
    func pages() throws -> Int {
      let before = account.log.count
      #expect(try replica.sync().outcome != .good)
      account.now += 30
      return account.log.dropFirst(before).count { $0.target.hasPrefix("parties?") }
    }
    let runs = try (0..<6).map { _ in try pages() }
    #expect(runs == [5, 6, 1, 5, 6, 1])
    account.faults = FaultScript()
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  /// The row behind the last page that was read becomes its last row: no page shows it any more. A
  /// new row in the place of the one that went makes the numbers agree all the same.
  @Test(arguments: 2...11, Loss.allCases)
  func `a row that slid under a run that was cut off is not taken for gone`(
    cut: Int, loss: Loss
  ) throws {
    for isReplaced in [false, true] {
      let replica = try CutOff.replica(CutOff.account(60) { $0.silentChangesMove = true })
      let account = replica.account
      try replica.sync()
      account.now += 3_600
      try CutOff.run(replica, full: true, cutBefore: cut)
      let page = "SELECT pass_page FROM _cursors WHERE table_name = 'parties'"
      #expect(try replica.value(page) == .integer(Int64(cut + 1)))
      let gone = try #require(account.visibleIDs(.parties).min())
      #expect(loss.take(gone, from: account))
      if isReplaced { account.createPerson("Zora", "Quist") }
      account.now += 600
      #expect(try replica.sync().outcome == .good)
      #expect(try Oracle(replica: replica).differences() == [])
      #expect(
        try replica.rows(
          "SELECT row_key FROM _history WHERE table_name = 'parties' AND change = 'delete'")
          == [[.integer(gone)]])
    }
  }

  /// As many rows come as go between the two runs, so that the numbers agree, and what tells them
  /// apart cannot be read.
  @Test(arguments: 2...11)
  func `without its feed a list that was cut off is not proved by numbers`(cut: Int) throws {
    let replica = try CutOff.replica(CutOff.account(60))
    let account = replica.account
    try CutOff.run(replica, cutBefore: cut)
    let gone = try #require(account.visibleIDs(.parties).min())
    #expect(account.delete(.parties, gone))
    _ = account.createPerson("Zora", "Quist")
    account.now += 600
    account.faults.faults.append(.init(.forbidden, on: .path("parties/deleted", times: 30)))
    #expect(try replica.sync().tables.map(\.outcome) == [.good, .failed])
    let living = try replica.rows("SELECT id FROM parties WHERE _deleted_at IS NULL")
    #expect(Set(living.compactMap { $0[0].integer }) == Set(account.visibleIDs(.parties)))
  }

  @Test(arguments: 21...28)
  func `a task that slid under a run that was cut off is not taken for gone`(cut: Int) throws {
    var size = AccountSize.tiny
    size.tasks = 60
    var switches = Switches()
    switches.order = .idAscending
    let account = Account(seed: 5, size: size, now: 1_760_000_000, switches: switches)
    let replica = try Replica(account, tables: [.tasks])
    (replica.options.pageSize, replica.options.concurrency) = (2, 1)
    try replica.sync()
    account.now += 3_600
    try CutOff.run(replica, cutBefore: cut)
    #expect(try replica.value("SELECT pass_page FROM _cursors") == .integer(Int64(cut + 1)))
    let gone = try #require(account.ids(.tasks).min())
    #expect(account.delete(task: gone))
    account.now += 600
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
    #expect(
      try replica.rows("SELECT row_key FROM _history WHERE change = 'delete'")
        == [[.integer(gone)]])
  }

  /// Rows are made between two runs, and one of them is changed while the second run asks for what
  /// has changed since the first: the row behind the border is on neither page.
  @Test(arguments: [Switches.Order.updatedAscending, .updatedDescending, .name, .idAscending])
  func `a row that slid while changes were asked for anew is not lost`(
    order: Switches.Order
  ) throws {
    for edit in [Edit.describe, .delete, .restrict] {
      let account = CutOff.account(20) { $0.order = order }
      let replica = try CutOff.replica(account)
      try CutOff.run(replica, cutBefore: 4)
      account.now += 3_600
      for _ in 0..<12 { account.createPerson("Zora", "Quist") }
      account.now += 3_600
      account.beforeRequest = { account, _ in
        guard let last = account.log.last?.target, last.contains("page=1&"),
          last.contains("&since"),
          last.hasPrefix("parties?"),
          let shown = account.rows(last).first?["id"]?.integer
        else { return }
        account.beforeRequest = nil
        account.now += 5
        switch edit {
        case .describe: account.describe(.parties, shown, "moved")
        case .delete: account.delete(.parties, shown)
        default: account.restrict(.parties, shown)
        }
      }
      #expect(try replica.sync().outcome == .good)
      let living = try replica.rows("SELECT id FROM parties WHERE _deleted_at IS NULL")
      #expect(
        Set(living.compactMap { $0[0].integer }) == Set(account.visibleIDs(.parties)), "\(edit)")
      account.now += 600
      try replica.sync()
      #expect(try Oracle(replica: replica).differences() == [])
    }
  }

  /// Rows go and others come between two runs, so that the numbers agree, and nothing tells of it.
  @Test(arguments: 2...11, 1...9)
  func `a row that slid onto the last page of a run that was cut off is not lost`(
    cut: Int, gone: Int
  ) throws {
    let replica = try CutOff.replica(CutOff.account(60) { $0.vanishesSilently = true })
    let account = replica.account
    try CutOff.run(replica, cutBefore: cut)
    for id in account.visibleIDs(.parties).sorted().prefix(gone) {
      account.hide(.parties, id)
      _ = account.createPerson("Zora", "Quist")
    }
    account.now += 600
    #expect(try replica.sync().outcome == .good)
    let living = try replica.rows("SELECT id FROM parties WHERE _deleted_at IS NULL")
    #expect(
      Set(account.visibleIDs(.parties)).subtracting(living.compactMap { $0[0].integer }) == [])
  }

  /// Nothing counts the entries, and no feed tells what has gone.
  @Test(arguments: [2, 3, 5, 7], [1, 2, 5, 6, 9])
  func `entries that slid under a run that was cut off are not lost`(
    cut: Int, gone: Int
  ) throws {
    var size = AccountSize.tiny
    size.entries = 40
    var switches = Switches()
    switches.countsEntries = false
    let account = Account(seed: 5, size: size, now: 1_760_000_000, switches: switches)
    let replica = try Replica(account, tables: [.entries])
    (replica.options.pageSize, replica.options.concurrency) = (5, 1)
    try CutOff.run(replica, cutBefore: cut)
    let stored = try replica.rows("SELECT id FROM entries ORDER BY entry_at DESC, id DESC")
    for id in stored.prefix(gone).compactMap({ $0[0].integer }) { account.delete(entry: id) }
    account.now += 600
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  /// The count goes down in the first run alone: the list is read once more in the run behind.
  @Test(arguments: [11, 12, 13])
  func `an entry that slid before a first run was cut off is found`(cut: Int) throws {
    var size = AccountSize.tiny
    size.entries = 40
    var switches = Switches()
    (switches.countsEntries, switches.activities) = (true, .missing)
    let account = Account(seed: 5, size: size, now: 1_760_000_000, switches: switches)
    let replica = try Replica(account, tables: [.entries])
    (replica.options.pageSize, replica.options.concurrency) = (5, 1)
    let third = try #require(account.rows("entries?perPage=5&page=3").first?["id"]?.integer)
    account.beforeRequest = { account, _ in
      let isBehindFourth = account.log.last?.target.hasPrefix("entries?page=4&") ?? false
      if isBehindFourth { account.delete(entry: third) }
    }
    let asked = try replica.questions
    replica.prepare = { $0.interruptAfter = asked + cut }
    #expect(try replica.sync().outcome == .stopped)
    (account.beforeRequest, replica.prepare) = (nil, { _ in })
    for _ in 0..<2 {
      account.now += 600
      #expect(try replica.sync().outcome == .good)
    }
    #expect(try Oracle(replica: replica).differences() == [])
  }

  /// The last page that was stored, the feed, and the question for what has changed since the first
  /// page; then the feed once more.
  private static let besidesPages = 4

  /// A first run and one over everything, stopped or crashed before a request. Of what is stored
  /// the last page alone is asked for again, and a run that is stopped stores all that has come.
  @Test(arguments: [false, true], [false, true])
  func `a run cut off in a quiet account costs the pages that were not stored`(
    isFull: Bool, isCrash: Bool
  ) throws {
    struct Crash: Error {}
    for cut in 2...11 {
      let replica = try CutOff.replica(CutOff.account(60))
      let account = replica.account
      if isFull {
        try replica.sync()
        account.now += 3_600
        for id in account.visibleIDs(.parties) { account.describe(.parties, id, "again") }
        account.now += 3_600
      }
      let base = try account.requestCount + replica.questions
      replica.beforeStatement = {
        if isCrash, account.requestCount >= base + cut { throw Crash() }
      }
      do { try CutOff.run(replica, full: isFull, cutBefore: cut) } catch is Crash {}
      replica.beforeStatement = nil
      let page = try replica.value(
        "SELECT pass_page FROM _cursors WHERE table_name = 'parties'")
      let stored = Int(page.integer ?? 1) - 1
      #expect(isCrash || stored > 0 && stored >= cut - 2, "\(cut)")
      account.now += 600
      var summary: RunSummary?
      let requests = try replica.requests { summary = try replica.sync() }
      #expect(summary?.outcome == .good)
      #expect(requests.count <= 12 - stored + Self.besidesPages, "\(cut): \(requests)")
      #expect(try Oracle(replica: replica).differences() == [])
    }
  }
}
