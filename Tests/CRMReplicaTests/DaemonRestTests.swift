import CapsuleSimulator
import Model
import ReplicaFile
import SQLite
import Simulation
import Testing

@testable import CRMReplica

/// What rounds cost that follow each other within minutes, and what comes in time all the same.
@Suite struct DaemonRestTests {
  private func life() throws -> DaemonLife {
    let life = try DaemonLife("2026-05-04 12:00:00", size: .small)
    life.tables = [:]
    life.schedule = Configuration.Schedule(
      every: .seconds(300), at: nil, overlap: .seconds(300), sweepEvery: .seconds(30 * 86_400))
    return life
  }

  /// The requests of each round, in their order.
  private func requests(_ life: DaemonLife) -> [[String]] {
    let begins = life.rounds.map(\.begun) + [.max]
    return zip(begins, begins.dropFirst()).map { begin, next in
      life.account.log.filter { $0.time >= begin && $0.time < next }.map(\.target)
    }
  }

  @Test func `a quiet round asks eight times`() throws {
    let life = try life()
    try life.live(until: "2026-05-06 12:00:00")
    #expect(life.rounds.count == 576 && life.complaints == [])
    let requests = requests(life)
    let quiet = requests.count { $0.count == 8 }
    #expect(requests.allSatisfy { $0.count >= 8 } && quiet > 555, "\(quiet) rounds")
    // Its rows are counted one table a round.
    #expect(requests.allSatisfy { $0.count <= 9 || $0.contains { $0.hasPrefix("users?") } })
    #expect(life.account.log.count < 5_500, "\(life.account.log.count)")
    // Lists of settings come with every sixth hour's round, those that all accounts have once.
    let sixth = ["04 12", "04 18", "05 00", "05 06", "05 12", "05 18", "06 00", "06 06"]
    #expect(life.begun("users") == sixth.map { "2026-05-\($0):00:00" })
    #expect(life.begun("countries") == ["2026-05-04 12:00:00"])
    // So often it is asked whose account it is, and for all links of all parents.
    let asking = requests.count { $0.contains("users/current") }
    let linking = requests.filter { $0.contains { $0.contains("/tracks?") } }
    #expect(asking == 8)
    #expect(linking.count == 8 && linking.allSatisfy { $0.count > 60 })
    #expect(try life.differences(maxAge: 3 * 86_400) == [])
  }

