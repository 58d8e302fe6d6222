import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Testing

/// What a run costs: requests, and writes.
@Suite struct RequestTests {
  private func account(_ switches: Switches = Switches()) -> Account {
    var size = AccountSize.small
    (size.parties, size.opportunities, size.tasks, size.entries) = (230, 120, 210, 100)
    return Account(seed: 3, size: size, now: 1_760_000_000, switches: switches)
  }

  /// Requests for a listing of so many rows.
  private func pages(_ rows: Int) -> Int { max(1, (rows + 99) / 100) }

  private func minimum(_ replica: Replica) throws -> [String: Int] {
    var minimum: [String: Int] = [:]
    let connection = try Database.openReadOnly(path: replica.path)
    for table in replica.tables where table.method != .perParent {
      let rows = try connection.value("SELECT count(*) FROM \"\(table.name)\"").integer ?? 0
      minimum[table.name] = pages(Int(rows))
    }
    // Lists without pages, and lists that are one for each entity or each pipeline.
    minimum["countries"] = 1
    minimum["custom_fields"] = 3
    minimum["tag_definitions"] = 3
    minimum["milestones"] = Int(
      try connection.value("SELECT count(*) FROM pipelines").integer ?? 0)
    return minimum
  }

  @Test(arguments: Switches.PagingHeaders.allCases, [true, false])
  func `a first run asks for each page once and for no page behind the last`(
    headers: Switches.PagingHeaders, supportsMeta: Bool
  ) throws {
    var switches = Switches()
    switches.pagingHeaders = headers
    switches.supportsMeta = supportsMeta
    let replica = try Replica(account(switches))
    replica.options.perParentBudget = 0
    let requests = try replica.requests { _ = try replica.sync() }
    #expect(
      try Oracle(replica: replica).differences().allSatisfy {
        $0.contains("tr") || $0.contains("_parties")
      })
    var minimum = try minimum(replica)
    // A full page of a list that nobody counts is followed by one more request.
    minimum["entries"] = 2
    let expected = minimum.values.reduce(0, +)
    #expect(requests.count == expected)
    #expect(Set(requests).count == requests.count)
  }

  @Test func `a run over an unchanged account writes nothing but the run log`() throws {
    let account = account()
    let replica = try Replica(account)
    replica.options.perParentBudget = 0
    try replica.sync()
    account.now += 86_400
    let before = try replica.content()
    let requests = try replica.requests {
      let summary = try replica.sync()
      #expect(summary.outcome == .good)
      for report in summary.tables {
        #expect(report.counts.inserted + report.counts.updated + report.counts.deleted == 0)
      }
    }
    #expect(try replica.content() == before)
    // One request for what has changed, one for what is gone, and the lists without either.
    let minimum = try minimum(replica)
    let once = ["parties", "opportunities", "cases", "entries"]
    let expected = minimum.map { once.contains($0.key) ? 1 : $0.value }.reduce(0, +)
    // Once a day the living rows of the three are counted against the account.
    #expect(requests.count == expected + 3)
    account.now += 3_600
    #expect(try replica.requests { try replica.sync() }.count == expected)
    #expect(requests.contains { $0.hasPrefix("parties?page=1") && $0.contains("since=") })
  }

  @Test func `the question for changes overlaps the last pass by five minutes`() throws {
    let account = account()
    let replica = try Replica(account, tables: [.parties])
    try replica.sync()
    account.now += 3_600
    let start = try #require(
      try replica.value("SELECT last_run_date FROM _cursors").text.flatMap { Timestamp($0) })
    #expect(start == Timestamp(1_760_000_000))
    let requests = try replica.requests { _ = try replica.sync() }
    #expect(requests.count == 1)
    #expect(requests[0].contains("since=\((start + -300).iso8601)"))
    let second = try replica.value("SELECT last_run_date FROM _cursors").text
    #expect(second == Timestamp(1_760_003_600).sql)
  }

  @Test func `a wrong clock on this host moves no cursor`() throws {
    let account = account()
    let replica = try Replica(account, tables: [.parties])
    replica.clockError = -7 * 3_600
    try replica.sync()
    #expect(
      try replica.value("SELECT last_run_date FROM _cursors").text
        == Timestamp(1_760_000_000).sql)
  }

  @Test func `without a Date the cursor stays and everything is asked again`() throws {
    var switches = Switches()
    switches.sendsDate = false
    let account = account(switches)
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    try replica.sync()
    #expect(try replica.value("SELECT last_run_date FROM _cursors").isNull)
    account.now += 1_000
    let id = account.createPerson("New", "Person")
    let requests = try replica.requests { _ = try replica.sync() }
    #expect(!requests.contains { $0.hasPrefix("parties?") && $0.contains("since=") })
    #expect(try replica.value("SELECT count(*) FROM parties WHERE id = \(id)") == 1)
  }

  @Test func `the sweep reads each row once before it begins again`() throws {
    let account = account()
    let replica = try Replica(account, tables: [.parties])
    replica.options.scrubEvery = 10 * 86_400
    try replica.sync()
    let ids = account.visibleIDs(.parties).sorted()
    var swept: [Int64] = []
    for _ in 1...10 where swept.count < ids.count {
      account.now += 86_400
      let requests = try replica.requests { _ = try replica.sync() }
      for request in requests where request.hasPrefix("parties/") {
        let list = request.dropFirst("parties/".count).prefix { $0 != "?" }
        swept += list.split(separator: ",").compactMap { Int64($0) }
      }
    }
    #expect(swept == ids)
    account.now += 86_400
    let requests = try replica.requests { _ = try replica.sync() }
    #expect(requests.contains { $0.hasPrefix("parties/\(ids[0]),") })
  }

  @Test func `the budget goes to changed parents first and then to the longest unread`() throws {
    let account = account()
    let replica = try Replica(account)
    replica.options.perParentBudget = 50
    let first = try replica.requests { _ = try replica.sync() }
    func parents(_ requests: [String]) -> [String] {
      requests.filter { $0.contains("/tracks?") || $0.contains("s/") && $0.contains("/parties?") }
    }
    #expect(parents(first).count == 50)
    account.now += 100
    let second = try replica.requests { _ = try replica.sync() }
    #expect(parents(second).count == 50)
    #expect(Set(parents(first)).isDisjoint(with: parents(second)))
    let full = try replica.requests { _ = try replica.sync(full: true) }
    let all =
      2 * account.ids(.opportunities).count + 2 * account.ids(.kases).count
      + account.ids(.parties).count
    #expect(parents(full).count == all)
    #expect(try Oracle(replica: replica).differences() == [])
  }
}
