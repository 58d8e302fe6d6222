import CapsuleSimulator
import FoundationEssentials
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// What the built program makes of a source in trouble.
@Suite(.onWaitingThreads) struct EndToEndTroubleTests {
  @Test func `a source that is down is unavailable`() throws {
    let stage = try Stage()
    stage.trouble(.serverError(500, html: true), at: "")
    let ending = try stage.run("sync")
    #expect(ending.code == 69)
    #expect(ending.log.contains("run unavailable"))
    #expect(ending.log.contains("status 500"), "\(ending.log)")
    #expect(try stage.isWhole())
    stage.endTrouble()
    #expect(try stage.run("sync").code == 0)
  }

  @Test func `a port without a server is unavailable`() throws {
    let stage = try Stage()
    stage.server.stop()
    let ending = try stage.run("sync")
    #expect(ending.code == 69)
    #expect(ending.log.contains("No answer to GET "), "\(ending.log)")
    // Nobody is asked for another table who is not there to answer for the first.
    #expect(ending.log.components(separatedBy: "event=retrying").count == 4, "\(ending.log)")
    #expect(ending.log.components(separatedBy: "No answer to GET ").count == 5, "\(ending.log)")
  }

  /// A server with a certificate that nobody has signed; openssl(1) is there, for the package
  /// ca-certificates needs it.
  @Test(arguments: ["sync", "check", "plan", "verify"])
  func `a certificate that is not accepted is not tried again`(command: String) throws {
    let stage = try Stage()
    if command == "verify" { try #require(try stage.run("sync").code == 0) }
    let serve = """
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem \\
        -out cert.pem -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>&- &&
      exec openssl s_server -accept 127.0.0.1:0 -key key.pem -cert cert.pem -www
      """
    let server = try Child(
      [], in: stage.folder, launcher: Child.here(stage.folder) + ["/bin/sh", "-c", serve])
    defer { server.signal(SIGKILL) }
    try #require(poll(seconds: 60) { server.text(of: 1).contains("ACCEPT 127.0.0.1:") })
    let line = try #require(
      server.text(of: 1).split(separator: "\n").first { $0.hasPrefix("ACCEPT ") })
    try stage.configure([
      "source": """
      {"kind": "capsule", "base_url": "https://\(line.dropFirst(7))",
       "token_file": "\(stage.tokenFile)"}
      """
    ])
    let ending = try stage.run(command)
    let said = ending.output + ending.log
    #expect(ending.code == 69, "\(said)")
    #expect(said.contains("The certificate of the source is not accepted"), "\(said)")
    #expect(said.contains("update-ca-certificates"), "\(said)")
    #expect(!said.contains("retrying"), "\(said)")
  }

