import Testing

@testable import HTTP

/// What leaves the machine, and where it goes.
@Suite struct RequestTests {
  @Test(arguments: [
    (base: "/api/v2", target: "parties?page=2&since=2024-01-01T00:00:00Z", path: "/api/v2/parties"),
    (
      base: "/api/v2/", target: "parties?page=2&since=2024-01-01T00:00:00Z", path: "/api/v2/parties"
    ),
    (base: "", target: "parties?page=2&since=2024-01-01T00:00:00Z", path: "/parties"),
  ])
  func `a request leaves as these bytes`(base: String, target: String, path: String) throws {
    try withServer({ _ in [.send(reply())] }) { server in
      let transport = try transport("http://127.0.0.1:\(server.port)\(base)")
      #expect(try transport.exchange(for: target).response?.status == 200)
      #expect(
        server.received.map(\.head) == [
          """
          GET \(path)?page=2&since=2024-01-01T00:00:00Z HTTP/1.1\r
          Host: 127.0.0.1:\(server.port)\r
          User-Agent: crm-replica/0.0\r
          Accept-Encoding: gzip\r
          Authorization: Bearer \(secret)\r
          Accept: application/json\r
          \r\n
          """
        ])
    }
  }

  /// Whatever a target holds, the request goes to the base URL's host.
  @Test(arguments: [
    "@other.example/", "//other.example/x", "../x", ":80/x", "http://other.example/",
  ])
  func `an odd target is sent as it is`(_ target: String) throws {
    try withServer({ _ in [.send(reply())] }) { server in
      _ = try transport(server.base).exchange(for: target)
      #expect(server.received.map(\.target) == ["/api/v2/\(target)"])
    }
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func `redirects are handed over`(_ status: Int) throws {
    try withServer({ _ in [.send(reply())] }) { other in
      try withServer({ _ in [.send(reply(status, ["Location: \(other.base)/x"]))] }) { server in
        let transport = try transport(server.base)
        let response = try transport.exchange(for: "parties").response
        transport.close()
        #expect(response?.status == status)
        #expect(response?.headers["location"] == "\(other.base)/x")
        #expect(server.received.count == 1)
        #expect(other.connections == 0)
      }
    }
  }

  @Test func `the headers leave in their order`() throws {
    let lines = ["Date: Mon, 01 Jan 2024 00:00:00 GMT", "Link: <a>; rel=\"next\"", "link:<b>"]
    try withServer({ _ in [.send(reply(200, lines))] }) { server in
      let headers = try transport(server.base).exchange(for: "parties").response?.headers
      #expect(headers?["DATE"] == "Mon, 01 Jan 2024 00:00:00 GMT")
      #expect(headers?["Link"] == "<a>; rel=\"next\", <b>")
    }
  }

  @Test func `only the request holds the token`() throws {
    let gate = try Gate()
    try withServer({ _ in [.wait(gate), .send(reply())] }) { server in
      let transport = try transport(server.base)
      transport.send(Request("parties"), id: 0)
      server.waitForRequests(1)
      expectNoSecret(in: transport)
      gate.open()
      expectNoSecret(in: try transport.exchange())
    }
  }

  @Test func `a token prints as dots`() {
    expectNoSecret(in: Token(secret))
    expectNoSecret(in: [Token(secret)])
  }

  @Test(arguments: ["", "two words", "line\nbreak", "line\r\nHost: other", "käse", "nul\0"])
  func `a token that cannot be a header is refused`(_ text: String) throws {
    let base = try BaseURL("http://127.0.0.1:9")
    #expect(throws: CurlTransportError.unusableToken) {
      _ = try CurlTransport(
        CurlTransport.Configuration(
          base: base, token: Token(text), userAgent: "crm-replica/0.0", concurrency: 1))
    }
  }
}
