internal import HTTP
internal import Replication

/// `authorise`: has a user say yes in a browser, and stores the tokens that come of it.
struct AuthoriseCommand: Command {
  let place: ReplicaPlace?
  /// 0 is any free one.
  let port: UInt16

  static let syntax = CommandSyntax(
    name: "authorise", summary: "have a user grant access by OAuth 2, and store the tokens",
    details: details,
    options: [.config, .port])

  /// How long the answer may take.
  static let patience = Duration.seconds(300)

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let place = try environment.place(place, of: Self.syntax.name)
    let configuration = try place.configuration(toAsk: true)
    guard let oauth = configuration.source.oauth else { throw OAuthError.notConfigured }
    let client = try OAuthClient(oauth, configuration.source, environment.variables)
    let store = OAuthStore(path: oauth.tokenStore)
    let interrupt = environment.stop.descriptor
    // What keeps tokens from being stored is better known before somebody is asked.
    try stored(in: store, interrupt) { _ in }
    let listener = try AnswerListener(port: port)
    var generator = SystemRandomNumberGenerator()
    let authorisation = AuthorisationRequest(
      client: client, redirect: listener.redirect, using: &generator)
    let isShown = try environment.output.write(
      """
      Open this address in a browser on this machine, signed in as the user whose view is to be \
      copied:

      \(authorisation.address)

      Waiting for the answer at \(listener.redirect), five minutes at the most.

      """)
    guard isShown else { throw AuthorisationError.stopped }
    let (query, browser) = try listener.answer(
      within: Self.patience, interrupt: interrupt, unless: authorisation.mismatch)
    let grant: OAuthGrant
    do {
      let code = try authorisation.code(in: query)
      grant = try self.grant(authorisation, code, interrupt, store)
      browser.show("200 OK", "crm-replica may read the account now. This page can be closed.")
    } catch {
      browser.show("400 Bad Request", "Nothing was authorised. The terminal says why.")
      throw error
    }
    if grant.refreshToken == nil {
      environment.log.note(.warning, "the source gave no refresh token", [:])
    }
    let account = grant.subdomain.map { " the account \($0.onOneLine(limit: 60))" } ?? ""
    try environment.output.write(
      "Access\(account.isEmpty ? "" : " to")\(account) was granted. "
        + "The tokens are in \(oauth.tokenStore.onOneLine()).\n")
    return .success
  }

  /// Turns the code into tokens, and stores them.
  private func grant(
    _ authorisation: AuthorisationRequest, _ code: Token, _ interrupt: CInt, _ store: OAuthStore
  ) throws -> OAuthGrant {
    let client = authorisation.client
    let endpoint = TokenEndpoint(client: client, interrupt: interrupt)
    return try stored(in: store, interrupt) { room in
      let fields = authorisation.fields(with: code)
      switch endpoint.ask(fields, attempts: TokenEndpoint.attempts) {
      case .interrupted: throw AuthorisationError.stopped
      case .answered(.refused(let said)): throw AuthorisationError.refused(said)
      case .answered(.unavailable(let said, _)): throw AuthorisationError.unavailable(said)
      case .answered(.granted(let granted)):
        let grant = OAuthGrant(
          accessToken: granted.accessToken, refreshToken: granted.refreshToken,
          obtainedAt: SystemClock().now(), lifetime: granted.lifetime,
          origin: client.origin.description, clientID: client.id, subdomain: granted.subdomain)
        try room.write(grant)
        return grant
      }
    }
  }

  /// Does the work with the store locked and room made in it.
  private func stored<Value>(
    in store: OAuthStore, _ interrupt: CInt, _ work: (OAuthStore.Reservation) throws -> Value
  ) throws -> Value {
    guard let lock = try store.lock(interrupt: interrupt) else { throw AuthorisationError.stopped }
    return try withExtendedLifetime(lock) { try work(store.reserve()) }
  }
}

extension AuthoriseCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(place: try words.place(), port: try words.port())
  }
}

extension OptionSyntax {
  fileprivate static let port = OptionSyntax(
    name: "--port", value: "N", presence: .optional,
    help: "listen on this port, as the client is registered; any free one without it")
}

extension ParsedWords {
  /// The value of `--port`, or 0.
  fileprivate func port() throws(UsageError) -> UInt16 {
    guard let spelling = optional(.port) else { return 0 }
    guard let port = UInt16(spelling), port > 0 else {
      throw .badValue(
        OptionSyntax.port.name, complaint: "must be a whole number from 1 to 65535",
        command: command)
    }
    return port
  }
}

/// What its page of the help says.
private let details = """
  Prints an address. Open it in a browser on this machine and say yes there: the answer comes back
  to this command, which asks for tokens and keeps them in "token_store". Needs "oauth" under
  "source" in the configuration. Ends after five minutes without an answer.
  """
