import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import Synchronization
import TestSupport
import Testing

/// The built program killed for real, again and again: before requests, and amid what it writes.
/// Whatever happened, the file is whole, and a sync that may end makes it equal to the account.
@Suite(.onWaitingThreads) struct EndToEndKillTests {
  /// A first sync in pieces, then changes in pieces, then everything read once more in pieces.
  @Test(arguments: 1...12)
  func `a life of killed syncs loses nothing`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let stage = try Stage(.small, seed: seed)
    let request = Int.random(in: 1...90, using: &random)
    #expect(try runKilled(stage, atRequest: request) == -SIGKILL)
    for most in [200, 20] {
      let stored = try storedPages(stage)
      let before = stage.requests().count
      try runKilled(stage, afterWrites: .random(in: 1...most, using: &random))
      expectNone(of: stored, in: stage.requests(since: before))
    }
    let stored = try storedPages(stage)
    expectNone(of: stored, in: try finish(stage).requests)
    try expectEqual(stage, "seed \(seed)")

    for most in [100, 100, 20] {
      stage.server.withAccount { account in
        let ids = account.visibleIDs(.parties)
        account.describe(.parties, ids[0], "Described after \(account.requestCount) requests")
        account.createOpportunity("Deal after \(account.requestCount) requests")
        account.createPerson("Zora", "Quist")
      }
      try runKilled(stage, afterWrites: .random(in: 1...most, using: &random))
    }
    try finish(stage)
    try expectEqual(stage, "seed \(seed)")

