import HTTP
import Model
import Testing

@testable import Vtiger

/// What answers mean, in both forms.
@Suite struct VerdictTests {
  private func reply(
    _ response: Response, _ form: VtigerForm = .session, retrieving: Bool = false
  ) throws -> Reply {
    let source = try Fixture().source(form)
    let module = try #require(source.catalogue["Accounts"])
    let request =
      retrieving
      ? form.retrieve(5, of: module)
      : try source.request("accounts", Question(.page(Position("0"), size: 100)))
    return source.reply(response, to: request)
  }

  @Test(
    arguments: [
      ("INVALID_USER_CREDENTIALS", Verdict.refuse), ("ACCESSKEY_UNDEFINED", .refuse),
      ("ACCESS_DENIED", .fail(.forbidden("ACCESS_DENIED"))),
      ("INVALID_ID_ATTRIBUTE", .fail(.code("INVALID_ID_ATTRIBUTE"))),
      (
        "QUERY_SYNTAX_ERROR",
        .fail(
          .misasked(
            "QUERY_SYNTAX_ERROR",
            question: "SELECT * FROM Accounts WHERE id > '' ORDER BY id LIMIT 100;"))
      ),
      ("OPERATION_NOT_SUPPORTED", .fail(.code("OPERATION_NOT_SUPPORTED"))),
      ("UNKOWN_ENTITY", .fail(.code("UNKOWN_ENTITY"))),
      ("SOME_NEW_CODE", .fail(.code("SOME_NEW_CODE"))),
      ("INTERNAL_SERVER_ERROR", .retry(.code("INTERNAL_SERVER_ERROR"))),
      ("DATABASE_QUERY_ERROR", .retry(.code("DATABASE_QUERY_ERROR"))),
      ("INVALID_SESSIONID", .retry(.code("INVALID_SESSIONID"))),
    ], [200, 400])
  func `a code says what an answer means, whatever its status`(
    answer: (code: String, verdict: Verdict), status: Int
  ) throws {
    let reply = try reply(Fixture.failure(answer.code, status: status, "Sorry\\nno."))
    #expect(reply.verdict == answer.verdict)
    #expect(reply.message == "Sorry no.")
    #expect(reply.body == nil)
  }

  @Test func `of one record a refusal says that it is gone from view`() throws {
    for code in ["ACCESS_DENIED", "RECORD_NOT_FOUND", "INVALID_ID_ATTRIBUTE"] {
      #expect(
        try reply(Fixture.failure(code), retrieving: true).verdict == .missing(.forbidden(code)))
    }
    // Records by a query are not spoken of: the module is.
    let source = try Fixture().source()
    let request = try source.request("accounts", Question(.records([1])))
    #expect(
      source.reply(Fixture.failure("ACCESS_DENIED"), to: request).verdict
        == .fail(.forbidden("ACCESS_DENIED")))
  }

  @Test(
    arguments: [
      "AUTHENTICATION_REQUIRED", "AUTHENTICATION_FAILURE", "INVALID_SESSIONID", "SESSION_EXPIRED",
      "SESSION_LEFT_IDLE",
    ])
  func `a session that has ended is told from other refusals`(code: String) throws {
    #expect(VtigerReplies.hasEndedSession(Fixture.failure(code)))
    #expect(try reply(Fixture.failure(code), .rest).verdict == .refuse)
    #expect(!VtigerReplies.hasEndedSession(Fixture.failure("ACCESS_DENIED")))
    #expect(!VtigerReplies.hasEndedSession(Fixture.success("[]")))
    #expect(!VtigerReplies.hasEndedSession(Response(status: 500)))
  }

  @Test(
    arguments: [
      (200, "", Verdict.retry(.unreadable(.truncated))),
      (200, "<html>Sorry</html>", .retry(.unreadable(.notJSON))),
      (200, "Sorry! Attempt to access restricted file.", .retry(.unreadable(.notJSON))),
      (200, "{\"success\":true,\"result\":[{\"id\":\"11x1\"", .retry(.unreadable(.truncated))),
      (200, "{\"result\":[]}", .retry(.unreadable(.noEnvelope))),
      (200, "{\"success\":false}", .retry(.unreadable(.notJSON))),
      (401, "", .refuse), (403, "<html>", .refuse), (301, "", .fail(.redirect(301))),
      (404, "<html>", .fail(.status(404))), (414, "<html>", .fail(.status(414))),
      (500, "", .retry(.status(500))), (502, "<html>", .retry(.status(502))),
      (408, "", .retry(.status(408))), (400, "", .fail(.status(400))), (429, "", .wait),
      (500, "{\"success\":true,\"result\":[]}", .retry(.status(500))),
    ])
  func `a status says what an answer means that has no code`(
    status: Int, body: String, verdict: Verdict
  ) throws {
    #expect(try reply(Response(status: status, body: Array(body.utf8))).verdict == verdict)
  }

  @Test func `a code may be a number`() throws {
    let response = Response(
      status: 200,
      body: Array("{\"success\":false,\"error\":{\"message\":\"Two!\",\"code\":0}}".utf8))
    #expect(try reply(response).verdict == .fail(.code("0")))
  }

  @Test func `two windows are counted in the hosted product, and none elsewhere`() throws {
    var response = Fixture.success("[]")
    response.headers = [
      "X-FloodControl-MinuteLimit": "60", "X-FloodControl-Remaining": "59",
      "X-FloodControl-Reset": "1795907600", "X-RateLimit-DailyLimit": "7200",
      "X-RateLimit-Remaining": "7000", "X-RateLimit-Reset": "1795990000123",
      "Date": "Sat, 28 Nov 2026 23:12:46 GMT",
    ]
    let reply = try reply(response, .rest)
    #expect(
      reply.allowances == [
        VtigerReplies.minute: Allowance(limit: 60, remaining: 59, reset: Timestamp(1_795_907_600)),
        VtigerReplies.day: Allowance(
          limit: 7_200, remaining: 7_000, reset: Timestamp(1_795_990_000)),
      ])
    #expect(reply.date == Timestamp(1_795_907_566))
    #expect(try self.reply(response, .session).allowances.isEmpty)
    #expect(
      try Fixture().source(.rest).allowanceRules == [VtigerReplies.minute, VtigerReplies.day])
    #expect(try Fixture().source(.session).allowanceRules.isEmpty)
    response.headers = ["X-FloodControl-Reset": "17959076001"]
    #expect(try self.reply(response, .rest).allowances[VtigerReplies.minute] == Allowance())
  }

  @Test func `a refusal for the allowance without a word waits a minute`() throws {
    #expect(try reply(Response(status: 429), .rest).retryAfter == .seconds(60))
    #expect(
      try reply(Response(status: 429, headers: ["Retry-After": "7"]), .rest).retryAfter
        == .seconds(7))
    #expect(
      try reply(
        Response(
          status: 429,
          headers: ["X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795990000"]), .rest
      ).retryAfter == nil)
  }

  @Test func `a source that says for how long it is busy is left alone`() throws {
    let reply = try reply(Response(status: 503, headers: ["Retry-After": "30"]), .rest)
    #expect(reply.verdict == .pause(.status(503)))
    #expect(reply.allowances.isEmpty)
  }
}
