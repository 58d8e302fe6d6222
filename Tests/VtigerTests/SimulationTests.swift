import FoundationEssentials
import TestSupport
import Testing

/// Hundreds of lives. `CRM_REPLICA_LIVES` says how many, `CRM_REPLICA_SEED` which is the first.
@Suite(.onComputingThreads) struct SimulationTests {
  private static let lives = number("CRM_REPLICA_LIVES") ?? 500
  private static let first = number("CRM_REPLICA_SEED") ?? 1
  private static let groups = 8
  private static let isTraced = ProcessInfo.processInfo.environment["CRM_REPLICA_TRACE"] != nil

  private static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  /// What was wrong with a life: nothing.
  private func complaints(_ seed: Int) -> [String] {
    do {
      let life = try Life(seed: UInt64(seed))
      if Self.isTraced { life.observe = { print("life \(seed): \($0)") } }
      return try life.live()
    } catch {
      return ["\(error)"]
    }
  }

  @Test(arguments: 0..<groups)
  func `file and account are equal at the end of every life`(group: Int) {
    let seeds = stride(from: Self.first + group, to: Self.first + Self.lives, by: Self.groups)
    print("simulation: seeds \(Self.first + group), \(Self.first + group + Self.groups), ...")
    var failed = 0
    for seed in seeds where failed < 5 {
      let complaints = complaints(seed)
      if !complaints.isEmpty { failed += 1 }
      #expect(complaints == [], "seed \(seed)")
    }
  }

  @Test func `a reference that wavers does so to who may not read users`() {
    #expect(complaints(6_002_081) == [])
  }

  @Test func `a row without an id that comes within a run may be missed by it`() {
    #expect(complaints(6_008_778) == [])
  }

  @Test func `a count may agree where one comes within a run for one that has gone`() {
    #expect(complaints(6_010_753) == [])
  }

  @Test func `a stamp that was ahead may be followed by an earlier one`() {
    #expect(complaints(6_007_009) == [])
  }

  @Test func `a user who comes and goes within a run may be shown behind it`() {
    #expect(complaints(5_000_158) == [])
  }

  @Test func `a document that comes alone is stored alike where lines are not shown`() {
    #expect(complaints(9_200_688) == [])
  }
}
