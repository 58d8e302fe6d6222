package import HTTP

/// A simulated account behind the transport seam, without sockets and in virtual time.
///
/// A request is evaluated when `next` returns its exchange, so that edits may fall between two
/// requests. Each answer moves the virtual clock by `latency`; a wait with nothing outstanding
/// moves it by the whole timeout. The account's clock follows in whole seconds.
package final class SimulatedTransport<Account: SimulatedAccount>: Transport {
  /// The account that answers.
  package let account: Account
  /// What an answer takes.
  package var latency: Duration = .milliseconds(120)
  /// What a connection attempt or a slow body costs before it counts as timed out.
  package var patience: Duration = .seconds(60)
  /// The longest body that is accepted.
  package var largestBody = 64 << 20
  /// Sent as the `Authorization` header; the one that the account accepts unless changed.
  package var authorization: String?
  /// From this event on, counted from 1, `next` returns `.interrupted`.
  package var interruptAfter: Int?
  /// Whether an answer may be there without waiting. Over a network it never is.
  package var answersAtOnce = false
  /// While true, nothing accepts connections.
  package var isUnreachable = false
  /// Virtual time since the transport was made.
  package private(set) var elapsed: Duration = .zero
  /// How many events `next` has returned.
  package private(set) var eventCount = 0

  private var waiting: [(id: Int, request: Request)] = []
  /// How many of the waiting requests never leave, because a refusal came first.
  private var condemned = 0
  private var shuffler: SplitMix64?
  /// The part of a second that the account's clock has not seen yet.
  private var fraction: Duration = .zero

  /// Puts an account behind the seam.
  ///
  /// - Parameters:
  ///   - account: the account, which the caller may go on using between calls.
  ///   - reordering: the seed of the order in which exchanges end; nil keeps the order of sending.
  package init(_ account: Account, reordering: UInt64? = nil) {
    self.account = account
    authorization = account.authorization
    shuffler = reordering.map { SplitMix64(seed: $0) }
  }

  /// Requests sent and not yet returned.
  package var outstanding: Int { waiting.count }

  package func send(_ request: Request, id: Int) {
    waiting.append((id, request))
  }

  package func next(timeout: Duration?) -> TransportEvent {
    eventCount += 1
    if let interruptAfter, eventCount >= interruptAfter { return .interrupted }
    guard !waiting.isEmpty else {
      guard let timeout else { return .interrupted }
      sleep(timeout)
      return .timeout
    }
    if timeout == .zero, !answersAtOnce { return .timeout }
    if condemned > 0 {
      condemned -= 1
      let (id, request) = waiting.removeFirst()
      let error = HTTPError(.notSent, doing: request.description, detail: "after a 429")
      return .finished(Exchange(id: id, result: .failure(error)))
    }
    let place = shuffler?.int(0...waiting.count - 1) ?? 0
    let (id, request) = waiting.remove(at: place)
    return .finished(Exchange(id: id, result: evaluate(request)))
  }

  private func evaluate(_ request: Request) -> Result<Response, HTTPError> {
    func failure(_ kind: HTTPError.Kind, _ detail: String) -> Result<Response, HTTPError> {
      .failure(HTTPError(kind, doing: request.description, detail: detail))
    }
    if isUnreachable { return failure(.refused, "connection refused") }
    var sent = WireRequest(
      method: request.method, target: "\(Account.basePath)/\(request.target)",
      body: Array((request.form ?? "").utf8))
    if let authorization { sent.headers.append("Authorization", authorization) }
    let reply = account.respond(to: sent)
    advance(reply.delivery == .slow ? patience : latency)
    switch reply.delivery {
    case .reset: return failure(.cut, "connection reset")
    case .cut(let count): return failure(.cut, "body ended after \(count) bytes")
    case .slow: return failure(.timedOut, "too slow")
    case .whole where reply.body.count > largestBody: return failure(.tooLarge, "body too large")
    case .whole: break
    }
    let response = Response(status: reply.status, headers: reply.headers, body: reply.body)
    if response.asksToWait { condemned = waiting.count }
    return .success(response)
  }

  /// Rounded up, so that a wait until the server's second has come never falls short of it.
  private func sleep(_ duration: Duration) {
    let (seconds, rest) = duration.components
    let whole = max(0, seconds + (rest > 0 ? 1 : 0))
    elapsed += .seconds(whole)
    account.now += whole
  }

  private func advance(_ duration: Duration) {
    elapsed += duration
    fraction += duration
    let whole = fraction.components.seconds
    fraction -= .seconds(whole)
    account.now += whole
  }
}
