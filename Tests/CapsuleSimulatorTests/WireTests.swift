import HTTP
import Simulation
import Testing

@testable import CapsuleSimulator

/// The account as a server and a transport see it: whole requests, by their paths.
@Suite struct WireTests {
  @Test func `the API and the token endpoints have paths of their own`() {
    let account = account()
    let headers: Headers = ["authorization": "Bearer simulated-token"]
    func status(_ target: String) -> Int {
      account.respond(to: WireRequest(target: target, headers: headers)).status
    }
    #expect(status("/api/v2/site") == 200)
    #expect(status("/oauth/token") == 405)
    for target in ["/other", "/api/v2", "/api/v1/site", "/"] { #expect(status(target) == 404) }
    #expect(account.log.map(\.target) == ["site"])
    let missing = account.respond(to: WireRequest(target: "/other"))
    #expect(missing.body == Array(#"{"message":"Could not find resource"}"#.utf8))
  }

  @Test func `filters are posted`() {
    let account = account()
    let reply = account.respond(
      to: WireRequest(
        method: "POST", target: "/api/v2/kases/filters/results",
        headers: ["Authorization": "Bearer simulated-token"],
        body: Array(#"{"filter":{"conditions":[]}}"#.utf8)))
    #expect(JSON(reply.body)?["kases"]?.items.count == 8)
  }

  @Test func `links lead to the address of the server`() throws {
    let server = LoopbackServer(account(), clock: .pinned)
    try server.start()
    defer { server.stop() }
    #expect(server.baseURL == "http://127.0.0.1:\(server.port)/api/v2")
    let link = server.withAccount { $0.get("parties?perPage=10").headers["Link"] }
    #expect(link?.hasPrefix("<\(server.baseURL)/parties?page=2&perPage=10>") == true)
  }

  @Test(arguments: [
    (FaultScript.Effect.oversized(2_000), "tooLarge"), (.redirect, "302"), (.unauthorised, "401"),
    (.connectionReset, "cut"), (.slowBody, "timedOut"),
  ])
  func `faults reach a client`(_ effect: FaultScript.Effect, outcome: String) {
    let account = account()
    account.faults = FaultScript([.init(effect, on: .request(1))])
    let transport = SimulatedTransport(account)
    transport.largestBody = 1_000
    transport.send(Request("parties?perPage=1"), id: 1)
    guard case .finished(let exchange) = transport.next(timeout: nil) else {
      Issue.record("nothing has come")
      return
    }
    switch exchange.result {
    case .success(let response): #expect("\(response.status)" == outcome)
    case .failure(let error): #expect("\(error.kind)" == outcome)
    }
  }

  @Test func `a wrong token is refused`() {
    let transport = SimulatedTransport(account())
    transport.authorization = "Bearer wrong"
    transport.send(Request("site"), id: 1)
    _ = transport.next(timeout: nil)
    #expect(transport.account.log.map(\.status) == [401])
    transport.authorization = "Bearer \(transport.account.token)"
    transport.send(Request("site"), id: 2)
    _ = transport.next(timeout: nil)
    #expect(transport.account.log.map(\.status) == [401, 200])
  }
}
