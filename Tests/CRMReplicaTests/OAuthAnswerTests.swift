import HTTP
import Testing

@testable import CRMReplica

/// What is made of the words of a token endpoint, and of those of a browser.
@Suite struct OAuthAnswerTests {
  private func answer(
    _ status: Int, _ body: String, secrets: [String] = []
  ) -> TokenAnswer {
    TokenAnswer(.success(Response(status: status, body: Array(body.utf8))), secrets: secrets)
  }

  private func granted(_ lifetime: Int64?, refresh: String? = "r") -> TokenAnswer {
    .granted(
      .init(
        accessToken: Token("a"), refreshToken: refresh.map { Token($0) }, lifetime: lifetime,
        subdomain: nil))
  }

  @Test(arguments: [
    ("604799", Int64(604_799)), ("\"604799\"", 604_799), ("604799.9", 604_799), ("1e3", 1_000),
    ("0", nil), ("-1", nil), ("1e40", nil), ("null", nil), ("true", nil), ("\"a week\"", nil),
    ("\"\"", nil), ("\"nan\"", nil), ("\"inf\"", nil), ("[5]", nil), ("{}", nil),
    ("99999999999999999999", nil),
  ])
  func `the end is read in every form`(spelling: String, lifetime: Int64?) {
    let body = #"{"access_token":"a","refresh_token":"r","expires_in":\#(spelling)}"#
    #expect(answer(200, body) == granted(lifetime))
  }

