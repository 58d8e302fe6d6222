import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// A replica that somebody else holds. Each test waits out the time that SQLite waits for a lock.
@Suite(.onWaitingThreads) struct EndToEndLockTests {
  @Test func `a file that is locked from the start is for later`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let before = try stage.content()
    stage.server.withAccount { _ = $0.createPerson("Zora", "Quist") }
    let holder = try Connection(path: stage.database)
    try holder.execute("BEGIN EXCLUSIVE")
    let ending = try stage.run("sync")
    expectHeld(ending, stage)
    #expect(ending.requests.isEmpty)
    #expect(try stage.content() == before)
    try holder.execute("ROLLBACK")
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.differences() == [])
  }

  /// Somebody takes the lock between two pages and keeps it.
  @Test func `a file that is locked in the middle keeps what it has`() throws {
    let stage = try Stage(.small)
    let database = stage.database
    stage.server.withAccount { account in
      var holder: Connection?
      account.beforeRequest = { _, number in
        // Pages share a transaction: not before some have been committed.
        guard number >= 40, holder == nil, let connection = try? Connection(path: database),
          (try? connection.value("SELECT count(*) > 0 FROM parties")) == .integer(1)
        else { return }
        holder = connection
        let isHeld: Void? = try? holder?.execute("BEGIN IMMEDIATE")
        #expect(isHeld != nil)
      }
    }
    let ending = try stage.run("sync")
    expectHeld(ending, stage)
    let stored = try stage.value("SELECT count(*) FROM parties").integer ?? 0
    #expect(stored > 0)
    #expect(try stage.isWhole())
    // The connection, and with it the lock, goes with the hook.
    stage.server.withAccount { $0.beforeRequest = nil }
    let next = try stage.run("sync")
    #expect(next.code == 0, "\(next.log)")
    #expect(try stage.differences() == [])
    #expect(try stage.value("SELECT outcome FROM _runs WHERE id = 1") == "killed")
  }

  /// The lock on the replica is the kernel's: it does not outlive a holder that was killed.
  @Test func `the lock of a killed holder is free`() throws {
    let stage = try Stage()
    stage.trouble(.slowBody, at: "users?")
    let first = try stage.start("run")
    try #require(poll(seconds: 20) { stage.requests().contains { $0.hasPrefix("users?") } })
    #expect(try stage.run("sync").code == 75)
    first.signal(SIGKILL)
    #expect(try first.wait().code == -SIGKILL)
    stage.endTrouble()
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(try stage.value("SELECT outcome FROM _runs WHERE id = 1") == "killed")
    #expect(try stage.differences() == [])
  }

  private func expectHeld(
    _ ending: Ending, _ stage: Stage, _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(ending.code == 75, "\(ending.log)", sourceLocation: location)
    for words in ["Another program holds \(stage.database)", "try again"] {
      #expect(ending.log.contains(words), "\(ending.log)", sourceLocation: location)
    }
  }
}
