import Glibc

/// One of the two streams on which the program speaks. `StandardOutput` writes the first, the log
/// the second.
enum StandardStream: CInt, Sendable {
  /// Results.
  case output = 1
  /// The log and the progress line.
  case error = 2

  /// Whether somebody watches the stream: it is a terminal (isatty(3)).
  var isTerminal: Bool { isatty(rawValue) == 1 }

  /// The width of the terminal in characters; 80 when it is unknown (ioctl_tty(2), TIOCGWINSZ).
  var width: Int {
    var size = winsize()
    guard ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Opens `/dev/null` in the place of standard streams that are closed, before a file of the
  /// program gets one of their numbers and the log is written into it. open(2) takes the lowest
  /// free one.
  static func openClosed() {
    while case let descriptor = open("/dev/null", O_RDWR), descriptor >= 0 {
      guard descriptor > 2 else { continue }
      close(descriptor)
      return
    }
  }
}

/// Writes the whole text to a descriptor, past interrupted and partial writes (write(2)). A
/// non-blocking descriptor that is full is waited for. False when it cannot be written.
func writeAll(_ text: String, to descriptor: CInt) -> Bool {
  var text = text
  return text.withUTF8 { bytes in
    var rest = UnsafeRawBufferPointer(bytes)
    while let start = rest.baseAddress, !rest.isEmpty {
      let written = Glibc.write(descriptor, start, rest.count)
      if written > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
      } else if errno == EAGAIN {
        var full = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&full, 1, -1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
