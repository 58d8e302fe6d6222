import HTTP
import Simulation
import Testing

@testable import CapsuleSimulator

@Suite struct FaultTests {
  /// The answer to the second of three requests, and whether the others are whole.
  private func second(_ effect: FaultScript.Effect) -> WireReply {
    let account = account()
    account.faults = FaultScript([.init(effect, on: .request(2))])
    #expect(account.get("parties?perPage=10").status == 200)
    let reply = account.get("parties?perPage=10")
    #expect(account.faults.faults.isEmpty)
    return reply
  }

  @Test(arguments: [500, 502, 503], [true, false])
  func `server errors come as they are planned`(_ status: Int, isHTML: Bool) {
    let reply = second(.serverError(status, html: isHTML))
    #expect(reply.status == status)
    #expect(reply.body.isEmpty == !isHTML)
    #expect(reply.headers["X-RateLimit-Limit"] == nil)
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

  @Test func `a body is spoilt as planned`() {
    let html = second(.htmlInsteadOfJSON)
    #expect(html.status == 200)
    #expect(JSON(html.body) == nil)
    let truncated = second(.truncatedJSON)
    #expect(truncated.delivery == .whole)
    #expect(JSON(truncated.body) == nil)
    #expect(second(.oversized(5_000_000)).body.count > 5_000_000)
  }

  @Test func `a connection is spoilt as planned`() {
    #expect(second(.connectionReset).delivery == .reset)
    #expect(second(.slowBody).delivery == .slow)
    let cut = second(.cutBody)
    #expect(JSON(cut.body) != nil)
    #expect(cut.delivery == .cut(after: cut.body.count / 2))
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
