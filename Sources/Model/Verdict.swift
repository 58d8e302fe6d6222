package import HTTP

/// What an answer means for the pass that asked. The source says it of a reply; of a request that
/// got none, the failure of the wire does.
package enum Verdict: Sendable, Hashable {
  /// A page to be read.
  case accept
  /// The allowance is used up: nothing is asked before the reset.
  case wait
  /// The source is in trouble and says for how long: nothing is asked meanwhile. The failure stands
  /// when it says so for too long.
  case pause(TableFailure.Kind)
  /// Worth another attempt; the failure stands when there is none left.
  case retry(TableFailure.Kind)
  /// What was asked for is not there: a parent that is gone, or a path that does not exist.
  case missing(TableFailure.Kind)
  /// This table cannot be read now; others may.
  case fail(TableFailure.Kind)
  /// The token is not accepted: nothing else will be either.
  case refuse
  /// The token cannot be renewed now: nothing can be asked.
  case suspend

  package init(_ error: HTTPError) {
    switch error.kind {
    case .notSent: self = .wait
    case .credentialRefused: self = .refuse
    case .credentialUnavailable: self = .suspend
    case .tooLarge: self = .fail(.tooLarge)
    case .unresolved, .refused, .timedOut, .tls, .cut, .other:
      self = .retry(.unreachable(error.detail))
    }
  }
}
