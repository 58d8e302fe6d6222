import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// A disk that is full. The system's limit on the size of a file plays it: what the file system
/// then says to a write is real, at exactly this byte, and no privilege is needed (setrlimit(2)).
@Suite(.onWaitingThreads) struct EndToEndDiskTests {
  /// The limits, in bytes, end the first sync while it makes its tables and while it stores pages,
  /// and where neither a frame of the log nor a page of the file ends.
  @Test(arguments: [65_536, 100_352, 150_016, 200_192, 250_368, 280_064, 300_032, 325_120])
  func `a full disk loses nothing`(limit: Int) throws {
    let stage = try Stage(.small)
    let sync = ["sync", "--config", stage.config]
    let full = try Child(sync, in: stage.folder, launcher: limited(to: limit)).wait()
    expectNoRoom(full, stage)
    #expect(try stage.isWhole())
    // A log that has become part of the file leaves some room, so that this one may even be good.
    let again = try Child(sync, in: stage.folder, launcher: limited(to: limit)).wait()
    if again.code != 0 { expectNoRoom(again, stage) }
    #expect(try stage.isWhole())
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(try stage.differences() == [])
    #expect(try stage.isWhole())
    #expect(try stage.value("SELECT count(*) FROM _runs WHERE outcome IS NULL") == 0)
  }

  /// The log holds what is new, and the file itself cannot grow to take it in.
  @Test func `a full disk at a checkpoint loses nothing`() throws {
    let stage = try Stage(.small)
    try stage.configure(["requests": #"{"page_size": 100, "reserve": 0}"#])
    try #require(try stage.run("sync").code == 0)
    let launcher = limited(to: try bytes(of: stage.database).count)
    stage.server.withAccount { account in
      for _ in 0..<40 { _ = account.createPerson() }
    }
    let sync = ["sync", "--config", stage.config]
    let full = try Child(sync, in: stage.folder, launcher: launcher).wait()
    // What was committed stays in the log, and is what readers see.
    #expect(full.code == 0, "\(full.log)")
    #expect(try stage.differences() == [])
    #expect(access(stage.database + "-wal", F_OK) == 0)
    let next = try Child(sync, in: stage.folder, launcher: launcher).wait()
    expectNoRoom(next, stage)
    #expect(try stage.differences() == [])
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.differences() == [])
    #expect(try stage.isWhole())
  }

  /// A shell that limits the size of files before it becomes the program; POSIX counts in halves of
  /// a kilobyte.
  private func limited(to bytes: Int) -> [String] {
    ["/bin/sh", "-c", "ulimit -f \(bytes / 512) && exec \"$@\"", "sh"]
  }

  private func expectNoRoom(
    _ ending: Ending, _ stage: Stage, _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(ending.code == 73, "\(ending.log)", sourceLocation: location)
    for words in ["no room for \(stage.database)", "File too large", "sync again"] {
      #expect(ending.log.contains(words), "\(ending.log)", sourceLocation: location)
    }
  }
}
