import CSignal
import Glibc

/// SIGTERM and SIGINT as a descriptor to wait on, so that no code runs in a handler.
///
/// Made before anything else: threads started later inherit the blocked signals. SIGPIPE is
/// ignored from then on, so that a write to a closed pipe is an error and not the end, and so is
/// SIGXFSZ, so that a limit on the size of files is met like a full disk. SIGUSR1, which asks a
/// daemon for a round, is ignored by what is no daemon. SIGHUP keeps its meaning there: it ends a
/// command whose terminal has gone, and the file is whole as after any end.
///
/// Source: signalfd(2), pthread_sigmask(3), signal(7).
final class StopSignal {
  /// The system refused a signal descriptor; the value is its errno.
  struct Unavailable: Error {
    let code: CInt
  }

  /// Readable once a signal has come.
  let descriptor: CInt
  /// Readable while SIGTERM or SIGINT has come and is not taken, whatever else is taken.
  let stopDescriptor: CInt

  init() throws(Unavailable) {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    let refused = pthread_sigmask(SIG_BLOCK, &signals, nil)
    guard refused == 0 else { throw Unavailable(code: refused) }
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGUSR1, SIG_IGN)
    let flags = CInt(SFD_NONBLOCK) | CInt(SFD_CLOEXEC)
    (descriptor, stopDescriptor) = (signalfd(-1, &signals, flags), signalfd(-1, &signals, flags))
    guard descriptor >= 0, stopDescriptor >= 0 else { throw Unavailable(code: errno) }
  }

  deinit {
    close(descriptor)
    close(stopDescriptor)
  }

  /// Takes other signals by the same descriptor from now on. Called before there are threads.
  func take(also numbers: [CInt]) throws(Unavailable) {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGTERM, SIGINT] + numbers { sigaddset(&signals, number) }
    let refused = pthread_sigmask(SIG_BLOCK, &signals, nil)
    guard refused == 0 else { throw Unavailable(code: refused) }
    // A signal that is ignored may be lost before it is read.
    for number in numbers { signal(number, SIG_DFL) }
    let flags = CInt(SFD_NONBLOCK) | CInt(SFD_CLOEXEC)
    guard signalfd(descriptor, &signals, flags) >= 0 else { throw Unavailable(code: errno) }
  }

  /// Whether SIGTERM or SIGINT has come. Does not wait, and leaves it to be read.
  var isAsked: Bool {
    var waiting = pollfd(fd: stopDescriptor, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, 0) > 0
  }

  /// What a command ends with that SIGTERM or SIGINT has cut off and that has not taken it: as a
  /// process that dies of it would (sigpending(2)).
  var exitCode: ExitCode {
    var pending = sigset_t()
    sigpending(&pending)
    return sigismember(&pending, SIGINT) == 1 ? .interrupted : .terminated
  }

  /// Waits until a signal comes, at most that long and at most a day (poll(2)).
  func wait(atMost limit: Duration) {
    let (seconds, attoseconds) = limit.components
    let part = max(attoseconds, 0) / 1_000_000_000_000_000 + 1
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    poll(&waiting, 1, CInt(min(max(seconds, 0), 86_400) * 1_000 + part))
  }

  /// Takes the signal that has come, its number, or nil when none has. Does not wait.
  func read() -> CInt? {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    return Glibc.read(descriptor, &info, size) == size ? CInt(info.ssi_signo) : nil
  }
}
