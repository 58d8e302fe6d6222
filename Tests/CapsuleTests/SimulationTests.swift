import FoundationEssentials
import Testing

/// Thousands of lives. `CRM_REPLICA_LIVES` says how many, `CRM_REPLICA_SEED` which is the first.
@Suite struct SimulationTests {
  private static let lives = number("CRM_REPLICA_LIVES") ?? 2_000
  private static let first = number("CRM_REPLICA_SEED") ?? 1
  private static let groups = 8

  private static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  @Test(arguments: 0..<groups)
  func `file and account are equal at the end of every life`(group: Int) throws {
    let seeds = stride(from: Self.first + group, to: Self.first + Self.lives, by: Self.groups)
    var failed = 0
    for seed in seeds where failed < 5 {
      let complaints: [String]
      do {
        complaints = try Life(seed: UInt64(seed)).live()
      } catch {
        complaints = ["\(error)"]
      }
      if !complaints.isEmpty { failed += 1 }
      #expect(complaints == [], "seed \(seed)")
    }
  }
}
