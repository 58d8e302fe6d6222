import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// Which file it is: by what path it comes, and what becomes of the path while it is open.
@Suite(.onWaitingThreads) struct EndToEndFileTests {
  private static let second = #"{"every": "1s"}"#

  private func rounds(_ database: String) -> Int64 {
    let connection = try? Connection(path: database, mode: .readOnly)
    return (try? connection?.value("SELECT count(*) FROM _runs").integer ?? 0) ?? 0
  }

  /// A daemon that has made a round.
  private func daemon(_ stage: Stage) throws -> Child {
    try #require(try stage.run("sync").code == 0)
    try stage.configure([
      "schedule": Self.second, "metrics_file": "\"\(stage.folder)/metrics.prom\"",
    ])
    let before = rounds(stage.database)
    let child = try stage.start("run")
    try #require(poll(seconds: 20) { rounds(stage.database) > before }, "\(child.text(of: 2))")
    return child
  }

  @Test(arguments: ["link", "symlink"])
  func `a second process on the file by another path is kept away`(kind: String) throws {
    let stage = try Stage()
    let child = try daemon(stage)
    let other = stage.folder + "/other.sqlite"
    let made = kind == "link" ? link(stage.database, other) : symlink(stage.database, other)
    try #require(made == 0)
    let mine = stage.database
    try stage.configure(["database": "\"\(other)\""])
    for command in ["sync", "run"] {
      let ending = try stage.run(command)
      #expect(ending.code == 75, "\(ending.log)")
      #expect(ending.log.contains("Another crm-replica is at work on this file"), "\(ending.log)")
      #expect(ending.requests.count < 1_000)
    }
    child.signal(SIGTERM)
    #expect(try child.wait().code == 0)
    try stage.configure(["database": "\"\(mine)\""])
    #expect(try stage.run("sync").code == 0)
  }

  @Test(arguments: [false, true])
  func `a daemon whose file was taken away ends`(isMoved: Bool) throws {
    let stage = try Stage()
    let child = try daemon(stage)
    let away = stage.folder + "/away.sqlite"
    try #require((isMoved ? rename(stage.database, away) : unlink(stage.database)) == 0)
    let ending = try child.wait(seconds: 20)
    #expect(ending.code == 73, "\(ending.log)")
    #expect(ending.log.contains("\(stage.database) is not there any more"), "\(ending.log)")
    #expect(access(stage.database, F_OK) != 0)
  }

