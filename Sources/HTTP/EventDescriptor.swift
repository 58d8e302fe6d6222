internal import CCurl
internal import Glibc

/// A counter in the kernel that one thread raises and another waits for with poll(2).
/// Source: eventfd(2). Readable while the counter is not zero.
final class EventDescriptor: Sendable {
  /// What one reading takes off the counter.
  enum Reading {
    case one, all
  }

  let number: CInt

  /// Throws when the process has no descriptor left.
  init(reading: Reading) throws(CurlTransportError) {
    var flags = CInt(EFD_CLOEXEC | EFD_NONBLOCK)
    if reading == .one { flags |= CInt(EFD_SEMAPHORE) }
    number = eventfd(0, flags)
    if number < 0 { throw .system(call: "eventfd", code: errno) }
  }

  deinit {
    close(number)
  }

  /// Adds to the counter, which makes the descriptor readable.
  func raise(by count: Int = 1) {
    guard count > 0 else { return }
    let failed = eventfd_write(number, UInt64(count))
    precondition(failed == 0, "eventfd_write: \(errno)")
  }

  /// Takes one or all off the counter. False when it is zero.
  func lower() -> Bool {
    var value: UInt64 = 0
    return eventfd_read(number, &value) == 0
  }
}
