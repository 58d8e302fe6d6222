import Glibc
import Testing

@testable import HTTP

/// One scripted answer and what the engine sees of it.
struct OutcomeCase: Sendable, CustomTestStringConvertible {
  enum Outcome: Sendable, Equatable {
    case response(Int, String)
    case failure(HTTPError.Kind)
  }

  let testDescription: String
  let steps: [ScriptedServer.Step]
  let outcome: Outcome

  init(_ description: String, _ steps: [ScriptedServer.Step], _ outcome: Outcome) {
    testDescription = description
    self.steps = steps
    self.outcome = outcome
  }

  static let json = #"{"parties":[{"id":1}]}"#
  /// `json` by `gzip -9`.
  static let gzipped = bytes(
    hex: "1f8b0800000000000203ab562a482c2ac94c2d56b28aae56ca4c51b232ac8dad0500166fa3eb16000000")
  /// 100,000 zero bytes by `gzip -9`.
  static let bomb =
    bytes(hex: "1f8b0800000000000203edc13101000000c2a0f54f6d0d0fa0")
    + Array(repeating: 0, count: 96) + bytes(hex: "8057037d9511d4a0860100")

  static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

  static let responses: [OutcomeCase] = [
    .init("a plain body", [.send(reply(body: json))], .response(200, json)),
    .init("no body", [.send("HTTP/1.1 204 No Content\r\n\r\n")], .response(204, "")),
    .init(
      "a reply byte by byte", reply(body: json).map { .send([$0]) }, .response(200, json)),
    .init(
      "chunks",
      [
        .send(chunked + "5\r\n01234\r\n"), .send("3;ext=1\r\n56"),
        .send("7\r\n0\r\nTrailer: late\r\n\r\n"),
      ], .response(200, "01234567")),
    .init(
      "a body that ends with the connection",
      [.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc"), .close], .response(200, "abc")),
    .init(
      "gzip", [.send(reply(200, ["Content-Encoding: gzip"], body: gzipped))],
      .response(200, json)),
    .init(
      "gzip in chunks",
      [
        .send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"),
        .send("5\r\n"), .send(Array(gzipped.prefix(5))), .send("\r\n25\r\n"),
        .send(Array(gzipped.dropFirst(5))), .send("\r\n0\r\n\r\n"),
      ], .response(200, json)),
    .init(
      "an interim response first",
      [.send("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"), .send(reply(body: json))],
      .response(200, json)),
    .init("an error status", [.send(reply(503, body: "busy"))], .response(503, "busy")),
    .init(
      "a 429 whose body is cut",
      [.send("HTTP/1.1 429 Slow\r\nContent-Length: 9\r\n\r\nabc"), .close], .response(429, "")),
  ]

  static let failures: [OutcomeCase] = [
    .init(
      "a body shorter than announced",
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), .close], .failure(.cut)),
    .init(
      "a reset within the body",
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), .reset], .failure(.cut)),
    .init("chunks without their end", [.send(chunked + "5\r\n01234\r\n"), .close], .failure(.cut)),
    .init(
      "an end within the headers", [.send("HTTP/1.1 200 OK\r\nDate: "), .close],
      .failure(.cut)),
    .init("no reply at all", [.close], .failure(.cut)),
    .init("a reset before the reply", [.reset], .failure(.cut)),
    .init(
      "gzip that is none", [.send(reply(200, ["Content-Encoding: gzip"], body: json))],
      .failure(.cut)),
    .init(
      "bytes after the end of gzip",
      [.send(reply(200, ["Content-Encoding: gzip"], body: gzipped + gzipped))], .failure(.cut)),
    .init(
      "an encoding nobody asked for", [.send(reply(200, ["Content-Encoding: zz"], body: json))],
      .failure(.cut)),
    .init(
      "a body announced above the limit",
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 10001\r\n\r\n"), .hang], .failure(.tooLarge)),
    .init(
      "a body that grows above the limit",
      [.send(chunked + "2711\r\n" + String(repeating: "x", count: 10_001)), .hang],
      .failure(.tooLarge)),
    .init(
      "a body that inflates above the limit",
      [.send(reply(200, ["Content-Encoding: gzip"], body: bomb))], .failure(.tooLarge)),
    .init(
      "headers without end",
      [.send("HTTP/1.1 200 OK\r\n")]
        + Array(repeating: .send("X-Pad: " + String(repeating: "x", count: 989) + "\r\n"), count: 5)
        + [.hang], .failure(.tooLarge)),
    .init("something else than HTTP", [.send("220 smtp ready\r\n\r\n"), .close], .failure(.other)),
    .init("a reply that hangs", [.send("HTTP/1.1 200 OK\r\n"), .hang], .failure(.timedOut)),
  ]
}

@Suite struct OutcomeTests {
  @Test(arguments: OutcomeCase.responses + OutcomeCase.failures)
  func `an exchange ends as its script says`(_ example: OutcomeCase) throws {
    var limits = CurlTransport.Limits()
    limits.body = 10_000
    limits.headers = 4_000
    if example.outcome == .failure(.timedOut) { limits.total = .milliseconds(20) }
    try withServer({ _ in example.steps }) { server in
      let result = try transport(server.base, limits: limits).exchange(for: "parties?page=2").result
      switch result {
      case .success(let response):
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(.response(response.status, text) == example.outcome)
      case .failure(let error):
        #expect(.failure(error.kind) == example.outcome, "\(error)")
        #expect(error.doing == "GET parties?page=2")
        expectNoSecret(in: error)
      }
    }
  }

  @Test func `a port where nobody listens is an error`() throws {
    let (socket, port) = try bindToLoopback(backlog: nil)
    defer { close(socket) }
    let error = try transport("http://127.0.0.1:\(port)").exchange(for: "parties").failure
    #expect(error?.kind == .refused)
    #expect(error?.detail.hasSuffix("(7)") == true)
  }

  /// `.invalid` never has an address (RFC 6761, section 6.4).
  @Test func `a name without an address is an error`() throws {
    let error = try transport("https://crm.invalid").exchange(for: "parties").failure
    #expect(error?.kind == .unresolved)
  }

  @Test func `handshake with a server that speaks no TLS`() throws {
    let (listener, port) = try bindToLoopback(backlog: 1)
    defer { close(listener) }
    let transport = try transport("https://127.0.0.1:\(port)")
    transport.send(Request("parties"), id: 0)
    let connection = accept(listener, nil, nil)
    send(connection, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, CInt(MSG_NOSIGNAL))
    close(connection)
    #expect(try transport.exchange().failure?.kind == .tls)
  }

  @Test func `a handshake that hangs ends with its time`() throws {
    let (listener, port) = try bindToLoopback(backlog: 1)
    defer { close(listener) }
    var limits = CurlTransport.Limits()
    limits.connecting = .milliseconds(20)
    let transport = try transport("https://127.0.0.1:\(port)", limits: limits)
    #expect(try transport.exchange(for: "parties").failure?.kind == .timedOut)
  }

  @Test func `target that is no address`() throws {
    let error = try transport("http://127.0.0.1:9").exchange(for: "par ties").failure
    #expect(error?.kind == .other)
  }
}

func expectNoSecret(in value: Any) {
  var text = "\(value)" + String(reflecting: value)
  dump(value, to: &text)
  #expect(!text.contains(secret))
}
