import Glibc
import Testing

@testable import CRMReplica

/// What a process left behind when it ended.
struct Ending {
  /// The exit code, or the number of the signal that ended it, negated.
  let code: Int32
  /// What it wrote to stdout.
  let output: String
  /// What it wrote to stderr.
  let log: String
  /// The targets that it asked the stage's account for.
  var requests: [String] = []
}

/// The built program, running. It is killed with the test that started it, at the latest.
final class Child {
  /// Where a standard stream of the program leads.
  enum Stream {
    /// A file that the test reads at the end.
    case file
    /// A pipe whose reader has gone, as after `| head -1`.
    case brokenPipe
    /// Nowhere: the descriptor is closed.
    case closed
    /// A device that has no room for a byte.
    case full
    /// A file that holds this.
    case text(String)
    /// A descriptor of the test's own.
    case descriptor(CInt)
  }

  /// A process outlived its limit.
  struct Overdue: Error {
    let arguments: [String]
    let log: String
  }

  let pid: pid_t
  private let arguments: [String]
  private let paths: [CInt: String]
  /// What waitpid(2) said once it has ended.
  private var status: CInt?

  /// Beside the running test bundle, where the package manager builds both.
  static var program: String {
    let parts = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast().joined(separator: "/") + "/crm-replica"
  }

  /// What starts the program in a folder.
  static func here(_ folder: String) -> [String] { ["/usr/bin/env", "-C", folder] }

  /// Starts the program with its streams in files of the folder. It inherits no other descriptor,
  /// nothing of the environment and no signal that this process ignores. A launcher is a command
  /// that becomes the program in the end.
  init(
    _ arguments: [String], in folder: String, environment: [String] = [], launcher: [String] = [],
    input: Stream = .file, output: Stream = .file, log: Stream = .file
  ) throws {
    self.arguments = arguments
    let name = "\(folder)/child-\(UInt32.random(in: 0 ... .max))"
    let files: [CInt: String] = [0: "/dev/null", 1: "\(name).out", 2: "\(name).log"]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var writer: CInt = -1
    defer { if writer >= 0 { close(writer) } }
    var read: [CInt: String] = [:]
    for (descriptor, stream) in [(CInt(0), input), (1, output), (2, log)] {
      switch stream {
      case .file:
        read[descriptor] = files[descriptor]
        posix_spawn_file_actions_addopen(
          &actions, descriptor, files[descriptor] ?? "", O_RDWR | O_CREAT | O_TRUNC, 0o600)
      case .text(let text):
        let path = files[descriptor].map { $0 == "/dev/null" ? "\(name).in" : $0 } ?? ""
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(file >= 0 && writeAll(text, to: file))
        close(file)
        posix_spawn_file_actions_addopen(&actions, descriptor, path, O_RDONLY, 0)
      case .brokenPipe:
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        writer = ends[1]
        posix_spawn_file_actions_adddup2(&actions, writer, descriptor)
      case .full: posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/full", O_WRONLY, 0)
      case .closed: posix_spawn_file_actions_addclose(&actions, descriptor)
      case .descriptor(let own): posix_spawn_file_actions_adddup2(&actions, own, descriptor)
      }
    }
    // Closing what is not open is no error here. Sockets of other tests would not end otherwise.
    for descriptor in CInt(3)..<512 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    paths = read
    pid = try Self.spawn(launcher + [Self.program] + arguments, environment, &actions)
  }

  private static func spawn(
    _ command: [String], _ environment: [String],
    _ actions: inout posix_spawn_file_actions_t
  ) throws -> pid_t {
    var words = command.map { strdup($0) } + [nil]
    var variables = (["PATH=/usr/bin:/bin"] + environment).map { strdup($0) } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // Threads of a pool may hold signals back, and would hand that down.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var pid: pid_t = 0
    let code = posix_spawn(&pid, command[0], &actions, &attributes, &words, &variables)
    try #require(code == 0, "\(command[0]): \(String(cString: strerror(code)))")
    return pid
  }

  deinit {
    if status == nil {
      kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
    }
  }

  /// Whether the process is over. Until this is asked it stays a zombie, whose id nobody else has.
  var hasEnded: Bool {
    var status: CInt = 0
    if self.status == nil, waitpid(pid, &status, WNOHANG) == pid { self.status = status }
    return self.status != nil
  }

  /// What has been written to stdout or stderr so far.
  func text(of descriptor: CInt) -> String {
    guard let path = paths[descriptor], let bytes = try? bytes(of: path) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Waits for the end. A process that outlives the limit is killed, and the test fails.
  func wait(seconds: Int = 120) throws -> Ending {
    guard poll(seconds: seconds, until: { hasEnded }), let status else {
      throw Overdue(arguments: arguments, log: text(of: 2))
    }
    let signal = status & 0x7F
    return Ending(
      code: signal == 0 ? status >> 8 & 0xFF : -signal, output: text(of: 1), log: text(of: 2))
  }

  /// Sends a signal, unless the process is known to be over.
  func signal(_ number: CInt) {
    if status == nil { kill(pid, number) }
  }
}

/// Asks again until the condition holds, at most for so many seconds. Returns whether it does.
func poll(seconds: Int, until condition: () throws -> Bool) rethrows -> Bool {
  let clock = ContinuousClock()
  let deadline = clock.now + .seconds(seconds)
  while true {
    if try condition() { return true }
    guard clock.now < deadline else { return false }
    usleep(2_000)
  }
}

/// A whole file.
func bytes(of path: String) throws -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  try #require(descriptor >= 0, "\(path): \(String(cString: strerror(errno)))")
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = read(descriptor, &chunk, chunk.count), count > 0 {
    bytes += chunk[..<count]
  }
  return bytes
}
