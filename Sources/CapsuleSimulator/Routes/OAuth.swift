import HTTP
import Simulation

/// Capsule's side of OAuth 2: the clients it knows, the codes and tokens it has granted, and how
/// what is unknown of it is decided.
///
/// Source: developer.capsulecrm.com, v2, "Authentication"; RFC 6749; RFC 7636.
package struct OAuthAuthority: Sendable {
  /// What becomes of the refresh token when it is used.
  package enum Rotation: Sendable, Hashable, CaseIterable {
    /// It stays, and every answer repeats it.
    case none
    /// It stays, and no answer names it.
    case silent
    /// The answer holds another, and the one before is dead at once.
    case rotating
  }

  /// How `expires_in` is spelt.
  package enum Expiry: Sendable, Hashable, CaseIterable {
    case number, string, fraction, missing, null, nonsense
  }

  /// What goes wrong with one token request.
  package enum Trouble: Sendable, Hashable {
    /// A server error with a page of HTML, before anything is done.
    case serverError(Int)
    /// Status 200 and a page of HTML.
    case html
    /// An answer of that status whose `error` is that code.
    case error(String, status: Int)
    /// As `error`, and its description repeats all that was sent.
    case echo(status: Int)
    /// The connection is reset before anything is done.
    case reset
    /// All is done, and the connection is reset before the answer.
    case lostAnswer
    /// The answer ends in its middle.
    case cutAnswer
    /// The answer comes more slowly than anybody waits for.
    case slowAnswer
    /// A 302 to that address.
    case redirect(String)
    /// A 200 of so many bytes.
    case oversized(Int)
  }

  /// A token request that was answered.
  package struct LoggedRequest: Sendable, Hashable {
    /// `authorization_code` or `refresh_token`.
    package let grantType: String
    /// 0 when no answer left.
    package let status: Int
  }

  package var clientID = "client-of-the-tests"
  package var clientSecret = "client-secret-0815-hush"
  /// Seconds for which an access token is good.
  package var lifetime: Int64 = 604_799
  package var rotation = Rotation.rotating
  package var expiry = Expiry.number
  /// Whether a renewal ends the access tokens before it.
  package var renewalEndsFormer = true
  /// Requests that an access token lets in before it is dead; nil for as many as come.
  package var usesOfToken: Int?
  /// Whether a code comes with a refresh token.
  package var grantsRefreshTokens = true
  /// Keys that nobody knows.
  package var sendsMore = false
  /// Whether the user says no.
  package var isDenied = false
  /// What happens to the next token requests, one each.
  package var troubles: [Trouble] = []
  /// The S256 challenge of a verifier, by whoever has a hash; nil takes every verifier.
  package var challengeOf: (@Sendable (String) -> String)?
  /// Called when a token request has come, before anything is done.
  package var beforeTokens: (@Sendable () -> Void)?
  /// Called when tokens are granted, before the answer leaves.
  package var beforeAnswer: (@Sendable () -> Void)?

  /// The token requests so far.
  package internal(set) var log: [LoggedRequest] = []
  /// Every code and token ever granted, and the client's secret.
  package var secrets: [String] { granted + [clientSecret] }

  struct Code {
    let text: String
    let redirect: String
    let challenge: String?
    var isUsed = false
  }

  struct Access {
    let text: String
    let end: Int64
    var uses = 0
  }

  private var granted: [String] = []
  var codes: [Code] = []
  private var access: [Access] = []
  /// Refresh tokens that are good.
  private var refresh: Set<String> = []
  private var generator = SplitMix64(seed: 0x0A07)

  package init() {}

  /// Ends every access token but one.
  package mutating func endAccess(but survivor: String? = nil) {
    access.removeAll { $0.text != survivor }
  }

  /// Ends every refresh token.
  package mutating func endRefresh() { refresh = [] }

  /// Grants tokens without a question, as if a user had said yes.
  package mutating func grant(at now: Int64) -> (access: String, refresh: String) {
    let token = secret("rt")
    refresh.insert(token)
    return (newAccess(at: now), token)
  }

  /// Whether an `Authorization` header holds a token that is good; a use of it.
  mutating func admits(_ authorization: String?, at now: Int64) -> Bool {
    guard let authorization,
      let index = access.firstIndex(where: { authorization == "Bearer \($0.text)" }),
      now < access[index].end, access[index].uses < usesOfToken ?? .max
    else { return false }
    access[index].uses += 1
    return true
  }

  mutating func secret(_ kind: String) -> String {
    let parts = (0..<2).map { _ in String(generator.next(), radix: 16) }
    let text = "\(kind)-\(parts.joined())"
    granted.append(text)
    return text
  }

  private mutating func newAccess(at now: Int64) -> String {
    let text = secret("at")
    access.append(Access(text: text, end: now + lifetime))
    return text
  }

  // MARK: Answers

  /// What a token request that nothing befalls is answered with.
  mutating func tokens(for fields: Query, at now: Int64) -> WireReply {
    guard fields["client_id"] == clientID, fields["client_secret"] == clientSecret else {
      return Self.failure("invalid_client", status: 401)
    }
    switch fields["grant_type"] {
    case "authorization_code":
      guard let code = fields["code"], let index = codes.firstIndex(where: { $0.text == code }),
        !codes[index].isUsed, codes[index].redirect == fields["redirect_uri"],
        fits(fields["code_verifier"], codes[index].challenge)
      else { return Self.failure("invalid_grant", status: 400) }
      codes[index].isUsed = true
      let token = grantsRefreshTokens ? secret("rt") : nil
      if let token { refresh.insert(token) }
      return granted(refresh: token, at: now)
    case "refresh_token":
      guard let former = fields["refresh_token"], refresh.contains(former) else {
        return Self.failure("invalid_grant", status: 400)
      }
      if renewalEndsFormer { endAccess() }
      switch rotation {
      case .none: return granted(refresh: former, at: now)
      case .silent: return granted(refresh: nil, at: now)
      case .rotating:
        let token = secret("rt")
        refresh.remove(former)
        refresh.insert(token)
        return granted(refresh: token, at: now)
      }
    default: return Self.failure("unsupported_grant_type", status: 400)
    }
  }

  /// Whether a verifier is the one that a challenge was made of.
  private func fits(_ verifier: String?, _ challenge: String?) -> Bool {
    guard let challenge else { return true }
    guard let verifier, (43...128).contains(verifier.utf8.count) else { return false }
    return challengeOf.map { $0(verifier) == challenge } ?? true
  }

  private mutating func granted(refresh token: String?, at now: Int64) -> WireReply {
    var members: [JSON.Member] = [.init("access_token", .string(newAccess(at: now)))]
    if let token { members.append(.init("refresh_token", .string(token))) }
    members.append(.init("token_type", .string("bearer")))
    let seconds = String(lifetime)
    switch expiry {
    case .number: members.append(.init("expires_in", .number(seconds)))
    case .string: members.append(.init("expires_in", .string(seconds)))
    case .fraction: members.append(.init("expires_in", .number("\(seconds).5")))
    case .null: members.append(.init("expires_in", .null))
    case .nonsense: members.append(.init("expires_in", .string("a week")))
    case .missing: break
    }
    members.append(.init("scope", .string("read")))
    members.append(.init("subdomain", .string("sample")))
    if sendsMore {
      members.insert(.init("issued", .object([.init("access_token", .string("no"))])), at: 0)
      members.append(.init("zone", .array([.null, .bool(true)])))
    }
    return WireReply(
      status: 200, headers: ["Content-Type": "application/json", "Cache-Control": "no-store"],
      body: JSON.object(members).bytes)
  }

  static func failure(_ code: String, status: Int, saying text: String? = nil) -> WireReply {
    var members: [JSON.Member] = [.init("error", .string(code))]
    if let text { members.append(.init("error_description", .string(text))) }
    return WireReply(
      status: status, headers: ["Content-Type": "application/json"],
      body: JSON.object(members).bytes)
  }
}
