package import HTTP
package import ReplicaFile
internal import Model

/// What one request showed of whether the account lets anybody in.
package enum Probe: Sendable {
  case accepted
  /// The token is refused: the report of the run that has ended by it.
  case refused(RunSummary)
  /// Nothing was asked, or the answer shows nothing; whole sentences.
  case unknown(String)
}

extension Round {
  /// Makes a request that shows whether the token is accepted, if one may leave now: it waits for
  /// no allowance and is not repeated, for a round that is due later does both. Nothing is written,
  /// for the file may be another account's, but for a refusal: of the allowance, or of the token,
  /// which ends a run.
  package func probe(_ request: Request) throws -> Probe {
    try recallAllowances()
    guard case .now = pacer.permission(at: context.clock.elapsed(), outstanding: 0) else {
      return .unknown("The allowance lets nothing leave now.")
    }
    var result = try exchange(request)
    if case .failure(let error) = result, error.kind == .notSent {
      // It came with a token that has been renewed since.
      result = try exchange(request)
    }
    guard let result else { return .unknown("A signal came first.") }
    let reply = try judge(result, of: request)
    switch reply.verdict {
    case .accept:
      guard case .success(let response) = result,
        (try? JSONNode(reading: response.body)) != nil
      else { return .unknown("What answers is no API: the reply to \(request) is not JSON.") }
      return .accepted
    case .refuse:
      ending = (.refused, sentence(on: result, request, reply.message))
      return .refused(try run())
    case .retry(let kind), .pause(let kind), .fail(let kind), .missing(let kind):
      return .unknown(failure(kind, request, reply.message).sentence)
    case .wait: return .unknown("The allowance is used up.")
    case .suspend: return .unknown(sentence(on: result, request, reply.message))
    }
  }
}
