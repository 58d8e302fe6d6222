internal import CSignal
internal import Glibc
internal import Replication

/// Runs a program that is told of an alert: without a shell, with an environment made for it alone,
/// and for a limited time.
///
/// It inherits no descriptor but its own three: a text on its standard input, and nowhere for what
/// it writes. It is the leader of a process group, which is killed as a whole when the time is
/// over.
struct AlertProgram {
  /// An absolute path, and arguments.
  let words: [String]
  let environment: [(name: String, value: String)]
  var limit = Duration.seconds(10)
  /// Readable when this process is to end: the program is then left little time.
  var stop: CInt?

  /// How long a program goes on when this process is to end.
  static let grace = Duration.milliseconds(500)
  /// Where programs are looked for by whoever looks.
  private static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// Runs it to its end. Returns what went wrong, or nil when it ended with 0.
  func run(_ input: String) -> String? {
    guard let reader = Self.pipe(holding: input) else { return "no pipe: \(Self.reason(errno))" }
    defer { close(reader) }
    var pid: pid_t = 0
    let code = spawn(&pid, reader)
    guard code == 0 else { return "not started: \(Self.reason(code))" }
    return end(of: pid)
  }

  /// The reading end of a pipe in which a text lies, and whose end follows it. A pipe has room for
  /// 64 KiB (pipe(7)), so nobody need read for it to be written.
  private static func pipe(holding text: String) -> CInt? {
    var ends: [CInt] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    defer { close(ends[1]) }
    var text = text
    let written = text.withUTF8 { Glibc.write(ends[1], $0.baseAddress, $0.count) }
    guard written == text.utf8.count else {
      close(ends[0])
      errno = EMSGSIZE
      return nil
    }
    return ends[0]
  }

  /// posix_spawn(3), with every signal as a new program expects it.
  private func spawn(_ pid: inout pid_t, _ input: CInt) -> CInt {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    for stream in [CInt(1), 2] {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0)
    }
    crm_close_from(&actions, 3)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))
    let variables = [("PATH", Self.path)] + environment.map { ($0.name, $0.value) }
    var words = self.words.map { strdup($0) } + [nil]
    var pairs = variables.map { strdup("\($0.0)=\($0.1)") } + [nil]
    defer { (words + pairs).forEach { free($0) } }
    return posix_spawn(&pid, self.words[0], &actions, &attributes, &words, &pairs)
  }

  /// Waits for the end, which is asked for now and then: nothing else tells of it that a poll(2)
  /// could wait for beside a stop.
  private func end(of pid: pid_t) -> String? {
    let clock = SystemClock()
    var deadline = clock.elapsed() + limit
    var isStopping = false
    while true {
      var status: CInt = 0
      let ended = waitpid(pid, &status, WNOHANG)
      if ended == pid { return Self.complaint(about: status) }
      if ended < 0, errno != EINTR { return "lost: \(Self.reason(errno))" }
      guard clock.elapsed() < deadline else { return kill(pid, isStopping) }
      var waiting = pollfd(fd: isStopping ? -1 : stop ?? -1, events: Int16(POLLIN), revents: 0)
      poll(&waiting, 1, 10)
      if waiting.revents != 0 {
        isStopping = true
        deadline = min(deadline, clock.elapsed() + Self.grace)
      }
    }
  }

  /// Ends the program and what it has started, and takes its status, so that no zombie stays. One
  /// that has become another user's cannot be ended, and is left behind.
  private func kill(_ pid: pid_t, _ isStopping: Bool) -> String {
    Glibc.kill(-pid, SIGKILL)
    Glibc.kill(pid, SIGKILL)
    var status: CInt = 0
    for _ in 0..<20 {
      if waitpid(pid, &status, WNOHANG) == pid {
        return isStopping ? "ended, as this process is to end" : "ended after \(limit.spoken)"
      }
      usleep(10_000)
    }
    return "goes on behind its time, and cannot be ended"
  }

  private static func complaint(about status: CInt) -> String? {
    let signal = status & 0x7F
    if signal != 0 { return "it died of signal \(signal)" }
    let code = status >> 8 & 0xFF
    return code == 0 ? nil : "it ended with \(code)"
  }

  private static func reason(_ code: CInt) -> String { String(cString: strerror(code)) }
}
