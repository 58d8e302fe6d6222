import Glibc
import Testing

@testable import CRMReplica

@Suite struct FileLockTests {
  let directory: TemporaryDirectory
  var path: String { directory.path + "/replica.sqlite" }

  init() throws { directory = try TemporaryDirectory() }

  @Test func `a lock that is held is refused until it is let go of`() throws {
    var lock: FileLock? = try FileLock(database: path)
    #expect(throws: FileLockError.held(path: path + ".lock")) { try FileLock(database: path) }
    withExtendedLifetime(lock) {}
    lock = nil
    _ = try FileLock(database: path)
  }

  /// A child between fork and exec has a copy of the descriptor, as dup(2) makes one.
  @Test func `a lock is let go of although a child still has its file open`() throws {
    var lock: FileLock? = try FileLock(database: path)
    let copy = try dup(#require(descriptor(of: path + ".lock")))
    try #require(copy >= 0)
    defer { close(copy) }
    withExtendedLifetime(lock) {}
    lock = nil
    _ = try FileLock(database: path)
  }

  @Test func `the lock on the replica itself is let go of although a child has it open`() throws {
    var lock: ReplicaLock? = try ReplicaLock(path)
    let copy = try dup(#require(descriptor(of: path)))
    try #require(copy >= 0)
    defer { close(copy) }
    #expect(throws: FileLockError.self) { try ReplicaLock(path) }
    withExtendedLifetime(lock) {}
    lock = nil
    _ = try ReplicaLock(path)
  }

  /// A second close would fail with EBADF, or close what another thread has opened meanwhile.
  @Test func `a lock that is refused closes its file once`() throws {
    let lock = try FileLock(database: path)
    let (error, code) = withExtendedLifetime(lock) { () -> (FileLockError?, CInt) in
      errno = 0
      do throws(FileLockError) {
        _ = try FileLock(database: path)
        return (nil, errno)
      } catch {
        return (error, errno)
      }
    }
    #expect(error == .held(path: path + ".lock"))
    #expect(code != EBADF)
  }

  /// The number by which this process has a file open.
  private func descriptor(of path: String) -> CInt? {
    (CInt(0)..<1_024).first { number in
      var target = [CChar](repeating: 0, count: 4_096)
      let count = readlink("/proc/self/fd/\(number)", &target, target.count)
      return target.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }.elementsEqual(path.utf8)
    }
  }
}
