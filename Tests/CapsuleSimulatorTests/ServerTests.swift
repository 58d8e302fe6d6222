import Glibc
import HTTP
import Testing

@testable import CapsuleSimulator

@Suite struct LoopbackServerTests {
  /// A client that reads whole responses off one connection.
  private final class Client {
    let socket: Socket
    var buffer: [UInt8] = []

    init(_ server: LoopbackServer) throws {
      socket = try #require(Socket.connected(port: server.port))
    }

    deinit { socket.close() }

    func send(_ target: String, token: String = "simulated-token", _ more: String = "") {
      let head = "GET /api/v2/\(target) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
      socket.write(Array("\(head)\(more)\r\n".utf8))
    }

    private var bodyStart: Int? {
      buffer.indices.dropLast(3).first { buffer[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) }
        .map { $0 + 4 }
    }

    /// Status, head and body; nil when the connection ends first.
    func receive() -> (status: Int, head: String, body: [UInt8])? {
      while true {
        if let start = bodyStart {
          let head = String(decoding: buffer[..<start], as: UTF8.self)
          let lines = head.split(separator: "\r\n")
          let length = lines.first { $0.hasPrefix("Content-Length: ") }
            .flatMap { Int($0.dropFirst(16)) }
          if let length, buffer.count >= start + length {
            let body = Array(buffer[start..<start + length])
            buffer.removeFirst(start + length)
            return (Int(lines[0].split(separator: " ")[1]) ?? 0, head, body)
          }
        }
        let bytes = socket.read()
        if bytes.isEmpty { return nil }
        buffer += bytes
      }
    }
  }

  private func served(_ body: (LoopbackServer) throws -> Void) throws {
    let server = LoopbackServer(account(), clock: .pinned)
    try server.start()
    defer { server.stop() }
    try body(server)
  }

  @Test func `a connection serves many requests`() throws {
    try served { server in
      let client = try Client(server)
      for _ in 0..<3 {
        client.send("parties?perPage=10")
        let answer = try #require(client.receive())
        #expect(answer.status == 200)
        #expect(JSON(answer.body)?["parties"]?.items.count == 10)
        #expect(answer.head.contains("Link: <\(server.baseURL)/parties?page=2&perPage=10>"))
        #expect(answer.head.contains("Date: Sun, 01 Mar 2026 12:00:00 GMT"))
      }
      #expect(server.withAccount { $0.log.count } == 3)
    }
  }

  @Test func `requests may come together or in pieces`() throws {
    try served { server in
      let client = try Client(server)
      client.send("site")
      client.send("users")
      client.send("teams")
      #expect(try #require(client.receive()).body == server.withAccount { $0.get("site").body })
      #expect(client.receive()?.status == 200)
      #expect(client.receive()?.status == 200)
      for byte in "GET /api/v2/site HTTP/1.1\r\nAuthorization: Bearer simulated-token\r\n\r\n".utf8
      {
        client.socket.write([byte])
      }
      #expect(client.receive()?.status == 200)
    }
  }

  @Test func `filters are posted`() throws {
    try served { server in
      let client = try Client(server)
      let body = #"{"filter":{"conditions":[]}}"#
      let head = "POST /api/v2/kases/filters/results HTTP/1.1\r\nContent-Length: \(body.utf8.count)"
      client.socket.write(
        Array("\(head)\r\nauthorization: Bearer simulated-token\r\n\r\n\(body)".utf8))
      let answer = try #require(client.receive())
      #expect(JSON(answer.body)?["kases"]?.items.count == 8)
    }
  }

  @Test func `other paths and tokens are refused`() throws {
    try served { server in
      let client = try Client(server)
      client.send("site", token: "wrong")
      #expect(client.receive()?.status == 401)
      client.socket.write(Array("GET /other HTTP/1.1\r\n\r\n".utf8))
      #expect(client.receive()?.status == 404)
      client.socket.write(Array("nonsense\r\n\r\n".utf8))
      #expect(client.receive()?.status == 400)
      #expect(client.receive() == nil)
    }
  }

  @Test func `faults reach the wire`() throws {
    try served { server in
      server.withAccount {
        $0.faults = FaultScript([
          .init(.connectionReset, on: .request(1)), .init(.cutBody, on: .request(2)),
          .init(.serverError(502, html: true), on: .request(3)),
        ])
      }
      let first = try Client(server)
      first.send("parties")
      #expect(first.receive() == nil)
      let second = try Client(server)
      second.send("parties")
      #expect(second.receive() == nil)
      #expect(second.buffer.count > 1_000)
      let third = try Client(server)
      third.send("parties")
      #expect(third.receive()?.status == 502)
    }
  }

  @Test func `clients that vanish do no harm`() throws {
    try served { server in
      server.withAccount { $0.faults = FaultScript([.init(.slowBody, on: .request(1))]) }
      let slow = try Client(server)
      slow.send("parties")
      for _ in 0..<8 {
        let socket = try #require(Socket.connected(port: server.port))
        socket.write(Array("GET /api/v2/parties HTTP/1.1\r\nAuthor".utf8))
        socket.resetOnClose()
        socket.close()
      }
      let client = try Client(server)
      client.send("site", "Connection: close\r\n")
      #expect(client.receive()?.status == 200)
      #expect(client.receive() == nil)
    }
  }

  @Test func `a taken port is an error`() throws {
    try served { server in
      let second = LoopbackServer(account())
      #expect(throws: LoopbackServer.StartError.portTaken(server.port)) {
        try second.start(port: server.port)
      }
      second.stop()
    }
  }

  /// What a program inherits stays open for as long as it runs: its peer would wait for the end.
  @Test func `no program inherits a socket`() throws {
    let listener = try #require(Socket.listening(port: 0))
    let client = try #require(Socket.connected(port: listener.port))
    let peer = try #require(listener.accepted())
    for socket in [listener, client, peer] {
      #expect(fcntl(socket.descriptor, F_GETFD) & FD_CLOEXEC != 0)
      socket.close()
    }
  }

  /// A child that was forked and has not yet begun its program has a copy of the socket, as dup(2) makes
  /// one.
  @Test func `a body that is cut ends although a child has the socket`() throws {
    let account = account()
    account.faults = FaultScript([.init(.cutBody, on: .request(2))])
    let server = LoopbackServer(account, clock: .pinned)
    try server.start()
    defer { server.stop() }
    let client = try Client(server)
    client.send("site")
    try #require(client.receive()?.status == 200)
    let copies = (Int32(3)..<1_024).filter { isPeer(of: client.socket, $0) }.map { dup($0) }
    defer { copies.forEach { close($0) } }
    try #require(copies.count == 1 && copies[0] >= 0)
    client.send("site")
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
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getpeername(descriptor, $0, &length)
      }
    }
    return result == 0 && address.sin_family == sa_family_t(AF_INET)
      && UInt16(bigEndian: address.sin_port) == socket.port
  }

  @Test func `many clients at once`() async throws {
    let server = LoopbackServer(account(), clock: .pinned)
    try server.start()
    let total = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let client = try Client(server)
          return (0..<10).count { _ in
            client.send("site")
            return client.receive()?.status == 200
          }
        }
      }
      return try await group.reduce(0, +)
    }
    server.stop()
    #expect(total == 80)
    #expect(server.withAccount { $0.log.count } == 80)
  }
}
