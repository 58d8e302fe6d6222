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
    #expect(life.account.log.count < 5_500, "\(life.account.log.count)")
    // Lists of settings come with every sixth hour's round, those that all accounts have once.
    let sixth = ["04 12", "04 18", "05 00", "05 06", "05 12", "05 18", "06 00", "06 06"]
    #expect(life.begun("users") == sixth.map { "2026-05-\($0):00:00" })
    #expect(life.begun("countries") == ["2026-05-04 12:00:00"])
    // So often it is asked whose account it is, and for all links of all parents.
    let asking = requests.count { $0.contains("users/current") }
    let linking = requests.filter { $0.contains { $0.contains("/tracks?") } }
    #expect((8...9).contains(asking), "\(asking)")
    #expect((8...9).contains(linking.count) && linking.allSatisfy { $0.count > 60 })
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
}
