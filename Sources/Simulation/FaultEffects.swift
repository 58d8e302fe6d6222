import HTTP

/// The replies of those faults that look the same with every CRM.
extension FaultScript.Effect {
  /// The reply of a fault that needs neither the real answer nor a CRM's own words; else nil.
  package var reply: WireReply? {
    switch self {
    case .serverError(let status, let isHTML):
      let body = Array("<html><body><h1>\(status)</h1></body></html>".utf8)
      return WireReply(
        status: status, headers: ["Content-Type": "text/html"], body: isHTML ? body : [])
    case .busy(let retryAfter): return WireReply(status: 503, headers: ["Retry-After": retryAfter])
    case .connectionReset: return WireReply(status: 0, delivery: .reset)
    case .htmlInsteadOfJSON:
      return WireReply(
        status: 200, headers: ["Content-Type": "text/html; charset=UTF-8"],
        body: Array("<!doctype html><title>Maintenance</title><p>Back soon.</p>".utf8))
    case .rateLimited, .saying, .unauthorised, .forbidden, .redirect, .foreignLink, .oversized,
      .truncatedJSON, .cutBody, .slowBody, .emptyPage, .earlyEnd:
      return nil
    }
  }

  /// Spoils a real answer, for the troubles that do.
  package func spoil(_ reply: inout WireReply) {
    switch self {
    case .truncatedJSON: reply.body.removeLast((reply.body.count + 1) / 2)
    case .cutBody: reply.delivery = .cut(after: reply.body.count / 2)
    case .slowBody: reply.delivery = .slow
    default: break
    }
  }
}
