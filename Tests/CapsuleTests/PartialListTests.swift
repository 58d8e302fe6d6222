import Capsule
import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Testing

/// Lists of which the source gives less than it has: they are not complete, and nothing is taken
/// for gone.
@Suite struct PartialListTests {
  /// Parties and tasks by the dozen, on pages of twenty.
  private func replica(_ table: String, rows: Int = 65, counts: Bool = true) throws -> Replica {
    var size = AccountSize.tiny
    (size.parties, size.tasks, size.opportunities, size.cases, size.tracks) = (rows, rows, 1, 1, 0)
    var switches = Switches()
    switches.supportsMeta = counts
    let account = Account(seed: 11, size: size, now: 1_760_000_000, switches: switches)
    let replica = try Replica(
      account, tables: table == "parties" ? [.parties, .deletedParties] : [.tasks])
    replica.options.pageSize = 20
    return replica
  }

  /// Takes the records out of replies to pages, and leaves their headers and their count.
  private func empty(_ replica: Replica, _ isHit: @escaping (String) -> Bool) {
    replica.wrap = { inner in
      DamagingTransport(inner) { response, request in
        guard response.status == 200, isHit(request.target),
          let text = String(validating: response.body, as: UTF8.self),
          let open = text.firstIndex(of: "["), let close = text.lastIndex(of: "]")
        else { return }
        response.body = Array((text[...open] + text[close...]).utf8)
      }
    }
  }

  private func heals(_ replica: Replica) throws {
    replica.wrap = { $0 }
    replica.account.now += 3_600
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test(arguments: ["parties", "tasks"])
  func `an empty page that names a next one does not end the list`(table: String) throws {
    let replica = try replica(table, counts: false)
    empty(replica) { $0.hasPrefix("\(table)?page=2&") }
    try replica.sync()
    let count = try replica.value("SELECT count(*) FROM \(table)").integer ?? 0
    let all = replica.account.rows("\(table)?perPage=100").count
    #expect(Int(count) > 40 && Int(count) >= all - 20, "\(count) of \(all)")
  }

  @Test(arguments: ["parties", "tasks"])
  func `a first list that is shorter than its count is not complete`(table: String) throws {
    let replica = try replica(table)
    empty(replica) { $0.hasPrefix("\(table)?page=2&") }
    let summary = try replica.sync()
    #expect(summary.outcome == .partial)
    #expect(summary.tables[0].outcome == .failed)
    #expect(summary.tables[0].error?.contains("and the source counts") ?? false)
    #expect(
      try replica.value("SELECT last_run_date FROM _cursors WHERE table_name = '\(table)'")
        .isNull)
    try heals(replica)
  }

  @Test func `rows that a later list hides behind its count are not taken for gone`() throws {
    let replica = try replica("tasks")
    try replica.sync()
    let before = try replica.content()
    empty(replica) { $0.hasPrefix("tasks?page=2&") }
    replica.account.now += 3_600
    #expect(try replica.sync().tables.map(\.outcome) == [.failed])
    #expect(try replica.content() == before)
    try heals(replica)
  }

  @Test func `a list of one page that is empty against its count is not complete`() throws {
    let replica = try replica("parties", rows: 15)
    empty(replica) { $0.hasPrefix("parties?page=1&") }
    #expect(try replica.sync().tables.map(\.outcome) == [.failed, .good])
    try heals(replica)
  }

