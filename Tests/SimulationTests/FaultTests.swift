import HTTP
import Simulation
import Testing

@Suite struct FaultTests {
  /// The answer to the second of three requests, and whether the others are whole.
  private func second(_ effect: FaultScript.Effect) -> WireReply {
    let account = FormAccount()
    let request = WireRequest(
      method: "POST", target: "/restapi/v1/query",
      headers: ["Authorization": "Basic YWRhOmtleQ=="], body: Array("operation=list".utf8))
    account.faults = FaultScript([.init(effect, on: .request(2))])
    let first = account.respond(to: request)
    let reply = account.respond(to: request)
    #expect(account.faults.faults.isEmpty)
    let third = account.respond(to: request)
    #expect(first.body == third.body)
    #expect(JSON(first.body)?["operation"] == .string("list"))
    return reply
  }

  @Test(arguments: [200, 500, 502, 503], [true, false])
  func `server errors come as they are planned`(_ status: Int, isHTML: Bool) {
    let reply = second(.serverError(status, html: isHTML))
    #expect(reply.status == status)
    #expect(reply.body.isEmpty == !isHTML)
  }

  @Test func `a body is spoilt as planned`() {
    let html = second(.htmlInsteadOfJSON)
    #expect(html.status == 200)
    #expect(JSON(html.body) == nil)
    let truncated = second(.truncatedJSON)
    #expect(truncated.delivery == .whole)
    #expect(JSON(truncated.body) == nil)
  }

  @Test func `a connection is spoilt as planned`() {
    #expect(second(.connectionReset).delivery == .reset)
    #expect(second(.slowBody).delivery == .slow)
    let cut = second(.cutBody)
    #expect(JSON(cut.body) != nil)
    #expect(cut.delivery == .cut(after: cut.body.count / 2))
  }

  @Test(arguments: [
    FaultScript.Effect.rateLimited(resetIn: 1), .unauthorised, .forbidden,
    .saying("no", status: 418),
    .redirect, .foreignLink, .oversized(9),
  ])
  func `what a CRM words itself is left to it`(_ effect: FaultScript.Effect) {
    #expect(effect.reply?.status == nil)
    var reply = WireReply(status: 200, headers: ["Link": "<x>"], body: [1, 2])
    effect.spoil(&reply)
    #expect(reply.body == [1, 2])
    #expect(reply.headers["Link"] == "<x>")
    #expect(reply.delivery == .whole)
  }

  @Test func `faults may hit a path`() {
    var script = FaultScript([.init(.forbidden, on: .path("tasks", times: 2))])
    let hit = ["site", "tasks", "tasks?page=2", "tasks"].enumerated()
      .map { script.take(number: $0.offset + 1, target: $0.element) }
    #expect(hit == [nil, .forbidden, .forbidden, nil])
  }

  @Test func `random scripts have passing faults`() {
    var generator = SplitMix64(seed: 4)
    let script = FaultScript.random(using: &generator, requests: 5...9, count: 20)
    #expect(script.faults.count == 20)
    #expect(script.faults.allSatisfy { FaultScript.passing.contains($0.effect) })
  }
}