  @Test func `a list that lacks what a record names is read at once`() throws {
    let life = try life()
    try life.at("2026-05-04 13:00:01") { life in
      let pipeline = life.account.createPipeline("Partners")
      let milestone = life.account.rows("pipelines/\(pipeline)/milestones").first?["id"]?.integer
      let deal = life.account.visibleIDs(.opportunities).first
      guard let milestone, let deal else { return }
      _ = life.account.move(opportunity: deal, to: milestone)
    }
    try life.live(until: "2026-05-04 13:09:00")
    #expect(life.begun("milestones") == ["2026-05-04 12:00:00", "2026-05-04 13:05:01"])
    #expect(life.begun("parties").last == "2026-05-04 13:05:00")
    #expect(!life.begun("lost_reasons").contains { $0 > "2026-05-04 12:00:00" })
    let file = try Database.openReadOnly(path: life.database)
    #expect(
      try file.rows(
        """
        SELECT p.name FROM opportunities AS o JOIN milestones AS m ON m.id = o.milestone_id
          JOIN pipelines AS p ON p.id = m.pipeline_id
          WHERE p.name = 'Partners' AND m._deleted_at IS NULL
        """) == [["Partners"]])
  }

  @Test func `a parent that has changed is asked for its links in the next round`() throws {
    let life = try life()
    var deal: Int64 = 0
    try life.at("2026-05-04 13:00:01") { life in
      guard let changed = life.account.visibleIDs(.opportunities).first,
        let party = life.account.visibleIDs(.parties).last
      else { return }
      deal = changed
      _ = life.account.describe(.opportunities, deal, "with a partner")
      _ = life.account.addParty(party, to: .opportunities, deal)
    }
    try life.live(until: "2026-05-04 13:11:00")
    let links = requests(life).suffix(3).map { $0.filter { $0.contains("/parties?") } }
    let asked = "opportunities/\(deal)/parties?page=1&perPage=100"
    #expect(links == [[], [asked], [asked]], "what changed within the overlap is read once more")
  }

  private func linkings(_ life: DaemonLife) -> [String] {
    zip(life.rounds, requests(life)).filter { $1.contains { $0.contains("/tracks?") } }
      .map { Timestamp($0.0.begun).sql }
  }

  /// Links have no date of their own: nothing but reading them again finds what became of them.
  @Test(arguments: [3_600, 21_600, 86_400] as [Int64])
  func `links with an interval of their own are read again`(every: Int64) throws {
    let life = try life()
    life.tables["tracks"] = .init(every: .seconds(every))
    try life.live(until: "2026-05-08 12:00:00")
    let expected = 4 * 86_400 / max(every, 21_600)
    let found = Int64(linkings(life).count)
    #expect((expected...expected + 1).contains(found), "\(linkings(life))")
  }

  /// A table that has failed once is behind the others for good. They rest all the same.
  @Test(arguments: [300, 900, 3_600] as [Int64])
  func `a table that is out of step keeps nothing from resting`(every: Int64) throws {
    let life = try life()
    life.schedule = Configuration.Schedule(
      every: .seconds(every), at: nil, overlap: .seconds(300), sweepEvery: .seconds(30 * 86_400))
    try life.at("2026-05-04 14:30:00") { life in
      life.account.faults.faults.append(.init(.forbidden, on: .path("tasks?", times: 1)))
    }
    try life.live(until: "2026-05-08 12:00:00")
    #expect(life.rounds.contains { $0.outcome == .partial })
    #expect((15...18).contains(linkings(life).count), "\(linkings(life))")
    let asked = requests(life).count { $0.contains("users/current") }
    #expect((15...18).contains(asked), "\(asked)")
    #expect((15...18).contains(life.begun("users").count), "\(life.begun("users"))")
  }

  /// Rounds of three tables that never rest.
  @Test func `an account without lists that rest is asked no more often who it is`() throws {
    let life = try life()
    let kept: Set = ["opportunities", "deleted_opportunities", "opportunity_parties"]
    for table in ReplicaSettings.names.columns.keys where !kept.contains(table) {
      life.tables[table] = .init(isEnabled: false)
    }
    try life.live(until: "2026-05-05 12:00:00")
    #expect(life.rounds.count == 288)
    #expect(requests(life).count { $0.contains("users/current") } == 4)
    #expect(requests(life).count { $0.count > 8 } == 4)
  }

  @Test(arguments: [3_600, 18_000, 32_400, 43_200] as [Int64])
  func `lists rest for no longer than they may`(every: Int64) throws {
    let life = try life()
    life.schedule = Configuration.Schedule(
      every: .seconds(every), at: nil, overlap: .seconds(300), sweepEvery: .seconds(30 * 86_400))
    try life.live(until: "2026-05-30 12:00:00")
    for (table, rest) in [("users", 21_600), ("countries", 604_800)] as [(String, Int64)] {
      let begun = life.begun(table).compactMap { Timestamp($0)?.seconds }
      let longest = zip(begun, begun.dropFirst()).map { $1 - $0 }.max() ?? .max
      #expect(longest <= max(rest, every) + 60, "\(table): \(longest)")
      #expect(longest > max(rest, every) - every, "\(table): \(longest)")
    }
  }

  /// A token that may see nothing more is noticed although no round reads all tables.
  @Test func `a token that is refused everywhere ends the daemon`() throws {
    let life = try life()
    try life.at("2026-05-04 13:01:00") { life in
      life.account.faults.faults.append(.init(.forbidden, on: .path("", times: 100_000)))
    }
    try life.at("2026-05-04 13:20:00") { $0.downtime = 86_400 }
    try life.live(until: "2026-05-04 14:00:00")
    #expect(life.exits.first == .refused, "\(life.exits)")
  }

  @Test func `a list that failed does not rest`() throws {
    let life = try life()
    try life.at("2026-05-04 12:00:00") { life in
      life.account.faults.faults.append(.init(.forbidden, on: .path("goals", times: 2)))
    }
    try life.live(until: "2026-05-04 13:00:00")
    #expect(
      life.begun("goals") == [
        "2026-05-04 12:00:00", "2026-05-04 12:05:00", "2026-05-04 12:10:00",
      ])
  }

  /// It comes between the reading of the list and that of the record which names it.
  @Test func `a row that comes in the midst of a round is alive in the next`() throws {
    let life = try life()
    let before = life.account.beforeRequest
    var milestone: Int64?
    life.account.beforeRequest = { account, number in
      before?(account, number)
      guard milestone == nil, account.now > 1_777_896_000,
        account.log.last?.target.hasPrefix("parties?") ?? false
      else { return }
      let pipeline = account.createPipeline("Partners")
      milestone = account.rows("pipelines/\(pipeline)/milestones").first?["id"]?.integer
      if let milestone, let deal = account.visibleIDs(.opportunities).first {
        _ = account.move(opportunity: deal, to: milestone)
      }
    }
    try life.live(until: "2026-05-04 12:09:00")
    let file = try Database.openReadOnly(path: life.database)
    #expect(
      try file.value(
        "SELECT _deleted_at IS NULL FROM milestones WHERE id = \(try #require(milestone))") == 1)
    #expect(try file.value("SELECT count(*) FROM _named") == 0)
  }
}
