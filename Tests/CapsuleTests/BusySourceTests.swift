import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import Simulation
import Testing

/// A source that asks to be left alone, and one that refuses a good token once.
@Suite struct BusySourceTests {
  private func replica(_ faults: [FaultScript.Fault]) throws -> Replica {
    let account = Account(seed: 14, size: .small, now: 1_760_000_000)
    account.faults = FaultScript(faults)
    let replica = try Replica(account)
    replica.options.pageSize = 20
    return replica
  }

  @Test(arguments: ["30", "29.5", "at"])
  func `nothing is asked while a source is busy, and no attempt is lost`(text: String) throws {
    let replica = try replica([])
    let account = replica.account
    account.beforeRequest = { account, number in
      guard number == 20 else { return }
      let date = CivilTime(account.now + 30).fixdate
      account.faults = FaultScript([
        .init(.busy(text == "at" ? date : text), on: .path("", times: 12))
      ])
    }
    let summary = try replica.sync()
    #expect(summary.outcome == .good)
    #expect(account.log.count { $0.status == 503 } == 12)
    for (refusal, next) in zip(account.log, account.log.dropFirst()) where refusal.status == 503 {
      #expect(text == "at" || next.time - refusal.time >= 30, "\(refusal) \(next)")
    }
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test(arguments: ["0", "1", "600", "99999999"])
  func `a source that is busy for ever is given up`(text: String) throws {
    let replica = try replica([.init(.busy(text), on: .path("", times: 1_000_000))])
    let begun = replica.account.now
    let summary = try replica.sync()
    #expect(summary.outcome == .unavailable)
    #expect(summary.error?.contains("status 503") ?? false)
    #expect(summary.requests < 100, "\(summary.requests)")
    #expect(replica.account.now - begun < 3 * 3_660)
  }

  @Test func `a busy source is waited for no longer than the operator wants`() throws {
    let replica = try replica([.init(.busy("600"), on: .path("", times: 1))])
    replica.options.longestWait = .seconds(60)
    let summary = try replica.sync()
    #expect(summary.outcome == .deferred)
    #expect(summary.requests == 1)
    #expect(summary.error?.contains("status 503") ?? false, "\(summary.error ?? "")")
    let resume = try #require(summary.resumeAt)
    #expect(resume.seconds - replica.account.now >= 600)
  }

  @Test(arguments: 2...40)
  func `a single refusal of the token is no end`(number: Int) throws {
    let replica = try replica([.init(.unauthorised, on: .request(number))])
    #expect(try replica.sync().outcome == .good)
    #expect(replica.account.log.count { $0.status == 401 } == 1)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `a token that is refused twice is refused`() throws {
    let replica = try replica([])
    replica.account.beforeRequest = { account, number in if number == 30 { account.token = "new" } }
    let summary = try replica.sync()
    #expect(summary.outcome == .refused)
    #expect(summary.error?.contains("refused the token (401)") ?? false)
    #expect(replica.account.log.count { $0.status == 401 } <= 9)
    // From the first request on, and whatever is said besides.
    replica.prepare = { $0.authorization = "Bearer old" }
    #expect(try replica.sync().requests == 1)
  }
}
