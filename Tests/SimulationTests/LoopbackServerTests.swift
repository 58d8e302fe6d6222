import Glibc
import HTTP
import Testing

@testable import Simulation

@Suite struct LoopbackServerTests {
  private func served(_ body: (LoopbackServer<FormAccount>) throws -> Void) throws {
    let server = LoopbackServer(FormAccount(), clock: .pinned)
    try server.start()
    defer { server.stop() }
    try body(server)
  }

  private func operation(_ answer: (status: Int, head: String, body: [UInt8])?) throws -> String? {
    JSON(try #require(answer).body)?["operation"]?.string
  }

  @Test func `a connection serves many requests`() throws {
    try served { server in
      let client = try Client(server)
      for number in 0..<3 {
        client.post("operation=list\(number)")
        #expect(try operation(client.receive()) == "list\(number)")
      }
      #expect(server.withAccount { $0.received.count } == 3)
      #expect(server.baseURL == "http://127.0.0.1:\(server.port)/restapi/v1")
      #expect(server.withAccount { $0.baseURL } == server.baseURL)
    }
  }

  @Test func `an account sees the whole request`() throws {
    try served { server in
      let client = try Client(server)
      client.post("operation=a%20b+c&x=%26", "X-Session: 4711\r\n")
      #expect(try operation(client.receive()) == "a b c")
      let request = try #require(server.withAccount { $0.received.first })
      #expect(request.method == "POST")
      #expect(request.target == "/restapi/v1/query")
      #expect(request.headers["host"] == "x")
      #expect(request.headers["x-session"] == "4711")
      #expect(request.headers["Authorization"] == "Basic YWRhOmtleQ==")
      #expect(request.body == Array("operation=a%20b+c&x=%26".utf8))
    }
  }

  @Test func `requests may come together or in pieces`() throws {
    try served { server in
      let client = try Client(server)
      client.post("operation=one")
      client.post("operation=two")
      client.post("operation=three")
      #expect(try operation(client.receive()) == "one")
      #expect(try operation(client.receive()) == "two")
      #expect(try operation(client.receive()) == "three")
      let head = "GET /any HTTP/1.1\r\nauthorization: Basic YWRhOmtleQ==\r\n\r\n"
      for byte in head.utf8 { client.socket.write([byte]) }
      #expect(client.receive()?.status == 200)
    }
  }

  @Test func `what is no request ends the connection`() throws {
    try served { server in
      let client = try Client(server)
      client.send("GET / HTTP/1.1\r\n\r\n")
      #expect(client.receive()?.status == 401)
      client.send("nonsense\r\n\r\n")
      #expect(client.receive()?.status == 400)
      #expect(client.receive() == nil)
      #expect(server.withAccount { $0.received.count } == 1)
    }
  }

  @Test func `faults reach the wire`() throws {
    try served { server in
      server.withAccount {
        $0.faults = FaultScript([
          .init(.connectionReset, on: .request(1)), .init(.cutBody, on: .request(2)),
          .init(.serverError(502, html: true), on: .request(3)),
          .init(.serverError(200, html: false), on: .request(4)),
        ])
      }
      let first = try Client(server)
      first.post("")
      #expect(first.receive() == nil)
      #expect(first.buffer.isEmpty)
      let second = try Client(server)
      second.post("")
      #expect(second.receive() == nil)
      #expect(String(decoding: second.buffer, as: UTF8.self).contains("{\"success\":true"))
      let third = try Client(server)
      third.post("")
      #expect(third.receive()?.status == 502)
      third.post("")
      let crashed = try #require(third.receive())
      #expect(crashed.status == 200)
      #expect(crashed.body.isEmpty)
    }
  }

  @Test func `clients that vanish do no harm`() throws {
    try served { server in
      server.withAccount { $0.faults = FaultScript([.init(.slowBody, on: .request(1))]) }
      let slow = try Client(server)
      slow.post("")
      for _ in 0..<8 {
        let socket = try #require(Socket.connected(port: server.port))
        socket.write(Array("GET /restapi/v1/query HTTP/1.1\r\nAuthor".utf8))
        socket.resetOnClose()
        socket.close()
      }
      let client = try Client(server)
      client.post("", "Connection: close\r\n")
      #expect(client.receive()?.status == 200)
      #expect(client.receive() == nil)
    }
  }

  @Test func `the account follows the host's clock unless it is pinned`() throws {
    let server = LoopbackServer(FormAccount())
    try server.start()
    defer { server.stop() }
    let client = try Client(server)
    client.post("")
    #expect(client.receive()?.status == 200)
    #expect(server.withAccount { $0.now } > noon)
  }

  @Test func `a taken port is an error`() throws {
    try served { server in
      let second = LoopbackServer(FormAccount())
      #expect(throws: LoopbackServerError.portTaken(server.port)) {
        try second.start(port: server.port)
      }
      second.stop()
    }
  }

  /// What a program inherits stays open for as long as it runs: its peer would wait for the end.
  @Test func `no program inherits a socket`() throws {
    let listener = try #require(LoopbackListener(port: 0, backlog: 8))
    defer { listener.close() }
    let client = try #require(Socket.connected(port: listener.port))
    let peer = try #require(Socket(descriptor: listener.descriptor).accepted())
    for descriptor in [listener.descriptor, client.descriptor, peer.descriptor] {
      #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
    }
    client.close()
    peer.close()
  }

  /// A child that was forked and has not yet begun its program has a copy of the socket, as dup(2)
  /// makes one.
  @Test func `a body that is cut ends although a child has the socket`() throws {
    let account = FormAccount()
    account.faults = FaultScript([.init(.cutBody, on: .request(2))])
    let server = LoopbackServer(account, clock: .pinned)
    try server.start()
    defer { server.stop() }
    let client = try Client(server)
    client.post("operation=one")
    try #require(client.receive()?.status == 200)
    let copies = (Int32(3)..<1_024).filter { isPeer(of: client.socket, $0) }.map { dup($0) }
    defer { copies.forEach { close($0) } }
    try #require(copies.count == 1 && copies[0] >= 0)
    client.post("operation=two")
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(
      client.socket.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit,
      socklen_t(MemoryLayout<timeval>.size))
    var bytes = [UInt8](repeating: 0, count: 4_096)
    var count = 1
    while count > 0 { count = recv(client.socket.descriptor, &bytes, bytes.count, 0) }
    #expect(count == 0)
  }

  /// Whether a descriptor of this process is the other end of a connection.
  private func isPeer(of socket: Socket, _ descriptor: Int32) -> Bool {
    let other = port(of: descriptor, getpeername)
    return other != nil && other == port(of: socket.descriptor, getsockname)
  }

  private func port(
    of descriptor: Int32,
    _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) -> UInt16? {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &length) }
    }
    guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
    return UInt16(bigEndian: address.sin_port)
  }

  @Test func `many clients at once`() async throws {
    let server = LoopbackServer(FormAccount(), clock: .pinned)
    try server.start()
    let total = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let client = try Client(server)
          return (0..<10).count { _ in
            client.post("")
            return client.receive()?.status == 200
          }
        }
      }
      return try await group.reduce(0, +)
    }
    server.stop()
    #expect(total == 80)
    #expect(server.withAccount { $0.received.count } == 80)
  }
}
