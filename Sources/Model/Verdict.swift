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
  /// Nothing can be asked now: the token cannot be renewed, or the source is not known for itself.
  case suspend

  package init(_ error: HTTPError) {
    switch error.kind {
    case .notSent: self = .wait
    case .credentialRefused: self = .refuse
    case .credentialUnavailable, .certificate: self = .suspend
    case .tooLarge: self = .fail(.tooLarge)
    case .unresolved, .refused, .timedOut, .tls, .cut, .other:
      self = .retry(.unreachable(error.detail))
    }
  }
}

extension HTTPError {
  /// Whether nobody is there to answer, this question or another.
  package var isOfHost: Bool { [.refused, .unresolved].contains(kind) }

  /// What happened and what the operator can do, whole sentences, of what waiting does not mend.
  package var sentence: String {
    switch kind {
    case .certificate:
      "The certificate of the source is not accepted (\(detail)), so nothing was sent to it. See "
        + "that this host's clock is right and its certificates are up to date (the package "
        + "ca-certificates); the certificate of a proxy or of an authority of your own belongs "
        + "among them (update-ca-certificates)."
    default: detail
    }
  }
}
