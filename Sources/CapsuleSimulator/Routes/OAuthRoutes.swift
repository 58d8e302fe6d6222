import HTTP
package import Simulation

/// The pages and endpoints of OAuth 2.
extension Account {
  /// Answers a request below `/oauth/`.
  ///
  /// - Parameters:
  ///   - method: `GET` for the question to the user, `POST` for tokens.
  ///   - target: path and query without the leading slash: `oauth/token`.
  ///   - body: the form of a POST.
  /// - Returns: the answer, with what the connection is to do to it.
  package func respondOAuth(method: String, target: String, body: [UInt8] = []) -> WireReply {
    let query = Query(target)
    var reply: WireReply
    switch (method, query.path) {
    case ("GET", "oauth/authorise"): reply = asked(query)
    case ("POST", "oauth/token"):
      let fields = Query(form: body)
      oauth.beforeTokens?()
      let trouble = oauth.troubles.isEmpty ? nil : oauth.troubles.removeFirst()
      reply = tokens(fields, body, trouble)
      oauth.log.append(
        .init(
          grantType: fields["grant_type"] ?? "",
          status: reply.delivery == .reset ? 0 : reply.status))
    case (_, "oauth/authorise"), (_, "oauth/token"):
      reply = OAuthAuthority.failure("invalid_request", status: 405)
    default: reply = OAuthAuthority.failure("not_found", status: 404)
    }
    reply.headers.append("Date", CivilTime(now).fixdate)
    return reply
  }

  /// The user's answer: at once, without a page. Where the client cannot be told, a page says so.
  private func asked(_ query: Query) -> WireReply {
    guard query["client_id"] == oauth.clientID, let redirect = query["redirect_uri"],
      redirect.hasPrefix("http://127.0.0.1:")
    else { return WireReply(status: 400, headers: ["Content-Type": "text/html"]) }
    var location = redirect
    if oauth.isDenied {
      location += "?error=access_denied&error_description=The+user+said+no"
    } else if query["response_type"] != "code" {
      location += "?error=unsupported_response_type"
    } else if query["scope"] != "read" {
      location += "?error=invalid_scope"
    } else {
      let code = oauth.secret("code")
      oauth.codes.append(
        .init(text: code, redirect: redirect, challenge: query["code_challenge"]))
      location += "?code=\(code)"
    }
    if let state = query["state"] { location += "&state=\(state)" }
    return WireReply(status: 302, headers: ["Location": location])
  }

  private func tokens(_ fields: Query, _ body: [UInt8], _ trouble: OAuthAuthority.Trouble?)
    -> WireReply
  {
    switch trouble {
    case .serverError(let status):
      return WireReply(
        status: status, headers: ["Content-Type": "text/html"],
        body: Array("<html><h1>\(status)</h1></html>".utf8))
    case .html:
      return WireReply(
        status: 200, headers: ["Content-Type": "text/html"],
        body: Array("<!doctype html><title>Maintenance</title>".utf8))
    case .error(let code, let status): return OAuthAuthority.failure(code, status: status)
    case .echo(let status):
      let text = fields.parameters.compactMap { fields[$0.name] }.joined(separator: " and ")
      return OAuthAuthority.failure("invalid_grant", status: status, saying: text)
    case .reset: return WireReply(status: 0, delivery: .reset)
    case .redirect(let address): return WireReply(status: 307, headers: ["Location": address])
    case .oversized(let size):
      return WireReply(
        status: 200, body: Array("{\"x\":\"".utf8) + Array(repeating: 97, count: size))
    case .lostAnswer, .cutAnswer, .slowAnswer, nil: break
    }
    var reply = oauth.tokens(for: fields, at: now)
    oauth.beforeAnswer?()
    switch trouble {
    case .lostAnswer: reply.delivery = .reset
    case .cutAnswer: reply.delivery = .cut(after: reply.body.count / 2)
    case .slowAnswer: reply.delivery = .slow
    default: break
    }
    return reply
  }
}
