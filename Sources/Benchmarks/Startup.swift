internal import Glibc
internal import HTTP
internal import Model

/// How long the program takes to its first request, every table wanted.
extension Benchmark {
  mutating func startup() throws {
    let listener = try Server.listener()
    defer { listener.close() }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      listener.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let database = "\(folder)/startup.sqlite"
    let program = try Program(
      program, nil, base: "http://127.0.0.1:\(listener.port)/api/v2", database: database)
    var (new, known): ([Double], [Double]) = ([], [])
    for _ in 0..<(2 * rounds) {
      Files.removeDatabase(database)
      new.append(try timeToRequest(program, listener))
      known.append(try timeToRequest(program, listener))
    }
    let loading = Figure(
      try (0..<(2 * rounds)).map { _ in
        try Child([self.program, "--version"]).succeed().wall * 1_000
      })
    let figures = (new: Figure(new), known: Figure(known))
    report.line(
      "startup", "\"new_file_ms\":\(figures.new.text),\"known_file_ms\":\(figures.known.text)")
    report.row("startup", "ms to the first request", figures.known, atMost: 20)
    report.row("startup", "ms, the file being made", figures.new)
    report.row("startup", "ms of loading and ending", loading)
  }

  /// Milliseconds from the start of the program to the first byte of its request.
  private func timeToRequest(_ program: Program, _ listener: LoopbackListener) throws -> Double {
    let output = open("/dev/null", O_WRONLY)
    defer { close(output) }
    let start = Child.now()
    let process = try program.child().spawn(output: output)
    let end = accept(listener.descriptor, nil, nil)
    var byte: UInt8 = 0
    let count = recv(end, &byte, 1, 0)
    let time = (Child.now() - start) * 1_000
    kill(process, SIGKILL)
    var status: CInt = 0
    waitpid(process, &status, 0)
    close(end)
    guard count == 1 else { throw Complaint("the program sends no request") }
    return time
  }
}
