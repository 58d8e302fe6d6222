internal import FoundationEssentials
internal import HTTP
internal import Model

/// The tokens that the source has granted, and all that is known of them.
struct OAuthGrant: Sendable, Hashable {
  var accessToken: Token
  /// Nil when the source gave none: the access token's end is then the end.
  var refreshToken: Token?
  /// This host's clock when they came.
  var obtainedAt: Timestamp
  /// Seconds for which the access token is good; nil when the source did not say.
  var lifetime: Int64?
  /// Who granted it, and to whom.
  var origin: String
  var clientID: String
  /// The account, as the source calls it.
  var subdomain: String?

  /// By this host's clock.
  var goodUntil: Timestamp? { lifetime.map { obtainedAt + $0 } }

  /// Seconds before its end at which an access token is replaced, for long-lived ones.
  static let margin: Int64 = 300
  /// Seconds in which a token is replaced only if it is refused.
  static let shortest: Int64 = 60

  /// Whether the end of the access token is near.
  ///
  /// It is told from the age, by one clock: a wrong clock is as wrong at both ends. One that leaps
  /// forward costs a renewal; behind one that was set back, the source refuses the token first.
  func isDue(at now: Timestamp) -> Bool {
    guard let lifetime, refreshToken != nil else { return false }
    return now - obtainedAt >= max(lifetime - min(Self.margin, lifetime / 2), Self.shortest)
  }
}

extension OAuthGrant {
  /// As it stands in the store, keys in snake_case.
  private struct Stored: Codable {
    let accessToken: String
    let refreshToken: String?
    let obtainedAt: String
    let expiresIn: Int64?
    let origin: String
    let clientId: String
    let subdomain: String?
  }

  /// The JSON text of the store.
  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let stored = Stored(
      accessToken: accessToken.secret, refreshToken: refreshToken?.secret,
      obtainedAt: obtainedAt.iso8601, expiresIn: lifetime, origin: origin, clientId: clientID,
      subdomain: subdomain)
    return Array(try encoder.encode(stored)) + [0x0A]
  }

  /// Reads the text of a store. Nil when it is not whole, or holds what no header carries.
  ///
  /// Zeros at the end are what a crash has left of the room that was kept for it.
  init?(_ text: [UInt8]) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let end = text.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
    guard let stored = try? decoder.decode(Stored.self, from: Data(text[..<end])),
      let obtainedAt = Timestamp(stored.obtainedAt)
    else { return nil }
    accessToken = Token(stored.accessToken)
    refreshToken = stored.refreshToken.map { Token($0) }
    guard accessToken.isHeaderValue, refreshToken?.isHeaderValue ?? true else { return nil }
    self.obtainedAt = obtainedAt
    lifetime = stored.expiresIn
    origin = stored.origin
    clientID = stored.clientId
    subdomain = stored.subdomain
  }
}
