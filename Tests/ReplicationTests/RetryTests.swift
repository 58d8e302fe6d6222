@testable import Replication
import TestSupport
import Testing

@Suite struct RetryTests {
  /// Failures so far, and the longest delay in milliseconds.
  @Test(arguments: [(0, 500), (1, 500), (2, 1_000), (3, 2_000)])
  func `delays double`(failures: Int, longest: Int64) throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<100 {
      let delay = try #require(Retry().delay(after: failures, using: &generator))
      #expect(delay >= .milliseconds(longest / 2) && delay <= .milliseconds(longest))
    }
  }

  @Test(arguments: [4, 5, 1_000])
  func `attempts end`(failures: Int) {
    var generator = SeededGenerator(seed: 1)
    #expect(Retry().delay(after: failures, using: &generator) == nil)
  }

  @Test func `up to half of a delay is left to chance`() throws {
    var retry = Retry()
    retry.attempts = 3
    retry.firstDelay = .seconds(8)
    var generator = SeededGenerator(seed: 1)
    var delays: Set<Duration> = []
    for _ in 0..<200 {
      let delay = try #require(retry.delay(after: 2, using: &generator))
      #expect(delay >= .seconds(8) && delay <= .seconds(16))
      delays.insert(delay)
    }
    #expect(delays.count > 190)
    #expect(retry.delay(after: 3, using: &generator) == nil)
  }
}
