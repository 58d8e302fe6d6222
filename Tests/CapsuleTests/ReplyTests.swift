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
}
