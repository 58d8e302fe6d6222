import HTTP
import Simulation
import Testing

@testable import CapsuleSimulator

@Suite struct AllowanceTests {
  @Test func `the window ends and begins anew`() {
    let account = account()
    account.rate.limit = 2
    let first = account.get("site").headers
    #expect(first["X-RateLimit-Limit"] == "2")
    #expect(first["X-RateLimit-Remaining"] == "1")
    #expect(first["X-RateLimit-Reset"] == "\(noon + 3_600)")
    #expect(account.get("site").headers["X-RateLimit-Remaining"] == "0")
    let refused = account.get("site")
    #expect(refused.status == 429)
    #expect(refused.headers["X-RateLimit-Reset"] == "\(noon + 3_600)")
    #expect(refused.headers["Retry-After"] == nil)
    #expect(refused.body == Array(#"{"error":"rate limit reached"}"#.utf8))
    account.now += 3_599
    #expect(account.get("site").status == 429)
    account.now += 1
    #expect(account.get("site").status == 200)
    #expect(account.log.map(\.counted) == [true, true, false, false, true])
  }

  @Test func `errors carry their bodies`() {
    let account = account()
    let refused = account.respond(target: "site", authorization: "Bearer wrong")
    #expect(refused.status == 401)
    #expect(refused.body == Array(#"{"message":"Requires authentication"}"#.utf8))
    #expect(refused.headers["WWW-Authenticate"]?.contains("invalid_token") == true)
    #expect(account.respond(target: "site", authorization: nil).status == 401)
    let missing = account.get("projects")
    #expect(missing.status == 404)
    #expect(missing.body == Array(#"{"message":"Could not find resource"}"#.utf8))
    #expect(missing.headers["X-RateLimit-Limit"] == nil)
    #expect(account.tree("parties/1")["message"] == .string("party not found"))
    let wrong = account.respond(
      method: "POST", target: "parties", authorization: "Bearer \(account.token)")
    #expect(wrong.status == 405)
    #expect(wrong.body == Array(#"{"message":"Method not allowed"}"#.utf8))
    let invalid = #"""
      {"message":"Validation Failed","errors":[{"message":"since is required","resource":"party",\#
      "field":"since"}]}
      """#
    #expect(account.get("parties/deleted").body == Array(invalid.utf8))
  }

  @Test func `answers carry the server's date`() {
    #expect(account().get("site").headers["Date"] == "Sun, 01 Mar 2026 12:00:00 GMT")
  }

  @Test func `edits may fall between requests`() throws {
    let account = account()
    let id = try #require(account.visibleIDs(.parties).first)
    account.beforeRequest = { account, number in
      if number == 2 { account.delete(.parties, id) }
    }
    #expect(account.get("parties/\(id)").status == 200)
    #expect(account.get("parties/\(id)").status == 404)
    #expect(account.log.map(\.status) == [200, 404])
  }
}
