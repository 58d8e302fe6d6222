import HTTP

/// What each ordered trouble looks like from outside.
extension Account {
  /// The reply of an effect that needs no real answer; nil for the others.
  func failing(_ effect: FaultScript.Effect) -> Reply? {
    switch effect {
    case .serverError(let status, let isHTML):
      let headers: Headers = ["Content-Type": "text/html"]
      let body = Array("<html><body><h1>\(status)</h1></body></html>".utf8)
      return Reply(status: status, headers: headers, body: isHTML ? body : [])
    case .rateLimited(let delay):
      guard let delay else { return limited(withReset: false) }
      rate.used = rate.limit
      rate.reset = now + delay
      return limited(withReset: true)
    case .saying(let text, let status):
      return Reply(
        status: status, headers: ["Content-Type": "application/json"],
        body: JSON.object([.init("message", .string(text))]).bytes)
    case .unauthorised: return unauthorised
    case .forbidden: return forbidden
    case .connectionReset: return Reply(status: 0, delivery: .reset)
    case .redirect:
      return Reply(status: 302, headers: ["Location": "https://elsewhere.example/api/v2/parties"])
    case .htmlInsteadOfJSON:
      return Reply(
        status: 200, headers: ["Content-Type": "text/html; charset=UTF-8"],
        body: Array("<!doctype html><title>Maintenance</title><p>Back soon.</p>".utf8))
    case .oversized(let size):
      return Reply(
        status: 200, headers: ["Content-Type": "application/json"],
        body: Array("{\"parties\":[".utf8) + Array(repeating: 32, count: size))
    case .truncatedJSON, .cutBody, .slowBody, .foreignLink: return nil
    }
  }

  /// A real answer, spoilt.
  func spoilt(_ reply: Reply, _ effect: FaultScript.Effect) -> Reply {
    var reply = reply
    switch effect {
    case .truncatedJSON: reply.body.removeLast((reply.body.count + 1) / 2)
    case .cutBody: reply.delivery = .cut(after: reply.body.count / 2)
    case .slowBody: reply.delivery = .slow
    case .foreignLink:
      var headers = Headers()
      for field in reply.headers.fields where field.name != "Link" {
        headers.append(field.name, field.value)
      }
      headers.append("Link", "<https://elsewhere.example/api/v2/parties?page=2>; rel=\"next\"")
      reply.headers = headers
    default: break
    }
    return reply
  }
}
