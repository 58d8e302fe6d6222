internal import Glibc

/// Where results go: the one place that writes to standard output.
///
/// Nobody has to read them: a pipe whose reader has gone takes no more, and that is no error. Any
/// other refusal is one, lest half a result passes for a whole one.
struct StandardOutput {
  /// Tells the process to end, which no reader may hold up however slow it is.
  let stop: StopSignal

  /// Writes the whole text, past interrupted and partial writes (write(2)). Returns false when the
  /// reader has gone, so that nobody needs more. Throws when the stream cannot be written, or takes
  /// nothing while the process is to end.
  @discardableResult
  func write(_ text: String) throws(OutputError) -> Bool {
    var text = text
    let end = text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    switch end {
    case 0: return true
    case EPIPE: return false
    case EINTR: throw .stopped(stop.exitCode)
    default: throw .unwritable(end)
    }
  }

  /// The errno that ended it, EINTR for a stop, or 0 behind the last byte.
  private func write(_ bytes: UnsafeRawBufferPointer) -> CInt {
    let output = StandardStream.output.rawValue
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      var waiting = [
        pollfd(fd: output, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: stop.stopDescriptor, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waiting, 2, -1) >= 0 || errno == EINTR else { return errno }
      guard waiting[0].revents != 0 else {
        if waiting[1].revents != 0 { return EINTR }
        continue
      }
      // A pipe that has room takes so many bytes without a wait (pipe(7), PIPE_BUF).
      let written = Glibc.write(output, start, min(rest.count, Int(PIPE_BUF)))
      if written > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
      } else if errno != EINTR, errno != EAGAIN {
        return errno
      }
    }
    return 0
  }
}

/// Why results could not be printed.
enum OutputError: OperatorError, Hashable {
  /// The system's reason, its errno.
  case unwritable(CInt)
  /// A signal came first.
  case stopped(ExitCode)

  var exitCode: ExitCode {
    switch self {
    case .unwritable: .output
    case .stopped(let code): code
    }
  }

  var message: String {
    switch self {
    case .unwritable(let code):
      "Standard output cannot be written, so what was printed is not whole: "
        + "\(String(cString: strerror(code)))."
    case .stopped: "Stopped by a signal before all of it was printed."
    }
  }
}
