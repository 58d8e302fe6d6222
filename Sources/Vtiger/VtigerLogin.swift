package import HTTP
package import Model

/// How a session is opened: a challenge, and a login that answers it with the access key.
///
/// One challenge of a user lives at a time, and a new one ends the former: two logins of the same
/// user must not be under way together.
package enum VtigerLogin {
  package static func challenge(user: String) -> Request {
    VtigerForm.session.request("getchallenge", [("username", user)])
  }

  /// The request holds no key but its hash with the challenge, and is not to be shown all the same.
  package static func login(user: String, accessKey: String, token: String) -> Request {
    Request(
      VtigerForm.page,
      form: [
        ("operation", "login"), ("username", user),
        ("accessKey", MD5.hex(token + accessKey)),
      ])
  }

  /// What comes of either step.
  package enum Answer<Value: Sendable>: Sendable {
    case granted(Value)
    /// The challenge has run out, or another login has replaced it.
    case expired
    case denied(Verdict, message: String?)
  }

  package struct Session: Sendable, Hashable {
    /// A secret: whoever has it reads as this user.
    package let name: String
    package let user: VtigerUser
  }

  /// The challenge's token. An unknown user is refused here already.
  package static func token(in response: Response) -> Answer<String> {
    answer(response, challenge(user: "")) { (result: Challenge) in result.token }
  }

  package static func session(in response: Response) -> Answer<Session> {
    answer(response, Request(VtigerForm.page)) { (result: Login) in
      VtigerUser(in: response.body).map { Session(name: result.sessionName, user: $0) }
    }
  }

  private struct Challenge: Decodable {
    let token: String
  }

  private struct Login: Decodable {
    let sessionName: String
  }

  private static func answer<Reply: Decodable, Value: Sendable>(
    _ response: Response, _ request: Request, _ read: (Reply) -> Value?
  ) -> Answer<Value> {
    let reply = VtigerReplies(form: .session).reply(response, to: request)
    if case .accept = reply.verdict {
      let value = Descriptions.result(in: response.body).flatMap(read)
      return value.map { .granted($0) }
        ?? .denied(.retry(.unreadable(.noEnvelope)), message: nil)
    }
    switch VtigerError(response)?.code {
    case "INVALID_AUTH_TOKEN": return .expired
    // Of a login it says that there is no such user.
    case "ACCESS_DENIED": return .denied(.refuse, message: reply.message)
    default: return .denied(reply.verdict, message: reply.message)
    }
  }
}
