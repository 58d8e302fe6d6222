internal import HTTP
internal import Model
internal import Replication

/// Why an account was not counted to its end, and what `plan` then returns.
extension ListCounting.Ending {
  /// `secret` is what lets requests in, as people call it.
  func sentence(_ secret: String) -> String {
    switch self {
    case .spent: return "The allowance is used up down to the reserve."
    case .interrupted: return "Stopped."
    case .unanswered(_, let error) where error.kind == .credentialRefused: return error.detail
    case .unanswered(_, let error) where error.kind == .certificate: return error.sentence
    case .unanswered(let request, let error):
      return "No answer to \(request): \(error.detail)."
    case .refused(let reply, let status):
      let said = reply.message.map { " It says: \($0.onOneLine())" } ?? ""
      return switch reply.verdict {
      case .refuse: "The source refused the \(secret) (\(status)).\(said)"
      case .wait: "The source refused more requests for now (\(status)).\(said)"
      default: "The source answers \(status).\(said)"
      }
    }
  }

  func exitCode(_ stop: StopSignal) -> ExitCode {
    switch self {
    case .spent: .tryLater
    case .interrupted: stop.exitCode
    case .unanswered(_, let error): error.kind == .credentialRefused ? .refused : .unavailable
    case .refused(let reply, _):
      switch reply.verdict {
      case .refuse: .refused
      case .wait, .pause: .tryLater
      default: .unavailable
      }
    }
  }
}
