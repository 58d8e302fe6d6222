package import Model
package import HTTP

/// What a reply means for the pass that asked, judged by status alone. One table, one place.
package enum Verdict: Sendable, Hashable {
  /// A page to be read.
  case accept
  /// The allowance is used up: nothing is asked before the reset.
  case wait
  /// Worth another attempt; the failure stands when there is none left.
  case retry(TableFailure.Kind)
  /// What was asked for is not there: a parent that is gone, or a path that does not exist.
  case missing
  /// This table cannot be read now; others may.
  case fail(TableFailure.Kind)
  /// The token is not accepted: nothing else will be either.
  case refuse
  /// The token cannot be renewed now: nothing can be asked.
  case suspend

  package init(_ result: Result<Response, HTTPError>) {
    switch result {
    case .success(let response): self = Self.judge(response.status)
    case .failure(let error):
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

  private static func judge(_ status: Int) -> Verdict {
    switch status {
    case 200: .accept
    case 401: .refuse
    case 403: .fail(.forbidden)
    case 404: .missing
    case 429: .wait
    case 408, 425, 500...599: .retry(.status(status))
    case 300...399: .fail(.redirect(status))
    default: .fail(.status(status))
    }
  }
}
