import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// In what order a large account is read when the allowance is small: the records first, and
/// nothing that can wait waits for ever.
@Suite struct AllowanceOrderTests {
  private static let start: Int64 = 1_760_000_000
  private static let records = ["parties", "opportunities", "cases", "tasks"]

  /// An account of which the entries alone take more than the allowance of an hour.
  private func replica(
    limit: Int = 120, reserve: Int = 10, entries: Int = 700
  ) throws -> Replica {
    var size = AccountSize.small
    (size.parties, size.opportunities, size.cases, size.tasks) = (60, 30, 20, 30)
    (size.entries, size.tracks) = (entries, 0)
    let account = Account(seed: 8, size: size, now: Self.start)
    account.rate.limit = limit
    let replica = try Replica(account)
    replica.options.pageSize = 5
    replica.options.reserve = reserve
    replica.options.perParentBudget = 40
    return replica
  }

  private func isOfEntries(_ target: String) -> Bool { target.hasPrefix("entries?") }

  private func isOfParent(_ target: String) -> Bool {
    target.contains("/tracks?") || target.contains("s/") && target.contains("/parties?")
  }

  /// Seconds from the start until a table's pass was complete.
  private func completed(_ table: String, _ replica: Replica) throws -> Int64? {
    try replica.value("SELECT completed_at FROM _cursors WHERE table_name = '\(table)'")
      .text.flatMap { Timestamp($0) }.map { $0.seconds - Self.start }
  }

  @Test func `the first hour brings the records, what can wait comes behind them`() throws {
    let replica = try replica()
    var outcome = RunSummary.Outcome.deferred
    let requests = try replica.requests { outcome = try replica.sync().outcome }
    #expect(outcome == .good)
    for table in replica.tables.map(\.name) where !["entries"].contains(table) {
      let isPatient = ["opportunity_parties", "case_parties", "tracks"].contains(table)
      let seconds = try #require(try completed(table, replica), "\(table)")
      #expect(isPatient || seconds < 3_600, "\(table)")
    }
    #expect(try #require(try completed("entries", replica)) > 3_600)
    // What can wait only fills the places on the wire that urgent work has no use for.
    let last = try #require(requests.lastIndex { !isOfEntries($0) && !isOfParent($0) })
    let early = requests[..<last].count { isOfEntries($0) || isOfParent($0) }
    #expect(early <= 2 * replica.options.concurrency, "\(early)")
    #expect(replica.account.log.allSatisfy { $0.status == 200 })
    #expect(try Oracle(replica: replica).differences().allSatisfy { $0.contains("_parties") })
  }

  /// The last quarter of the hour's requests is spread over the time that is left of it.
  @Test(arguments: [true, false])
  func `what can wait slows down before the allowance is used up`(waits: Bool) throws {
    let replica = try replica()
    replica.options.longestWait = waits ? nil : .zero
    try replica.sync()
    let reset = Self.start + 3_600
    let times = replica.account.log.map(\.time).filter { $0 < reset }
    #expect(times.count == 110)
    let gaps = zip(times, times.dropFirst() + [reset]).map { $1 - $0 }
    if waits {
      #expect(gaps.prefix(80).allSatisfy { $0 < 10 }, "\(gaps)")
      #expect(gaps.suffix(25).dropLast().allSatisfy { (50...70).contains($0) }, "\(gaps)")
    } else {
      #expect(gaps.suffix(1).allSatisfy { $0 > 3_000 }, "\(gaps)")
    }
  }

  /// They come at even distances, where there are enough of them for less than a minute each.
  @Test func `what can wait comes evenly to the end of the hour`() throws {
    let replica = try replica(limit: 600, entries: 3_500)
    try replica.sync()
    let times = replica.account.log.map(\.time).filter { $0 < Self.start + 3_600 }
    let gaps = zip(times, times.dropFirst() + [Self.start + 3_600]).map { $1 - $0 }
    #expect(times.count >= 585 && gaps.suffix(130).allSatisfy { (18...30).contains($0) })
  }

  /// Where urgent work is left it is not held back.
  @Test func `urgent work does not slow down`() throws {
    let replica = try replica(limit: 60)
    try replica.sync()
    let early = replica.account.log.filter { $0.time < Self.start + 3_600 }
    #expect(early.count == 50)
    #expect(early.allSatisfy { $0.time < Self.start + 60 })
  }

