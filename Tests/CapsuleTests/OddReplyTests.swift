import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Replies as proxies and networks in between leave them: none of it loses a row.
@Suite struct OddReplyTests {
  private static let start: Int64 = 1_760_000_000

  private func replica(_ change: (inout Switches) -> Void = { _ in }) throws -> Replica {
    var switches = Switches()
    change(&switches)
    let account = Account(seed: 10, size: .small, now: Self.start, switches: switches)
    let replica = try Replica(account)
    replica.options.pageSize = 20
    replica.options.perParentBudget = 0
    return replica
  }

  private func differences(_ replica: Replica) throws -> [String] {
    try Oracle(replica: replica).differences().filter {
      !$0.contains("tracks") && !$0.contains("_parties") && !$0.contains("track_tasks")
    }
  }

  private func latest(_ replica: Replica) throws -> Int64 {
    let text = try replica.value("SELECT max(last_run_date) FROM _cursors").text
    return try #require(text.flatMap { Timestamp($0) }).seconds
  }

  @Test(arguments: Switches.DateForm.allCases)
  func `a date in an old form is the source's clock`(form: Switches.DateForm) throws {
    let replica = try replica { $0.dateForm = form }
    #expect(try replica.sync().outcome == .good)
    let last = try replica.value("SELECT min(last_run_date) FROM _cursors").text
    let first = try #require(last.flatMap { Timestamp($0) })
    #expect(first.seconds - Self.start < 120)
    replica.account.now += 3_600
    let requests = try replica.requests { try replica.sync() }
    #expect(requests.contains { $0.hasPrefix("parties?") && $0.contains("since=") })
    let latest = try latest(replica)
    #expect(abs(latest - replica.account.now) < 120)
  }

  /// Whichever reply it is, and in a run that has little to read.
  @Test(arguments: 1...24, [10_800, -400_000_000])
  func `one date that is hours off loses no edit`(number: Int, error: Int64) throws {
    // What no date tells is not found with good dates either.
    let expected = try missed(replica(), request: 0, off: 0, seed: UInt64(number))
    let missed = try missed(replica(), request: number, off: error, seed: UInt64(number))
    #expect(missed.subtracting(expected).isEmpty, "\(missed.subtracting(expected))")
  }

  /// The rows that an edit, minutes after a quiet run with one wrong date, leaves different.
  private func missed(
    _ replica: Replica, request: Int, off error: Int64, seed: UInt64
  ) throws -> Set<Substring> {
    let account = replica.account
    try replica.sync()
    account.now += 86_400
    let before = account.requestCount
    account.beforeRequest = { account, number in
      account.switches.dateError = number == before + request ? error : 0
    }
    #expect(try replica.sync().outcome == .good)
    #expect(try latest(replica) <= account.now + 60)
    account.now += 600
    var random = SplitMix64(seed: seed)
    _ = account.edit(using: &random, count: 30)
    account.now += 3_600
    #expect(try replica.sync().outcome == .good)
    #expect(try latest(replica) <= account.now + 60)
    return Set(try differences(replica).map { $0.prefix { $0 != ":" } })
  }

  @Test func `a source without a date is said`() throws {
    let replica = try replica { $0.sendsDate = false }
    for _ in 0..<2 {
      let summary = try replica.sync()
      #expect(summary.outcome == .good)
      #expect(summary.error?.contains("Date header") ?? false)
      #expect(try replica.value("SELECT error FROM _runs ORDER BY id DESC").text == summary.error)
    }
    replica.account.switches.sendsDate = true
    #expect(try replica.sync().error == nil)
  }

  @Test(arguments: Switches.LinkForm.allCases, Switches.PagingHeaders.allCases)
  func `pages are found whatever a Link looks like`(
    form: Switches.LinkForm, headers: Switches.PagingHeaders
  ) throws {
    let replica = try replica {
      ($0.linkForm, $0.pagingHeaders, $0.sendsPreload) = (form, headers, true)
      $0.supportsMeta = false
    }
    #expect(try replica.sync().outcome == .good)
    let differences = try differences(replica)
    #expect(differences.isEmpty, "\(differences.prefix(5))")
  }

  @Test func `a byte order mark and ids in quotes cost nothing`() throws {
    let plain = try replica()
    let odd = try replica { ($0.byteOrderMark, $0.idsAsTexts) = (true, true) }
    let requests = try plain.requests { try plain.sync() }
    let oddRequests = try odd.requests { try odd.sync() }
    #expect(oddRequests == requests)
    #expect(try odd.value("SELECT outcome FROM _runs").text == "good")
    #expect(try differences(odd) == [])
    #expect(try odd.value("SELECT count(*) FROM _quarantine") == 0)
    let digests = "SELECT id, _digest FROM parties UNION ALL SELECT id, _digest FROM entries"
    #expect(try odd.rows(digests) == plain.rows(digests))
  }

  /// The others of its page, and the pages behind it, are stored; and it is, when it is mended.
  @Test(arguments: Switches.Spoilt.allCases)
  func `a record that is no JSON keeps no other from the file`(spoilt: Switches.Spoilt) throws {
    let replica = try replica { $0.spoilt = spoilt }
    let account = replica.account
    let summary = try replica.sync()
    #expect(summary.outcome == .partial)
    let failures = summary.tables.compactMap(\.failure?.kind)
    #expect(!failures.isEmpty)
    for failure in failures {
      if case .unstored = failure { continue }
      Issue.record("\(failure)")
    }
    let hit = try #require(
      account.rows("parties?").compactMap { $0["id"]?.integer }.first { $0 % 7 == 3 })
    let missing = try differences(replica).filter { $0.hasPrefix("parties") }
    #expect(!missing.isEmpty && missing.allSatisfy { $0.contains("lacks") }, "\(missing.prefix(3))")
    #expect(
      try replica.value(
        "SELECT count(*) FROM _quarantine WHERE table_name = 'parties' AND record LIKE '%\(hit)%'")
        != 0)
    account.switches.spoilt = nil
    account.now += 3_600
    try replica.sync()
    account.now += 3_600
    #expect(try replica.sync().outcome == .good)
    let differences = try differences(replica)
    #expect(differences.isEmpty, "\(differences.prefix(5))")
  }

  @Test func `a record that a list names only as restricted keeps what it had`() throws {
    let replica = try replica { $0.listsRestricted = true }
    let account = replica.account
    #expect(try replica.sync().outcome == .good)
    let id = try #require(account.rows("parties?").first?["id"]?.integer)
    let content = "SELECT type, name, first_name, last_name, about FROM parties WHERE id = \(id)"
    let before = try replica.rows(content)
    account.now += 600
    #expect(account.restrict(.parties, id))
    for hours in [1, 30, 30] as [Int64] {
      account.now += hours * 3_600
      let summary = try replica.sync(full: hours > 1)
      #expect(summary.outcome == .good, "\(summary.tables.compactMap(\.error))")
      #expect(try replica.rows(content) == before)
      #expect(
        try replica.value("SELECT _deleted_reason FROM parties WHERE id = \(id)") == "restricted")
      #expect(try replica.value("SELECT count(*) FROM parties WHERE last_name = 'Private'") == 0)
    }
    #expect(account.unrestrict(.parties, id))
    account.now += 3_600
    #expect(try replica.sync(full: true).outcome == .good)
    #expect(try replica.value("SELECT _deleted_at FROM parties WHERE id = \(id)") == .null)
  }
}