    // Old entries that go with a party are missed by a full sync alone.
    stage.server.withAccount { account in
      account.delete(.parties, account.visibleIDs(.parties)[0])
      account.createPerson("Yves", "Quist")
    }
    try runKilled(stage, afterWrites: .random(in: 1...100, using: &random), "--full")
    // What a killed full sync left to do is done by the next full one.
    try finish(stage, "--full")
    try expectEqual(stage, "seed \(seed)")
    // Every run but those that ended themselves is known to have been killed.
    #expect(
      try stage.value(
        """
        SELECT count(*) FROM _runs
          WHERE outcome IS NULL OR (outcome = 'killed') <> (finished_at IS NULL)
        """) == 0)
  }

  /// The source keeps a page back, and nothing happens any more: what came before it is committed.
  @Test func `a kill amid unchanged pages loses no page but the last`() throws {
    let stage = try Stage(.small)
    try stage.configure(["requests": #"{"page_size": 5, "reserve": 0, "concurrency": 1}"#])
    try finish(stage)
    let target = Target()
    let database = stage.database
    stage.server.withAccount { account in
      account.beforeRequest = { account, _ in
        guard account.log.last?.target.hasPrefix("parties?page=3&") ?? false else { return }
        let sql = "SELECT pass_page FROM _cursors WHERE table_name = 'parties'"
        _ = poll(seconds: 10) {
          (try? Connection(path: database, mode: .readOnly).value(sql)) == 4
        }
        kill(target.pid.withLock { $0 }, SIGKILL)
      }
    }
    let child = try stage.start("sync", "--full", "--table", "parties")
    target.pid.withLock { $0 = child.pid }
    #expect(try child.wait().code == -SIGKILL)
    stage.server.withAccount { $0.beforeRequest = nil }
    try expectWhole(stage)
    #expect(try stage.value("SELECT pass_page FROM _cursors WHERE table_name = 'parties'") == 4)
    let requests = try finish(stage, "--full", "--table", "parties").requests
    #expect(!requests.contains { $0.hasPrefix("parties?page=3&") && !$0.contains("since=") })
    try expectEqual(stage, "killed amid unchanged pages")
  }

  // MARK: Killing

  /// Kills a sync before the server answers its request of that number. Returns the ending's code.
  private func runKilled(_ stage: Stage, atRequest request: Int) throws -> Int32 {
    let target = Target()
    stage.server.withAccount { account in
      let last = account.requestCount + request
      account.beforeRequest = { _, number in
        guard number == last else { return }
        _ = poll(seconds: 10) { target.pid.withLock { $0 } != 0 }
        kill(target.pid.withLock { $0 }, SIGKILL)
      }
    }
    let child = try stage.start("sync")
    target.pid.withLock { $0 = child.pid }
    let code = try child.wait().code
    stage.server.withAccount { $0.beforeRequest = nil }
    try expectWhole(stage)
    return code
  }

  /// Kills a sync when so many writes to its files have been seen, unless it has ended by then.
  private func runKilled(_ stage: Stage, afterWrites count: Int, _ options: String...) throws {
    let writes = try Writes(to: stage.folder)
    let child = try Child(["sync", "--config", stage.config] + options, in: stage.folder)
    if writes.wait(for: count, of: child) { child.signal(SIGKILL) }
    let code = try child.wait().code
    #expect(code == -SIGKILL || code == 0, "\(child.text(of: 2))")
    try expectWhole(stage)
  }

  /// The process to be killed, told once it has been started.
  private final class Target: Sendable {
    let pid = Mutex<pid_t>(0)
  }

  // MARK: What must hold

  /// A sync that may end is good, and leaves a whole file in which no run is open.
  @discardableResult
  private func finish(_ stage: Stage, _ options: String...) throws -> Ending {
    let before = stage.requests().count
    var ending = try Child(["sync", "--config", stage.config] + options, in: stage.folder).wait()
    ending.requests = stage.requests(since: before)
    #expect(ending.code == 0, "\(ending.log)")
    #expect(try stage.isWhole())
    return ending
  }

  private func expectEqual(_ stage: Stage, _ comment: String) throws {
    let differences = try stage.differences()
    #expect(differences.isEmpty, "\(comment): \(differences.prefix(5))")
  }

  /// The file opens, and all runs but the last are known to be over.
  private func expectWhole(_ stage: Stage) throws {
    guard access(stage.database, F_OK) == 0 else { return }
    #expect(try stage.isWhole())
    guard try stage.value("PRAGMA user_version") != 0 else { return }
    #expect(
      try stage.value(
        "SELECT count(*) FROM _runs WHERE outcome IS NULL AND id < (SELECT max(id) FROM _runs)")
        == 0)
  }

  /// The pages of parties that are stored whole, as a request for one begins.
  private func storedPages(_ stage: Stage) throws -> [String] {
    let exists = "SELECT count(*) FROM sqlite_schema WHERE name = 'parties'"
    guard access(stage.database, F_OK) == 0, try stage.value(exists) == 1 else { return [] }
    let stored = Set(try stage.rows("SELECT id FROM parties").map { $0[0] })
    let listed = stage.server.withAccount { account in
      account.rows("parties").map { Value($0["id"]?.integer) }
    }
    return stride(from: 0, to: listed.count, by: 5)
      .filter { stored.isSuperset(of: listed[$0..<min($0 + 5, listed.count)]) }
      .map { "parties?page=\($0 / 5 + 1)&" }
  }

  private func expectNone(of pages: [String], in requests: [String]) {
    let again = requests.filter { target in
      pages.contains { target.hasPrefix($0) } && !target.contains("since=")
    }
    #expect(again.isEmpty, "stored, and asked for again")
  }
}

/// Writes to the files of a folder as they happen. Source: inotify(7).
private final class Writes {
  private let descriptor: CInt

  init(to folder: String) throws {
    descriptor = inotify_init1(CInt(IN_CLOEXEC))
    try #require(descriptor >= 0)
    try #require(inotify_add_watch(descriptor, folder, UInt32(IN_MODIFY)) >= 0)
  }

  deinit { close(descriptor) }

  /// Waits for so many writes, or for the end of the process. Returns whether all came.
  func wait(for count: Int, of child: Child) -> Bool {
    var left = count
    // Room for one event: what is taken early would be counted late.
    var event = [UInt8](repeating: 0, count: 64)
    while left > 0 {
      var readable = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if Glibc.poll(&readable, 1, 10) == 1 {
        guard read(descriptor, &event, event.count) > 0 else { return false }
        left -= 1
      } else if child.hasEnded {
        return false
      }
    }
    return true
  }
}
