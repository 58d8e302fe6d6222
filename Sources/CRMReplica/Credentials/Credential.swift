internal import HTTP
internal import Model
internal import Replication

/// The credential of the account: a personal token, or tokens granted by OAuth 2.
protocol Credential: AnyObject {
  /// What requests carry now.
  var authorisation: Authorisation { get }
  /// Whether it stays what it is for as long as the process has it.
  var isLasting: Bool { get }
  /// All that must not be repeated to anybody.
  var secrets: [Token] { get }

  /// The credential and how long it is good, as the end of a sentence.
  func spoken(at now: Timestamp) -> String
  /// Replaces the token if its end is near. Nothing comes of it when that fails: the token is used
  /// until it is refused.
  func renewIfDue()
  /// Learns that what a request carried was accepted.
  func accepted(_ authorisation: Authorisation)
  /// Replaces what was refused; nil when there is nothing to replace it with, now or ever.
  /// Unless it `mayAsk`, only what another process has stored is taken.
  func renewal(of authorisation: Authorisation, mayAsk: Bool) -> Renewal?
}

/// The outcome of an attempt to replace a token.
enum Renewal: Hashable {
  /// There is another token now.
  case renewed
  /// The operator has to act; whole sentences.
  case refused(String)
  /// It may be better later; whole sentences.
  case unavailable(String)
  /// The process was told to stop.
  case interrupted
}

/// A token or key from the user's preferences, which is good until somebody revokes it.
final class PersonalToken: Credential {
  let authorisation: Authorisation
  let isLasting = true
  private let names: SecretNames
  private let origin: TokenOrigin?

  /// `origin` is nil for that of a simulated account.
  init(
    _ authorisation: Authorisation, _ names: SecretNames = .token, from origin: TokenOrigin? = nil
  ) {
    (self.authorisation, self.names, self.origin) = (authorisation, names, origin)
  }

  var secrets: [Token] { authorisation.secrets }

  func spoken(at now: Timestamp) -> String {
    "\(origin.map { "from \($0.spoken(names))" } ?? "made up"), a personal \(names.word), good "
      + "until it is revoked"
  }

  func renewIfDue() {}
  func accepted(_ authorisation: Authorisation) {}
  func renewal(of authorisation: Authorisation, mayAsk: Bool) -> Renewal? { nil }
}

/// Finds the credential that a configuration names.
struct CredentialFinder {
  let environment: [String: String]
  /// Ends a wait when it becomes readable.
  let interrupt: CInt?
  /// Learns of renewals.
  var log: Log?

  /// The credential, read but not tried. Throws what is wrong with the files it is in.
  func find(_ configuration: Configuration) throws -> any Credential {
    let source = configuration.source
    guard let oauth = source.oauth else {
      let names = source.kind.secretNames
      do throws(TokenError) {
        let found = try TokenSource(
          tokenFile: source.tokenFile ?? source.accessKeyFile, names: names,
          environment: environment
        ).find()
        return PersonalToken(
          source.kind.authorisation(found.token, user: source.username), names, from: found.origin)
      } catch {
        throw SecretError(names: names, error: error)
      }
    }
    let client = try OAuthClient(oauth, source, environment)
    return try OAuthCredential(
      client, OAuthStore(path: oauth.tokenStore),
      TokenEndpoint(client: client, interrupt: interrupt), clock: SystemClock(),
      interrupt: interrupt, log: log)
  }
}
