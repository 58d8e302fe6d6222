import Glibc
import HTTP
import Synchronization

/// A simulated account behind a small HTTP/1.1 server on 127.0.0.1.
///
/// One thread a connection, keep-alive, `Content-Length` bodies; the account answers from under a
/// lock, one request at a time.
package final class LoopbackServer<Account: SimulatedAccount>: Sendable {
  /// Whose time the account follows.
  package enum Clock: Sendable {
    /// The host's: set before each request.
    case real
    /// Only what the owner sets through `withAccount`.
    case pinned
  }

  private let account: Mutex<Account>
  private let state = Mutex(State())
  private let clock: Clock
  /// Slept before each response.
  private let latency: Duration

  /// How many connections are served at once; more are closed at once.
  private static var largestCrowd: Int { 128 }

  private struct State {
    var listener: Socket?
    var port: UInt16 = 0
    var acceptor: OwnThread?
    /// Open connections by descriptor.
    var connections: [Int32: Socket] = [:]
    /// Threads of connections that nobody has joined yet, by the number of the connection.
    var threads: [Int: OwnThread] = [:]
    /// The numbers of those that are about to end.
    var ended: [Int] = []
    var isStopping = false
  }

  /// Takes an account over; it is reached through `withAccount` from then on.
  package init(
    _ account: sending Account, clock: Clock = .real, latency: Duration = .zero
  ) {
    self.account = Mutex(account)
    self.clock = clock
    self.latency = latency
  }

  /// The port, 0 before `start`.
  package var port: UInt16 { state.withLock { $0.port } }

  /// What to configure a client with.
  package var baseURL: String { "http://127.0.0.1:\(port)\(Account.basePath)" }

  /// Uses the account between two requests.
  package func withAccount<Result: Sendable>(
    _ body: @Sendable (Account) throws -> Result
  ) rethrows -> Result {
    try account.withLock { try body($0) }
  }

  /// Begins to listen; port 0 lets the system choose.
  package func start(port: UInt16 = 0) throws(LoopbackServerError) {
    guard self.port == 0 else { throw .alreadyStarted }
    guard let opened = LoopbackListener(port: port, backlog: 64) else { throw .portTaken(port) }
    let listener = Socket(descriptor: opened.descriptor)
    state.withLock {
      $0.listener = listener
      $0.port = opened.port
    }
    let url = baseURL
    withAccount { $0.baseURL = url }
    guard let thread = try? OwnThread({ [self] in acceptConnections(listener) }) else {
      listener.close()
      throw .noThread
    }
    state.withLock { $0.acceptor = thread }
  }

  /// Ends all connections and returns when every thread has ended. Does nothing the second time.
  package func stop() {
    let (listener, acceptor) = state.withLock { state -> (Socket?, OwnThread?) in
      // Once only: afterwards its descriptors may be somebody else's.
      guard !state.isStopping else { return (nil, nil) }
      state.isStopping = true
      state.listener?.shutDown()
      for connection in state.connections.values { connection.shutDown() }
      defer { state.acceptor = nil }
      return (state.listener, state.acceptor)
    }
    guard let acceptor else { return }
    acceptor.join()
    listener?.close()
    let threads = state.withLock { state in
      defer { state.threads = [:] }
      return Array(state.threads.values)
    }
    for thread in threads { thread.join() }
  }

  private func acceptConnections(_ listener: Socket) {
    var number = 0
    while let connection = listener.accepted() {
      joinEnded()
      number += 1
      let isWelcome = state.withLock { state in
        guard !state.isStopping, state.connections.count < Self.largestCrowd else { return false }
        state.connections[connection.descriptor] = connection
        return true
      }
      guard isWelcome,
        let thread = try? OwnThread({ [self, number] in serve(connection, number) })
      else {
        state.withLock { $0.connections[connection.descriptor] = nil }
        connection.close()
        continue
      }
      state.withLock { [number] in $0.threads[number] = thread }
    }
  }

  private func joinEnded() {
    let ended = state.withLock { state in
      // One that has ended already may not be among them yet.
      let known = state.ended.filter { state.threads[$0] != nil }
      state.ended.removeAll(where: known.contains)
      return known.compactMap { state.threads.removeValue(forKey: $0) }
    }
    for thread in ended { thread.join() }
  }

  private func serve(_ connection: Socket, _ number: Int) {
    var buffer: [UInt8] = []
    serving: while true {
      switch WireRequest.read(buffer) {
      case .incomplete:
        let bytes = connection.read()
        if bytes.isEmpty { break serving }
        buffer += bytes
      case .malformed:
        connection.write(malformedReply)
        break serving
      case .complete(let request, let length):
        buffer.removeFirst(length)
        let reply = reply(to: request)
        if latency > .zero { usleep(useconds_t(latency / .microseconds(1))) }
        guard deliver(reply, to: connection, keepsAlive: request.keepsAlive),
          request.keepsAlive
        else { break serving }
      }
    }
    state.withLock { state in
      state.connections[connection.descriptor] = nil
      state.ended.append(number)
      connection.close()
    }
  }

  private func reply(to request: WireRequest) -> WireReply {
    account.withLock { account in
      if clock == .real { account.now = Int64(time(nil)) }
      return account.respond(to: request)
    }
  }

  /// Sends a reply as it wants to be delivered; false when the connection is to end.
  private func deliver(_ reply: WireReply, to connection: Socket, keepsAlive: Bool) -> Bool {
    if reply.delivery == .reset {
      connection.resetOnClose()
      return false
    }
    var head = "HTTP/1.1 \(reply.status) \(reply.status == 200 ? "OK" : "Other")\r\n"
    for field in reply.headers.fields { head += "\(field.name): \(field.value)\r\n" }
    head += "Content-Length: \(reply.body.count)\r\n"
    head += keepsAlive ? "\r\n" : "Connection: close\r\n\r\n"
    switch reply.delivery {
    case .cut(let count):
      connection.write(Array(head.utf8) + reply.body.prefix(count))
      connection.shutDown()
      return false
    case .slow:
      guard connection.write(Array(head.utf8)) else { return false }
      for byte in reply.body {
        guard !state.withLock({ $0.isStopping }), connection.write([byte]) else { return false }
        usleep(50_000)
      }
      return true
    case .whole, .reset: return connection.write(Array(head.utf8) + reply.body)
    }
  }
}

private let malformedReply = Array(
  "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)

/// Why a server could not start.
package enum LoopbackServerError: Error, Sendable, Hashable {
  case portTaken(UInt16)
  case noThread
  case alreadyStarted
}
