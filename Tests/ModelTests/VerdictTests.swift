import HTTP
import Model
import Testing

@Suite struct VerdictTests {
  @Test(
    arguments: [
      (.unresolved, .retry(.unreachable("said"))), (.refused, .retry(.unreachable("said"))),
      (.timedOut, .retry(.unreachable("said"))), (.tls, .retry(.unreachable("said"))),
      (.certificate, .suspend),
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

  @Test func `what lets requests in is called as the source calls it`() {
    let failure = TableFailure(.forbidden("ACCESS_DENIED"), doing: "GET me", secret: "access key")
    #expect(failure.sentence == "The access key may not read this: ACCESS_DENIED at GET me.")
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
