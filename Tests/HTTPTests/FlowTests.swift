import Synchronization
import Testing

@testable import HTTP

/// Several requests at once, waiting, and stopping.
@Suite struct FlowTests {
  @Test func `one connection serves one request after another`() throws {
    try withServer({ _ in [.send(reply(body: "x"))] }) { server in
      let transport = try transport(server.base)
      for id in 0..<20 { transport.send(Request("parties?page=\(id)"), id: id) }
      #expect(transport.outstanding == 20)
      let exchanges = try transport.exchanges(20)
      #expect(transport.outstanding == 0)
      #expect(exchanges.map(\.id) == Array(0..<20))
      #expect(server.received.map(\.target) == (0..<20).map { "/api/v2/parties?page=\($0)" })
      #expect(server.connections == 1)
    }
  }

  @Test func `a closed connection is replaced`() throws {
    try withServer({ _ in [.send(reply(200, ["Connection: close"])), .close] }) { server in
      let transport = try transport(server.base)
      for _ in 0..<3 { #expect(try transport.exchange(for: "x").response?.status == 200) }
      #expect(server.connections == 3)
    }
  }

  @Test(arguments: 1...8)
  func `no more than the concurrency is on the wire`(_ concurrency: Int) throws {
    let gate = try Gate()
    try withServer({ _ in [.wait(gate), .send(reply())] }) { server in
      let transport = try transport(server.base, concurrency: concurrency)
      for id in 0..<30 { transport.send(Request("parties"), id: id) }
      server.waitForRequests(concurrency)
      #expect(server.received.count == concurrency)
      gate.open()
      #expect(Set(try transport.exchanges(30).map(\.id)) == Set(0..<30))
      #expect(server.mostAnswering == concurrency)
      #expect(server.connections == concurrency)
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `many requests end once each in any order`(_ seed: UInt64) throws {
    let dealer = Dealer(total: 500, atOnce: 8, seed: seed)
    let script: ScriptedServer.Script = { request in
      guard let gate = try? Gate() else { return [.close] }
      dealer.deal(gate)
      return [.wait(gate), .send(reply(body: request.target))]
    }
    try withServer(script) { server in
      let transport = try transport(server.base, concurrency: 8)
      for id in 0..<500 { transport.send(Request("\(id)"), id: id) }
      let exchanges = try transport.exchanges(500)
      #expect(exchanges.map(\.id) != Array(0..<500))
      #expect(exchanges.map(\.id).sorted() == Array(0..<500))
      for exchange in exchanges {
        #expect(exchange.response?.body == Array("/api/v2/\(exchange.id)".utf8))
      }
      #expect(server.connections == 8)
    }
  }

  @Test(arguments: [429, 503])
  func `who asks to wait holds back what has not left`(status: Int) throws {
    let script: ScriptedServer.Script = { request in
      [.send(request.number == 0 ? reply(status, ["Retry-After: 3"]) : reply())]
    }
    try withServer(script) { server in
      let transport = try transport(server.base)
      for id in 0..<5 { transport.send(Request("\(id)"), id: id) }
      let exchanges = try transport.exchanges(5)
      #expect(exchanges.map(\.id) == Array(0..<5))
      #expect(exchanges[0].response?.headers["Retry-After"] == "3")
      #expect(
        exchanges.dropFirst().map { $0.failure?.kind } == Array(repeating: .notSent, count: 4))
      #expect(server.received.count == 1)
      #expect(try transport.exchange(for: "5").response?.status == 200)
    }
  }

  /// Rounds of a dozen requests, one of which is refused. What has left is on the other
  /// connections: the one that brought the 429 was free, and what it carries next left afterwards.
  @Test func `nothing follows a 429 on its connection, in thousands of them`() throws {
    let followers = Mutex<[String]>([])
    let refused = Mutex<[Int: Substring]>([:])
    let script: ScriptedServer.Script = { request in
      let parts = request.target.split(separator: "/").suffix(2)
      guard parts.count == 2, let round = parts.first, let place = parts.last.flatMap({ Int($0) })
      else { return [.close] }
      if refused.withLock({ $0[request.connection] == round }) {
        followers.withLock { $0.append(request.target) }
      }
      guard place == (Int(round) ?? 0) % 5 else { return [.send(reply())] }
      refused.withLock { $0[request.connection] = round }
      return [.send(reply(429))]
    }
    try withServer(script) { server in
      let transport = try transport(server.base, concurrency: 4)
      for round in 0..<3_000 {
        for place in 0..<12 { transport.send(Request("\(round)/\(place)"), id: place) }
        var ends: [String] = []
        for exchange in try transport.exchanges(12) {
          ends.append(exchange.failure.map { "\($0.kind)" } ?? "\(exchange.response?.status ?? 0)")
        }
        #expect(ends.count { $0 == "429" } == 1)
        #expect(ends.allSatisfy { ["200", "429", "notSent"].contains($0) }, "\(ends)")
        if let first = ends.firstIndex(of: "notSent"), let refusal = ends.firstIndex(of: "429") {
          #expect(refusal < first)
        }
      }
      #expect(followers.withLock { $0 } == [])
    }
  }

  @Test func `a failure is its own requests alone`() throws {
    let script: ScriptedServer.Script = { request in
      request.target.hasSuffix("3") ? [.reset] : [.send(reply())]
    }
    try withServer(script) { server in
      let transport = try transport(server.base, concurrency: 2)
      for id in 0..<10 { transport.send(Request("\(id)"), id: id) }
      let failed = try transport.exchanges(10).filter { $0.failure != nil }
      #expect(failed.map(\.id) == [3])
    }
  }

  @Test func `a wait ends with its timeout`() throws {
    try withServer({ _ in [.hang] }) { server in
      let transport = try transport(server.base)
      #expect(transport.next(timeout: .zero).isTimeout)
      transport.send(Request("parties"), id: 0)
      server.waitForRequests(1)
      #expect(transport.next(timeout: .milliseconds(1)).isTimeout)
      #expect(transport.outstanding == 1)
    }
  }

  @Test func `an interruption ends a wait and stays until read`() throws {
    let interrupt = try EventDescriptor(reading: .all)
    try withServer({ _ in [.hang] }) { server in
      let transport = try transport(server.base, interrupt: interrupt.number)
      transport.send(Request("parties"), id: 0)
      let interrupter = try OwnThread {
        server.waitForRequests(1)
        interrupt.raise()
      }
      #expect(transport.next(timeout: nil).isInterrupted)
      #expect(transport.next(timeout: nil).isInterrupted)
      interrupter.join()
      #expect(interrupt.lower())
      #expect(transport.next(timeout: .zero).isTimeout)
    }
  }

  @Test func `closing aborts what hangs`() throws {
    try withServer({ _ in [.hang] }) { server in
      let transport = try transport(server.base, concurrency: 4)
      for id in 0..<9 { transport.send(Request("parties"), id: id) }
      server.waitForRequests(4)
      transport.close()
      transport.close()
      #expect(transport.outstanding == 0)
      #expect(server.received.count == 4)
    }
  }

  @Test func `closing does not wait for a name resolution`() throws {
    let transport = try transport("https://crm.invalid", concurrency: 8)
    for id in 0..<8 { transport.send(Request("parties"), id: id) }
    transport.close()
  }

  @Test func `a transport ends with its last reference`() throws {
    try withServer({ _ in [.hang] }) { server in
      var dropped: CurlTransport? = try transport(server.base)
      weak let seen = dropped
      dropped?.send(Request("parties"), id: 0)
      server.waitForRequests(1)
      dropped = nil
      #expect(seen == nil)
    }
  }
}

extension TransportEvent {
  var isTimeout: Bool { if case .timeout = self { true } else { false } }
  var isInterrupted: Bool { if case .interrupted = self { true } else { false } }
}

/// Answers requests in an order drawn from a seed: whenever all that can be in flight are, it opens
/// the gate of any one of them.
private final class Dealer: Sendable {
  private struct State: Sendable {
    var left: Int
    var random: UInt64
    var waiting: [Gate] = []
  }

  private let atOnce: Int
  private let state: Mutex<State>

  init(total: Int, atOnce: Int, seed: UInt64) {
    self.atOnce = atOnce
    state = Mutex(State(left: total, random: seed))
  }

  func deal(_ gate: Gate) {
    state.withLock { state in
      state.waiting.append(gate)
      while state.left > 0, state.waiting.count == min(atOnce, state.left) {
        // Knuth's multiplicative generator (TAOCP 3.3.4, table 1, line 26); the high bits are good.
        state.random = state.random &* 6_364_136_223_846_793_005 &+ 1
        let index = Int((state.random >> 33) % UInt64(state.waiting.count))
        state.waiting.remove(at: index).open()
        state.left -= 1
      }
    }
  }
}
