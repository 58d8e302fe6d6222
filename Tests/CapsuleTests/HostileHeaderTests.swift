import CapsuleSimulator
import HTTP
import Simulation
import Testing

@testable import Capsule
@testable import Model
@testable import Replication

/// What reads headers and the bodies of refusals, over values that no good server sends.
@Suite struct HostileHeaderTests {
  private static let link =
    "<https://api.capsulecrm.com/api/v2/parties?page=2&perPage=100>; rel=\"next\", "
    + "<https://api.capsulecrm.com/api/v2/parties?page=9&perPage=100>; rel=\"last\""
  private static let real: [String: String] = [
    "Date": "Sun, 06 Nov 1994 08:49:37 GMT", "Link": link, "X-Pagination-Has-More": "true",
    "X-RateLimit-Limit": "4000", "X-RateLimit-Remaining": "3999",
    "X-RateLimit-Reset": "784115377", "Retry-After": "3600",
  ]

  private var source: CapsuleSource {
    get throws { CapsuleSource(base: try BaseURL(CapsuleSource.defaultBaseURL)) }
  }

  /// A next page is only ever the one after the page asked for, whatever the header says, and the
  /// pacer lives with all figures.
  @Test func `headers of any content make replies that the pacer takes`() throws {
    let source = try source
    let request = Request("parties?page=1&perPage=100")
    for seed in 0..<HostileBytesTests.rounds {
      var hostile = HostileHeaders(seed: UInt64(seed))
      var mutator = Mutator(seed: UInt64(seed))
      var pacer = Pacer(source.allowanceRules, reserve: 400)
      var now = Duration.zero
      for number in 0..<2_000 {
        var headers = Headers()
        for name in HostileHeaders.names where mutator.chance(60) {
          headers.append(name, hostile.value(for: name, real: Self.real[name]))
        }
        let response = Response(status: 200, headers: headers)
        let reply = source.reply(response, to: request)
        if let date = reply.date {
          #expect(Timestamp(date.sql) == date, "seed \(seed), number \(number): \(headers)")
        }
        let wait = use(reply, &pacer, at: now)
        #expect(wait <= .seconds(3_660), "seed \(seed), number \(number): \(headers)")
        now += mutator.chance(20) ? wait : .seconds(1)
      }
    }
  }

  /// Does with the reply what a round does; returns the wait that comes of it.
  private func use(
    _ reply: Reply, _ pacer: inout Pacer, at now: Duration
  ) -> Duration {
    let date = reply.date ?? Timestamp(1_760_000_000)
    if case .now = pacer.permission(at: now, outstanding: 0) { pacer.sent(at: now) }
    if let retryAfter = reply.retryAfter {
      _ = pacer.refused(reply.allowances, retryAfter: retryAfter, date: date, at: now)
    } else {
      pacer.saw(reply.allowances, date: date, at: now)
    }
    _ = pacer.figures(at: now)
    guard case .notBefore(let instant) = pacer.permission(at: now, outstanding: 8) else {
      return .zero
    }
    return instant - now
  }

  @Test(arguments: [
    "", "<", "<<", "<>", "\u{0}", "<a>;rel=next,", "<a>;rel=\"next\"",
  ])
  func `a link of a megabyte is read once`(part: String) {
    let filler = part.isEmpty ? "x" : part
    let header = String(repeating: filler, count: (1 << 20) / filler.utf8.count)
    let next = LinkHeader(header).next
    #expect(next == (part.contains("rel") ? "a" : nil))
    #expect(LinkHeader(header + "<b>; rel=next").next != nil)
  }

  @Test func `a refusal of any content gives a short line or none`() {
    for seed in 0..<HostileBytesTests.rounds {
      var mutator = Mutator(seed: UInt64(seed))
      for number in 0..<2_000 {
        let body = mutator.pick(Self.refusals)
        let mutant = mutator.mutant(of: body, other: mutator.pick(Self.refusals))
        let message = ErrorReply.message(in: mutant) ?? ""
        #expect(isShortLine(message), "seed \(seed), number \(number): \(message)")
        _ = CapsuleSource.userName(in: mutant)
      }
    }
  }

  private static let refusals = [
    "{\"message\":\"Requires authentication\"}", "{\"error\":\"rate limit reached\"}",
    "{\"error\":\"invalid\","
      + "\"error_description\":\"The token \\u0000 has \\ud83d\\ude00 expired\"}",
    "{\"message\":\"Validation Failed\",\"errors\":[{\"message\":\"name is required\"}]}",
    "{\"user\":{\"id\":1,\"name\":\"Ann\",\"username\":\"ann\"}}", "<html>502</html>", "",
  ].map { Array($0.utf8) }

  @Test(arguments: [
    String(repeating: "x", count: 60_000), String(repeating: "\u{301}", count: 20_000),
    String(repeating: "\u{1f468}\u{200d}", count: 5_000),
    String(repeating: "\\u000d\\u000a", count: 500),
    "a\u{85}b\u{2028}c\u{2029}d\\u000b\\u001be",
  ])
  func `a long or odd sentence becomes a short line`(text: String) throws {
    let message = try #require(ErrorReply.message(in: Array("{\"message\":\"\(text)\"}".utf8)))
    #expect(isShortLine(message))
  }

  @Test(arguments: ["[", "{\"message\":", "{\"errors\":[{\"message\":\"x\"},", "\u{0}", " "])
  func `a refusal of ten megabytes is not looked at`(part: String) {
    let body = String(repeating: part, count: 10 << 20 / part.utf8.count)
    #expect(ErrorReply.message(in: Array(body.utf8)) == nil)
  }

  private func isShortLine(_ text: String) -> Bool {
    text.unicodeScalars.count <= ErrorReply.longest
      && text.unicodeScalars.allSatisfy {
        !$0.properties.isWhitespace || $0 == " " || $0 == "\u{a0}"
      }
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
  }
}