  @Test func `a daemon whose file was replaced goes on with what is there`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let backup = stage.folder + "/backup.sqlite"
    try Connection(path: stage.database).run("VACUUM INTO ?", [.text(backup)])
    _ = stage.server.withAccount { $0.createPerson("Zora", "Quist") }
    let child = try daemon(stage)
    try #require(rename(backup, stage.database) == 0)
    let isSaid = poll(seconds: 20) { child.text(of: 2).contains("file replaced") }
    try #require(isSaid, "\(child.text(of: 2))")
    let before = rounds(stage.database)
    try #require(poll(seconds: 20) { rounds(stage.database) > before + 1 }, "\(child.text(of: 2))")
    // The lock went with it: nobody else may come.
    #expect(try stage.run("sync").code == 75)
    child.signal(SIGTERM)
    #expect(try child.wait().code == 0)
    #expect(try stage.differences() == [])
    #expect(try stage.value("PRAGMA integrity_check") == "ok")
  }

  private func writeOver(_ path: String, _ bytes: [UInt8]) throws {
    let descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try #require(write(descriptor, bytes, bytes.count) == bytes.count)
  }

  /// As `cp` does it: SQLite is not told, and has pages of the former file in memory.
  @Test func `a daemon whose file was written over goes on with what is there`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let backup = stage.folder + "/backup.sqlite"
    try Connection(path: stage.database).run("VACUUM INTO ?", [.text(backup)])
    for number in 1...200 {
      _ = stage.server.withAccount { $0.createPerson("Zora", "Quist \(number)") }
    }
    let child = try stage.restingDaemon()
    child.signal(SIGUSR1)
    try child.awaitRest(2)
    try writeOver(stage.database, bytes(of: backup))
    child.signal(SIGUSR1)
    let isSaid = poll(seconds: 20) { child.text(of: 2).contains("file replaced") }
    #expect(isSaid, "\(child.text(of: 2))")
    try child.awaitRest(3)
    child.signal(SIGTERM)
    #expect(try child.wait().code == 0)
    #expect(try stage.differences() == [])
    #expect(try stage.value("PRAGMA integrity_check") == "ok")
  }

  @Test func `a daemon whose file was written over by another's ends`() throws {
    let stage = try Stage()
    let child = try stage.restingDaemon()
    let other = stage.folder + "/other.sqlite"
    try Connection(path: other).execute("CREATE TABLE notes (a)")
    let before = try bytes(of: other)
    // What stood in the log would be taken for the other file's.
    #expect(try bytes(of: stage.database + "-wal") == [])
    try writeOver(stage.database, before)
    child.signal(SIGUSR1)
    let ending = try child.wait(seconds: 20)
    #expect(ending.code == 73, "\(ending.log)")
    #expect(ending.log.contains("is a database, but no replica of ours"), "\(ending.log)")
    #expect(try bytes(of: stage.database) == before)
  }

  @Test func `what others write through SQLite is no replacement`() throws {
    let stage = try Stage()
    let child = try stage.restingDaemon()
    try stage.execute(
      "CREATE TABLE notes (a); INSERT INTO notes VALUES (7); PRAGMA wal_checkpoint(TRUNCATE)")
    child.signal(SIGUSR1)
    try child.awaitRest(2)
    child.signal(SIGTERM)
    let ending = try child.wait()
    #expect(ending.code == 0)
    #expect(!ending.log.contains("file replaced"), "\(ending.log)")
    #expect(try stage.value("SELECT a FROM notes") == 7)
  }

  @Test func `a daemon whose file was replaced by another's ends`() throws {
    let stage = try Stage()
    let child = try daemon(stage)
    let other = stage.folder + "/other.sqlite"
    try Connection(path: other).execute("CREATE TABLE notes (a)")
    let before = try bytes(of: other)
    try #require(rename(other, stage.database) == 0)
    let ending = try child.wait(seconds: 20)
    #expect(ending.code == 73, "\(ending.log)")
    #expect(ending.log.contains("is a database, but no replica of ours"), "\(ending.log)")
    #expect(try bytes(of: stage.database) == before)
  }

  /// In the midst of a round: what is read goes into the file that is open, and nothing is said of
  /// the one at the path.
  @Test func `a sync whose file is replaced meanwhile is not good`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let backup = stage.folder + "/backup.sqlite"
    let metrics = stage.folder + "/metrics.prom"
    try Connection(path: stage.database).run("VACUUM INTO ?", [.text(backup)])
    let before = try bytes(of: backup)
    try stage.configure(["metrics_file": "\"\(metrics)\""])
    let database = stage.database
    stage.server.withAccount {
      $0.beforeRequest = { account, _ in
        guard account.log.last?.target.hasPrefix("tasks") ?? false else { return }
        rename(backup, database)
      }
    }
    let ending = try stage.run("sync")
    #expect(ending.code == 73, "\(ending.log)")
    #expect(ending.log.contains("is another file than the one that was opened"), "\(ending.log)")
    #expect(access(metrics, F_OK) != 0)
    #expect(try bytes(of: database) == before)
  }

  /// Does something to the file when tasks are asked for, once.
  private func amidRound(_ stage: Stage, _ work: @escaping @Sendable () -> Void) {
    stage.server.withAccount {
      $0.beforeRequest = { account, _ in
        guard account.log.last?.target.hasPrefix("tasks") ?? false else { return }
        account.beforeRequest = nil
        work()
      }
    }
  }

  /// SQLite cannot tell it from its own file, whose pages it has in memory and in the log.
  @Test(arguments: ["sync", "run"])
  func `a file that is written over amid a round is left as it is`(command: String) throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let backup = stage.folder + "/backup.sqlite"
    try Connection(path: stage.database).run("VACUUM INTO ?", [.text(backup)])
    for number in 1...200 {
      _ = stage.server.withAccount { $0.createPerson("Zora", "Quist \(number)") }
    }
    let content = try bytes(of: backup)
    let database = stage.database
    let daemon = try command == "run" ? stage.restingDaemon() : nil
    amidRound(stage) {
      let descriptor = open(database, O_WRONLY | O_TRUNC | O_CLOEXEC)
      _ = write(descriptor, content, content.count)
      close(descriptor)
    }
    daemon?.signal(SIGUSR1)
    let ending = try (daemon ?? stage.start(command)).wait(seconds: 20)
    #expect(ending.code == 73, "\(ending.log)")
    #expect(ending.log.contains("was written over while it was open"), "\(ending.log)")
    // It may be noticed before all of it has been written.
    #expect(poll(seconds: 20) { (try? bytes(of: database)) == content })
    for suffix in ["-wal", "-shm"] { unlink(database + suffix) }
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.differences() == [])
    #expect(try stage.value("PRAGMA integrity_check") == "ok")
  }

  @Test func `what others write through SQLite amid a round is no replacement`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    for number in 1...200 {
      _ = stage.server.withAccount { $0.createPerson("Zora", "Quist \(number)") }
    }
    let database = stage.database
    amidRound(stage) {
      try? Connection(path: database).execute(
        "CREATE TABLE notes (a); INSERT INTO notes VALUES (7); PRAGMA wal_checkpoint(PASSIVE)")
    }
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(try stage.value("SELECT a FROM notes") == 7)
    #expect(try stage.differences() == [])
  }
}

extension Stage {
  /// A daemon at rest, whose next round is asked for.
  func restingDaemon() throws -> Child {
    try configure(["schedule": #"{"every": "24h"}"#])
    let child = try start("run")
    try child.awaitRest(1)
    return child
  }
}

extension Child {
  /// Waits until a daemon has ended so many rounds and rests.
  func awaitRest(_ rounds: Int) throws {
    let isAtRest = poll(seconds: 20) {
      text(of: 2).ranges(of: "waiting for the next round").count >= rounds
    }
    try #require(isAtRest, "\(text(of: 2))")
  }
}
