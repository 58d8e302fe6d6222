import HTTP
import Simulation
import Testing

@testable import CapsuleSimulator

/// The faults that Capsule words itself, and that the others come as `Simulation` has them.
@Suite struct CapsuleFaultTests {
  /// The answer to the second of two requests.
  private func second(_ effect: FaultScript.Effect) -> WireReply {
    let account = account()
    account.faults = FaultScript([.init(effect, on: .request(2))])
    #expect(account.get("parties?perPage=10").status == 200)
    let reply = account.get("parties?perPage=10")
    #expect(account.faults.faults.isEmpty)
    return reply
  }

  @Test(
    arguments: [
      .serverError(500, html: false), .serverError(502, html: false),
      .serverError(503, html: true), .htmlInsteadOfJSON, .connectionReset,
    ] as [FaultScript.Effect])
  func `what Capsule does not word comes as it is`(_ effect: FaultScript.Effect) throws {
    let reply = second(effect)
    let expected = try #require(effect.reply)
    #expect(reply.status == expected.status)
    #expect(reply.headers["Content-Type"] == expected.headers["Content-Type"])
    #expect(reply.headers["X-RateLimit-Limit"] == nil)
    #expect(reply.body == expected.body)
    #expect(reply.delivery == expected.delivery)
  }

  @Test(arguments: [FaultScript.Effect.truncatedJSON, .cutBody, .slowBody])
  func `a real answer is spoilt as it is elsewhere`(_ effect: FaultScript.Effect) {
    let reply = second(effect)
    var expected = account().get("parties?perPage=10")
    effect.spoil(&expected)
    #expect(reply.status == expected.status)
    #expect(reply.body == expected.body)
    #expect(reply.delivery == expected.delivery)
  }

  @Test func `quota faults are refusals`() {
    let reply = second(.rateLimited(resetIn: 30))
    #expect(reply.status == 429)
    #expect(reply.headers["X-RateLimit-Reset"] == "\(noon + 30)")
    #expect(reply.headers["X-RateLimit-Remaining"] == "0")
    let bare = second(.rateLimited(resetIn: nil))
    #expect(bare.status == 429)
    #expect(bare.headers["X-RateLimit-Reset"] == nil)
  }

  @Test func `a quota fault lasts until its reset`() {
    let account = account()
    account.faults = FaultScript([.init(.rateLimited(resetIn: 30), on: .request(1))])
    #expect(account.get("site").status == 429)
    account.now += 29
    #expect(account.get("site").status == 429)
    account.now += 1
    #expect(account.get("site").status == 200)
  }

  @Test func `a planned refusal refuses`() {
    #expect(second(.unauthorised).status == 401)
    #expect(second(.forbidden).status == 403)
    #expect(second(.forbidden).headers["WWW-Authenticate"] != nil)
  }

  @Test func `a body may be larger than planned for`() {
    #expect(second(.oversized(5_000_000)).body.count > 5_000_000)
  }

  @Test func `a reply may name foreign places`() {
    let redirect = second(.redirect)
    #expect(redirect.status == 302)
    #expect(redirect.headers["Location"]?.hasPrefix("https://elsewhere.example") == true)
    let link = second(.foreignLink)
    #expect(link.headers["Link"]?.hasPrefix("<https://elsewhere.example") == true)
    #expect(link.headers["X-Pagination-Has-More"] == "true")
  }
}
