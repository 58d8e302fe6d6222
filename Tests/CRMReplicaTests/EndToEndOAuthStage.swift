import CapsuleSimulator
import Glibc
import HTTP
import Model
import Replication
import Simulation
import Testing

@testable import CRMReplica

/// A stage whose program is let in by OAuth 2.
extension Stage {
  var tokenStore: String { folder + "/oauth.json" }

  /// The grant in the store.
  func storedGrant() throws -> OAuthGrant {
    try #require(OAuthGrant(try bytes(of: tokenStore)))
  }

  /// Configures OAuth in the place of the token file, which goes.
  func useOAuth() throws {
    let id = server.withAccount { $0.oauth.clientID }
    try file("client-secret", server.withAccount { $0.oauth.clientSecret } + "\n")
    unlink(tokenFile)
    server.withAccount {
      $0.token = "nobody-has-this-one"
      $0.oauth.challengeOf = { AuthorisationRequest.base64URL(SHA256.digest(of: Array($0.utf8))) }
    }
    try configure([
      "source": """
      {"kind": "capsule", "base_url": "\(server.baseURL)", "oauth": {"client_id": "\(id)",
      "client_secret_file": "\(folder)/client-secret", "token_store": "\(tokenStore)"}}
      """
    ])
  }

  /// A stage whose user has said yes so many seconds ago.
  static func granted(
    _ size: AccountSize = .tiny, ago: Int64 = 10, seed: UInt64 = 1,
    prepare: @Sendable (inout OAuthAuthority) -> Void = { _ in }
  ) throws -> Stage {
    let stage = try Stage(size, seed: seed)
    try stage.useOAuth()
    stage.server.withAccount { prepare(&$0.oauth) }
    try stage.grantTokens(ago: ago)
    return stage
  }

  /// Stores tokens as if `authorise` had run so many seconds ago.
  func grantTokens(ago: Int64) throws {
    let (tokens, id) = server.withAccount { account in
      (account.oauth.grant(at: account.now), account.oauth.clientID)
    }
    let grant = OAuthGrant(
      accessToken: Token(tokens.access), refreshToken: Token(tokens.refresh),
      obtainedAt: SystemClock().now() + -ago, lifetime: 604_799,
      origin: try BaseURL(server.baseURL).origin.description, clientID: id, subdomain: "sample")
    try file("oauth.json", String(decoding: try grant.encoded(), as: UTF8.self))
  }

  func oauth<Value: Sendable>(_ work: @Sendable (inout OAuthAuthority) -> Value) -> Value {
    server.withAccount { work(&$0.oauth) }
  }

  /// How often tokens were asked for.
  var tokenRequests: Int { oauth { $0.log.count } }

  /// The statuses of the API's answers.
  var statuses: [Int] { server.withAccount { $0.log.map(\.status) } }
}