  /// A table that fails to the end is named, keeps its cursor, stops no other and heals.
  @Test(arguments: [
    (FaultScript.Effect.serverError(500, html: false), "status 500"),
    (.htmlInsteadOfJSON, "GET parties?page=2"), (.truncatedJSON, "GET parties?page=2"),
    (.cutBody, "No answer"), (.connectionReset, "No answer"),
    (.forbidden, "The token may not read this: status 403"),
    (.redirect, "The source redirects (status 302)"),
    (.foreignLink, "names a next page on another host"),
    (.oversized(70 << 20), "larger than any page may be"),
  ])
  func `a table that fails stops no other`(effect: FaultScript.Effect, words: String) throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let cursor = "SELECT last_run_date, completed_at FROM _cursors WHERE table_name = 'parties'"
    let before = try stage.rows(cursor)
    stage.server.withAccount { account in
      for id in account.visibleIDs(.parties) { account.describe(.parties, id, "Changed") }
      account.createOpportunity("Meanwhile")
    }
    // As if it were long ago, so that a cursor that moved would have another second.
    try stage.execute("UPDATE _cursors SET last_run_date = datetime(last_run_date, '-1 hour')")
    let moved = try stage.rows(cursor)
    #expect(moved != before)
    stage.trouble(effect, at: "parties?page=2")
    let ending = try stage.run("sync")
    #expect(ending.code == 1)
    #expect(ending.log.contains("event=\"table failed\" table=parties"))
    #expect(ending.log.contains(words), "\(ending.log)")
    #expect(ending.log.contains("1 of 30 tables is not up to date."), "\(ending.log)")
    #expect(try stage.rows(cursor) == moved)
    #expect(
      try stage.rows("SELECT table_name FROM _run_tables WHERE run_id = 2 AND outcome <> 'good'")
        == [["parties"]])
    #expect(try stage.value("SELECT count(*) FROM opportunities WHERE name = 'Meanwhile'") == 1)
    stage.endTrouble()
    let healed = try stage.run("sync")
    #expect(healed.code == 0, "\(healed.log)")
    #expect(try stage.value("SELECT count(*) FROM parties WHERE about = 'Changed'") == 25)
    #expect(try stage.isWhole())
  }

  @Test(arguments: [
    FaultScript.Effect.serverError(500, html: true), .serverError(503, html: false),
    .connectionReset, .cutBody, .htmlInsteadOfJSON, .truncatedJSON,
  ])
  func `what passes is tried again`(effect: FaultScript.Effect) throws {
    let stage = try Stage(.small)
    let calm = try Stage(.small)
    stage.trouble(effect, at: "parties?page=3", times: 1)
    stage.trouble(effect, at: "site", times: 1)
    let ending = try stage.run("sync")
    #expect(ending.code == 0)
    if effect != .connectionReset {
      // A reset of a connection that served before is repeated by libcurl itself.
      #expect(ending.log.contains("level=warning event=retrying table=parties"), "\(ending.log)")
    }
    try #require(try calm.run("sync").code == 0)
    #expect(ending.requests.count == calm.requests().count + 2)
    #expect(try stage.value("SELECT count(*) FROM parties") == 25)
  }

  @Test func `a refused token ends the run at once`() throws {
    let stage = try Stage(.small)
    try stage.configure(["requests": #"{"page_size": 5, "reserve": 0, "concurrency": 1}"#])
    try #require(try stage.run("sync").code == 0)
    let cursors = try stage.rows("SELECT * FROM _cursors")
    stage.server.withAccount { $0.token = "another" }
    let ending = try stage.run("sync")
    #expect(ending.code == 77)
    // What is on the wire when the answer comes has left already: two for each connection.
    #expect(ending.requests.count <= 2)
    #expect(ending.log.contains("refused the token (401)"), "\(ending.log)")
    #expect(ending.log.contains("Requires authentication"))
    #expect(try stage.rows("SELECT * FROM _cursors") == cursors)
    stage.server.withAccount { $0.token = Stage.token }
    #expect(try stage.run("sync").code == 0)
  }

  @Test func `a path that does not exist fails its table`() throws {
    let stage = try Stage()
    stage.trouble(.serverError(404, html: true), at: "goals")
    let ending = try stage.run("sync")
    #expect(ending.code == 1)
    #expect(ending.log.contains("table=goals"))
    #expect(ending.log.contains("status 404"), "\(ending.log)")
    #expect(ending.requests.count { $0.hasPrefix("goals") } == 1)
  }

  /// A next address at another port of this very host is another origin.
  @Test func `a Link that leads elsewhere is not followed`() throws {
    let stage = try Stage(.small)
    let other = try Stage(.small)
    let url = other.server.baseURL
    stage.server.withAccount { $0.baseURL = url }
    let ending = try stage.run("sync")
    #expect(ending.code == 1)
    #expect(ending.log.contains("on another host or path"), "\(ending.log)")
    #expect(other.server.withAccount { $0.requestCount } == 0)
    #expect(try stage.value("SELECT count(*) FROM users") == 4)
  }

  @Test func `a spent allowance is waited for`() throws {
    let stage = try Stage(.small)
    stage.trouble(.rateLimited(resetIn: 2), at: "parties?page=3", times: 1)
    let ending = try stage.run("sync")
    #expect(ending.code == 0)
    #expect(ending.log.contains("waiting for the allowance"), "\(ending.log)")
    let log = stage.server.withAccount { $0.log }
    let refused = try #require(log.first { $0.status == 429 })
    // Those that were on the wire already are refused as well; all others come after the reset.
    let after = log.drop { $0 != refused }.filter { $0.status != 429 }
    #expect(after.allSatisfy { $0.time >= refused.time + 2 })
    #expect(log.count { $0.status == 429 } <= 8)
    #expect(try stage.value("SELECT count(*) FROM parties") == 25)
  }

  @Test func `a reset far away defers the run`() throws {
    let stage = try Stage(.small)
    stage.trouble(.rateLimited(resetIn: 3_000), at: "parties?page=3", times: 1)
    let ending = try stage.run("sync")
    #expect(ending.code == 75)
    #expect(ending.log.contains("The allowance is used up"), "\(ending.log)")
    let stored = try stage.value("SELECT count(*) FROM parties")
    let second = try stage.run("sync")
    #expect(second.code == 75)
    #expect(second.requests.isEmpty)
    #expect(try stage.value("SELECT count(*) FROM parties") == stored)
    // An hour later.
    stage.server.withAccount { $0.rate = Account.allowance }
    try stage.execute("UPDATE _allowance SET blocked_until = datetime('now', '-1 second')")
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.value("SELECT count(*) FROM parties") == 25)
  }

  @Test func `a small allowance is never overrun`() throws {
    let stage = try Stage(.small)
    stage.server.withAccount {
      $0.rate.limit = 40
      $0.rate.window = 2
    }
    try stage.configure(["requests": #"{"page_size": 5, "reserve": 10}"#])
    #expect(try stage.run("sync").code == 0)
    let log = stage.server.withAccount { $0.log }
    #expect(log.allSatisfy { $0.status != 429 })
    #expect(log.count > 60)
  }
}
