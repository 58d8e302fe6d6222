import HTTP
import Simulation
import Testing

@Suite struct SimulatedTransportTests {
  private func statuses(_ transport: SimulatedTransport<FormAccount>, _ count: Int) -> [String] {
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
    let transport = SimulatedTransport(FormAccount())
    transport.send(Request("site"), id: 1)
    transport.send(Request("users"), id: 2)
    #expect(transport.outstanding == 2)
    #expect(transport.account.received.isEmpty)
    #expect(statuses(transport, 2) == ["1 200", "2 200"])
    #expect(transport.outstanding == 0)
  }

  @Test func `waiting moves the clock`() {
    let transport = SimulatedTransport(FormAccount())
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
    let account = FormAccount()
    account.burst.limit = 1
    let transport = SimulatedTransport(account)
    for id in 1...4 { transport.send(Request("site"), id: id) }
    #expect(statuses(transport, 4) == ["1 200", "2 429", "3 notSent", "4 notSent"])
    #expect(account.received.count == 2)
    account.now += 10
    transport.send(Request("site"), id: 5)
    #expect(statuses(transport, 1) == ["5 200"])
  }

  @Test(arguments: [
    (FaultScript.Effect.connectionReset, "1 cut"), (.cutBody, "1 cut"), (.slowBody, "1 timedOut"),
    (.truncatedJSON, "1 200"), (.serverError(503, html: true), "1 503"),
  ])
  func `broken connections are errors`(_ effect: FaultScript.Effect, outcome: String) {
    let account = FormAccount()
    account.faults = FaultScript([.init(effect, on: .request(1))])
    let transport = SimulatedTransport(account)
    transport.send(Request("query"), id: 1)
    #expect(statuses(transport, 1) == [outcome])
  }

  @Test func `a body beyond the limit is an error`() {
    let transport = SimulatedTransport(FormAccount())
    transport.largestBody = 10
    transport.send(Request("query"), id: 1)
    #expect(statuses(transport, 1) == ["1 tooLarge"])
  }

  @Test func `an account sees the path, the credential and the form`() throws {
    let transport = SimulatedTransport(FormAccount())
    transport.send(Request("query?page=1"), id: 1)
    transport.send(Request("query", form: [("operation", "a b")]), id: 2)
    #expect(statuses(transport, 2) == ["1 200", "2 200"])
    let post = try #require(transport.account.received.last)
    #expect(post.method == "POST")
    #expect(Query(form: post.body)["operation"] == "a b")
    let request = try #require(transport.account.received.first)
    #expect(request.method == "GET")
    #expect(request.target == "/restapi/v1/query?page=1")
    #expect(request.headers["Authorization"] == "Basic YWRhOmtleQ==")
  }

  @Test func `refused credentials and connections`() {
    let transport = SimulatedTransport(FormAccount())
    transport.authorization = "Bearer of another CRM"
    transport.send(Request("site"), id: 1)
    transport.authorization = nil
    transport.send(Request("site"), id: 1)
    #expect(statuses(transport, 2) == ["1 401", "1 401"])
    transport.isUnreachable = true
    transport.send(Request("site"), id: 2)
    #expect(statuses(transport, 1) == ["2 refused"])
    #expect(transport.account.received.count == 2)
  }

  @Test func `interruption stays pending`() {
    let transport = SimulatedTransport(FormAccount())
    transport.interruptAfter = 2
    transport.send(Request("site"), id: 1)
    transport.send(Request("site"), id: 2)
    #expect(statuses(transport, 3) == ["1 200", "interrupted", "interrupted"])
    #expect(transport.outstanding == 1)
    transport.interruptAfter = nil
    #expect(statuses(transport, 1) == ["2 200"])
  }

  @Test func `completions may come in any order`() {
    let transport = SimulatedTransport(FormAccount(), reordering: 3)
    for id in 0..<20 { transport.send(Request("site"), id: id) }
    let outcomes = statuses(transport, 20)
    let inOrder = (0..<20).map { "\($0) 200" }
    #expect(outcomes != inOrder)
    #expect(Set(outcomes) == Set(inOrder))
  }
}
