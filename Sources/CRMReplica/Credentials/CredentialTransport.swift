internal import HTTP

/// A transport whose requests carry a credential's present token.
///
/// The token is replaced between requests: those on the wire keep the one they left with. A 401 has
/// the token replaced, unless that has happened meanwhile, and the request is handed back to be
/// made again. A request that is refused with two tokens, or a token that is refused as soon as it
/// was granted, is the end: no token is asked for in a circle.
final class CredentialTransport: Transport {
  private struct Flight {
    let request: Request
    let authorisation: Authorisation
  }

  private let wire: CurlTransport
  private let credential: any Credential
  private var flights: [Int: Flight] = [:]
  /// Those that were refused once and are made again.
  private var refused: Set<Request> = []
  /// A refused exchange that a stop has kept from being dealt with.
  private var kept: Exchange?

  /// `configuration` has the credential's authorisation.
  init(
    _ credential: any Credential, _ configuration: CurlTransport.Configuration
  ) throws(CurlTransportError) {
    self.credential = credential
    wire = try CurlTransport(configuration)
  }

  var outstanding: Int { flights.count }

  /// Returns at once, unless the token has to be replaced first.
  func send(_ request: Request, id: Int) {
    credential.renewIfDue()
    wire.authorisation = credential.authorisation
    flights[id] = Flight(request: request, authorisation: credential.authorisation)
    wire.send(request, id: id)
  }

  func next(timeout: Duration?) -> TransportEvent {
    while true {
      let event = kept.map { .finished($0) } ?? wire.next(timeout: timeout)
      guard case .finished(let exchange) = event else { return event }
      kept = nil
      guard let flight = flights[exchange.id] else { continue }
      guard let result = judged(exchange.result, of: flight) else {
        kept = exchange
        return .interrupted
      }
      flights[exchange.id] = nil
      return .finished(Exchange(id: exchange.id, result: result))
    }
  }

  /// What the engine is to see of a result; nil when it has to wait for a stop.
  private func judged(
    _ result: Result<Response, HTTPError>, of flight: Flight
  ) -> Result<Response, HTTPError>? {
    guard case .success(var response) = result else { return result }
    if response.status != 401 { refused.remove(flight.request) }
    switch response.status {
    case 200:
      credential.accepted(flight.authorisation)
      return result
    case 401:
      if let renewal = credential.renewal(
        of: flight.authorisation, mayAsk: !refused.contains(flight.request))
      {
        return self.result(of: renewal, flight)
      }
    default: break
    }
    // What a source says may repeat what it was told.
    response.body = Secrecy.masked(response.body, credential.secrets.map(\.secret))
    return .success(response)
  }

  private func result(
    of renewal: Renewal, _ flight: Flight
  ) -> Result<Response, HTTPError>? {
    let kind: HTTPError.Kind
    let detail: String
    switch renewal {
    case .interrupted: return nil
    case .renewed:
      refused.insert(flight.request)
      (kind, detail) = (.notSent, "the token has been renewed")
    case .refused(let sentence):
      kind = .credentialRefused
      detail = "The source refused the token (401) at \(flight.request). \(sentence)"
    case .unavailable(let sentence): (kind, detail) = (.credentialUnavailable, sentence)
    }
    return .failure(HTTPError(kind, doing: flight.request.description, detail: detail))
  }
}
