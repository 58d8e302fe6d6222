import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// Somebody who reads the file while the built program writes it.
@Suite(.onWaitingThreads) struct EndToEndReaderTests {
  /// Two readers, at each request: one looks anew, one stays where it began.
  @Test func `readers and the writer do not meet`() throws {
    let stage = try Stage(.small)
    let database = stage.database
    stage.server.withAccount { account in
      let sql = """
        SELECT (SELECT count(*) FROM parties), (SELECT count(*) FROM entries),
          (SELECT count(*) FROM party_tags WHERE party_id NOT IN (SELECT id FROM parties))
        """
      var last: [Value] = [0, 0, 0]
      var resident: Connection?
      account.beforeRequest = { _, number in
        do {
          let now = try Connection(path: database, mode: .readOnly).rows(sql)[0]
          for (before, count) in zip(last, now) {
            #expect((before.integer ?? 0) <= (count.integer ?? 0))
          }
          #expect(now[2] == 0)
          last = now
          if number == 20 {
            resident = try Connection(path: database, mode: .readOnly)
            try resident?.execute("BEGIN; \(sql)")
          }
        } catch {
          Issue.record("request \(number): \(error)")
        }
      }
    }
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)")
    // The resident is still there.
    stage.server.withAccount { _ = $0.createPerson("Zora", "Quist") }
    #expect(try stage.run("sync", "--full").code == 0)
    stage.server.withAccount { $0.beforeRequest = nil }
    #expect(try stage.differences() == [])
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.isWhole())
  }

  /// A member of the readers' group may write neither the files nor beside them, and reads all the
  /// same, whether the daemon is at work or not. The lock is no reader's to take.
  @Test func `who may only read can read at any time`() throws {
    let stage = try Stage()
    let daemon = try stage.start("run")
    #expect(poll(seconds: 60) { daemon.text(of: 2).contains("waiting for the next round") })
    try expectReadable(stage)
    daemon.signal(SIGTERM)
    #expect(try daemon.wait().code == 0)
    try expectReadable(stage)
    #expect(try mode(of: stage.database + ".lock") == 0o600)
    #expect(try stage.run("sync").code == 0)
    try expectReadable(stage)
  }

  /// Looks at the replica as somebody whom no privilege lets write there.
  private func expectReadable(_ stage: Stage) throws {
    let paths = ["", "-wal", "-shm"].map { stage.database + $0 }
    for path in paths { #expect(try mode(of: path) == 0o640, "\(path)") }
    // The streams of the program lead to a folder that stays writable.
    let streams = try TemporaryDirectory()
    for path in paths { chmod(path, 0o440) }
    chmod(stage.folder, 0o550)
    defer {
      chmod(stage.folder, 0o700)
      for path in paths { chmod(path, 0o640) }
    }
    // For the superuser no permission binds, unless this privilege is given up.
    let launcher =
      geteuid() == 0 ? ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"] : []
    let ending = try Child(
      ["status", "--config", stage.config], in: streams.path, launcher: launcher
    ).wait()
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.output.contains("parties"))
  }

  private func mode(of path: String) throws -> mode_t {
    var status = stat()
    try #require(lstat(path, &status) == 0, "\(path): \(String(cString: strerror(errno)))")
    return status.st_mode & 0o7777
  }
}
