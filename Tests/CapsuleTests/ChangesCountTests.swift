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
