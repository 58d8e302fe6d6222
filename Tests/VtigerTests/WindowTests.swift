import HTTP
import Model
import SQLite
import Simulation
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// Activities are read by windows of ids as far as the ids of all modules go.
@Suite struct WindowTests {
  @Test func `activities behind a thousand other records are read in the first run`() throws {
    let account = VtigerAccount(
      seed: 3, size: VtigerSize(records: ["Contacts": 1_500]), now: 1_795_000_000,
      switches: .init(.v8_0, access: .viewAll))
    let replica = try Replica(account, .session)
    replica.modules = ["Contacts", "Events"]
    for _ in 0..<2 {
      for _ in 0..<5 { account.createRecord(in: "Events") }
      #expect(try replica.sync().outcome == .good)
      let living = try replica.rows("SELECT id FROM events WHERE _deleted_at IS NULL ORDER BY id")
      #expect(living == account.records(of: "Events").keys.sorted().map { [.integer($0)] })
      account.now += 3_600
      for _ in 0..<1_200 { account.createRecord(in: "Contacts") }
    }
  }

  /// An administrator has begun it: a page that is empty would end it.
  @Test func `a list that others go on with goes on by windows`() throws {
    let source = try Fixture().source(.session, isAdministrator: false, greatestID: 400)
    let request = source.request(
      for: try source.table("events").listings[0], Question(.page(Position("500"), size: 100)))
    let query = VtigerForm.session.parts(of: request).parameters["query"]
    #expect(
      query?.hasPrefix("SELECT id FROM Events WHERE id > '18x500' AND id <= '18x600'") == true)
  }

  @Test(arguments: [0, 1, 99, 100, 101].map { Int64.max - $0 } as [Int64])
  func `the windows end where there are no more numbers`(start: Int64) throws {
    let source = try Fixture().source(.session, isAdministrator: false, greatestID: 400)
    let listing = try source.table("events").listings[0]
    for position in [
      "above \(start),\(start)", "above \(start),0", "\(start)", "in \(start)", "in 5,\(start)",
    ] {
      let request = source.request(
        for: listing, Question(.page(Position(position), size: 100)))
      let records = position.hasPrefix("in") ? "[{\"id\":\"18x\(start)\"}]" : "[]"
      let reply = source.reply(Fixture.success(records), to: request)
      // An id of nineteen digits is none, so of the records that are asked for none has come.
      let asked = position.split { $0 == " " || $0 == "," }.count - 1
      #expect(
        reply.verdict == (position.hasPrefix("in") ? .retry(.hidden(asked)) : .accept))
      guard case .moreAt(let next) = reply.next else { continue }
      #expect(Walk(next) != nil, "\(position) leads to \(next)")
    }
  }
}
