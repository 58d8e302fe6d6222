import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

@testable import CRMReplica

/// What a daemon does first where no round is due, and what it says of a configuration that it does
/// not take.
@Suite(.onWaitingThreads) struct EndToEndProbeTests {
  private let stage: Stage
  private let manager: FakeManager

  init() throws {
    stage = try Stage()
    manager = try FakeManager()
    try stage.configure(["schedule": #"{"every": "24h"}"#])
    try #require(try stage.run("sync").code == 0)
  }

  private func start() throws -> Child {
    try Child(
      ["run", "--config", stage.config], in: stage.folder,
      environment: ["NOTIFY_SOCKET=\(manager.name)"])
  }

  private final class Told {
    private let manager: FakeManager
    private(set) var all: [String] = []
    init(_ manager: FakeManager) { self.manager = manager }

    /// Whether a message has come that holds this.
    func has(_ part: String) -> Bool {
      all += manager.take()
      return all.contains { $0.contains(part) }
    }
  }

  @Test func `a token is tried at the start by one request`() throws {
    let before = stage.requests().count
    let told = Told(manager)
    let child = try start()
    try #require(poll(seconds: 60) { told.has("STATUS=All is well. Next round at ") })
    #expect(stage.requests(since: before) == ["users/current"])
    #expect(child.text(of: 2).contains("event=\"token accepted\""))
    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 10).code == 0)
    #expect(try stage.value("SELECT count(*) FROM _runs") == 1)
  }

  /// A page of a proxy, say, whatever its status.
  @Test func `a page that is not JSON lets no token pass`() throws {
    stage.trouble(.htmlInsteadOfJSON, at: "users/current")
    let told = Told(manager)
    let child = try start()
    try #require(poll(seconds: 60) { told.has("STATUS=All is well. Next round at ") })
    let log = child.text(of: 2)
    #expect(!log.contains("token accepted"), "\(log)")
    #expect(log.contains("event=\"token not tried\"") && log.contains("not JSON"), "\(log)")
    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 10).code == 0)
  }

  @Test func `a token that is refused at the start ends the daemon`() throws {
    stage.server.withAccount { $0.token = "another" }
    let before = stage.requests().count
    let told = Told(manager)
    let ending = try start().wait(seconds: 60)
    #expect(ending.code == 77, "\(ending.log)")
    #expect(stage.requests(since: before) == ["users/current"])
    #expect(told.has("STATUS=Ended, as somebody has to act: the source refused the token"))
    #expect(ending.log.contains("event=\"run refused\""), "\(ending.log)")
    #expect(ending.log.contains("Next: the daemon ends"))
    #expect(try stage.value("SELECT outcome FROM _runs ORDER BY id DESC LIMIT 1") == "refused")
    // All is due when it was before.
    stage.server.withAccount { $0.token = Stage.token }
    let next = try start()
    #expect(poll(seconds: 60) { told.has("STATUS=All is well. Next round at ") })
    next.signal(SIGTERM)
    #expect(try next.wait(seconds: 10).code == 0)
    #expect(try stage.value("SELECT count(*) FROM _runs") == 2)
  }

  /// A refusal that was noted, and a reserve that is all there is left.
  @Test(arguments: ["blocked_until", "reserve"])
  func `the allowance is respected at the start`(what: String) throws {
    if what == "reserve" {
      try stage.configure(["requests": #"{"page_size": 5, "reserve": 400}"#])
      try stage.execute(
        "UPDATE _allowance SET hourly_limit = 4000, remaining = 400, "
          + "reset_at = datetime('now', '+30 minutes')")
    } else {
      try stage.execute("UPDATE _allowance SET blocked_until = datetime('now', '+30 minutes')")
    }
    let before = stage.requests().count
    let told = Told(manager)
    let child = try start()
    try #require(
      poll(seconds: 60) { told.has("STATUS=All is well. Next round at ") }, "\(child.text(of: 2))")
    #expect(stage.requests(since: before) == [])
    #expect(child.text(of: 2).contains("event=\"token not tried\""))
    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 10).code == 0)
  }

  @Test func `a source that is down at the start ends nothing`() throws {
    stage.trouble(.connectionReset, at: "users/current", times: 100)
    let told = Told(manager)
    let child = try start()
    try #require(
      poll(seconds: 60) { told.has("STATUS=All is well. Next round at ") }, "\(child.text(of: 2))")
    #expect(child.text(of: 2).contains("event=\"token not tried\""))
    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 10).code == 0)
  }

  // MARK: Reloads

  @Test func `a configuration that is refused is in the status until it is mended`() throws {
    let told = Told(manager)
    let child = try start()
    try #require(poll(seconds: 60) { told.has("STATUS=All is well. Next round at ") })
    try stage.configure(["schedule": #"{"evry": "48h"}"#])
    child.signal(SIGHUP)
    let refused = "the one before it is in force: \(stage.config):"
    try #require(poll(seconds: 60) { told.has(refused) }, "\(told.all)")
    #expect(told.all.last { $0.contains(refused) }?.hasPrefix("STATUS=All is well. ") == true)
    // A round in between does not take it away.
    child.signal(SIGUSR1)
    let round = "STATUS=A round of 30 tables begins."
    try #require(poll(seconds: 60) { told.has(round) }, "\(told.all)")
    #expect(told.all.last { $0.hasPrefix(round) }?.contains(refused) == true)
    try stage.configure(["schedule": #"{"every": "48h"}"#])
    child.signal(SIGHUP)
    #expect(
      poll(seconds: 60) {
        _ = told.has("")
        let last = told.all.last { $0.hasPrefix("STATUS=") } ?? ""
        return last.hasPrefix("STATUS=All is well. ") && !last.contains("is in force")
      }, "\(told.all)")
    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 10).code == 0)
  }
}
