import CapsuleSimulator
import Glibc
import HTTP
import SQLite
import Simulation
import Synchronization
import TestSupport
import Testing

/// The built program killed or stopped in the middle of a first sync.
@Suite(.onWaitingThreads) struct EndToEndStopTests {
  /// The process to be killed, told once it has been started.
  private final class Target: Sendable {
    let pid = Mutex<pid_t>(0)
  }

  /// Whatever was stored stays, is not asked for again, and the next sync completes the file.
  @Test(arguments: [1, 5, 20, 24, 27, 30, 33, 36, 40, 50, 70, 100])
  func `a sync that is killed goes on`(request: Int) throws {
    let stage = try Stage(.small)
    // A page is known to be stored when all of its rows are.
    let pages = stage.server.withAccount { account in
      account.rows("parties").compactMap { $0["id"]?.integer }
    }
    let target = Target()
    stage.server.withAccount { account in
      account.beforeRequest = { _, number in
        guard number == request else { return }
        _ = poll(seconds: 10) { target.pid.withLock { $0 } != 0 }
        kill(target.pid.withLock { $0 }, SIGKILL)
      }
    }
    let child = try stage.start("sync")
    target.pid.withLock { $0 = child.pid }
    #expect(try child.wait().code == -SIGKILL)
    stage.server.withAccount { $0.beforeRequest = nil }
    var stored: Set<Int64> = []
    if access(stage.database, F_OK) == 0 {
      #expect(try stage.isWhole())
      if try stage.value("SELECT count(*) FROM sqlite_schema WHERE name = 'parties'") == 1 {
        stored = Set(try stage.rows("SELECT id FROM parties").compactMap { $0[0].integer })
      }
    }
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(try stage.isWhole())
    for (index, start) in stride(from: 0, to: pages.count, by: 5).enumerated()
    where stored.isSuperset(of: pages[start..<min(start + 5, pages.count)]) {
      let again = ending.requests.filter {
        $0.hasPrefix("parties?page=\(index + 1)&") && !$0.contains("since=")
      }
      #expect(again.isEmpty, "page \(index + 1) was stored and asked for again")
    }
    let calm = stage.folder + "/calm.sqlite"
    try stage.configure(["database": "\"\(calm)\""])
    try #require(try stage.run("sync").code == 0)
    // Each file has digests of its own.
    let others: Set = ["_synced_at", "_digest"]
    #expect(
      try stage.content(without: others, history: false)
        == stage.content(of: calm, without: others, history: false))
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `a signal ends a sync whose transfer hangs`(number: CInt) throws {
    let stage = try Stage(.small)
    stage.trouble(.slowBody, at: "parties?page=3")
    let child = try stage.start("sync")
    // The pages before it are stored; itself never comes.
    try #require(
      poll(seconds: 20) { (try? stage.value("SELECT count(*) FROM parties")) == 10 })
    child.signal(number)
    let ending = try child.wait(seconds: 10)
    #expect(ending.code == 128 + number)
    #expect(ending.log.contains("event=\"run stopped\""), "\(ending.log)")
    #expect(try stage.isWhole())
    #expect(try stage.value("SELECT outcome FROM _runs") == "stopped")
    #expect(try stage.value("SELECT count(*) FROM parties") == 10)
    stage.endTrouble()
    let next = try stage.run("sync")
    #expect(next.code == 0)
    #expect(
      next.requests.first { $0.hasPrefix("parties?") }?.hasPrefix("parties?page=3&") == true)
    #expect(try stage.value("SELECT count(*) FROM parties") == 25)
  }

  @Test func `a signal ends a sync that nobody answers`() throws {
    let listener = try #require(LoopbackListener(port: 0, backlog: 8))
    defer { listener.close() }
    let stage = try Stage()
    try stage.configure([
      "source": """
      {"kind": "capsule", "base_url": "http://127.0.0.1:\(listener.port)",
       "token_file": "\(stage.tokenFile)"}
      """
    ])
    let child = try stage.start("run")
    var waiting = pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0)
    try #require(Glibc.poll(&waiting, 1, 20_000) == 1)
    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 10).code == 0)
    #expect(try stage.isWhole())
  }
}
