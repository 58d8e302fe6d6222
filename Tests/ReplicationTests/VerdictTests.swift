import HTTP
import ReplicaFile
import TestSupport
import Testing

@testable import Model
@testable import Replication

@Suite struct VerdictTests {
  @Test(
    arguments: [
      (.unresolved, .retry(.unreachable("said"))), (.refused, .retry(.unreachable("said"))),
      (.timedOut, .retry(.unreachable("said"))), (.tls, .retry(.unreachable("said"))),
      (.cut, .retry(.unreachable("said"))), (.other, .retry(.unreachable("said"))),
      (.tooLarge, .fail(.tooLarge)), (.notSent, .wait),
      (.credentialRefused, .refuse), (.credentialUnavailable, .suspend),
    ] as [(HTTPError.Kind, Verdict)])
  func `every failure of the wire has one meaning`(kind: HTTPError.Kind, expected: Verdict) {
    let error = HTTPError(kind, doing: "GET parties", detail: "said")
    #expect(Verdict(error) == expected)
  }

  @Test(
    arguments: [
      (
        .unreachable("connection refused (libcurl 7)"), nil,
        "No answer to GET parties?page=2: connection refused (libcurl 7)."
      ),
      (
        .status(503), "Down for maintenance.",
        "The source is in trouble: status 503 at GET parties?page=2. The source says: "
          + "Down for maintenance."
      ),
      (.status(500), nil, "The source is in trouble: status 500 at GET parties?page=2."),
      (
        .status(422), "since is invalid",
        "The source answers status 422 to GET parties?page=2. The source says: since is invalid"
      ),
      (
        .forbidden("status 403"), "insufficient scope",
        "The token may not read this: status 403 at GET parties?page=2. The source says: "
          + "insufficient scope"
      ),
      (
        .forbidden("ACCESS_DENIED"), nil,
        "The token may not read this: ACCESS_DENIED at GET parties?page=2."
      ),
      (
        .redirect(301), "elsewhere",
        "The source redirects (status 301) at GET parties?page=2. The token goes nowhere else."
      ),
      (
        .tooLarge, nil, "The reply to GET parties?page=2 is larger than any page may be."
      ),
      (.unreadable(.notJSON), nil, "The reply to GET parties?page=2 is not JSON."),
      (.unreadable(.truncated), nil, "The reply to GET parties?page=2 ends in the middle."),
      (
        .unreadable(.badString), nil,
        "The reply to GET parties?page=2 holds a string that is not valid UTF-8 or has a bad "
          + "escape."
      ),
      (
        .unreadable(.badNumber), nil,
        "The reply to GET parties?page=2 holds a number that JSON does not allow."
      ),
      (.unreadable(.tooDeep), nil, "The reply to GET parties?page=2 is nested too deeply."),
      (.unreadable(.trailing), nil, "The reply to GET parties?page=2 goes on after its end."),
      (
        .unreadable(.noEnvelope), nil,
        "The reply to GET parties?page=2 lacks the list that was asked for."
      ),
      (
        .unreadable(.tooLarge), nil, "The reply to GET parties?page=2 is larger than a page can be."
      ),
      (
        .elsewhere, nil,
        "The reply to GET parties?page=2 names a next page on another host or path. It is not "
          + "followed."
      ),
      (.endless, nil, "The list does not end at GET parties?page=2."),
      (
        .parentUnread("parties"), nil,
        "It is read for each row of parties, which has never been read."
      ),
    ] as [(TableFailure.Kind, String?, String)])
  func `each failure has its sentence`(
    kind: TableFailure.Kind, message: String?, sentence: String
  ) {
    let failure = TableFailure(kind, doing: "GET parties?page=2", message: message)
    #expect(failure.sentence == sentence)
  }

  @Test(
    arguments: [
      (.unreachable("x"), true, false), (.status(500), true, false), (.status(599), true, false),
      (.status(408), true, false), (.status(425), true, false), (.status(404), false, false),
      (.status(422), false, false), (.forbidden("x"), false, true), (.redirect(302), false, false),
      (.tooLarge, false, false), (.unreadable(.notJSON), false, false), (.elsewhere, false, false),
      (.endless, false, false), (.parentUnread("parties"), false, false),
    ] as [(TableFailure.Kind, Bool, Bool)])
  func `trouble and refusal are told apart`(
    kind: TableFailure.Kind, isUnavailability: Bool, isRefusal: Bool
  ) {
    let failure = TableFailure(kind, doing: "GET parties")
    #expect(failure.isUnavailability == isUnavailability)
    #expect(failure.isRefusal == isRefusal)
  }
}

@Suite struct RetryTests {
  /// Failures so far, and the longest delay in milliseconds.
  @Test(arguments: [(0, 500), (1, 500), (2, 1_000), (3, 2_000)])
  func `delays double`(failures: Int, longest: Int64) throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<100 {
      let delay = try #require(Retry().delay(after: failures, using: &generator))
      #expect(delay >= .milliseconds(longest / 2) && delay <= .milliseconds(longest))
    }
  }

  @Test(arguments: [4, 5, 1_000])
  func `attempts end`(failures: Int) {
    var generator = SeededGenerator(seed: 1)
    #expect(Retry().delay(after: failures, using: &generator) == nil)
  }

  @Test func `up to half of a delay is left to chance`() throws {
    var retry = Retry()
    retry.attempts = 3
    retry.firstDelay = .seconds(8)
    var generator = SeededGenerator(seed: 1)
    var delays: Set<Duration> = []
    for _ in 0..<200 {
      let delay = try #require(retry.delay(after: 2, using: &generator))
      #expect(delay >= .seconds(8) && delay <= .seconds(16))
      delays.insert(delay)
    }
    #expect(delays.count > 190)
    #expect(retry.delay(after: 3, using: &generator) == nil)
  }
}
