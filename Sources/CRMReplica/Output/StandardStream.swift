import Glibc

/// One of the two streams on which the program speaks.
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

  /// Writes the whole text. False when the other end has gone or the device refuses, which is no
  /// reason to stop a replication: the caller decides.
  @discardableResult
  func write(_ text: String) -> Bool {
    writeAll(text, to: rawValue)
  }

  /// As `write`, and false as soon as `stop` becomes readable, however slow the other end is.
  func write(_ text: String, until stop: CInt) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while let start = rest.baseAddress, !rest.isEmpty {
        var waiting = [
          pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0),
          pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waiting, 2, -1) >= 0 || errno == EINTR, waiting[1].revents == 0 else {
          return false
        }
        guard waiting[0].revents != 0 else { continue }
        // A pipe that has room takes so many bytes without a wait (pipe(7), PIPE_BUF).
        let written = Glibc.write(rawValue, start, min(rest.count, Int(PIPE_BUF)))
        if written > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        } else if errno != EINTR, errno != EAGAIN {
          return false
        }
      }
      return true
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
