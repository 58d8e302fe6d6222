import HTTP
import Simulation
import Testing

@testable import VtigerSimulator

/// The REST form, and what is documented of it.
struct CloudTests {
  private func get(_ account: VtigerAccount, _ target: String, _ authorization: String? = nil)
    -> WireReply
  {
    let headers: Headers = ["Authorization": authorization ?? account.authorization ?? ""]
    return account.respond(
      to: WireRequest(target: VtigerAccount.restPath + target, headers: headers))
  }

  @Test func basicLetsInAndMeTellsTheUser() {
    let account = account(.init(.cloud))
    account.username = "Aladdin"
    account.accessKey = "open sesame"
    #expect(account.authorization == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
    let me = get(account, "me")
    #expect(me.status == 200)
    #expect(JSON(me.body)?["result"]?["id"]?.string == "19x1")
    #expect(JSON(me.body)?["result"]?["is_admin"]?.string == "on")
    let stranger = get(account, "me", "Basic QQ==")
    #expect(stranger.status == 401)
    #expect(account.outcome(stranger) == "INVALID_USER_CREDENTIALS")
  }

  @Test func aFailureIs400AndSaysWhy() {
    let account = account(.init(.cloud))
    let reply = get(account, "query?query=SELECT+foo+FROM+Contacts%3B")
    #expect(reply.status == 400)
    #expect(account.outcome(reply) == "ACCESS_DENIED")
    #expect(account.outcome(get(account, "nonsense")) == "UNKNOWN_OPERATION")
  }

  @Test func everyAnswerCountsAgainstTwoAllowances() {
    let account = account(.init(.cloud))
    account.minute = RateLimit(limit: 2, window: 60)
    account.day = RateLimit(limit: 3, window: 86_400)
    let first = get(account, "me")
    #expect(first.headers["X-FloodControl-MinuteLimit"] == "2")
    #expect(first.headers["X-FloodControl-Remaining"] == "1")
    #expect(first.headers["X-FloodControl-Reset"] == String(noon + 60))
    #expect(first.headers["X-RateLimit-DailyLimit"] == "3")
    #expect(first.headers["X-RateLimit-Remaining"] == "2")
    #expect(get(account, "me").status == 200)
    let refused = get(account, "me")
    #expect(refused.status == 429)
    #expect(refused.body.isEmpty)
    #expect(refused.headers["X-FloodControl-Reset"] == nil)
    #expect(refused.headers["Retry-After"] == nil)
    account.now += 60
    #expect(get(account, "me").status == 200)
    account.now += 60
    #expect(get(account, "me").status == 429)
    #expect(account.log.filter(\.counted).count == 3)
    account.switches.sendsFloodControlOn429 = true
    account.switches.sendsRetryAfter = true
    let said = get(account, "me")
    #expect(said.headers["X-RateLimit-Remaining"] == "0")
    #expect(said.headers["Retry-After"] == String(account.day.reset - account.now))
  }

  @Test func faultsFallOnTheRequestsOfAScript() {
    let account = account(.init(.cloud))
    account.faults = FaultScript([
      .init(.serverError(500, html: false), on: .request(1)),
      .init(.serverError(200, html: false), on: .request(2)),
      .init(.emptyPage, on: .path("restapi/v1/vtiger/default/query", times: 1)),
      .init(.rateLimited(resetIn: nil), on: .request(4)),
      .init(.truncatedJSON, on: .request(5)),
    ])
    #expect(get(account, "me").status == 500)
    let silent = get(account, "me")
    #expect(silent.status == 200 && silent.body.isEmpty)
    let query = "query?query=SELECT+id+FROM+Contacts%3B"
    #expect(
      get(account, query).body == Array("{\"success\":true,\"result\":[]}".utf8))
    #expect(get(account, query).status == 429)
    let cut = get(account, query)
    #expect(cut.status == 200 && JSON(cut.body) == nil)
    #expect(JSON(get(account, query).body)?["result"]?.items.count == 100)
  }
}
