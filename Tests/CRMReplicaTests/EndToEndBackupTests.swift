import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// A backup beside the program that follows the log: it misses nothing, and is in nobody's way.
@Suite(.onWaitingThreads) struct EndToEndBackupTests {
  private func stage() throws -> (stage: Stage, follower: LogFollower) {
    let stage = try Stage(.small)
    try stage.configure(["search": "true"])
    try #require(try stage.run("sync").code == 0)
    let copy = stage.folder + "/backup.sqlite"
    return (stage, try LogFollower(stage.database, copy: copy))
  }

  /// Runs a command to its end while the follower follows.
  private func run(
    _ command: String, _ more: [String] = [], _ stage: Stage, _ follower: LogFollower
  )
    throws -> Ending
  {
    let child = try Child([command, "--config", stage.config] + more, in: stage.folder)
    _ = try poll(seconds: 120) {
      try follower.follow()
      return child.hasEnded
    }
    try follower.follow()
    return try child.wait()
  }

  private func edit(_ stage: Stage, seed: UInt64) {
    stage.server.withAccount { account in
      var random = SplitMix64(seed: seed)
      account.edit(using: &random, count: 40)
    }
  }

  /// Every table of a file, the program's own and the backup's too, with its rows.
  private func tables(_ path: String) throws -> [String: [[Value]]] {
    let connection = try Connection(path: path)
    let names = try connection.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .compactMap { $0[0].text }
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try connection.rows("SELECT * FROM \"\($0)\"")) })
  }

  private func expectEqual(_ follower: LogFollower, _ stage: Stage) throws {
    try follower.follow()
    // A copy of the copy: its header says that there is a log beside it, and reading makes one.
    let path = stage.folder + "/restored-\(UInt32.random(in: 0 ... .max)).sqlite"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    let content = try bytes(of: follower.copy)
    try #require(write(descriptor, content, content.count) == content.count)
    close(descriptor)
    let (restored, live) = (try tables(path), try tables(stage.database))
    #expect(restored.keys.sorted() == live.keys.sorted())
    let different = live.filter { restored[$0.key] != $0.value }.keys.sorted()
    #expect(different == [])
    #expect(try Connection(path: path).value("PRAGMA integrity_check") == "ok")
  }

  @Test func `a follower of the log misses nothing`() throws {
    let (stage, follower) = try stage()
    edit(stage, seed: 1)
    #expect(try run("sync", [], stage, follower).code == 0)
    try expectEqual(follower, stage)

    // More than the program lets into the log before it writes it back.
    let parties = try stage.rows("SELECT id FROM parties").compactMap { $0[0].integer }
    stage.server.withAccount { account in
      for party in parties {
        _ = account.describe(.parties, party, String(repeating: "\(party) words ", count: 25_000))
      }
    }
    #expect(try run("sync", [], stage, follower).code == 0)
    #expect(follower.frames > 2_000)
    try expectEqual(follower, stage)

    try follower.checkpoint(.restart)
    edit(stage, seed: 2)
    #expect(try run("sync", ["--full"], stage, follower).code == 0)
    try follower.checkpoint(.truncate)
    // As after an upgrade, a table changes its form.
    try stage.configure(["tables": #"{"parties": {"exclude_columns": ["about"]}}"#])
    #expect(try run("sync", [], stage, follower).code == 0)
    try follower.checkpoint(.passive)
    #expect(try run("verify", [], stage, follower).code == 0)
    #expect(try run("status", ["--max-age", "26h"], stage, follower).code == 0)
    try expectEqual(follower, stage)
    #expect(try stage.value("SELECT seq FROM _litestream_seq") == 4)
    #expect(try stage.value("SELECT count(*) FROM _litestream_lock") == 0)
  }

  @Test func `a follower that lets go of the log is left behind`() throws {
    let (stage, follower) = try stage()
    try follower.release()
    #expect(try stage.run("sync").code == 0)
    #expect(throws: LogFollower.LogReset.self) { try follower.follow() }
  }

  @Test func `a purge is not done before the follower lets go`() throws {
    let (stage, follower) = try stage()
    let party = try #require(try stage.value("SELECT min(id) FROM parties").integer)
    stage.server.withAccount { _ = $0.delete(.parties, party) }
    #expect(try run("sync", [], stage, follower).code == 0)
    let ending = try run("purge", ["party", "\(party)"], stage, follower)
    #expect(ending.code == 75)
    #expect(ending.log.contains("such as a backup that follows the log"))
    try expectEqual(follower, stage)
    try follower.release()
    #expect(try stage.run("purge", "party", "\(party)").code == 0)
    #expect(try bytes(of: stage.database + "-wal").isEmpty)
    #expect(try stage.value("SELECT count(*) FROM _litestream_seq") == 1)
  }
}
