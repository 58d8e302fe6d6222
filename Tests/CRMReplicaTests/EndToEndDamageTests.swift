import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import Synchronization
import TestSupport
import Testing

/// A replica that was cut short or overwritten: the program says so, and does nothing worse.
@Suite(.onWaitingThreads) struct EndToEndDamageTests {
  /// The file as a good sync left it, to be damaged.
  private func stage() throws -> Stage {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    return stage
  }

  private func expectDamaged(
    _ stage: Stage, _ commands: [[String]], _ location: SourceLocation = #_sourceLocation
  ) throws {
    for command in commands {
      let ending = try Child(
        [command[0], "--config", stage.config] + command.dropFirst(), in: stage.folder
      ).wait()
      let said = ending.log + ending.output
      #expect(ending.code == 73, "\(command): \(ending.code) \(said)", sourceLocation: location)
      for words in [stage.database, "damaged", "move it away", "restore a backup", "sync again"] {
        #expect(said.contains(words), "\(command): \(said)", sourceLocation: location)
      }
    }
  }

  /// What the message advises: with the file out of the way the next sync is a first one.
  private func moveAwayAndSync(_ stage: Stage) throws {
    for suffix in ["", "-wal", "-shm"] {
      rename(stage.database + suffix, stage.folder + "/away\(suffix)")
    }
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.differences() == [])
  }

  /// To half, to a page and a bit, to one page, within the first page, within the header.
  @Test(arguments: [-2, 5_000, 4_096, 4_000, 100, 99, 20, 2])
  func `a file that was cut short is refused`(length: Int) throws {
    let stage = try stage()
    let size = try bytes(of: stage.database).count
    try #require(truncate(stage.database, length < 0 ? size / -length : length) == 0)
    let before = try bytes(of: stage.database)
    try expectDamaged(stage, [["sync"], ["sync", "--full"], ["run"], ["check"], ["status"]])
    #expect(try bytes(of: stage.database) == before)
    try moveAwayAndSync(stage)
  }

  @Test func `an empty file is a new one`() throws {
    let stage = try stage()
    try #require(truncate(stage.database, 0) == 0)
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.differences() == [])
  }

  /// A sync meets it where it reads the table, `check` in any case: it looks at every page.
  @Test func `garbage in the pages of a table is met when it is read`() throws {
    let stage = try stage()
    let pages = try stage.rows(
      "SELECT pageno FROM dbstat WHERE name = 'parties' AND pagetype = 'leaf'"
    ).compactMap { $0[0].integer }
    try #require(!pages.isEmpty)
    for page in pages { try overwrite(stage.database, at: (Int(page) - 1) * 4_096, count: 4_096) }
    try expectDamaged(stage, [["check"], ["sync", "--full"], ["status"]])
    try moveAwayAndSync(stage)
  }

  /// What a power cut or a careless hand may do to the log beside the file. Whatever is lost of it
  /// is lost together with its position, and asked for again.
  @Test func `a log that is damaged or gone costs its pages alone`() throws {
    let stage = try Stage(.small)
    let target = Target()
    stage.server.withAccount { account in
      account.beforeRequest = { _, number in
        guard number == 70 else { return }
        _ = poll(seconds: 10) { target.pid.withLock { $0 } != 0 }
        kill(target.pid.withLock { $0 }, SIGKILL)
      }
    }
    let child = try stage.start("sync")
    target.pid.withLock { $0 = child.pid }
    try #require(try child.wait().code == -SIGKILL)
    stage.server.withAccount { $0.beforeRequest = nil }
    let (file, log) = (try bytes(of: stage.database), try bytes(of: stage.database + "-wal"))
    try #require(log.count > 100_000)
    var random = SplitMix64(seed: 1)
    let (header, frame) = (32, 24 + 4_096)
    var logs: [[UInt8]?] = [nil, log]
    for length in [0, 1, header - 1, header, header + 24, header + frame, header + frame + 1] {
      logs.append(Array(log.prefix(length)))
    }
    for _ in 1...6 { logs.append(Array(log.prefix(.random(in: 0...log.count, using: &random)))) }
    for _ in 1...6 {
      var spoilt = log
      let place = Int.random(in: 0..<log.count - 100, using: &random)
      for index in place..<place + 100 { spoilt[index] = .random(in: 0...255, using: &random) }
      logs.append(spoilt)
    }
    for (index, log) in logs.enumerated() {
      for suffix in ["", "-wal", "-shm"] { unlink(stage.database + suffix) }
      try write(file, to: stage.database)
      if let log { try write(log, to: stage.database + "-wal") }
      let ending = try stage.run("sync")
      #expect(ending.code == 0, "log \(index): \(ending.log)")
      #expect(try stage.isWhole(), "log \(index)")
      let differences = try stage.differences()
      #expect(differences.isEmpty, "log \(index): \(differences.prefix(5))")
    }
  }

  /// The process to be killed, told once it has been started.
  private final class Target: Sendable {
    let pid = Mutex<pid_t>(0)
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
  }

  private func overwrite(_ path: String, at offset: Int, count: Int) throws {
    var random = SplitMix64(seed: UInt64(offset))
    let garbage = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try #require(pwrite(descriptor, garbage, count, off_t(offset)) == count)
  }
}
