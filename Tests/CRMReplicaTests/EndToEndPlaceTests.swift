import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// A replica in a place that may not be written.
@Suite(.onWaitingThreads) struct EndToEndPlaceTests {
  /// For the superuser no permission binds, unless this privilege is given up; others have none.
  private var launcher: [String] {
    geteuid() == 0 ? ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"] : []
  }

  private func run(
    _ stage: Stage, _ command: String, environment: [String] = []
  ) throws -> Ending {
    let before = stage.requests().count
    var ending = try Child(
      [command, "--config", stage.config], in: stage.folder, environment: environment,
      launcher: launcher
    ).wait()
    ending.requests = stage.requests(since: before)
    return ending
  }

  @Test func `a file that may not be written is left as it is`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let before = try bytes(of: stage.database)
    try #require(chmod(stage.database, 0o444) == 0)
    for command in ["sync", "run"] {
      let ending = try run(stage, command)
      #expect(ending.code == 73)
      #expect(ending.log.contains("\(stage.database) cannot be written"), "\(ending.log)")
      #expect(ending.log.contains("own its folder, the file"), "\(ending.log)")
      #expect(ending.requests.isEmpty)
    }
    let check = try run(stage, "check")
    #expect(check.code == 73)
    #expect(check.output.contains("\(stage.database): Permission denied"), "\(check.output)")
    #expect(try run(stage, "status").code == 0)
    #expect(try bytes(of: stage.database) == before)
    // What a reader has made beside the file has its mode.
    for suffix in ["", "-wal", "-shm"] { chmod(stage.database + suffix, 0o640) }
    let ending = try run(stage, "sync")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(try stage.differences() == [])
  }

  /// So that one configuration serves root, who runs a command by hand, and the service.
  @Test func `a token that only root may read comes from systemd`() throws {
    let stage = try Stage()
    try #require(chmod(stage.tokenFile, 0) == 0)
    #expect(try run(stage, "sync").code == 78)
    let passed = stage.folder + "/passed"
    try #require(mkdir(passed, 0o700) == 0)
    try stage.file("passed/token", Stage.token + "\n")
    let child = try Child(
      ["check", "--config", stage.config], in: stage.folder,
      environment: ["CREDENTIALS_DIRECTORY=\(passed)"], launcher: launcher)
    let ending = try child.wait()
    #expect(ending.code == 0, "\(ending.output)")
    #expect(ending.output.contains("token: ok, from the systemd credential \(passed)/token"))
  }

  /// The service has a user of its own, and its unit says what it may write.
  @Test func `a service is told what its unit has to say`() throws {
    let stage = try Stage()
    try #require(chmod(stage.tokenFile, 0) == 0)
    let service = ["INVOCATION_ID=0123456789abcdef0123456789abcdef"]
    let unread = try run(stage, "run", environment: service)
    #expect(unread.code == 78)
    #expect(
      unread.log.contains("let LoadCredential=token:\(stage.tokenFile) in the unit"),
      "\(unread.log)")
    #expect(!(try run(stage, "run")).log.contains("LoadCredential"))
    chmod(stage.tokenFile, 0o600)
    try #require(try stage.run("sync").code == 0)
    try #require(chmod(stage.database, 0o444) == 0)
    let unwritten = try run(stage, "run", environment: service)
    #expect(unwritten.code == 73)
    #expect(unwritten.log.contains("ProtectSystem=strict in the unit"), "\(unwritten.log)")
    #expect(!(try run(stage, "run")).log.contains("ProtectSystem"))
  }

  /// With the lock file there, and without it.
  @Test(arguments: [false, true])
  func `a folder that may not be written is left as it is`(hasLockFile: Bool) throws {
    let stage = try Stage()
    // Where the program's streams lead stays writable.
    let place = stage.folder + "/place"
    try #require(mkdir(place, 0o700) == 0)
    let database = place + "/replica.sqlite"
    try stage.configure(["database": "\"\(database)\""])
    try #require(try stage.run("sync").code == 0)
    let before = try bytes(of: database)
    // As beside a file that was put back from a backup.
    for suffix in ["-wal", "-shm"] { unlink(database + suffix) }
    if !hasLockFile { unlink(database + ".lock") }
    try #require(chmod(place, 0o555) == 0)
    defer {
      chmod(place, 0o700)
      for suffix in ["", "-wal", "-shm", ".lock"] { unlink(database + suffix) }
    }
    for command in ["sync", "run", "check", "status"] {
      let ending = try run(stage, command)
      let said = ending.log + ending.output
      #expect(ending.code == 73, "\(command): \(said)")
      #expect(said.contains("cannot be written: "), "\(command): \(said)")
      #expect(said.contains(place) && said.contains("own"), "\(command): \(said)")
    }
    #expect(try bytes(of: database) == before)
    chmod(place, 0o700)
    #expect(try run(stage, "sync").code == 0)
  }
}
