import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import Simulation
import Testing

/// The allowance is shared: others spend it while a burst of ours is on the wire.
@Suite struct AllowanceObeyedTests {
  private static let start: Int64 = 1_760_000_000

  private func replica(seed: UInt64, limit: Int, reserve: Int) throws -> Replica {
    var size = AccountSize.small
    (size.parties, size.entries) = (120, 60)
    let account = Account(seed: seed, size: size, now: Self.start)
    account.rate.limit = limit
    let replica = try Replica(account)
    replica.options.pageSize = 5
    replica.options.concurrency = 8
    replica.options.reserve = reserve
    replica.options.perParentBudget = 20
    replica.reordering = seed
    return replica
  }

  @Test(arguments: [UInt64](1...6), [0, 15])
  func `alone, no window is overrun and the reserve is left`(seed: UInt64, reserve: Int) throws {
    let replica = try replica(seed: seed, limit: 50, reserve: reserve)
    let account = replica.account
    var most = 0
    account.beforeRequest = { account, _ in
      // The request that is counted next is not yet.
      if account.now < account.rate.reset { most = max(most, account.rate.used + 1) }
    }
    #expect(try replica.sync().outcome == .good)
    #expect(most <= 50 - reserve && most > 50 - reserve - 17, "\(most)")
    #expect(account.log.allSatisfy { $0.status == 200 })
    #expect(account.requestCount > 100)
  }

  /// Others take what is left in the middle of a burst, whatever `Remaining` said before it.
  @Test(arguments: [UInt64](1...8))
  func `a 429 in the middle of a burst is the last until the reset`(seed: UInt64) throws {
    let replica = try replica(seed: seed, limit: 60, reserve: 0)
    let account = replica.account
    let greed = 20 + Int(seed)
    account.beforeRequest = { account, number in
      if number % 37 == greed, account.now < account.rate.reset { account.rate.used = 60 }
    }
    #expect(try replica.sync().outcome == .good)
    let refused = account.log.indices.filter { account.log[$0].status == 429 }
    #expect(!refused.isEmpty)
    for index in refused where index + 1 < account.log.count {
      let (refusal, next) = (account.log[index], account.log[index + 1])
      #expect(next.status == 200 && next.time > refusal.time, "\(refusal.target)")
      // A window is an hour and began half of one before at most: requests take tenths of seconds.
      #expect(next.time - refusal.time > 1_800, "\(next.time - refusal.time)")
    }
  }

  @Test func `another process asks nothing before the reset`() throws {
    let replica = try replica(seed: 3, limit: 60, reserve: 0)
    let account = replica.account
    account.beforeRequest = { account, number in if number == 21 { account.rate.used = 60 } }
    replica.options.longestWait = .zero
    let first = try replica.sync()
    #expect(first.outcome == .deferred)
    #expect(account.log.last?.status == 429)
    let reset = account.rate.reset
    let count = account.requestCount
    while account.now < reset - 700 {
      let summary = try replica.sync()
      #expect(summary.outcome == .deferred && summary.requests == 0)
      // Coming too early does not put it off.
      #expect(summary.resumeAt == first.resumeAt)
      account.now += 600
    }
    #expect(account.requestCount == count)
    // Both clocks count whole seconds: one more each is waited.
    let resume = try #require(first.resumeAt?.seconds)
    #expect(resume > reset && resume <= reset + 3)
    account.now = resume
    #expect(try replica.sync().requests > 0)
    #expect(account.log.suffix(account.requestCount - count).allSatisfy { $0.status == 200 })
  }
}
