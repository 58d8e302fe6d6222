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
