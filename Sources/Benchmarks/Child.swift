internal import CReference
internal import Glibc
internal import Model

/// A program run to its end, and what it cost.
struct Child {
  /// What the kernel counted.
  struct Cost {
    /// Seconds.
    var wall = 0.0
    var cpu = 0.0
    /// Bytes handed to `write` and its sisters (proc(5), `wchar`).
    var written = 0
    /// Largest resident set in bytes.
    var peak = 0
    var status: Int32 = 0
    var output = ""
  }

  private let arguments: [String]
  private var environment: [String] = []

  init(_ arguments: [String], environment: [String] = []) {
    self.arguments = arguments
    self.environment = environment
  }

  /// Runs it and throws unless it succeeds.
  @discardableResult
  func succeed() throws -> Cost {
    let cost = try run()
    guard cost.status == 0 else {
      throw Complaint("\(arguments.prefix(4).joined(separator: " ")) failed: \(cost.output)")
    }
    return cost
  }

  /// Runs it. Its standard output and error are returned together.
  func run() throws -> Cost {
    let file = reference_memory_file()
    guard file >= 0 else { throw Complaint("no place for the output") }
    defer { close(file) }
    let start = Self.now()
    let process = try spawn(output: file)
    var information = siginfo_t()
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    var cost = Cost()
    cost.wall = Self.now() - start
    cost.written = Self.written(process)
    var usage = rusage()
    wait4(process, &cost.status, 0, &usage)
    cost.cpu = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
    cost.peak = usage.ru_maxrss * 1_024
    let size = Int(lseek(file, 0, SEEK_END))
    cost.output = String(
      decoding: [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = max(0, pread(file, buffer.baseAddress, size, 0))
      }, as: UTF8.self)
    return cost
  }

  /// Starts it without waiting. Returns its process id.
  func spawn(output: CInt) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    let inherited = environ
    var values: [String] = environment
    var index = 0
    while let value = inherited[index] {
      values.append(String(cString: value))
      index += 1
    }
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = values.map { strdup($0) } + [nil]
    defer {
      for pointer in argv + envp { free(pointer) }
    }
    var process: pid_t = 0
    let code = posix_spawnp(&process, argv[0] ?? strdup(""), &actions, nil, &argv, &envp)
    guard code == 0 else {
      throw Complaint("cannot start \(arguments[0]): \(String(cString: strerror(code)))")
    }
    return process
  }

  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }

  /// The kernel keeps the count until the process is reaped.
  private static func written(_ process: pid_t) -> Int {
    guard let text = try? Files.text("/proc/\(process)/io") else { return 0 }
    let line = text.split(separator: "\n").first { $0.hasPrefix("wchar: ") }
    return line.flatMap { Int($0.dropFirst(7)) } ?? 0
  }
}
