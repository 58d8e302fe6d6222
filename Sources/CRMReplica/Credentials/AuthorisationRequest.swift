internal import FoundationEssentials
internal import HTTP

/// One attempt to have a user grant access: the question, and how its answer is told from others
/// (RFC 6749, section 4.1; RFC 7636; RFC 8252, section 7.3).
struct AuthorisationRequest {
  let client: OAuthClient
  /// Where the browser is sent with the answer.
  let redirect: String
  /// 128 random bits that the answer has to bring back.
  let state: String
  /// 256 random bits, of which the question holds the hash alone.
  let verifier: Token

  init(
    client: OAuthClient, redirect: String,
    using generator: inout some RandomNumberGenerator
  ) {
    (self.client, self.redirect) = (client, redirect)
    func random(_ count: Int) -> String {
      Self.base64URL((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
    state = random(16)
    verifier = Token(random(32))
  }

  /// What the user is to open.
  var address: String {
    let challenge = Self.base64URL(SHA256.digest(of: Array(verifier.secret.utf8)))
    let query = FormText.encoded([
      ("response_type", "code"), ("client_id", client.id), ("redirect_uri", redirect),
      ("scope", client.kind.oauth.scope), ("state", state), ("code_challenge", challenge),
      ("code_challenge_method", "S256"),
    ])
    return "\(client.origin)/\(client.kind.oauth.authorisePath)?\(query)"
  }

  /// Why an answer is none to this question; nil when it is one, good or bad.
  func mismatch(of query: Substring) -> AuthorisationError? {
    let isAnswer = FormText.decoded(query).first { $0.name == "state" }?.value == state
    guard !isAnswer else { return nil }
    do throws(AuthorisationError) { _ = try code(in: query) } catch { return error }
    return nil
  }

  /// The code in the query of an answer. Throws when it is none, or not one to this question.
  func code(in query: Substring) throws(AuthorisationError) -> Token {
    let fields = FormText.decoded(query)
    func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    // A server may forget the state of a refusal; a refusal lets nobody in.
    if let error = value("error"), value("state") ?? state == state {
      let text = value("error_description").map { "\(error): \($0)" } ?? error
      throw .denied(text.onOneLine(limit: 200))
    }
    guard value("state") == state else { throw .wrongState }
    guard let code = value("code").map({ Token($0) }), code.isHeaderValue else { throw .noCode }
    return code
  }

  /// The fields that turn a code into tokens.
  func fields(with code: Token) -> [(name: String, value: String)] {
    [
      ("grant_type", "authorization_code"), ("code", code.secret), ("redirect_uri", redirect),
      ("code_verifier", verifier.secret),
    ]
  }

  /// Base64 with the alphabet for addresses, without padding (RFC 4648, section 5).
  static func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}

/// Why nothing was authorised.
enum AuthorisationError: OperatorError, Hashable {
  /// What the source says.
  case denied(String)
  case wrongState
  case noCode
  case timeout
  case stopped
  /// The port is taken, or the system grants no socket.
  case noListener(port: UInt16, reason: String)
  /// The source gave no tokens for the code; what it said.
  case refused(String)
  case unavailable(String)

  var exitCode: ExitCode {
    switch self {
    case .denied, .wrongState, .noCode, .refused: .refused
    case .timeout, .stopped: .tryLater
    case .noListener: .configuration
    case .unavailable: .unavailable
    }
  }

  var message: String {
    let (what, advice) =
      switch self {
      case .denied(let said):
        ("Access was not granted. The source says: \(said)", "Run the command again, and say yes.")
      case .wrongState:
        (
          "An answer came that belongs to another question, so it was not used.",
          "Run the command again, and open the address that it prints then."
        )
      case .noCode:
        ("The answer of the source holds no code.", "Run the command again.")
      case .timeout:
        ("No answer came within five minutes.", "Run the command again when you are ready.")
      case .stopped: ("Stopped before an answer came.", "Run the command again when you are ready.")
      case .noListener(let port, let reason):
        (
          "The command cannot listen on port \(port) of 127.0.0.1: \(reason).",
          "Choose another with --port, one that the client is registered with."
        )
      case .refused(let said):
        (
          "The source gave no tokens for the code (\(said)).",
          "See that \"client_id\" and the client secret are those of the registered client, and "
            + "run the command again."
        )
      case .unavailable(let said):
        ("The source gave no tokens (\(said)).", "Run the command again later.")
      }
    return "\(what)\nNothing was stored. \(advice)"
  }
}
