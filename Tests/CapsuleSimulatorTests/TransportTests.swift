import HTTP
import Testing

@testable import CapsuleSimulator

@Suite struct SimulatedTransportTests {
  private func statuses(_ transport: SimulatedTransport, _ count: Int) -> [String] {
    (0..<count).map { _ in
      switch transport.next(timeout: .seconds(1)) {
      case .finished(let exchange):
        switch exchange.result {
        case .success(let response): "\(exchange.id) \(response.status)"
        case .failure(let error): "\(exchange.id) \(error.kind)"
        }
      case .timeout: "timeout"
      case .interrupted: "interrupted"
      }
    }
  }

  @Test func `requests are evaluated when they are returned`() {
    let transport = SimulatedTransport(account())
    transport.send(Request("site"), id: 1)
    transport.send(Request("users"), id: 2)
    #expect(transport.outstanding == 2)
    #expect(transport.account.log.isEmpty)
    #expect(statuses(transport, 2) == ["1 200", "2 200"])
    #expect(transport.outstanding == 0)
  }

  @Test func `waiting moves the clock`() {
    let transport = SimulatedTransport(account())
    #expect(statuses(transport, 1) == ["timeout"])
    #expect(transport.account.now == noon + 1)
    _ = transport.next(timeout: .milliseconds(1_500))
    #expect(transport.account.now == noon + 3)
    transport.latency = .milliseconds(400)
    for id in 0..<5 { transport.send(Request("site"), id: id) }
    _ = statuses(transport, 5)
    #expect(transport.account.now == noon + 5)
    #expect(transport.elapsed == .seconds(5))
  }

  @Test func `nothing is sent after a 429`() {
    let account = account()
    account.rate.limit = 1
    let transport = SimulatedTransport(account)
    for id in 1...4 { transport.send(Request("site"), id: id) }
    #expect(statuses(transport, 4) == ["1 200", "2 429", "3 notSent", "4 notSent"])
    #expect(account.log.count == 2)
    account.now += 3_600
    transport.send(Request("site"), id: 5)
    #expect(statuses(transport, 1) == ["5 200"])
  }

  @Test(arguments: [
    (FaultScript.Effect.connectionReset, "1 cut"), (.cutBody, "1 cut"), (.slowBody, "1 timedOut"),
    (.oversized(2_000), "1 tooLarge"), (.redirect, "1 302"),
  ])
  func `broken connections are errors`(_ effect: FaultScript.Effect, outcome: String) {
    let account = account()
    account.faults = FaultScript([.init(effect, on: .request(1))])
    let transport = SimulatedTransport(account)
    transport.largestBody = 1_000
    transport.send(Request("parties?perPage=1"), id: 1)
    #expect(statuses(transport, 1) == [outcome])
  }

  @Test func `refused tokens and connections`() {
    let transport = SimulatedTransport(account())
    transport.token = "wrong"
    transport.send(Request("site"), id: 1)
    #expect(statuses(transport, 1) == ["1 401"])
    transport.isUnreachable = true
    transport.send(Request("site"), id: 2)
    #expect(statuses(transport, 1) == ["2 refused"])
    #expect(transport.account.log.count == 1)
  }

  @Test func `interruption stays pending`() {
    let transport = SimulatedTransport(account())
    transport.interruptAfter = 2
    transport.send(Request("site"), id: 1)
    transport.send(Request("site"), id: 2)
    #expect(statuses(transport, 3) == ["1 200", "interrupted", "interrupted"])
    #expect(transport.outstanding == 1)
    transport.interruptAfter = nil
    #expect(statuses(transport, 1) == ["2 200"])
  }

  @Test func `completions may come in any order`() {
    let transport = SimulatedTransport(account(), reordering: 3)
    for id in 0..<20 { transport.send(Request("site"), id: id) }
    let outcomes = statuses(transport, 20)
    let inOrder = (0..<20).map { "\($0) 200" }
    #expect(outcomes != inOrder)
    #expect(Set(outcomes) == Set(inOrder))
  }
}