  @Test func `what is missing is missing`() {
    #expect(answer(200, #"{"access_token":"a"}"#) == granted(nil, refresh: nil))
    #expect(
      answer(200, #"{"access_token":"a","refresh_token":null}"#) == granted(nil, refresh: nil))
    #expect(
      answer(200, #"{"x":[{}],"token_type":"Bearer","refresh_token":"r","access_token":"a","z":1}"#)
        == granted(nil))
    // An error beside tokens is no error.
    #expect(answer(200, #"{"error":null,"access_token":"a","refresh_token":"r"}"#) == granted(nil))
  }

  @Test(arguments: [
    (400, #"{"error":"invalid_grant"}"#, "status 400, invalid_grant"),
    (
      400, #"{"error":"invalid_grant","error_description":"dead"}"#,
      "status 400, invalid_grant: dead"
    ),
    (401, #"{"message":"Requires authentication"}"#, "status 401, Requires authentication"),
    (401, #"{"error":"invalid_client"}"#, "status 401, invalid_client"),
    (403, #"{"error":"access_denied"}"#, "status 403, access_denied"),
    (200, #"{"error":"invalid_grant"}"#, "status 200, invalid_grant"),
    (400, #"{"error":"a\nb\u001b[2J"}"#, #"status 400, a\nb\u{1b}[2J"#),
  ])
  func `a refusal is final`(status: Int, body: String, words: String) {
    #expect(answer(status, body) == .refused(words))
  }

  @Test(arguments: [
    (500, "<html>", true), (502, "", true), (503, #"{"error":"x"}"#, true),
    (200, "<!doctype html>", true), (200, "", true), (200, "{}", true), (200, "[]", true),
    (200, #"{"access_token":5}"#, true), (200, #"{"access_token":""}"#, true),
    (200, #"{"access_token":"a b"}"#, true), (200, #"{"access_token":"a\nb"}"#, true),
    (200, #"{"access_token":"a""#, true), (200, #"{"error":"temporarily_unavailable"}"#, true),
    (400, "<html>", false), (401, "", false), (404, "{}", false), (302, "", false),
    (307, #"{"access_token":"a"}"#, false), (429, #"{"error":"rate limit reached"}"#, false),
    (201, #"{"access_token":"a"}"#, false), (0, "", false),
  ])
  func `trouble of the endpoint is for later`(status: Int, body: String, isPassing: Bool) {
    guard case .unavailable(let text, let passing) = answer(status, body) else {
      Issue.record("\(status) \(body): \(answer(status, body))")
      return
    }
    #expect(passing == isPassing)
    #expect(text.hasPrefix("status \(status)"))
  }

  @Test func `no secret is repeated`() {
    let body = #"{"error":"invalid_grant","error_description":"rt-4711 of hush-hush, rt-4711"}"#
    #expect(
      answer(400, body, secrets: ["rt-4711", "hush-hush"])
        == .refused("status 400, invalid_grant: ******* of *********, *******"))
    #expect(Secrecy.masked("aaa", ["aa"]) == "**a")
    #expect(Secrecy.masked("a", ["aa", ""]) == "a")
  }

  // MARK: The browser's answer

  private func authorisation() throws -> AuthorisationRequest {
    var generator = SystemRandomNumberGenerator()
    return AuthorisationRequest(
      client: OAuthClient(
        id: "client id&", secret: Token("hush"), kind: .capsule,
        origin: try BaseURL("https://api.capsulecrm.com/api/v2").origin),
      redirect: "http://127.0.0.1:4711/callback", using: &generator)
  }

  @Test func `the question is complete`() throws {
    let first = try authorisation()
    let second = try authorisation()
    #expect(first.state.utf8.count == 22)
    #expect(first.state != second.state)
    #expect(first.verifier.secret.utf8.count == 43)
    #expect(first.verifier != second.verifier)
    let challenge = AuthorisationRequest.base64URL(
      SHA256.digest(of: Array(first.verifier.secret.utf8)))
    #expect(
      first.address == "https://api.capsulecrm.com/oauth/authorise?response_type=code"
        + "&client_id=client%20id%26&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Fcallback"
        + "&scope=read&state=\(first.state)&code_challenge=\(challenge)"
        + "&code_challenge_method=S256")
    #expect(!first.address.contains(first.verifier.secret))
  }

  @Test func `only the answer to the question counts`() throws {
    let question = try authorisation()
    let state = question.state
    #expect(try question.code(in: "code=c%2D1&state=\(state)").secret == "c-1")
    #expect(try question.code(in: "x&state=\(state)&code=c").secret == "c")
    for query in ["", "code=c", "code=c&state=", "code=c&state=x\(state)", "state", "%zz=%"] {
      #expect(throws: AuthorisationError.wrongState) { try question.code(in: query[...]) }
    }
    for query in ["state=\(state)", "state=\(state)&code=", "state=\(state)&code=a+b"] {
      #expect(throws: AuthorisationError.noCode) { try question.code(in: query[...]) }
    }
    #expect(throws: AuthorisationError.denied("access_denied: The user\\nsaid no")) {
      try question.code(
        in: "error=access_denied&error_description=The+user%0Asaid+no&state=\(state)")
    }
    #expect(throws: AuthorisationError.denied("access_denied")) {
      try question.code(in: "error=access_denied")
    }
    #expect(throws: AuthorisationError.wrongState) {
      try question.code(in: "error=access_denied&state=another")
    }
  }

  /// Source: FIPS 180-4's examples, and one block more or less of padding.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 55),
      "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"
    ),
    (
      String(repeating: "a", count: 64),
      "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"
    ),
  ])
  func `SHA-256 hashes its published examples`(text: String, digest: String) {
    let hex = SHA256.digest(of: Array(text.utf8)).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    #expect(hex.joined() == digest)
  }

  /// Source: RFC 7636, appendix B; RFC 4648, section 10, without padding.
  @Test func `bytes are encoded for addresses`() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    #expect(
      AuthorisationRequest.base64URL(SHA256.digest(of: Array(verifier.utf8)))
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    let texts = ["": "", "f": "Zg", "fo": "Zm8", "foo": "Zm9v", "foob": "Zm9vYg", "\u{FF}": "w78"]
    for (text, encoded) in texts {
      #expect(AuthorisationRequest.base64URL(Array(text.utf8)) == encoded)
    }
    #expect(FormText.encoded([("a b", "ü&=+%~")]) == "a%20b=%C3%BC%26%3D%2B%25~")
  }
}
