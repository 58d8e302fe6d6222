/// Why OAuth lets nobody in. It never holds a token, a code or a secret.
enum OAuthError: OperatorError, Hashable {
  /// `authorise` without `oauth` in the configuration.
  case notConfigured
  case noClientSecret
  /// `reason` follows the path in the sentence.
  case badClientSecret(path: String, _ reason: String)
  /// Nothing was authorised yet.
  case noStore(path: String)
  /// The store cannot be read, or what it holds is no grant; `reason` follows the path.
  case badStore(path: String, _ reason: String)
  /// The store is open to others than its owner.
  case exposedStore(path: String)
  /// What is stored was granted by somebody else or to somebody else.
  case foreignStore(path: String, _ reason: String)
  /// The store cannot be written; nothing was asked for.
  case unwritableStore(path: String, reason: String)
  /// The store could not be written after tokens had been granted: those before may be dead.
  case lostGrant(path: String, reason: String)
  /// Another process renews the tokens, and does not come to an end.
  case heldStore(path: String)

  var exitCode: ExitCode {
    switch self {
    case .heldStore: .tryLater
    default: .configuration
    }
  }

  /// What every sentence ends with when only a person at a browser can help.
  static let authorise = "Run: crm-replica authorise --config FILE"

  /// What is no path may be the secret itself.
  private static func name(ofSecretAt path: String) -> String {
    path.namesAFile ? path.onOneLine() : "the file named by \"client_secret_file\""
  }

  var message: String {
    switch self {
    case .notConfigured:
      """
      The configuration has no "oauth" under "source", so there is nothing to authorise.
      Write "oauth": {"client_id": ..., "client_secret_file": ..., "token_store": ...} there, \
      or go on with a personal token, which needs no authorisation.
      """
    case .noClientSecret:
      """
      There is no client secret: no "client_secret_file" is configured, and no systemd credential \
      "client_secret" was passed.
      Put it in a file that you alone can read, and name it as "client_secret_file" under \
      "source.oauth".
      """
    case .badClientSecret(let path, let reason):
      """
      The client secret cannot be used: \(Self.name(ofSecretAt: path)) \(reason).
      Put the secret there, alone on one line, and chmod 600 the file.
      """
    case .noStore(let path):
      """
      Nothing is authorised yet: there are no tokens in \(path.onOneLine()).
      \(Self.authorise)
      """
    case .badStore(let path, let reason):
      """
      The stored tokens cannot be used: \(path.onOneLine()) \(reason).
      \(Self.authorise)
      """
    case .exposedStore(let path):
      """
      The tokens in \(path.onOneLine()) are open to other users of this machine, so they are not \
      used.
      Run: chmod 600 \(path.onOneLine())
      """
    case .foreignStore(let path, let reason):
      """
      The tokens in \(path.onOneLine()) were granted \(reason), so they are not used.
      \(Self.authorise)
      """
    case .unwritableStore(let path, let reason):
      """
      The tokens cannot be stored: \(path.onOneLine()): \(reason). No new ones were asked for.
      Let the user that runs crm-replica own the folder of "token_store", and see that it has room.
      """
    case .lostGrant(let path, let reason):
      """
      New tokens were granted but could not be stored: \(path.onOneLine()): \(reason). They are \
      not used, and those before may no longer be accepted.
      Make room for the file, then try again. If the tokens are refused: \(Self.authorise)
      """
    case .heldStore(let path):
      """
      Another crm-replica is at work on the stored tokens: it holds \(path.onOneLine()).lock.
      Wait until it has ended, or stop it.
      """
    }
  }
}
