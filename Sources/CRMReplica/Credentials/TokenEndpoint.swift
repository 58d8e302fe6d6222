internal import Glibc
internal import HTTP

/// Asks the source for tokens (RFC 6749, section 3.2).
struct TokenEndpoint {
  let client: OAuthClient
  /// Ends a wait when it becomes readable.
  let interrupt: CInt?
  /// The delay before the second attempt; it doubles.
  var firstDelay = Duration.milliseconds(500)

  /// Attempts for what a process cannot do without.
  static let attempts = 4

  /// What came of asking.
  enum Outcome: Hashable {
    case answered(TokenAnswer)
    /// The process was told to stop.
    case interrupted
  }

  /// Asks with the fields of a grant and the client's own. While the endpoint is in trouble, it is
  /// asked again, so many times in all. An answer that was lost may have used the code or the
  /// refresh token up; the next answer tells.
  func ask(_ fields: [(name: String, value: String)], attempts: Int) -> Outcome {
    let own = [(name: "client_id", value: client.id), ("client_secret", client.secret.secret)]
    let request = Request(client.kind.oauth.tokenPath, form: fields + own)
    let exchange = SingleExchange(
      base: client.origin, userAgent: Program.userAgent, authorities: client.authorities,
      interrupt: interrupt)
    let secrets = fields.map(\.value).filter { $0.utf8.count >= 8 } + [client.secret.secret]
    var delay = firstDelay
    for attempt in 1... {
      guard !isStopped(after: .zero) else { return .interrupted }
      guard let result = exchange.send(request) else { return .interrupted }
      let answer = TokenAnswer(result, secrets: secrets)
      guard case .unavailable(_, let isPassing) = answer, isPassing, attempt < attempts else {
        return .answered(answer)
      }
      guard !isStopped(after: delay) else { return .interrupted }
      delay *= 2
    }
    return .interrupted
  }

  private func isStopped(after delay: Duration) -> Bool {
    let milliseconds = CInt(delay / .milliseconds(1))
    var stop = pollfd(fd: interrupt ?? -1, events: Int16(POLLIN), revents: 0)
    return poll(&stop, 1, milliseconds) > 0
  }
}
