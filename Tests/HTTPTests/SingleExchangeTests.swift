import Glibc
import Testing

@testable import HTTP

/// Requests that go alone, and tokens that change between requests.
@Suite struct SingleExchangeTests {
  private func post(
    _ server: ScriptedServer, interrupt: CInt? = nil
  ) throws -> Result<Response, HTTPError>? {
    let base = try BaseURL(server.base).origin
    return SingleExchange(base: base, userAgent: "crm-replica/0.0", interrupt: interrupt)
      .send(Request("oauth/token", form: [("a", "b"), ("c", "d e")]))
  }

  @Test func `a form leaves as these bytes`() throws {
    try withServer({ _ in [.send(reply(body: "{}"))] }) { server in
      let response = try post(server)?.get()
      #expect(response?.status == 200)
      #expect(response?.body == Array("{}".utf8))
      #expect(
        server.received.first?.head == """
          POST /oauth/token HTTP/1.1\r
          Host: 127.0.0.1:\(server.port)\r
          User-Agent: crm-replica/0.0\r
          Accept-Encoding: gzip\r
          Accept: application/json\r
          Content-Length: 11\r
          Content-Type: application/x-www-form-urlencoded\r
          \r\n
          """)
      #expect(server.received.first?.body == "a=b&c=d%20e")
    }
  }

  @Test func `a JSON text leaves as these bytes, and a call with nothing`() throws {
    try withServer({ _ in [.send(reply(body: "ok"))] }) { server in
      let exchange = SingleExchange(
        base: try BaseURL(server.base).origin, userAgent: "crm-replica/0.0", interrupt: nil,
        total: .seconds(10))
      let request = Request("hook/?a=b", json: #"{"text": "ü"}"#)
      #expect(request.description == "POST hook/?a=b")
      #expect(try exchange.send(request)?.get().status == 200)
      #expect(try exchange.send(Request("ping"))?.get().status == 200)
      #expect(
        server.received.first?.head == """
          POST /hook/?a=b HTTP/1.1\r
          Host: 127.0.0.1:\(server.port)\r
          User-Agent: crm-replica/0.0\r
          Accept-Encoding: gzip\r
          Accept: application/json\r
          Content-Type: application/json\r
          Content-Length: 14\r
          \r\n
          """)
      #expect(server.received.first?.body == #"{"text": "ü"}"#)
      let ping = try #require(server.received.last)
      #expect(ping.head.hasPrefix("GET /ping HTTP/1.1\r\n") && ping.body.isEmpty)
      #expect(!ping.head.contains("Content-"))
    }
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func `redirects are handed over`(status: Int) throws {
    try withServer({ _ in [.send(reply())] }) { other in
      try withServer({ _ in [.send(reply(status, ["Location: \(other.base)/x"]))] }) { server in
        let response = try post(server)?.get()
        #expect(response?.status == status)
        #expect(other.connections == 0)
      }
    }
  }

  @Test func `a body has a limit`() throws {
    let body = String(repeating: "x", count: 65 << 10)
    try withServer({ _ in [.send(reply(body: body))] }) { server in
      let error = #expect(throws: HTTPError.self) { try post(server)?.get() }
      #expect(error?.kind == .tooLarge)
      #expect(error?.doing == "POST oauth/token")
    }
  }

  /// A connection that fails is no reason to post a second time.
  @Test func `nothing is posted twice`() throws {
    try withServer({ _ in [.reset] }) { server in
      #expect(throws: HTTPError.self) { try post(server)?.get() }
      #expect(server.received.count == 1)
    }
  }

  @Test func `a stop ends the wait`() throws {
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { ends.forEach { close($0) } }
    try #require(write(ends[1], "x", 1) == 1)
    try withServer({ _ in [.hang] }) { server in
      let result = try post(server, interrupt: ends[0])
      #expect(result == nil)
      #expect(server.received.count == 1)
    }
    // An answer that comes at once is taken.
    try withServer({ _ in [.send(reply())] }) { server in
      let response = try post(server, interrupt: ends[0])?.get()
      #expect(response?.status == 200)
    }
  }

  /// A request keeps the token that was set when it was sent.
  @Test func `tokens change between requests`() throws {
    try withServer({ _ in [.send(reply())] }) { server in
      let transport = try transport(server.base)
      transport.send(Request("first"), id: 1)
      transport.send(Request("second"), id: 2)
      transport.authorisation = .bearer(Token("another"))
      transport.send(Request("third"), id: 3)
      _ = try transport.exchanges(3)
      let lines = server.received.map { request in
        request.head.split(separator: "\r\n").filter { $0.hasPrefix("Authorization: ") }
      }
      #expect(
        lines == [
          ["Authorization: Bearer \(secret)"], ["Authorization: Bearer \(secret)"],
          ["Authorization: Bearer another"],
        ])
      #expect(server.connections == 1)
    }
  }
}
