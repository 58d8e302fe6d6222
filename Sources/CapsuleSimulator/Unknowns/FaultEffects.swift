import HTTP
import Simulation

/// The replies of those faults that each CRM words its own way.
extension Account {
  /// The reply of an effect that needs no real answer; nil for the others.
  func failing(_ effect: FaultScript.Effect) -> WireReply? {
    switch effect {
    case .rateLimited(let delay):
      guard let delay else { return limited(withReset: false) }
      rate.used = rate.limit
      rate.reset = now + delay
      return limited(withReset: true)
    case .saying(let text, let status):
      return WireReply(
        status: status, headers: ["Content-Type": "application/json"],
        body: JSON.object([.init("message", .string(text))]).bytes)
    case .unauthorised: return unauthorised
    case .forbidden: return forbidden
    case .redirect:
      return WireReply(
        status: 302, headers: ["Location": "https://elsewhere.example/api/v2/parties"])
    case .oversized(let size):
      return WireReply(
        status: 200, headers: ["Content-Type": "application/json"],
        body: Array("{\"parties\":[".utf8) + Array(repeating: 32, count: size))
    case .serverError, .busy, .htmlInsteadOfJSON, .truncatedJSON, .connectionReset, .cutBody,
      .slowBody, .foreignLink, .emptyPage, .earlyEnd:
      return effect.reply
    }
  }

  /// A real answer, spoilt.
  func spoilt(_ reply: WireReply, _ effect: FaultScript.Effect) -> WireReply {
    var reply = reply
    effect.spoil(&reply)
    switch effect {
    case .foreignLink:
      reply.headers = reply.headers.without("Link")
      reply.headers.append(
        "Link", "<https://elsewhere.example/api/v2/parties?page=2>; rel=\"next\"")
    case .emptyPage: empty(&reply)
    case .earlyEnd where reply.headers["X-Pagination-Has-More"] != nil:
      reply.headers = reply.headers.without("Link").without("X-Pagination-Has-More")
      reply.headers.append("X-Pagination-Has-More", "false")
    case .earlyEnd: reply.headers = reply.headers.without("Link")
    default: break
    }
    return reply
  }

  /// Takes the records out of a list's page.
  private func empty(_ reply: inout WireReply) {
    guard case .object(var members)? = JSON(reply.body) else { return }
    for index in members.indices {
      if case .array = members[index].value { members[index].value = .array([]) }
    }
    reply.body = JSON.object(members).bytes
  }
}

extension Headers {
  fileprivate func without(_ name: String) -> Headers {
    var headers = Headers()
    for field in fields where field.name != name { headers.append(field.name, field.value) }
    return headers
  }
}
