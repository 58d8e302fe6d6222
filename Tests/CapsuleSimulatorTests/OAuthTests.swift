import HTTP
import Simulation
import Testing

@testable import CapsuleSimulator

/// The simulated token endpoint, without sockets.
@Suite struct OAuthTests {
  private let account = CapsuleSimulator.Account(seed: 1, size: .tiny, now: noon)
  private let redirect = "http://127.0.0.1:4711/callback"

  private var client: String {
    "client_id=\(account.oauth.clientID)&client_secret=\(account.oauth.clientSecret)"
  }

  private func ask(_ form: String) -> (status: Int, json: JSON) {
    let reply = account.respondOAuth(
      method: "POST", target: "oauth/token", body: Array("\(form)&\(client)".utf8))
    return (reply.status, JSON(reply.body) ?? .null)
  }

  private func code(state: String = "s", challenge: String = "") throws -> String {
    let reply = account.respondOAuth(
      method: "GET",
      target: "oauth/authorise?response_type=code&client_id=\(account.oauth.clientID)"
        + "&redirect_uri=\(redirect)&scope=read&state=\(state)\(challenge)")
    #expect(reply.status == 302)
    let location = try #require(reply.headers["Location"])
    try #require(location.hasPrefix("\(redirect)?code="))
    #expect(location.hasSuffix("&state=\(state)"))
    return String(location.dropFirst("\(redirect)?code=".count).prefix { $0 != "&" })
  }

  private func status(with token: String) -> Int {
    account.respond(target: "users/current", authorization: "Bearer \(token)").status
  }

  @Test func `a code becomes tokens once`() throws {
    let code = try code()
    let form = "grant_type=authorization_code&code=\(code)&redirect_uri=\(redirect)"
    let first = ask(form)
    #expect(first.status == 200)
    #expect(
      first.json.keys
        == ["access_token", "refresh_token", "token_type", "expires_in", "scope", "subdomain"])
    #expect(first.json["expires_in"]?.integer == 604_799)
    #expect(status(with: try #require(first.json["access_token"]?.string)) == 200)
    let second = ask(form)
    #expect(second.status == 400)
    #expect(second.json["error"]?.string == "invalid_grant")
    #expect(account.oauth.log.map(\.status) == [200, 400])
  }

  @Test func `a challenge is held against its verifier`() throws {
    account.oauth.challengeOf = { "hash-of-\($0)" }
    let verifier = String(repeating: "v", count: 43)
    let challenge = "&code_challenge=hash-of-\(verifier)&code_challenge_method=S256"
    for (given, status) in [("", 400), ("x\(verifier)", 400), (verifier, 200)] {
      let code = try code(challenge: challenge)
      let form = "grant_type=authorization_code&code=\(code)&redirect_uri=\(redirect)"
      #expect(ask("\(form)&code_verifier=\(given)").status == status)
    }
  }

  @Test func `a user may say no`() {
    account.oauth.isDenied = true
    let reply = account.respondOAuth(
      method: "GET",
      target: "oauth/authorise?response_type=code&client_id=\(account.oauth.clientID)"
        + "&redirect_uri=\(redirect)&scope=read&state=s")
    #expect(reply.headers["Location"]?.contains("?error=access_denied&") == true)
    let elsewhere = account.respondOAuth(
      method: "GET", target: "oauth/authorise?client_id=another&redirect_uri=\(redirect)")
    #expect(elsewhere.status == 400)
  }

  @Test(arguments: OAuthAuthority.Rotation.allCases)
  func `a refresh token is kept or replaced`(rotation: OAuthAuthority.Rotation) throws {
    account.oauth.rotation = rotation
    let (access, refresh) = account.oauth.grant(at: account.now)
    let answer = ask("grant_type=refresh_token&refresh_token=\(refresh)")
    #expect(answer.status == 200)
    let second = answer.json["refresh_token"]?.string
    #expect((second == nil) == (rotation == .silent))
    #expect((second == refresh) == (rotation == .none))
    #expect(status(with: access) == 401)
    #expect(status(with: try #require(answer.json["access_token"]?.string)) == 200)
    let again = ask("grant_type=refresh_token&refresh_token=\(refresh)")
    #expect(again.status == (rotation == .rotating ? 400 : 200))
  }

  @Test func `tokens end`() {
    account.oauth.lifetime = 100
    let (access, _) = account.oauth.grant(at: account.now)
    account.now += 99
    #expect(status(with: access) == 200)
    account.now += 1
    #expect(status(with: access) == 401)
    account.oauth.usesOfToken = 2
    let (short, _) = account.oauth.grant(at: account.now)
    #expect((1...3).map { _ in status(with: short) } == [200, 200, 401])
  }

  @Test func `a lost answer has done its work`() {
    let (_, refresh) = account.oauth.grant(at: account.now)
    account.oauth.troubles = [.reset, .lostAnswer]
    for expected in [0, 0, 400] {
      let reply = account.respondOAuth(
        method: "POST", target: "oauth/token",
        body: Array("grant_type=refresh_token&refresh_token=\(refresh)&\(client)".utf8))
      #expect((reply.delivery == .reset ? 0 : reply.status) == expected)
    }
  }

  @Test func `another client gets nothing`() {
    let (_, refresh) = account.oauth.grant(at: account.now)
    let reply = account.respondOAuth(
      method: "POST", target: "oauth/token",
      body: Array("grant_type=refresh_token&refresh_token=\(refresh)&client_id=x".utf8))
    #expect(reply.status == 401)
    #expect(JSON(reply.body)?["error"]?.string == "invalid_client")
    #expect(account.respondOAuth(method: "GET", target: "oauth/token").status == 405)
    #expect(account.respondOAuth(method: "GET", target: "oauth/else").status == 404)
  }
}
