internal import HTTP
internal import Model

/// This program as the source knows it: the registered client, and where it asks for tokens.
struct OAuthClient: Sendable {
  let id: String
  let secret: Token
  let kind: SourceKind
  /// Scheme, host and port of the configured API. Tokens are asked for nowhere else.
  let origin: BaseURL
  /// As `CurlTransport.Configuration.authorities`.
  let authorities: String?

  init(
    id: String, secret: Token, kind: SourceKind, origin: BaseURL, authorities: String? = nil
  ) {
    (self.id, self.secret, self.kind, self.origin) = (id, secret, kind, origin)
    self.authorities = authorities
  }

  /// Reads the secret: the configured file, or the systemd credential `client_secret`.
  init(
    _ settings: Configuration.OAuth, _ source: Configuration.Source, _ environment: [String: String]
  ) throws(OAuthError) {
    if let path = settings.clientSecretFile {
      secret = try Self.secret(in: path, isOurs: true)
    } else if let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty {
      secret = try Self.secret(in: "\(directory)/client_secret", isOurs: false)
    } else {
      throw .noClientSecret
    }
    id = settings.clientID
    (kind, origin, authorities) = (source.kind, source.baseURL.origin, source.authorities)
  }

  /// Others may see a credential's file only as far as systemd lets them.
  private static func secret(in path: String, isOurs: Bool) throws(OAuthError) -> Token {
    let file: SmallFile
    do {
      file = try SmallFile(at: path, limit: 64 << 10)
    } catch {
      throw .badClientSecret(path: path, error.text)
    }
    if isOurs, file.permissions & 0o007 != 0 {
      throw .badClientSecret(path: path, "is open to every user of this machine")
    }
    do {
      return try TokenSource.token(file.bytes, .file(path))
    } catch {
      if case .empty = error { throw .badClientSecret(path: path, "is empty") }
      throw .badClientSecret(path: path, "holds more than one word of visible ASCII characters")
    }
  }
}
