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

  /// The handle of a POST serves the GET behind it.
  @Test func `a form leaves between requests without one`() throws {
    try withServer({ _ in [.send(reply())] }) { server in
      let transport = try transport(server.base)
      let form = Request("login", form: [("user", "käse & co"), ("key", "a+b=c")])
      for request in [Request("first"), form, Request("second")] {
        #expect(try transport.exchange(for: request).response?.status == 200)
      }
      #expect(server.received.map(\.body) == ["", "user=k%C3%A4se%20%26%20co&key=a%2Bb%3Dc", ""])
      #expect(server.connections == 1)
      let heads = server.received.map(\.head)
      #expect(heads[2] == heads[0].replacing("/first ", with: "/second "))
      #expect(
        heads[1] == """
          POST /api/v2/login HTTP/1.1\r
          Host: 127.0.0.1:\(server.port)\r
          User-Agent: crm-replica/0.0\r
          Accept-Encoding: gzip\r
          Authorization: Bearer \(secret)\r
          Accept: application/json\r
          Content-Length: 39\r
          Content-Type: application/x-www-form-urlencoded\r
          \r\n
          """)
    }
  }

  @Test func `a user and a key leave as Basic`() throws {
    try withServer({ _ in [.send(reply())] }) { server in
      let ada = Authorisation.basic(user: "ada@example.com", key: Token("Käse:\(secret)"))
      let transport = try transport(server.base, authorisation: ada)
      _ = try transport.exchange(for: "me")
      transport.authorisation = .none
      _ = try transport.exchange(for: "me")
      let lines = server.received.map { request in
        request.head.split(separator: "\r\n").filter { $0.hasPrefix("Authorization") }
      }
      #expect(
        lines == [
          ["Authorization: Basic YWRhQGV4YW1wbGUuY29tOkvDpHNlOnMzY3IzdC10MGszbg=="], [],
        ])
    }
  }

  @Test func `what lets in and what is posted prints as dots or not at all`() {
    let form = Request("login", form: [("key", secret)])
    let basic = Authorisation.basic(user: "ada", key: Token(secret))
    expectNoSecret(in: Token(secret))
    expectNoSecret(in: [Token(secret)])
    expectNoSecret(in: Authorisation.bearer(Token(secret)))
    expectNoSecret(in: basic)
    expectNoSecret(in: form)
    expectNoSecret(in: [form])
    #expect("\(form)" == "POST login")
    #expect("\(Request("me"))" == "GET me")
    // A server that repeats the header repeats the encoded form.
    #expect(basic.secrets.map(\.secret) == [secret, "YWRhOnMzY3IzdC10MGszbg=="])
  }

  @Test func `a failure does not name the form`() throws {
    try withServer({ _ in [.close] }) { server in
      let exchange = try transport(server.base).exchange(
        for: Request("login", form: [("key", secret)]))
      #expect(exchange.failure?.doing == "POST login")
      expectNoSecret(in: exchange)
    }
  }

  @Test(arguments: ["", "two words", "line\nbreak", "line\r\nHost: other", "käse", "nul\0"])
  func `a token that cannot be a header is refused`(_ text: String) throws {
    let base = try BaseURL("http://127.0.0.1:9")
    #expect(throws: CurlTransportError.unusableToken) {
      _ = try CurlTransport(
        CurlTransport.Configuration(
          base: base, authorisation: .bearer(Token(text)), userAgent: "crm-replica/0.0",
          concurrency: 1))
    }
  }

  /// RFC 7617, section 2.
  @Test(
    arguments: [
      ("ada@example.com", "k:e y", true), ("", "key", true), ("ada", "", false),
      ("a:da", "key", false), ("ada\n", "key", false), ("ada", "k\0ey", false),
      ("ada", "käse", true),
    ])
  func `a user has no colon and neither part a control character`(
    user: String, key: String, isUsable: Bool
  ) {
    #expect(Authorisation.basic(user: user, key: Token(key)).isHeaderValue == isUsable)
  }
}
