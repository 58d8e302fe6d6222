import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Lists of changes that lack a page once, and counts that may be theirs or the whole table's.
@Suite struct ChangesCountTests {
  private func replica(_ rows: Int, _ switches: Switches = Switches()) throws -> Replica {
    var size = AccountSize.tiny
    (size.parties, size.opportunities, size.cases) = (rows, 1, 1)
    let account = Account(seed: 11, size: size, now: 1_760_000_000, switches: switches)
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    replica.options.pageSize = 20
    return replica
  }

  /// Takes the records out of one page, once.
  private func empty(_ replica: Replica, page: Int) {
    replica.account.faults = FaultScript([
      .init(.emptyPage, on: .path("parties?page=\(page)&", times: 1))
    ])
  }

  private func expectEqual(_ replica: Replica, _ name: String) throws {
    let summary = try replica.sync()
    #expect(summary.outcome == .good, "\(name): \(summary.tables.compactMap(\.error))")
    #expect(try Oracle(replica: replica).differences() == [], "\(name)")
  }

  /// Private rows are taken out of whole pages of the list, which makes it longer than it has rows.
  /// Of changes that says nothing: two that slide from the second page to the first are missed.
  @Test(arguments: [true, false])
  func `changes that slide are not excused by a list that is longer`(isCounted: Bool) throws {
    var size = AccountSize.tiny
    size.parties = 60
    var switches = Switches()
    (switches.order, switches.cutsBeforeHiding) = (.updatedAscending, true)
    switches.supportsMeta = isCounted
    let account = Account(seed: 9, size: size, now: 1_760_000_000, switches: switches)
    let ids = account.visibleIDs(.parties).sorted()
    for id in ids {
      account.now += 1
      account.describe(.parties, id, "before")
    }
    // They are on the first page.
    for id in ids[4...5] { _ = account.hide(.parties, id) }
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    (replica.options.pageSize, replica.options.concurrency) = (20, 1)
    try replica.sync()
    account.now += 90_000
    try replica.sync()
    let longer = "SELECT length_error FROM _cursors WHERE table_name = 'parties'"
    #expect(try replica.value(longer) == 2)
    account.now += 3_600
    for id in ids[20..<50] {
      account.now += 1
      account.describe(.parties, id, "first")
    }
    account.now += 30
    let before = account.log.count
    account.beforeRequest = { account, _ in
      let asked = account.log.dropFirst(before).map(\.target).filter { $0.contains("since=") }
      guard asked.contains(where: { $0.hasPrefix("parties?page=1&") }) else { return }
      account.beforeRequest = nil
      for id in ids[20...21] { account.describe(.parties, id, "second") }
    }
    let outcome = try replica.sync().outcome
    #expect(account.beforeRequest == nil)
    #expect(try outcome != .good || Oracle(replica: replica).differences() == [])
  }

  @Test(arguments: [10, 15, 20, 55, 60, 65], Switches.PagingHeaders.allCases)
  func `a page that is empty once loses no change where all rows have changed`(
    rows: Int, headers: Switches.PagingHeaders
  ) throws {
    for page in 1...(rows + 19) / 20 {
      var switches = Switches()
      switches.pagingHeaders = headers
      let replica = try replica(rows, switches)
      #expect(try replica.sync().outcome == .good)
      replica.account.now += 3_600
      for id in replica.account.visibleIDs(.parties) {
        replica.account.describe(.parties, id, "changed")
      }
      empty(replica, page: page)
      try expectEqual(replica, "page \(page)")
    }
  }

  @Test(arguments: 1...4)
  func `a page that is empty once loses no row of an import`(page: Int) throws {
    let replica = try replica(10)
    #expect(try replica.sync().outcome == .good)
    replica.account.now += 3_600
    for number in 1...70 { _ = replica.account.createPerson("Imported", "\(number)") }
    empty(replica, page: page)
    try expectEqual(replica, "page \(page)")
  }

  @Test func `a count of changes that is right costs nothing`() throws {
    let replica = try replica(65)
    #expect(try replica.sync().outcome == .good)
    for changes in [0, 5, 65] {
      replica.account.now += 7_200
      for id in replica.account.visibleIDs(.parties).prefix(changes) {
        replica.account.describe(.parties, id, "changed \(changes)")
      }
      let requests = try replica.requests { try expectEqual(replica, "\(changes)") }
      let own = requests.count { $0.hasPrefix("parties?") && $0.contains("since=") }
      #expect(own == max(1, (changes + 19) / 20), "\(requests)")
    }
  }
}
