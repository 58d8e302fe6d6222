internal import HTTP

/// A configuration, read, and what is made of it: settings, credential, a way to the account.
struct Assignment {
  let settings: ReplicaSettings
  let credential: any Credential
  /// Opens a way to the account. It may be called again when a former way is of no use any more.
  let makeTransport: () throws -> any Transport

  /// Reads the configuration and the credential. `interrupt` ends a wait when it becomes readable,
  /// `stop` one for tokens, which nothing but the end of the process is to cut short.
  static func read(
    _ place: ReplicaPlace, environment: [String: String], interrupt: CInt?, stop: CInt?, log: Log?
  ) throws -> Assignment {
    let configuration = try place.configuration(toAsk: true)
    let credential = try CredentialFinder(
      environment: environment, interrupt: stop, log: log
    ).find(configuration)
    return Assignment(configuration, credential, interrupt: interrupt)
  }

  init(_ configuration: Configuration, _ credential: any Credential, interrupt: CInt?) {
    self.init(ReplicaSettings(configuration), credential) {
      try configuration.transport(credential, interrupt: interrupt)
    }
  }

  init(
    _ settings: ReplicaSettings, _ credential: any Credential,
    makeTransport: @escaping () throws -> any Transport
  ) {
    (self.settings, self.credential, self.makeTransport) = (settings, credential, makeTransport)
  }
}

extension Configuration {
  /// A way to the account: the one place that opens it. `concurrency` is how many requests may be
  /// in flight; nil is what the configuration says.
  func transport(
    _ credential: any Credential, concurrency: Int? = nil, interrupt: CInt?
  ) throws -> any Transport {
    let concurrency = concurrency ?? requests.concurrency
    func settings(_ authorisation: Authorisation) -> CurlTransport.Configuration {
      .init(
        base: source.kind.endpoint(of: source.address), authorisation: authorisation,
        userAgent: Program.userAgent, concurrency: concurrency,
        authorities: source.authorities, interrupt: interrupt)
    }
    if let opening = source.kind.sessions(at: source.address, credential.authorisation) {
      return opening(try CurlTransport(settings(.none)), concurrency)
    }
    return try CredentialTransport(credential, settings(credential.authorisation))
  }
}
