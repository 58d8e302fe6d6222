package import HTTP
internal import Model

/// Requests to a server of one's own, each in a session that a login has opened.
///
/// A session serves one call at a time, so that each request on the wire has one of its own; logins
/// are made one behind the other, for a new challenge ends the former. A request whose session
/// has ended is made again in another one, once: then the engine counts an attempt. The name of a
/// session is added on the wire, and taken out of whatever comes back.
package final class SessionTransport: Transport {
  private struct Flight {
    let id: Int
    let request: Request
    var isAgain = false
  }

  /// What a request on the wire is for.
  private enum Step {
    case challenge
    case login
    case call(Flight, VtigerLogin.Session)
  }

  private let wire: any Transport
  private let user: String
  private let accessKey: Token
  private let mostSessions: Int
  private var steps: [Int: Step] = [:]
  private var nextStep = 0
  private var free: [VtigerLogin.Session] = []
  private var waiting: [Flight] = []
  /// Those who ask as whom the account is read: the next login says it.
  private var asking: [Flight] = []
  private var ended: [Exchange] = []
  /// Challenges of the present login that were not accepted; nil while there is none.
  private var attempts: Int?
  /// A session was refused while there were others: these have to do.
  private var isFull = false

  /// Challenges of one login: another login of this user may have replaced the first, which the
  /// server does not tell from a wrong key.
  static let mostAttempts = 2

  /// `sessions` are as many as there may be at a time, and so requests on the wire.
  package init(_ wire: any Transport, user: String, accessKey: Token, sessions: Int) {
    precondition(sessions > 0, "a request needs a session")
    (self.wire, self.user, self.accessKey) = (wire, user, accessKey)
    mostSessions = sessions
  }

  package var outstanding: Int { waiting.count + asking.count + ended.count + calls }

  private var calls: Int {
    steps.values.count { if case .call = $0 { true } else { false } }
  }

  package func send(_ request: Request, id: Int) {
    precondition(request.form == nil, "a session is for questions")
    let flight = Flight(id: id, request: request)
    if request == VtigerForm.session.whoAmI {
      asking.append(flight)
    } else {
      waiting.append(flight)
    }
    start()
  }

  /// A timeout is that of one exchange on the wire: opening a session takes two.
  package func next(timeout: Duration?) -> TransportEvent {
    while true {
      if !ended.isEmpty { return .finished(ended.removeFirst()) }
      let event = wire.next(timeout: timeout)
      guard case .finished(let exchange) = event else { return event }
      take(exchange)
      start()
    }
  }

  // MARK: Requests

  /// Sends what there is a session for, and has one opened where there is none.
  private func start() {
    while !waiting.isEmpty, let session = free.popLast() {
      let flight = waiting.removeFirst()
      let name = FormText.encoded([("sessionName", session.name)])
      leave(Request("\(flight.request.target)&\(name)"), .call(flight, session))
    }
    guard attempts == nil else { return }
    let living = free.count + calls
    if living == 0 { isFull = false }
    if !asking.isEmpty || !waiting.isEmpty && living < mostSessions && !isFull {
      attempts = 0
      leave(VtigerLogin.challenge(user: user), .challenge)
    }
  }

  private func leave(_ request: Request, _ step: Step) {
    nextStep += 1
    steps[nextStep] = step
    wire.send(request, id: nextStep)
  }

  private func take(_ exchange: Exchange) {
    switch (steps.removeValue(forKey: exchange.id), exchange.result) {
    case (.call(let flight, let session), let result): answer(flight, session, result)
    case (.challenge, .success(let response)):
      opened(VtigerLogin.token(in: response), response) { token in
        // Whoever it was for may have been told to wait.
        guard !waiting.isEmpty || !asking.isEmpty else { return attempts = nil }
        leave(VtigerLogin.login(user: user, accessKey: accessKey.secret, token: token), .login)
      }
    case (.login, .success(let response)):
      opened(VtigerLogin.session(in: response), response, open)
    case (.challenge, .failure(let error)), (.login, .failure(let error)):
      attempts = nil
      refuse { _ in .failure(error) }
    case (nil, _): break
    }
    if case .success(let response) = exchange.result, response.asksToWait { holdBack() }
  }

  /// Hands back what has not left, as the wire does behind an answer that asks to wait.
  private func holdBack() {
    ended += (asking + waiting).map { flight in
      let error = HTTPError(.notSent, doing: "\(flight.request)", detail: "told to wait")
      return Exchange(id: flight.id, result: .failure(error))
    }
    (asking, waiting) = ([], [])
  }

  private func answer(
    _ flight: Flight, _ session: VtigerLogin.Session, _ result: Result<Response, HTTPError>
  ) {
    switch result {
    case .success(let response):
      if VtigerReplies.hasEndedSession(response) {
        // What ends one, such as a server that restarts, ends those beside it.
        free = []
        if !flight.isAgain {
          waiting.insert(Flight(id: flight.id, request: flight.request, isAgain: true), at: 0)
          return
        }
      } else {
        free.append(session)
      }
      let shown = VtigerError(response) == nil ? response : masked(response, session)
      ended.append(Exchange(id: flight.id, result: .success(shown)))
    case .failure(let error):
      // The server may be at work on it still, and lets no other request of the session in.
      if error.kind != .timedOut { free.append(session) }
      let detail = Secrecy.masked(error.detail, secrets(of: session))
      let shown = HTTPError(error.kind, doing: "\(flight.request)", detail: detail)
      ended.append(Exchange(id: flight.id, result: .failure(shown)))
    }
  }

  // MARK: Logins

  private func open(_ session: VtigerLogin.Session) {
    attempts = nil
    free = (free + [session]).suffix(max(0, mostSessions - calls))
    ended += asking.map { Exchange(id: $0.id, result: .success(session.user.response)) }
    asking = []
  }

  /// Goes on with what a step of a login has brought, or begins anew, or gives the login up.
  private func opened<Value>(
    _ answer: VtigerLogin.Answer<Value>, _ response: Response, _ goOn: (Value) -> Void
  ) {
    switch answer {
    case .granted(let value): goOn(value)
    case .expired, .denied(.refuse, _):
      let count = (attempts ?? 0) + 1
      attempts = count
      if count < Self.mostAttempts { return leave(VtigerLogin.challenge(user: user), .challenge) }
      attempts = nil
      guard case .denied(_, let message) = answer else {
        return refuse { Self.trouble($0, "each challenge had run out when it was answered") }
      }
      let said = message.map { TableFailure.quoting + $0 } ?? ""
      let sentence = masked("The server refused the user's name or the access key.\(said)")
      refuse {
        .failure(HTTPError(.credentialRefused, doing: "\($0.request)", detail: sentence))
      }
    case .denied(let verdict, let message):
      attempts = nil
      refuse { flight in
        // What says the same of any request stands for the answer to this one.
        let reply = VtigerReplies(form: .session).reply(response, to: flight.request)
        if reply.verdict == verdict, verdict != .accept {
          return .success(masked(response, nil))
        }
        return Self.trouble(flight, masked(message ?? "its answer names no session"))
      }
    }
  }

  private static func trouble(_ flight: Flight, _ detail: String) -> Result<Response, HTTPError> {
    .failure(HTTPError(.other, doing: "\(flight.request)", detail: "the login: \(detail)"))
  }

  /// Ends the request for which a session was to be opened, unless others will serve it.
  private func refuse(_ result: (Flight) -> Result<Response, HTTPError>) {
    let flight: Flight
    if !asking.isEmpty {
      flight = asking.removeFirst()
    } else {
      isFull = free.count + calls > 0
      guard !isFull, !waiting.isEmpty else { return }
      flight = waiting.removeFirst()
    }
    ended.append(Exchange(id: flight.id, result: result(flight)))
  }

  // MARK: Secrets

  private func secrets(of session: VtigerLogin.Session?) -> [String] {
    [accessKey.secret] + (session.map { [$0.name] } ?? [])
  }

  private func masked(_ text: String) -> String { Secrecy.masked(text, secrets(of: nil)) }

  /// What a server says of a failure may repeat what it was told.
  private func masked(_ response: Response, _ session: VtigerLogin.Session?) -> Response {
    var response = response
    response.body = Secrecy.masked(response.body, secrets(of: session))
    return response
  }
}
