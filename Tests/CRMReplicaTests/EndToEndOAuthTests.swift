import CapsuleSimulator
import Glibc
import HTTP
import Model
import Replication
import SQLite
import Simulation
import TestSupport
import Testing

@testable import CRMReplica

/// The built program with tokens that end, against a token endpoint of many kinds.
@Suite(.onWaitingThreads) struct EndToEndOAuthTests {
  @Test func `stored tokens let in`() throws {
    let stage = try Stage.granted()
    let before = try bytes(of: stage.tokenStore)
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(stage.tokenRequests == 0)
    #expect(try bytes(of: stage.tokenStore) == before)
    #expect(try stage.differences() == [])
    let check = try stage.run("check")
    #expect(check.code == 0, "\(check.output)")
    #expect(
      check.output.contains(
        "token: ok, from \(stage.tokenStore), an OAuth access token for sample, good until "),
      "\(check.output)")
    #expect(check.output.contains("Z; it is renewed by itself\n"))
  }

  /// Tokens that die again and again in the middle, with several requests on the wire.
  @Test(arguments: OAuthAuthority.Rotation.allCases, [true, false])
  func `a token that ends costs nothing`(rotation: OAuthAuthority.Rotation, endsFormer: Bool) throws
  {
    let stage = try Stage.granted(.small) {
      ($0.rotation, $0.renewalEndsFormer, $0.usesOfToken) = (rotation, endsFormer, 25)
    }
    stage.oauth { $0.endAccess() }
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(stage.tokenRequests >= 4)
    #expect(stage.oauth { $0.log.allSatisfy { $0.status == 200 } })
    #expect(stage.statuses.contains(401))
    #expect(!ending.log.contains("table failed") && !ending.log.contains("retrying"))
    #expect(ending.log.contains("event=\"access token renewed\" good_until="))
    #expect(try stage.value("SELECT count(*) FROM _run_tables WHERE outcome <> 'good'") == 0)
    #expect(try stage.differences() == [])
    let stored = try stage.storedGrant()
    #expect(stage.oauth { $0.secrets.contains(stored.accessToken.secret) })
    #expect((stored.refreshToken != nil))
    #expect(try permissions(of: stage.tokenStore) == 0o600)
  }

  @Test func `a token near its end is replaced before it is refused`() throws {
    let stage = try Stage.granted(ago: 604_600)
    let former = try stage.storedGrant()
    #expect(try stage.run("sync").code == 0)
    #expect(stage.tokenRequests == 1)
    #expect(!stage.statuses.contains(401))
    #expect(try stage.storedGrant().refreshToken != former.refreshToken)
  }

  /// Neither a clock that is years ahead nor one that is years behind asks in a circle.
  @Test(arguments: [(Int64(800_000_000), 1), (-800_000_000, 0)])
  func `a wrong clock is no reason to ask again`(ago: Int64, requests: Int) throws {
    let stage = try Stage.granted(ago: ago)
    for _ in 0..<3 { #expect(try stage.run("sync").code == 0) }
    #expect(stage.tokenRequests == requests)
  }

  @Test(arguments: OAuthAuthority.Expiry.allCases, [true, false])
  func `every form of an answer is read`(expiry: OAuthAuthority.Expiry, sendsMore: Bool) throws {
    let stage = try Stage.granted { ($0.expiry, $0.sendsMore) = (expiry, sendsMore) }
    stage.oauth { $0.endAccess() }
    for _ in 0..<2 { #expect(try stage.run("check").code == 0) }
    #expect(stage.tokenRequests == 1)
    let isTold = [.number, .string, .fraction].contains(expiry)
    #expect((try stage.storedGrant().lifetime != nil) == isTold)
    let check = try stage.run("check")
    #expect(check.output.contains(isTold ? "good until 20" : "whose end the source does not tell"))
  }

  /// A token that was granted a moment ago and is refused is the end, not a reason to ask again.
  @Test(arguments: ["sync", "run", "verify", "check"])
  func `a new token that is refused is the end`(command: String) throws {
    let stage = try Stage.granted()
    try stage.configure(["schedule": #"{"every": "1s"}"#])
    try #require(try stage.run("sync").code == 0)
    stage.oauth { $0.usesOfToken = 0 }
    let ending = try stage.run(command)
    #expect(ending.code == 77, "\(ending.log)")
    #expect((ending.log + ending.output).contains("crm-replica authorise"), "\(ending.log)")
    #expect(stage.tokenRequests == 1)
    #expect(try stage.isWhole())
  }

  @Test func `a path that refuses every token is the end`() throws {
    let stage = try Stage.granted(.small)
    stage.trouble(.unauthorised, at: "goals")
    let ending = try stage.run("sync")
    #expect(ending.code == 77, "\(ending.log)")
    #expect(ending.log.contains("(401) at GET goals"), "\(ending.log)")
    #expect(stage.tokenRequests == 1)
  }

  @Test(arguments: ["sync", "run", "verify", "check"])
  func `a refused refresh token needs a person`(command: String) throws {
    let stage = try Stage.granted()
    try stage.configure(["schedule": #"{"every": "1s"}"#])
    try #require(try stage.run("sync").code == 0)
    stage.oauth {
      $0.endAccess()
      $0.endRefresh()
    }
    let before = try bytes(of: stage.tokenStore)
    let ending = try stage.run(command)
    #expect(ending.code == 77, "\(ending.log)")
    let said = ending.log + ending.output
    #expect(said.contains("invalid_grant") && said.contains("crm-replica authorise"), "\(said)")
    #expect(stage.tokenRequests == 1)
    #expect(try bytes(of: stage.tokenStore) == before)
    #expect(access(stage.tokenStore + ".new", F_OK) != 0)
    // Somebody says yes again, and all is well.
    try stage.grantTokens(ago: 0)
    #expect(try stage.run("sync").code == 0)
  }

  @Test func `a wrong client is told apart`() throws {
    let stage = try Stage.granted()
    stage.oauth { $0.endAccess() }
    try stage.file("client-secret", "not-the-secret-of-the-client\n")
    let ending = try stage.run("sync")
    #expect(ending.code == 77)
    #expect(ending.log.contains("invalid_client") && ending.log.contains("client_id"))
  }

  /// An endpoint in trouble is for later, even while it lasts; nothing is lost by it.
  @Test(arguments: [
    OAuthAuthority.Trouble.serverError(500), .serverError(503), .html, .reset, .oversized(1 << 20),
    .error("temporarily_unavailable", status: 400), .error("slow_down", status: 200),
    .error("x", status: 429), .redirect("http://127.0.0.1:1/oauth/token"),
  ])
  func `an endpoint in trouble is for later`(trouble: OAuthAuthority.Trouble) throws {
    let stage = try Stage.granted(.small)
    try #require(try stage.run("sync").code == 0)
    stage.oauth {
      $0.endAccess()
      $0.troubles = Array(repeating: trouble, count: 1_000)
    }
    let ending = try stage.run("sync")
    #expect(ending.code == 69, "\(ending.log)")
    #expect(ending.log.contains("could not be renewed"), "\(ending.log)")
    #expect(stage.tokenRequests <= TokenEndpoint.attempts)
    stage.oauth { $0.troubles = [] }
    let next = try stage.run("sync")
    #expect(next.code == 0, "\(next.log)")
  }

  /// The token ends in the middle, and the endpoint is down: what was stored stays, and the next
  /// sync goes on.
  @Test func `an endpoint that is down in the middle loses nothing`() throws {
    let stage = try Stage.granted(.small) {
      $0.usesOfToken = 40
      $0.troubles = Array(repeating: .serverError(503), count: 1_000)
    }
    let first = try stage.run("sync")
    #expect(first.code == 69, "\(first.log)")
    #expect(!first.log.contains("table failed"), "\(first.log)")
    #expect(stage.tokenRequests == TokenEndpoint.attempts)
    #expect(try stage.isWhole())
    let stored = try stage.value("SELECT count(*) FROM parties").integer ?? 0
    #expect(stored > 0)
    stage.oauth { $0.troubles = [] }
    let next = try stage.run("sync")
    #expect(next.code == 0, "\(next.log)")
    #expect(try stage.differences() == [])
  }

  @Test(arguments: [OAuthAuthority.Trouble.serverError(502), .html, .reset])
  func `what passes is tried again`(trouble: OAuthAuthority.Trouble) throws {
    let stage = try Stage.granted { $0.troubles = [trouble] }
    stage.oauth { $0.endAccess() }
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(stage.tokenRequests == 2)
  }

  /// Secrets go to the configured origin alone.
  @Test func `a redirect is not followed`() throws {
    let other = try Stage()
    let address = "http://127.0.0.1:\(other.server.port)/oauth/token"
    let stage = try Stage.granted { $0.troubles = [.redirect(address)] }
    stage.oauth { $0.endAccess() }
    #expect(try stage.run("sync").code == 69)
    #expect(other.tokenRequests == 0)
  }

  /// The server has done its work, and nobody knows: the old refresh token is tried, and tells.
  @Test(arguments: OAuthAuthority.Rotation.allCases)
  func `a lost answer is found out`(rotation: OAuthAuthority.Rotation) throws {
    for trouble in [OAuthAuthority.Trouble.lostAnswer, .cutAnswer] {
      let stage = try Stage.granted { ($0.rotation, $0.troubles) = (rotation, [trouble]) }
      stage.oauth { $0.endAccess() }
      let ending = try stage.run("sync")
      #expect(ending.code == (rotation == .rotating ? 77 : 0), "\(ending.log)")
      #expect(ending.log.contains("crm-replica authorise") == (rotation == .rotating))
      #expect(stage.tokenRequests == 2)
    }
  }

  /// Many processes, one dead token: one of them asks, the others read what it stored.
  @Test func `processes do not renew at the same time`() throws {
    let stage = try Stage.granted()
    stage.oauth { $0.endAccess() }
    let children = try (0..<6).map { _ in try stage.start("check") }
    for child in children {
      let ending = try child.wait()
      #expect(ending.code == 0, "\(ending.output)\(ending.log)")
    }
    #expect(stage.tokenRequests == 1)
  }

  @Test func `a daemon renews between and within rounds`() throws {
    let stage = try Stage.granted()
    try stage.configure(["schedule": #"{"every": "1s"}"#])
    func rounds() -> Int64 {
      let sql = "SELECT count(*) FROM _runs WHERE outcome = 'good'"
      return (try? stage.value(sql))?.integer ?? 0
    }
    let child = try stage.start("run")
    for round in 1...3 {
      let done = rounds()
      try #require(poll(seconds: 30) { rounds() > done }, "\(child.text(of: 2))")
      stage.oauth { $0.endAccess() }
      try #require(poll(seconds: 30) { stage.tokenRequests >= round }, "\(child.text(of: 2))")
    }
    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 10).code == 0)
    let other = "SELECT count(*) FROM _runs WHERE outcome NOT IN ('good', 'stopped')"
    #expect(try stage.value(other) == 0)
  }

  /// A daemon goes on with the tokens that an operator has brought meanwhile.
  @Test func `a daemon takes what was authorised meanwhile`() throws {
    let stage = try Stage.granted()
    try stage.configure(["schedule": #"{"every": "1s"}"#])
    let child = try stage.start("run")
    let good = "SELECT count(*) FROM _runs WHERE outcome = 'good'"
    try #require(poll(seconds: 30) { (try? stage.value(good))?.integer ?? 0 > 0 })
    stage.server.withAccount { $0.oauth.endRefresh() }
    try stage.grantTokens(ago: 0)
    let token = try stage.storedGrant().accessToken.secret
    // The token before dies, the new one lives on.
    stage.oauth { $0.endAccess(but: token) }
    let done = try stage.value(good).integer ?? 0
    #expect(poll(seconds: 30) { (try? stage.value(good))?.integer ?? 0 > done + 1 })
    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 10).code == 0)
    #expect(stage.tokenRequests == 0)
  }

  private func permissions(of path: String) throws -> mode_t {
    var status = stat()
    try #require(stat(path, &status) == 0)
    return status.st_mode & 0o7777
  }
}