  @Test func `entries and parents take turns, however short the runs are`() throws {
    let replica = try replica()
    replica.options.longestWait = .zero
    var turns: [(entries: Int, parents: Int)] = []
    for _ in 1...12 {
      var outcome = RunSummary.Outcome.good
      let requests = try replica.requests { outcome = try replica.sync().outcome }
      turns.append((requests.count(where: isOfEntries), requests.count(where: isOfParent)))
      if outcome == .good { break }
      #expect(outcome == .deferred)
      // While both have something to ask, neither gets more than the other.
      #expect(abs(turns.last.map { $0.entries - $0.parents } ?? 0) <= 8, "\(turns)")
      replica.account.now += 3_600
    }
    #expect(try completed("entries", replica) != nil, "\(turns)")
    #expect(turns.count < 12, "\(turns)")
    let read = try #require(try replica.value("SELECT count(*) FROM _parents").integer)
    #expect(read >= 40, "\(turns)")
    #expect(replica.account.log.allSatisfy { $0.status == 200 })
  }

  @Test func `what can wait gives way to the next round and goes on behind it`() throws {
    let replica = try replica(limit: 4_000)
    var rounds = 0
    var pages: [String] = []
    while rounds < 60 {
      rounds += 1
      // The wire takes 120 ms a request: urgent work of the first round takes longer than this.
      replica.options.patientUntil = Timestamp(replica.account.now + 6)
      let targets = try replica.requests {
        let summary = try replica.sync()
        for report in summary.tables where Self.records.contains(report.table) {
          #expect(report.outcome == .good, "\(report.table), round \(rounds)")
        }
        #expect(summary.outcome == (summary.hasYielded ? .partial : .good))
        #expect(summary.hasYielded || replica.account.now <= Self.start + 60 * 10)
      }
      pages += targets.filter(isOfEntries)
      // Each round asks for what has changed, whatever the last one has left.
      #expect(targets.contains { $0.hasPrefix("parties?") })
      if try completed("entries", replica) != nil { break }
    }
    #expect(rounds > 2 && rounds < 60)
    // Pages that were stored are not asked for again.
    #expect(pages.count < 140 + 3 * rounds * 2 * replica.options.concurrency, "\(pages.count)")
    replica.options.patientUntil = nil
    replica.options.perParentBudget = 1_000
    #expect(try replica.sync().outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `a share of the hour is left to the rounds that come before the reset`() throws {
    // An eighth is more than what a round takes that finds no changes: some more than one a list.
    let (limit, share) = (480, 480 / 8)
    let replica = try replica(limit: limit, entries: 2_500)
    replica.options.patientUntil = Timestamp(Self.start + 900)
    let summary = try replica.sync()
    #expect(summary.hasYielded && summary.outcome == .partial)
    #expect(summary.requests <= limit - 10 - share)
    #expect(summary.requests > limit - 10 - share - 10)
    #expect(replica.account.now < Self.start + 900)
    // Nobody waits for an hour behind the instant at which the next round is due.
    replica.account.now = Self.start + 900
    replica.options.patientUntil = Timestamp(Self.start + 1_800)
    let next = try replica.sync()
    #expect(next.hasYielded && next.requests > 0)
    for report in next.tables where Self.records.contains(report.table) {
      #expect(report.outcome == .good, "\(report.table)")
    }
    #expect(replica.account.now < Self.start + 1_800)
    #expect(replica.account.log.allSatisfy { $0.status == 200 })
  }

  @Test func `the sweep has its turns too`() throws {
    let replica = try replica(limit: 4_000)
    try replica.sync()
    replica.account.now += 8 * 86_400
    replica.account.rate.limit = 120
    replica.options.longestWait = .zero
    var outcome = RunSummary.Outcome.good
    let requests = try replica.requests { outcome = try replica.sync().outcome }
    #expect(outcome == .deferred)
    #expect(requests.contains { $0.hasPrefix("parties/1") && !$0.contains("/tracks") })
    #expect(requests.count(where: isOfEntries) > 8 && requests.count(where: isOfParent) > 8)
    let sql = "SELECT swept > 0 FROM _run_tables WHERE run_id = 2 AND table_name = 'parties'"
    #expect(try replica.value(sql) == 1)
  }
}
