internal import HTTP
internal import Model
internal import Replication

/// Tokens granted by OAuth 2, kept in a store and renewed in time.
///
/// Every renewal happens under the store's lock and begins with reading the store again: another
/// process may have been faster, or the operator may have authorised anew.
final class OAuthCredential: Credential {
  private let client: OAuthClient
  private let store: OAuthStore
  private let endpoint: TokenEndpoint
  private let clock: any Clock
  private let interrupt: CInt?
  private let log: Log?

  private var grant: OAuthGrant
  /// False for a token of our own renewing that the source has not accepted yet: refused before its
  /// end, it is not renewed again.
  private var isProven = true
  /// A refresh token that the endpoint has refused: it is not asked again.
  private var refused: (token: Token, sentence: String)?
  /// When the last renewals were.
  private var renewals: [Duration] = []
  /// Until then the end of a token is no reason to ask.
  private var notBefore: Duration?

  /// Seconds between two attempts to renew a token that is still good.
  private static let pause = Duration.seconds(60)
  /// So many renewals in so long are no need but a defect of somebody.
  private static let mostRenewals = (count: 10, time: Duration.seconds(600))

  /// Reads the store. Throws an `OAuthError` when it holds nothing usable or cannot be written.
  init(
    _ client: OAuthClient, _ store: OAuthStore, _ endpoint: TokenEndpoint, clock: any Clock,
    interrupt: CInt?, log: Log?
  ) throws {
    (self.client, self.store, self.endpoint) = (client, store, endpoint)
    (self.clock, self.interrupt, self.log) = (clock, interrupt, log)
    guard let lock = try store.lock(interrupt: interrupt) else {
      throw OAuthError.heldStore(path: store.path)
    }
    grant = try withExtendedLifetime(lock) { try Self.read(store, client) }
  }

  var authorisation: Authorisation { .bearer(grant.accessToken) }
  /// What the operator has authorised anew takes its place, be it that of another account.
  let isLasting = false

  var secrets: [Token] {
    [grant.accessToken, client.secret] + (grant.refreshToken.map { [$0] } ?? [])
  }

  func spoken(at now: Timestamp) -> String {
    let account = grant.subdomain.map { " for \($0.onOneLine(limit: 60))" } ?? ""
    let renewal = grant.refreshToken == nil ? "it cannot be renewed" : "it is renewed by itself"
    let end =
      switch grant.goodUntil {
      case let end? where end <= now: "which has ended at \(end.iso8601)"
      case let end?: "good until \(end.iso8601)"
      case nil: "whose end the source does not tell"
      }
    return "from \(store.path.onOneLine()), an OAuth access token\(account), \(end); \(renewal)"
  }

  func accepted(_ authorisation: Authorisation) {
    if authorisation == self.authorisation { isProven = true }
  }

  func renewIfDue() {
    let now = clock.elapsed()
    guard grant.isDue(at: clock.now()), notBefore.map({ now >= $0 }) ?? true,
      grant.refreshToken != refused?.token
    else { return }
    notBefore = now + Self.pause
    switch renewed(attempts: 1, mayAsk: true) {
    case .renewed, .interrupted: break
    case .refused(let sentence), .unavailable(let sentence):
      log?.note(.warning, "access token not renewed", ["error": sentence])
    }
  }

  func renewal(of authorisation: Authorisation, mayAsk: Bool) -> Renewal? {
    if authorisation != self.authorisation { return .renewed }
    return renewed(attempts: TokenEndpoint.attempts, mayAsk: mayAsk)
  }

  private func renewed(attempts: Int, mayAsk: Bool) -> Renewal {
    do {
      guard let lock = try store.lock(interrupt: interrupt) else { return .interrupted }
      return try withExtendedLifetime(lock) {
        let stored = try Self.read(store, client)
        guard stored.accessToken == grant.accessToken else {
          (grant, isProven) = (stored, true)
          return .renewed
        }
        // The operator may have brought another refresh token alone.
        grant = stored
        return try mayAsk && (isProven || grant.isDue(at: clock.now()))
          ? ask(attempts) : .refused(Self.sentence("The source refuses the access token it gave."))
      }
    } catch let error as OAuthError {
      // What has become of the store is said as it is; what the system refuses may pass.
      switch error {
      case .unwritableStore, .heldStore: return .unavailable(error.message.onSentenceLine)
      default: return .refused(error.message.onSentenceLine)
      }
    } catch {
      return .unavailable("The tokens cannot be stored: \(error).")
    }
  }

  /// Asks for new tokens and stores them. The lock is held.
  private func ask(_ attempts: Int) throws -> Renewal {
    guard let refreshToken = grant.refreshToken else {
      return .refused(
        Self.sentence("The access token has ended, and the source gave none to renew it with."))
    }
    if let refused, refused.token == refreshToken { return .refused(refused.sentence) }
    let now = clock.elapsed()
    renewals.removeAll { now - $0 > Self.mostRenewals.time }
    guard renewals.count < Self.mostRenewals.count else {
      return .unavailable("The source accepts no access token for long.")
    }
    let room = try store.reserve()
    let fields = [
      (name: "grant_type", value: "refresh_token"), ("refresh_token", refreshToken.secret),
    ]
    switch endpoint.ask(fields, attempts: attempts) {
    case .interrupted: return .interrupted
    case .answered(.granted(let granted)):
      renewals.append(now)
      let new = OAuthGrant(granted, after: grant, at: clock.now())
      try room.write(new)
      (grant, isProven, notBefore) = (new, false, nil)
      log?.note(.info, "access token renewed", ["good_until": new.goodUntil?.iso8601])
      return .renewed
    case .answered(.refused(let text)):
      let what = "The source refused to renew the access token (\(text))."
      let sentence =
        text.contains("invalid_client")
        ? "\(what) See that \"client_id\" and the client secret are those of the registered client."
        : Self.sentence(what)
      refused = (refreshToken, sentence)
      return .refused(sentence)
    case .answered(.unavailable(let text, _)):
      return .unavailable(
        "The access token could not be renewed (\(text)). If that does not pass: "
          + "\(OAuthError.authorise)")
    }
  }

  private static func read(
    _ store: OAuthStore, _ client: OAuthClient
  ) throws(OAuthError) -> OAuthGrant {
    let grant = try store.read()
    guard grant.origin == client.origin.description else {
      throw .foreignStore(path: store.path, "by \(grant.origin.onOneLine(limit: 100))")
    }
    guard grant.clientID == client.id else {
      throw .foreignStore(path: store.path, "to another client_id")
    }
    return grant
  }

  private static func sentence(_ text: String) -> String {
    "\(text) \(OAuthError.authorise)"
  }
}

extension OAuthGrant {
  /// A renewed grant: what the answer does not say stays as it was.
  init(_ granted: TokenAnswer.Granted, after former: OAuthGrant, at now: Timestamp) {
    self = former
    accessToken = granted.accessToken
    refreshToken = granted.refreshToken ?? former.refreshToken
    lifetime = granted.lifetime
    subdomain = granted.subdomain ?? former.subdomain
    obtainedAt = now
  }
}

extension String {
  /// Sentences that stood on lines of their own, one after the other.
  fileprivate var onSentenceLine: String { split(separator: "\n").joined(separator: " ") }
}
