import Glibc
import Synchronization
import Testing

/// A system call that is refused with EPERM, as systemd's SystemCallFilter= does it (seccomp(2)).
struct WithoutCall {
  #if arch(arm64)
    static let fchown = WithoutCall(number: 55, architecture: 0xC000_00B7)
  #else
    static let fchown = WithoutCall(number: 93, architecture: 0xC000_003E)
  #endif

  /// The number of the call, and the kernel's name for what counts it (linux/audit.h).
  let number: UInt32
  let architecture: UInt32

  private typealias Control = @convention(c) (CInt, UInt, UInt, UInt, UInt) -> CInt

  /// Does the work on a thread of its own, as no thread gets a call back.
  func run(_ work: @escaping @Sendable () throws -> Void) throws {
    let box = Box {
      try self.refuse()
      try work()
    }
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, Unmanaged.passRetained(box).toOpaque())
    try #require(code == 0)
    pthread_join(thread, nil)
    try #require(box.outcome.withLock { $0 }).get()
  }

  /// Forbids the call to this thread (prctl(2), linux/filter.h).
  private func refuse() throws {
    // prctl(2) takes a varying number of arguments, which Swift does not call: five words will do.
    let control = unsafeBitCast(try #require(dlsym(nil, "prctl")), to: Control.self)
    // Code, jumps and operand of an instruction, from its lowest bits on.
    let allow: UInt64 = 0x06 | 0x7FFF_0000 << 32
    let refuse: UInt64 = 0x06 | (0x0005_0000 | UInt64(EPERM)) << 32
    let loadArchitecture: UInt64 = 0x20 | 4 << 32
    let loadNumber: UInt64 = 0x20
    var program = [
      loadArchitecture, 0x15 | 3 << 24 | UInt64(architecture) << 32, loadNumber,
      0x15 | 1 << 24 | UInt64(number) << 32, refuse, allow,
    ]
    // PR_SET_NO_NEW_PRIVS, and PR_SET_SECCOMP with SECCOMP_MODE_FILTER.
    try #require(control(38, 1, 0, 0, 0) == 0)
    let count = UInt(program.count)
    let refused = program.withUnsafeMutableBytes { instructions in
      let filter = [count, UInt(bitPattern: instructions.baseAddress)]
      return filter.withUnsafeBytes { control(22, 2, UInt(bitPattern: $0.baseAddress), 0, 0) }
    }
    try #require(refused == 0, "\(String(cString: strerror(errno)))")
    try #require(Glibc.fchown(0, .max, .max) == -1 && errno == EPERM)
  }

  private final class Box: Sendable {
    private let work: @Sendable () throws -> Void
    let outcome = Mutex<Result<Void, any Error>?>(nil)

    init(_ work: @escaping @Sendable () throws -> Void) { self.work = work }

    func run() {
      let result = Result { try work() }
      outcome.withLock { $0 = result }
    }
  }
}
