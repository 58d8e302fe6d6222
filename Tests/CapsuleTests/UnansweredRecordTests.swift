import Capsule
import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Rows that a list lacks and that cannot be asked for: they wait as those do that the delete guard
/// holds, and keep nothing else from being good.
@Suite struct UnansweredRecordTests {
  private let replica: Replica
  private let gone: Int64
  private var account: Account { replica.account }

  init() throws {
    var size = AccountSize.tiny
    (size.tasks, size.opportunities, size.cases) = (65, 1, 1)
    let account = Account(seed: 11, size: size, now: 1_760_000_000)
    replica = try Replica(account, tables: [.tasks])
    replica.options.pageSize = 20
    try replica.sync()
    gone = try #require(
      replica.value("SELECT id FROM tasks ORDER BY id LIMIT 1 OFFSET 30").integer)
    account.now += 3_600
    replica.wrap = { [gone] inner in
      DamagingTransport(inner) { response, request in
        guard request.target.hasPrefix("tasks/\(gone)") else { return }
        response.status = 500
      }
    }
  }

  private func reason() throws -> Value {
    try replica.value("SELECT _deleted_reason FROM tasks WHERE id = \(gone)")
  }

  @Test func `a row that answers with an error waits for another listing`() throws {
    #expect(account.delete(task: gone))
    let summary = try replica.sync()
    #expect(summary.tables.map(\.outcome) == [.held])
    let error = try #require(summary.tables[0].error)
    #expect(error.contains("could not be asked for") && error.contains("half an hour"), "\(error)")
    #expect(try reason() == .null)
    // Too soon.
    account.now += 60
    #expect(try replica.sync().tables.map(\.outcome) == [.held])
    account.now += 86_400
    #expect(try replica.sync().outcome == .good)
    #expect(try reason() == "absent")
    #expect(try replica.value("SELECT count(*) FROM _held") == 0)
  }

  @Test func `a row that is said to be gone does not wait for one that answers with an error`()
    throws
  {
    let other = try #require(
      replica.value("SELECT id FROM tasks ORDER BY id LIMIT 1 OFFSET 40").integer)
    #expect(account.delete(task: gone) && account.delete(task: other))
    #expect(try replica.sync().tables.map(\.outcome) == [.held])
    #expect(try reason() == .null)
    #expect(
      try replica.value("SELECT _deleted_reason FROM tasks WHERE id = \(other)") == "absent")
  }

  @Test func `a row that answers with an error can be accepted for gone`() throws {
    #expect(account.delete(task: gone))
    try replica.sync()
    #expect(try Held(.tasks, replica.open()).accept(at: Timestamp(account.now)) == 1)
    #expect(try reason() == "absent")
    account.now += 3_600
    #expect(try replica.sync().outcome == .good)
  }

  @Test func `a row that answers in the end is not held any more`() throws {
    #expect(account.delete(task: gone))
    try replica.sync()
    replica.wrap = { $0 }
    account.now += 60
    #expect(try replica.sync().outcome == .good)
    #expect(try reason() == "absent")
    #expect(try replica.value("SELECT count(*) FROM _held") == 0)
  }
}
