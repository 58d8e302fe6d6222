import Glibc
import Synchronization

@testable import HTTP

/// A server on a loopback socket that does to each request what a script says, byte by byte.
///
/// One thread accepts, one serves each connection; `withServer` ends them all.
final class ScriptedServer: Sendable {
  /// A request as it came.
  struct Received: Sendable {
    /// Numbers from 0: of the connection, and of the request among all of the server.
    let connection: Int
    let number: Int
    /// Request line and header lines, up to and with the empty line.
    let head: String
    let body: String

    var target: String {
      let parts = head.split(separator: " ", maxSplits: 2)
      return parts.count == 3 ? String(parts[1]) : ""
    }
  }

  enum Step: Sendable {
    case send([UInt8])
    /// Waits until the gate opens or the connection ends.
    case wait(Gate)
    /// Waits until the connection ends.
    case hang
    case close
    /// Ends the connection with RST (SO_LINGER of 0, socket(7)).
    case reset

    static func send(_ text: String) -> Step { .send(Array(text.utf8)) }
  }

  typealias Script = @Sendable (Received) -> [Step]

  private struct State: Sendable {
    var received: [Received] = []
    var connections = 0
    var answering = 0
    var mostAnswering = 0
    var open: Set<CInt> = []
    var threads: [OwnThread] = []
    var isStopped = false
  }

  let port: Int
  /// Counts the requests that have come; to be lowered by whoever waits for them.
  private let arrivals: EventDescriptor
  private let listener: CInt
  private let script: Script
  private let state = Mutex(State())

  fileprivate init(_ script: @escaping Script) throws {
    (listener, port) = try bindToLoopback(backlog: 64)
    arrivals = try EventDescriptor(reading: .one)
    self.script = script
    try spawn { $0.acceptAll() }
  }

  var base: String { "http://127.0.0.1:\(port)/api/v2" }
  var received: [Received] { state.withLock { $0.received } }
  var connections: Int { state.withLock { $0.connections } }
  /// The most requests that were being answered at the same time.
  var mostAnswering: Int { state.withLock { $0.mostAnswering } }

  /// Waits until this many more requests have come.
  func waitForRequests(_ count: Int) {
    for _ in 0..<count {
      waitUntilReadable(arrivals.number)
      _ = arrivals.lower()
    }
  }

  fileprivate func stop() {
    var threads = state.withLock { state in
      state.isStopped = true
      for socket in state.open { shutdown(socket, CInt(SHUT_RDWR)) }
      return state.threads
    }
    shutdown(listener, CInt(SHUT_RDWR))
    // The accepting thread comes first; once it has ended, no further thread is added.
    threads.removeFirst().join()
    state.withLock { $0.threads.dropFirst() }.forEach { $0.join() }
    Glibc.close(listener)
  }

  private func spawn(_ work: @escaping @Sendable (ScriptedServer) -> Void) throws {
    let thread = try OwnThread { work(self) }
    state.withLock { $0.threads.append(thread) }
  }

  private func acceptAll() {
    while true {
      let socket = accept(listener, nil, nil)
      guard socket >= 0 else { return }
      let connection = state.withLock { state -> Int? in
        if state.isStopped { return nil }
        state.open.insert(socket)
        state.connections += 1
        return state.connections - 1
      }
      guard let connection else {
        Glibc.close(socket)
        return
      }
      var on: CInt = 1
      setsockopt(socket, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
      do {
        try spawn { $0.serve(socket, connection) }
      } catch {
        end(socket)
      }
    }
  }

  private func serve(_ socket: CInt, _ connection: Int) {
    defer { end(socket) }
    while let head = readHead(socket), let body = readBody(socket, of: head) {
      let request = state.withLock { state in
        let request = Received(
          connection: connection, number: state.received.count, head: head, body: body)
        state.received.append(request)
        state.answering += 1
        state.mostAnswering = max(state.mostAnswering, state.answering)
        return request
      }
      arrivals.raise()
      let steps = script(request)
      // Counted off before the last step, whose bytes may bring the next request.
      for step in steps.dropLast() {
        guard perform(step, socket) else { return state.withLock { $0.answering -= 1 } }
      }
      state.withLock { $0.answering -= 1 }
      guard let last = steps.last, perform(last, socket) else { return }
    }
  }

  /// False when the connection is to end.
  private func perform(_ step: Step, _ socket: CInt) -> Bool {
    switch step {
    case .send(let bytes): return sendAll(socket, bytes)
    case .wait(let gate): return gate.wait(besides: socket)
    case .hang:
      while readHead(socket) != nil {}
      return false
    case .close: return false
    case .reset:
      var off = linger(l_onoff: 1, l_linger: 0)
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &off, socklen_t(MemoryLayout<linger>.size))
      return false
    }
  }

  private func end(_ socket: CInt) {
    state.withLock { state in
      state.open.remove(socket)
      Glibc.close(socket)
    }
  }
}

/// Runs a test against a server and ends the server's threads afterwards.
func withServer<Result>(
  _ script: @escaping ScriptedServer.Script, _ body: (ScriptedServer) throws -> Result
) throws -> Result {
  let server = try ScriptedServer(script)
  defer { server.stop() }
  return try body(server)
}

/// Holds a script until a test opens it.
final class Gate: Sendable {
  private let descriptor: EventDescriptor

  init() throws {
    descriptor = try EventDescriptor(reading: .all)
  }

  func open() {
    descriptor.raise()
  }

  /// True when the gate is open, false when the connection ended first.
  fileprivate func wait(besides socket: CInt) -> Bool {
    var both = [
      pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0),
      pollfd(fd: socket, events: 0, revents: 0),
    ]
    poll(&both, 2, -1)
    return both[0].revents != 0
  }
}

func waitUntilReadable(_ descriptor: CInt) {
  var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  poll(&one, 1, -1)
}

/// A socket on 127.0.0.1 and the port the system chose. With a backlog of nil it does not listen:
/// the port is taken, and connections to it are refused.
func bindToLoopback(backlog: CInt?) throws -> (socket: CInt, port: Int) {
  let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  let code = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
      bind(descriptor, address, size) | (backlog.map { listen(descriptor, $0) } ?? 0)
        | getsockname(descriptor, address, &size)
    }
  }
  guard descriptor >= 0, code == 0 else {
    throw CurlTransportError.system(call: "bind", code: errno)
  }
  return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}

/// Reads up to the empty line; nil when the connection ends before.
private func readHead(_ socket: CInt) -> String? {
  var head: [UInt8] = []
  var byte: UInt8 = 0
  while !head.reversed().starts(with: "\n\r\n\r".utf8) {
    guard recv(socket, &byte, 1, 0) == 1 else { return nil }
    head.append(byte)
  }
  return String(decoding: head, as: UTF8.self)
}

/// Reads as many bytes as the head announces; nil when the connection ends before.
private func readBody(_ socket: CInt, of head: String) -> String? {
  let lines = head.split(separator: "\r\n")
  let length = lines.first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) }
  guard let length, length > 0 else { return "" }
  var bytes = [UInt8](repeating: 0, count: length)
  guard recv(socket, &bytes, length, CInt(MSG_WAITALL)) == length else { return nil }
  return String(decoding: bytes, as: UTF8.self)
}

/// False when the other side has gone.
private func sendAll(_ socket: CInt, _ bytes: [UInt8]) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes {
      Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
    }
    guard count > 0 else { return false }
    rest = rest.dropFirst(count)
  }
  return true
}
