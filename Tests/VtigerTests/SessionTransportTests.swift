import HTTP
import Model
import Testing

@testable import Vtiger

/// A wire whose answers are given one by one, in any order.
private final class Wire: Transport {
  private(set) var sent: [(id: Int, request: Request)] = []
  private var ready: [Exchange] = []
  private var answered = 0
  /// What the next challenge and the next session are called.
  private var logins = 0

  var outstanding: Int { sent.count - answered + ready.count }

  func send(_ request: Request, id: Int) { sent.append((id, request)) }

  func next(timeout: Duration?) -> TransportEvent {
    ready.isEmpty ? .timeout : .finished(ready.removeFirst())
  }

  /// The requests that have been sent since this was asked last, in words.
  func news() -> [String] {
    defer { told = sent.count }
    return sent.dropFirst(told).map {
      "\($0.request.target)\($0.request.form == nil ? "" : " form")"
    }
  }
  private var told = 0

  /// Answers the request that was sent as that one, counted from 0.
  func answer(_ number: Int, _ response: Response) {
    end(number, .success(response))
  }

  func end(_ number: Int, _ result: Result<Response, HTTPError>) {
    answered += 1
    ready.append(Exchange(id: sent[number].id, result: result))
  }

  /// Answers a challenge or a login as a server does that lets one in.
  func letIn(_ number: Int) {
    if sent[number].request.form == nil {
      answer(number, Fixture.success(#"{"token":"t","serverTime":1,"expireTime":301}"#))
    } else {
      logins += 1
      answer(
        number,
        Fixture.success(
          #"{"username":"ada","is_admin":"on","sessionName":"session\#(logins)","userId":"19x1","#
            + #""vtigerVersion":"8.3.0"}"#))
    }
  }
}

/// Requests in sessions, over a wire that answers as each test says.
@Suite struct SessionTransportTests {
  private let wire = Wire()
  private let transport: SessionTransport
  private static let challenge = "webservice.php?operation=getchallenge&username=ada"
  private static let login = "webservice.php form"
  private static let key = "AccessKeyOfAda"

  init() {
    transport = SessionTransport(
      wire, user: "ada", accessKey: Token(Self.key), sessions: 3)
  }

  private func ask(_ ids: Int...) {
    for id in ids {
      transport.send(VtigerForm.session.request("query", [("query", "\(id)")]), id: id)
    }
  }

  private func target(_ id: Int, session: Int) -> String {
    "webservice.php?operation=query&query=\(id)&sessionName=session\(session)"
  }

  /// What has come to its end: nil is nothing.
  private func next() -> Exchange? {
    guard case .finished(let exchange) = transport.next(timeout: .seconds(1)) else { return nil }
    return exchange
  }

  private func letIn(_ numbers: Int...) {
    for number in numbers {
      wire.letIn(number)
      #expect(next() == nil)
    }
  }

  private func status(_ exchange: Exchange?) -> Int? { try? exchange?.result.get().status }

  private func failure(_ exchange: Exchange?) -> HTTPError? {
    if case .failure(let error) = exchange?.result { error } else { nil }
  }

  @Test func `the first request opens a session, and the next ones use it`() {
    #expect(transport.outstanding == 0)
    ask(1)
    #expect(wire.news() == [Self.challenge])
    #expect(transport.outstanding == 1)
    letIn(0)
    #expect(wire.news() == [Self.login])
    letIn(1)
    #expect(wire.news() == [target(1, session: 1)])
    #expect(transport.outstanding == 1)
    wire.answer(2, Fixture.success("[]"))
    #expect(next()?.id == 1)
    #expect(transport.outstanding == 0)
    ask(2)
    #expect(wire.news() == [target(2, session: 1)])
  }

  @Test func `each request on the wire has a session of its own, and logins wait for each other`() {
    ask(1, 2, 3, 4, 5)
    #expect(wire.news() == [Self.challenge])
    letIn(0, 1)
    #expect(wire.news() == [Self.login, target(1, session: 1), Self.challenge])
    letIn(3, 4)
    #expect(wire.news() == [Self.login, target(2, session: 2), Self.challenge])
    letIn(6, 7)
    // There may be three; whoever comes later waits for one of them.
    #expect(wire.news() == [Self.login, target(3, session: 3)])
    #expect(transport.outstanding == 5)
    wire.answer(5, Fixture.success("[]"))
    #expect(next()?.id == 2)
    #expect(wire.news() == [target(4, session: 2)])
    wire.answer(2, Fixture.success("[]"))
    #expect(next()?.id == 1)
    #expect(wire.news() == [target(5, session: 1)])
    #expect(transport.outstanding == 3)
  }

  @Test func `a session that has ended is opened anew, once a request`() {
    ask(1)
    letIn(0, 1)
    wire.answer(2, Fixture.failure("INVALID_SESSIONID"))
    #expect(next() == nil)
    #expect(wire.news().last == Self.challenge)
    letIn(3, 4)
    #expect(wire.news() == [Self.login, target(1, session: 2)])
    wire.answer(5, Fixture.failure("INVALID_SESSIONID"))
    let exchange = next()
    #expect(exchange?.id == 1)
    // The engine counts an attempt, and makes the request again later.
    let reply = (try? exchange?.result.get()).map {
      VtigerReplies(form: .session).reply($0, to: Request("webservice.php?operation=query"))
    }
    #expect(reply?.verdict == .retry(.code("INVALID_SESSIONID")))
    #expect(wire.news() == [])
    ask(1)
    #expect(wire.news() == [Self.challenge])
  }

  @Test func `what ends one session ends those that are idle`() {
    ask(1, 2)
    letIn(0, 1, 3, 4)
    wire.answer(2, Fixture.success("[]"))
    wire.answer(5, Fixture.success("[]"))
    #expect([next()?.id, next()?.id] == [1, 2])
    _ = wire.news()
    ask(3)
    wire.answer(6, Fixture.failure("INVALID_SESSIONID"))
    #expect(next() == nil)
    #expect(wire.news().last == Self.challenge)
  }

  @Test func `a challenge that has run out is followed by another`() {
    ask(1)
    letIn(0)
    wire.answer(1, Fixture.failure("INVALID_AUTH_TOKEN"))
    #expect(next() == nil)
    #expect(wire.news().last == Self.challenge)
    letIn(2)
    wire.answer(3, Fixture.failure("INVALID_AUTH_TOKEN"))
    let error = failure(next())
    #expect(error.map { Verdict($0) } == .retry(.unreachable(error?.detail ?? "")))
    #expect(transport.outstanding == 0)
  }

  /// Another login of the user may have replaced the challenge, which reads as a wrong key.
  @Test func `a key that is refused twice is refused`() {
    ask(1, 2)
    letIn(0)
    wire.answer(1, Fixture.failure("INVALID_USER_CREDENTIALS"))
    #expect(next() == nil)
    letIn(2)
    wire.answer(3, Fixture.failure("INVALID_USER_CREDENTIALS", "Not \(Self.key)."))
    let exchange = next()
    #expect(exchange?.id == 1)
    let error = failure(exchange)
    #expect(error.map { Verdict($0) } == .refuse)
    #expect(
      error?.detail
        == "The server refused the user's name or the access key. The source says: "
        + "Not **************.")
    // The other one is not forgotten.
    #expect(transport.outstanding == 1)
    #expect(wire.news().last == Self.challenge)
  }

  @Test func `an unknown user is refused`() {
    ask(1)
    wire.answer(0, Fixture.failure("ACCESS_DENIED"))
    #expect(next() == nil)
    wire.answer(1, Fixture.failure("ACCESS_DENIED"))
    #expect(failure(next()).map { Verdict($0) } == .refuse)
  }

  @Test(
    arguments: [
      Response(status: 500), Response(status: 200), Response(status: 404),
      Response(status: 429, headers: ["Retry-After": "7"]),
      Response(status: 503, headers: ["Retry-After": "7"]),
      Fixture.failure("INTERNAL_SERVER_ERROR"),
    ])
  func `trouble at a login is trouble of the request`(response: Response) throws {
    ask(1)
    wire.answer(0, response)
    let answer = try #require(next())
    #expect(answer.id == 1)
    let shown = try answer.result.get()
    #expect(shown.status == response.status)
    #expect(shown.headers.first("Retry-After") == response.headers.first("Retry-After"))
    #expect(transport.outstanding == 0)
    #expect(wire.news() == [Self.challenge])
  }

  /// An answer to the login must not pass for one to the question.
  @Test(arguments: [Fixture.success("{}"), Fixture.failure("RECORD_NOT_FOUND")])
  func `an odd answer to a login is no answer to the request`(response: Response) {
    let module = VtigerCatalogue.Module(
      "Accounts", label: "", singular: "", idPrefix: "11", isEntity: true)
    transport.send(VtigerForm.session.retrieve(5, of: module), id: 1)
    letIn(0)
    wire.answer(1, response)
    let error = failure(next())
    #expect(error.map { Verdict($0) } == .retry(.unreachable(error?.detail ?? "")))
  }

  @Test func `a login that the wire did not send is made again with the request`() {
    ask(1)
    wire.end(0, .failure(HTTPError(.notSent, doing: "GET x", detail: "after a 429")))
    #expect(failure(next()).map { Verdict($0) } == .wait)
  }

  @Test(arguments: [429, 503])
  func `after an answer that asks to wait nothing leaves`(status: Int) {
    ask(1, 2, 3)
    letIn(0, 1)
    _ = wire.news()
    wire.answer(2, Response(status: status, headers: ["Retry-After": "7"]))
    wire.letIn(3)
    #expect(self.status(next()) == status)
    for id in 2...3 {
      let exchange = next()
      #expect(exchange?.id == id)
      #expect(failure(exchange)?.kind == .notSent)
    }
    #expect(next() == nil)
    #expect(wire.news() == [])
    ask(4)
    #expect(wire.news() == [target(4, session: 1)])
  }

  @Test func `where a further session is refused, those that there are have to do`() {
    ask(1, 2)
    letIn(0, 1)
    wire.answer(3, Response(status: 500))
    #expect(next() == nil)
    _ = wire.news()
    wire.answer(2, Fixture.success("[]"))
    #expect(next()?.id == 1)
    #expect(wire.news() == [target(2, session: 1)])
    ask(3)
    #expect(wire.news() == [])
  }

  @Test func `a session in which a request hangs is not used again`() {
    ask(1)
    letIn(0, 1)
    wire.end(2, .failure(HTTPError(.timedOut, doing: "GET x", detail: "too slow")))
    #expect(failure(next())?.kind == .timedOut)
    _ = wire.news()
    ask(2)
    #expect(wire.news() == [Self.challenge])
    letIn(3, 4)
    wire.end(5, .failure(HTTPError(.cut, doing: "GET x", detail: "cut")))
    #expect(failure(next())?.kind == .cut)
    _ = wire.news()
    ask(3)
    #expect(wire.news() == [target(3, session: 2)])
  }

  @Test func `neither key nor session is in anything that comes back`() {
    ask(1, 2)
    letIn(0, 1)
    wire.end(
      2,
      .failure(
        HTTPError(
          .other, doing: "GET \(target(1, session: 1))", detail: "at sessionName=session1")))
    let error = failure(next())
    #expect(error?.doing == "GET webservice.php?operation=query&query=1")
    #expect(error?.detail == "at sessionName=********")
    // Behind the challenge that was sent for the other request.
    wire.answer(4, Fixture.failure("SOME_CODE", "session1 has not \(Self.key)"))
    let body = (try? next()?.result.get().body).map { String(decoding: $0, as: UTF8.self) } ?? ""
    #expect(body.contains("******** has not **************"))
    #expect(!"\(transport)".contains("session1"))
    var shown = ""
    dump(Token(Self.key), to: &shown)
    #expect(!shown.contains(Self.key))
  }

  @Test func `whoever asks as whom the account is read is answered by a new login`() throws {
    ask(1)
    letIn(0, 1)
    wire.answer(2, Fixture.success("[]"))
    _ = next()
    _ = wire.news()
    transport.send(VtigerForm.session.whoAmI, id: 2)
    #expect(wire.news() == [Self.challenge])
    letIn(3)
    wire.letIn(4)
    let answer = try #require(next())
    #expect(answer.id == 2)
    #expect(
      VtigerUser(in: try answer.result.get().body)
        == VtigerUser(id: "19x1", name: "ada", isAdministrator: true, release: "8.3.0"))
    #expect(transport.outstanding == 0)
    transport.send(VtigerForm.session.whoAmI, id: 3)
    wire.answer(5, Response(status: 500))
    #expect(status(next()) == 500)
  }
}
