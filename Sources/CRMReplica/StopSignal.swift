import CSignal
import Glibc

/// SIGTERM and SIGINT as a descriptor to wait on, so that no code runs in a handler.
///
/// Made before anything else: threads started later inherit the blocked signals. SIGPIPE is
/// ignored from then on, so that a write to a closed pipe is an error and not the end, and so is
/// SIGXFSZ, so that a limit on the size of files is met like a full disk.
/// Source: signalfd(2), pthread_sigmask(3), signal(7).
final class StopSignal {
  /// The system refused a signal descriptor; the value is its errno.
  struct Unavailable: Error {
    let code: CInt
  }

  /// Readable once a stop was asked for.
  let descriptor: CInt

  init() throws(Unavailable) {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    let refused = pthread_sigmask(SIG_BLOCK, &signals, nil)
    guard refused == 0 else { throw Unavailable(code: refused) }
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    descriptor = signalfd(-1, &signals, CInt(SFD_NONBLOCK) | CInt(SFD_CLOEXEC))
    guard descriptor >= 0 else { throw Unavailable(code: errno) }
  }

  deinit {
    close(descriptor)
  }

  /// Whether a stop was asked for. Does not wait, and leaves the signal to be read.
  var isAsked: Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, 0) > 0
  }

  /// Takes the signal that has come, its number, or nil when none has. Does not wait.
  func read() -> CInt? {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    return Glibc.read(descriptor, &info, size) == size ? CInt(info.ssi_signo) : nil
  }
}
