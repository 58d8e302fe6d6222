import Capsule
import HTTP
import Model
import Testing

/// What Capsule's answers mean.
@Suite struct ReplyTests {
  private func verdict(_ status: Int) throws -> Verdict {
    try CapsuleSource(base: BaseURL(CapsuleSource.defaultBaseURL))
      .reply(Response(status: status), to: CapsuleSource.currentUser).verdict
  }

  @Test func `every status has one meaning`() throws {
    for status in 0...999 {
      let expected: Verdict =
        switch status {
        case 200: .accept
        case 401: .refuse
        case 403: .fail(.forbidden("status 403"))
        case 404: .missing(.status(404))
        case 429: .wait
        case 408, 425: .retry(.status(status))
        case 500, 501, 502, 503, 504, 520, 599: .retry(.status(status))
        case 301, 302, 304, 307, 308: .fail(.redirect(status))
        case 505...598: .retry(.status(status))
        case 300...399: .fail(.redirect(status))
        default: .fail(.status(status))
        }
      #expect(try verdict(status) == expected, "\(status)")
    }
  }

  @Test(
    arguments: [
      ("7", .pause(.status(503))), ("1.5", .pause(.status(503))), ("soon", .retry(.status(503))),
    ] as [(String, Verdict)])
  func `trouble that says how long it lasts is waited for`(text: String, verdict: Verdict) throws {
    let response = Response(
      status: 503, headers: ["Retry-After": text, "X-RateLimit-Remaining": "0"])
    let reply = try CapsuleSource(base: BaseURL(CapsuleSource.defaultBaseURL))
      .reply(response, to: CapsuleSource.currentUser)
    #expect(reply.verdict == verdict)
    #expect(reply.allowances.isEmpty == (reply.retryAfter != nil))
  }

  /// The `Link` header and has-more of the second page of three, and what follows.
  @Test(
    arguments: [
      (nil, nil, .unknown), (nil, "true", .more), (nil, "false", .end), (nil, "maybe", .unknown),
      ("<\(page)3>; rel=\"next\"", nil, .more), ("<\(page)3>; rel=\"next\"", "false", .more),
      ("<\(page)1>; rel=\"prev\"", nil, .end), ("<\(page)1>; rel=\"prev\"", "true", .more),
      ("<\(page)3>; rel=\"next last\"", nil, .more), ("<\(page)9>; rel=last", nil, .end),
      ("</style.css>; rel=preload; as=style", nil, .unknown),
      ("</style.css>; rel=preload", "true", .more), ("</style.css>; rel=preload", "false", .end),
      ("</style.css>; rel=preload, <\(page)3>; rel=next", nil, .more),
      ("<?page=3>; rel=next", nil, .more), ("<parties?page=3>; rel=next", nil, .more),
      ("</api/v2/parties?page=3>; rel=next", nil, .more),
      ("</parties?page=3>; rel=next", nil, .elsewhere),
      ("<?page=4>; rel=next", "true", .elsewhere), ("<>; rel=next", nil, .elsewhere),
    ] as [(String?, String?, Reply.Next)])
  func `what follows a page`(link: String?, hasMore: String?, next: Reply.Next) throws {
    var headers = Headers()
    if let link { headers.append("Link", link) }
    if let hasMore { headers.append("X-Pagination-Has-More", hasMore) }
    let reply = try CapsuleSource(base: BaseURL(CapsuleSource.defaultBaseURL))
      .reply(Response(status: 200, headers: headers), to: Request("parties?page=2&perPage=100"))
    #expect(reply.next == next)
  }

  private static let page = "https://api.capsulecrm.com/api/v2/parties?page="
}