  @Test func `a list that was short once is read again and complete`() throws {
    let replica = try replica("parties")
    var isHit = false
    empty(replica) { target in
      guard target.hasPrefix("parties?page=3&"), !isHit else { return false }
      isHit = true
      return true
    }
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `empty pages without end come to an end that is not good`() throws {
    let replica = try replica("parties")
    replica.wrap = { inner in
      DamagingTransport(inner) { response, request in
        guard response.status == 200, request.target.hasPrefix("parties?page=") else { return }
        response.body = Array(#"{"parties":[]}"#.utf8)
        response.headers = [
          "Date": response.headers["Date"] ?? "", "X-Pagination-Has-More": "true",
        ]
      }
    }
    var outcomes: [TableReport.Outcome] = []
    let requests = try replica.requests { outcomes = try replica.sync().tables.map(\.outcome) }
    #expect(outcomes == [.failed, .good])
    #expect(requests.count { $0.hasPrefix("parties?page=") } == 10)
    try heals(replica)
  }

  // MARK: Records that cannot be stored

  private func cursor(_ replica: Replica) throws -> Value {
    try replica.value("SELECT last_run_date FROM _cursors WHERE table_name = 'parties'")
  }

  /// Has one reply to the question for changes say its records otherwise.
  private func misspell(_ replica: Replica, _ spell: @escaping (String) -> String) {
    replica.wrap = { inner in
      DamagingTransport(inner) { response, request in
        guard response.status == 200, request.target.hasPrefix("parties?page=1&") else { return }
        let text = String(decoding: response.body, as: UTF8.self)
        response.body = Array(spell(text).utf8)
      }
    }
  }

  private static let spellings: [@Sendable (String) -> String] = [
    // Every id is a text.
    { text in text.replacing("{\"id\":", with: "{\"id\":\"x\",\"was\":") },
    // No record says its id.
    { text in text.replacing("\"id\":", with: "\"number\":") },
    // An object stands in the place of the list.
    { _ in #"{"parties":{}}"# },
  ]

  @Test(arguments: spellings.indices)
  func `a record that cannot be stored keeps the cursor`(spelling: Int) throws {
    let replica = try replica("parties")
    try replica.sync()
    let before = try cursor(replica)
    replica.account.now += 3_600
    for id in replica.account.visibleIDs(.parties).prefix(5) {
      replica.account.describe(.parties, id, "changed")
    }
    misspell(replica, Self.spellings[spelling])
    let summary = try replica.sync()
    #expect(summary.outcome == .partial)
    #expect(summary.tables[0].error?.contains("could not be stored") ?? false)
    #expect(try cursor(replica) == before)
    // The overlap alone would not bring the changes again.
    replica.account.now += 86_400
    try heals(replica)
    #expect(try cursor(replica) != before)
  }

  @Test func `a change that an index of the user's refuses keeps the cursor`() throws {
    let replica = try replica("parties")
    try replica.sync()
    let before = try cursor(replica)
    try replica.open().execute(
      "CREATE UNIQUE INDEX theirs ON parties (about) WHERE about = 'the same'")
    replica.account.now += 3_600
    for id in replica.account.visibleIDs(.parties).prefix(3) {
      replica.account.describe(.parties, id, "the same")
    }
    let summary = try replica.sync()
    #expect(summary.tables[0].outcome == .failed)
    #expect(summary.tables[0].error?.hasPrefix("2 records could not be stored") ?? false)
    #expect(try cursor(replica) == before)
    try replica.open().execute("DROP INDEX theirs")
    replica.account.now += 86_400
    try heals(replica)
  }

  @Test func `a refused record of a parent's list takes no other for gone`() throws {
    let account = Account(seed: 11, size: .small, now: 1_760_000_000)
    let replica = try Replica(
      account, tables: [.parties, .opportunities, .deletedOpportunities, .opportunityParties])
    try replica.sync()
    let links = "SELECT count(*) FROM opportunity_parties WHERE _deleted_at IS NULL"
    let before = try replica.value(links)
    try #require(before.integer ?? 0 > 0)
    account.now += 3_600
    replica.wrap = { inner in
      DamagingTransport(inner) { response, request in
        guard response.status == 200, request.target.contains("/parties") else { return }
        response.body = Array(#"{"parties":{}}"#.utf8)
      }
    }
    #expect(try replica.sync(full: true).tables.map(\.outcome) == [.good, .good, .good, .failed])
    #expect(try replica.value(links) == before)
    try heals(replica)
  }

  // MARK: Counts that are wrong, and ends that are never said

  /// Has every count say so many rows more.
  private func miscount(_ replica: Replica, by more: Int) {
    replica.wrap = { inner in
      DamagingTransport(inner) { response, _ in
        let text = String(decoding: response.body, as: UTF8.self)
        guard let start = text.firstRange(of: "\"totalCount\":")?.upperBound else { return }
        let digits = text[start...].prefix { $0.isNumber }
        let count = (Int(digits) ?? 0) + more
        response.body = Array((text[..<start] + "\(count)" + text[digits.endIndex...]).utf8)
      }
    }
  }

  @Test func `a count that is always off by a little is harmless`() throws {
    let replica = try replica("parties")
    miscount(replica, by: 2)
    #expect(try replica.sync().outcome == .good)
    let account = replica.account
    account.now += 3_600
    // As many as are not asked for one by one: the list is read again for them.
    account.switches.feedRetention = 0
    for id in account.visibleIDs(.parties).prefix(13) { _ = account.delete(.parties, id) }
    account.now += 3_600
    #expect(try replica.sync(full: true).outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `changes that come to no end are read all the same`() throws {
    let replica = try replica("parties", counts: false)
    try replica.sync()
    replica.account.now += 3_600
    for id in replica.account.visibleIDs(.parties).prefix(30) {
      replica.account.describe(.parties, id, "changed")
    }
    replica.wrap = { inner in
      DamagingTransport(inner) { response, request in
        guard response.status == 200, request.target.contains("since=") else { return }
        response.headers = [
          "Date": response.headers["Date"] ?? "", "X-Pagination-Has-More": "true",
        ]
      }
    }
    #expect(try replica.sync().tables[0].outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `a list of changes is read on behind a page that says it is the last`() throws {
    let replica = try replica("parties")
    try replica.sync()
    replica.account.now += 3_600
    for id in replica.account.visibleIDs(.parties).prefix(50) {
      replica.account.describe(.parties, id, "changed")
    }
    replica.wrap = { inner in
      DamagingTransport(inner) { response, request in
        guard request.target.contains("page=1&"), request.target.contains("since=") else { return }
        response.headers = [
          "Date": response.headers["Date"] ?? "", "X-Pagination-Has-More": "false",
        ]
      }
    }
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  // MARK: What somebody changed in the file

  @Test(arguments: [
    "UPDATE parties SET about = 'by hand'", "UPDATE parties SET _extra = '{}'",
    "DELETE FROM party_email_addresses", "UPDATE party_addresses SET city = 'Nowhere'",
    "DELETE FROM party_tags", "UPDATE parties SET owner_id = NULL",
  ])
  func `a full reading puts right what was changed by hand`(change: String) throws {
    let replica = try replica("parties", rows: 30)
    try replica.sync()
    try replica.open().execute(change)
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.sync(full: true).outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
    replica.account.now += 60
    let found = try replica.verify()
    #expect(found.report.outcome == .equal, "\(found.all)")
  }
}
