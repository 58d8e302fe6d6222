import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Hosts whose clocks are wrong or are set, beside one whose clock is right.
@Suite struct ClockTests {
  private static let decade: Int64 = 315_360_000

  private func replica() throws -> Replica {
    let replica = try Replica(Account(seed: 7, size: .small, now: 1_760_000_000))
    replica.options.perParentBudget = 12
    replica.options.historyKeep = 3 * 86_400
    replica.options.fullEvery = ["parties": 2 * 86_400]
    replica.boot = "first"
    return replica
  }

  /// Six days of edits; the host's clock is wrong as given in the rounds of the third and fourth.
  private func live(_ replica: Replica, _ errors: [Int64]) throws {
    var random = SplitMix64(seed: 3)
    for day in 1...6 {
      let usual = errors.count > 2 ? errors[2] : 0
      replica.clockError = (3...4).contains(day) ? errors[day - 3] : usual
      #expect(try replica.sync().outcome == .good)
      replica.account.now += 86_400
      _ = replica.account.edit(using: &random, count: 20)
    }
  }

  @Test(arguments: [
    [decade, 0], [-decade, 0], [0, -7_200], [7_200, -7_200], [-decade, decade],
    [99_999, 99_999, 99_999], [-99_999, -99_999, -99_999],
  ])
  func `a host's clock changes no row and no request`(errors: [Int64]) throws {
    let (right, wrong) = (try replica(), try replica())
    try live(right, [0, 0])
    var said = 0
    wrong.observe = { if case .clockDiffers = $0 { said += 1 } }
    try live(wrong, errors)
    #expect(wrong.account.log.map(\.target) == right.account.log.map(\.target))
    let (content, expected) = (try wrong.content(), try right.content())
    for name in expected.keys.sorted() { #expect(content[name] == expected[name], "\(name)") }
    for column in ["last_run_date", "full_run_date", "completed_at", "counted_at", "swept_at"] {
      let sql = "SELECT table_name, \(column) FROM _cursors"
      #expect(try wrong.rows(sql) == right.rows(sql), "\(column)")
    }
    #expect(try right.value("SELECT count(DISTINCT run_id) FROM _history") == 3)
    // It is said in each run that sees it.
    let wrongRounds = (1...6).count {
      (3...4).contains($0) ? errors[$0 - 3] != 0 : errors.count > 2
    }
    #expect(said == wrongRounds)
    let sentence = "SELECT count(*) FROM _runs WHERE outcome = 'good' AND error LIKE '%clock is%'"
    #expect(try wrong.value(sentence) == Value(said) && right.value(sentence) == 0)
  }

  @Test func `a clock that is set in a run makes it no longer`() throws {
    let replica = try replica()
    let account = replica.account
    replica.clockSet = { account.requestCount < 30 ? 0 : Self.decade }
    let begun = account.now
    #expect(try replica.sync().outcome == .good)
    let took = try #require(
      try replica.value(
        "SELECT strftime('%s', finished_at) - strftime('%s', started_at) FROM _runs"
      ).integer)
    #expect((0...1).contains(account.now - begun - took))
  }

  // MARK: Blocks

  /// A run that has been told to wait until the reset, and ended.
  private func blocked() throws -> Replica {
    let replica = try replica()
    replica.options.longestWait = .seconds(60)
    replica.account.rate.limit = 30
    replica.options.reserve = 0
    #expect(try replica.sync().outcome == .deferred)
    return replica
  }

  /// The same start of the host, or another one whose clock is behind; runs come every minute.
  @Test(
    arguments: [
      ("first", 7_200), ("first", -7_200), ("first", decade), ("first", -decade), ("second", 0),
      ("second", -7_200), ("second", -decade),
    ] as [(String, Int64)])
  func `a block ends with the source's reset`(boot: String, error: Int64) throws {
    let replica = try blocked()
    let (account, count) = (replica.account, replica.account.requestCount)
    (replica.clockError, replica.boot) = (error, boot)
    let reset = account.rate.reset
    while account.now < reset - 60 {
      #expect(try replica.sync().outcome == .deferred)
      #expect(account.requestCount == count, "asked \(reset - account.now) s too early")
      account.now += 60
    }
    account.now = reset + 62
    _ = try replica.sync()
    #expect(account.requestCount > count)
    #expect(account.log.allSatisfy { $0.status == 200 })
  }
}
