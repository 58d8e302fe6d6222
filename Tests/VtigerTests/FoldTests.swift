import Model
import SQLite
import Simulation
import TestSupport
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// Rows of one activity are folded behind the limit of an answer: it shows few records of those
/// that were asked for by their ids.
@Suite struct FoldTests {
  private let replica: FollowedAccount
  private var account: VtigerAccount { replica.account }

  init() throws {
    replica = try FollowedAccount()
    let contacts = replica.ids("Contacts")
    for id in replica.ids("Events") { account.invite(Array(contacts.prefix(40)), to: id) }
    account.now += 100_000
  }

  private func subjects() throws -> [Int64: String] {
    let rows = try replica.rows("SELECT id, subject FROM events WHERE _deleted_at IS NULL")
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0].integer ?? 0, $0[1].text ?? "") })
  }

  private var expected: [Int64: String] {
    account.records(of: "Events").mapValues { $0["subject"]?.string ?? "" }
  }

  @Test func `the sweep reads every activity again`() throws {
    try replica.sync()
    #expect(try subjects() == expected)
    for id in replica.ids("Events") { account.alterSilently(id, "subject", "Silent \(id)") }
    replica.options.scrubEvery = 86_400
    account.now += 90_000
    #expect(try replica.sync().outcome == .good)
    #expect(try subjects() == expected)
  }

  @Test func `the census takes none for gone that is not shown for lack of room`() throws {
    try replica.sync()
    let ids = replica.ids("Events")
    account.delete(ids[3])
    account.now += 60
    #expect(try replica.sync().outcome == .good)
    #expect(try subjects() == expected)
    // Records that the file lacks are asked for by their ids as well.
    try Database.open(path: replica.path, tables: replica.source().tables, views: [])
      .execute("DELETE FROM events")
    account.now += 3_600
    #expect(try replica.sync().outcome == .good)
    #expect(try subjects() == expected)
  }
}
