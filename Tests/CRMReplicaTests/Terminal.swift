import Glibc
import Testing

@testable import CRMReplica

/// A terminal: its screen, and the line to the program.
final class Terminal {
  let master: CInt
  let line: CInt
  private(set) var screen = ""

  init() throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    // Unlock it, and ask for the number of its line: TIOCSPTLCK and TIOCGPTN (ioctl_tty(2)).
    var (lock, number): (CInt, CInt) = (0, 0)
    try #require(
      ioctl(master, 0x4004_5431, &lock) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
    line = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(line >= 0)
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(master)
    close(line)
  }

  /// Waits until the text stands on the screen.
  func await(_ text: String) throws {
    let isThere = poll(seconds: 60) {
      var bytes = [UInt8](repeating: 0, count: 4_096)
      let count = read(master, &bytes, bytes.count)
      if count > 0 { screen += String(decoding: bytes[..<count], as: UTF8.self) }
      return screen.contains(text)
    }
    try #require(isThere, "\(screen)")
  }

  func type(_ text: String) { _ = writeAll(text, to: master) }

  var showsWhatIsTyped: Bool {
    var settings = termios()
    return tcgetattr(line, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
  }
}
