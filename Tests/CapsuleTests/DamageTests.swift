import Capsule
import CapsuleSimulator
import Glibc
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// A run on a file in which anything may have been overwritten.
@Suite struct DamageTests {
  /// No page has a checksum, so that what still looks like a row is taken for one. Whatever does
  /// not is known as damage.
  @Test func `garbage anywhere in the file is damage or goes unnoticed, and nothing worse`() throws
  {
    let replica = try Replica(Account(seed: 7, size: .tiny, now: 1_760_000_000))
    try replica.sync()
    let whole = try bytes(of: replica.path)
    var damaged = 0
    for seed in 1...60 {
      var random = SplitMix64(seed: UInt64(seed))
      var spoilt = whole
      for _ in 1...Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<whole.count, using: &random)
        let end = min(
          whole.count, place + [1, 8, 100, 4_096][Int.random(in: 0...3, using: &random)])
        for index in place..<end { spoilt[index] = .random(in: 0...255, using: &random) }
      }
      for suffix in ["-wal", "-shm"] { unlink(replica.path + suffix) }
      try write(spoilt, to: replica.path)
      do {
        try replica.sync(full: true)
      } catch let error as SQLiteError {
        // A table definition that was spoilt and still can be read is no damage to SQLite.
        #expect(error.isNotADatabase || error.primaryCode == 1, "seed \(seed): \(error)")
        damaged += 1
      } catch is Clash {
        // The text of a view of ours that was spoilt is taken for the user's, who may drop it.
        #expect(try bytes(of: replica.path) == spoilt, "seed \(seed)")
      }
    }
    #expect(damaged > 20)
  }

  private func bytes(of path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }
}
