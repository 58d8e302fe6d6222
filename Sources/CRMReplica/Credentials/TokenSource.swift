internal import Glibc
import HTTP

/// Where a token was found.
enum TokenOrigin: Sendable, Hashable {
  /// The configured file: `source.token_file`.
  case file(String)
  /// The file of the systemd credential `token` (systemd.exec(5), `LoadCredential=`).
  case credential(String)
  /// CRM_REPLICA_TOKEN.
  case environment

  /// The origin as part of a sentence. A `token_file` that does not look like a path is not
  /// repeated: somebody may have put the token itself there.
  func spoken(_ names: SecretNames) -> String {
    switch self {
    case .file(let path):
      return path.namesAFile ? path.onOneLine() : "the file named by \"\(names.key)\""
    case .credential(let path): return "the systemd credential \(path.onOneLine())"
    case .environment: return names.variable
    }
  }
}

/// Why there is no token. It never holds the content of a file or a variable.
enum TokenError: Error, Hashable {
  case noOrigin
  case unreadable(TokenOrigin, SmallFileError)
  /// Others than the owner and the group may touch the file.
  case exposed(TokenOrigin)
  case empty(TokenOrigin)
  /// More than one word, or a character that no HTTP header carries.
  case malformed(TokenOrigin)
}

/// Why there is no secret of that name.
struct SecretError: OperatorError, Hashable {
  let names: SecretNames
  let error: TokenError

  var exitCode: ExitCode { .configuration }

  var message: String {
    let (word, key) = (names.word, names.key)
    return switch error {
    case .noOrigin:
      """
      There is no \(word): no "\(key)" is configured, no systemd credential \
      "\(names.credential)" was passed, and \(names.variable) is not set.
      Put the \(word) in a file that you alone can read, and name it as "\(key)" under "source".
      """
    case .unreadable(let origin, let error):
      "The \(word) cannot be read: \(origin.spoken(names)) \(error.text).\n"
        + advice(on: error, of: origin)
    case .exposed(let origin):
      """
      The \(word) in \(origin.spoken(names)) is open to every user of this machine, so it is not \
      used.
      Run: chmod 600 \(path(of: origin))
      """
    case .empty(let origin):
      "The \(word) is empty in \(origin.spoken(names)).\nPut the \(word) there, alone on one line."
    case .malformed(let origin):
      """
      What stands in \(origin.spoken(names)) is no \(word): it is more than one word of visible \
      ASCII characters.
      Put the \(word) there, alone on one line, without quotation marks or "Bearer".
      """
    }
  }

  private func advice(on error: SmallFileError, of origin: TokenOrigin) -> String {
    switch (error, origin) {
    case (.tooLarge, _): "Put the \(names.word) there, alone on one line."
    case (.system, .file(let path)) where Program.isService:
      "The service has a user of its own: let LoadCredential=\(names.credential):"
        + "\(path.namesAFile ? path.onOneLine() : "FILE") in the unit hand the \(names.word) on."
    case (.system, _): "Let the user that runs crm-replica own the file, and chmod 600 it."
    case (_, .file):
      "Let \"\(names.key)\" under \"source\" name the file that holds the \(names.word)."
    case (_, .credential), (_, .environment):
      "Let LoadCredential=\(names.credential):FILE in the unit name the file that holds the "
        + "\(names.word)."
    }
  }

  private func path(of origin: TokenOrigin) -> String {
    if case .file(let path) = origin, origin.spoken(names) == path { return path }
    return "FILE"
  }
}

/// The places where a token may be, first found first taken: the configured file, the systemd
/// credential, the environment. A place that is named but unusable is an error, not passed over,
/// but for a file that only root may read: systemd hands on what stands in it.
struct TokenSource {
  /// In bytes.
  private static let limit = 64 * 1_024

  /// The file that the configuration names.
  let tokenFile: String?
  var names = SecretNames.token
  /// Of the process; read are CREDENTIALS_DIRECTORY and the variable of the secret.
  let environment: [String: String]

  /// The token and where it was found.
  func find() throws(TokenError) -> (token: Token, origin: TokenOrigin) {
    if let tokenFile {
      let origin = TokenOrigin.file(tokenFile)
      let file: SmallFile
      do {
        file = try read(tokenFile, origin)
      } catch TokenError.unreadable(_, .system(EACCES)) {
        if let found = try credential() { return found }
        throw .unreadable(origin, .system(EACCES))
      }
      guard file.permissions & 0o007 == 0 else { throw .exposed(origin) }
      return (try Self.token(file.bytes, origin), origin)
    }
    if let found = try credential() { return found }
    if let variable = environment[names.variable] {
      return (try Self.token(Array(variable.utf8), .environment), .environment)
    }
    throw .noOrigin
  }

  /// What systemd passes, or nil where it passes nothing or other credentials only.
  private func credential() throws(TokenError) -> (token: Token, origin: TokenOrigin)? {
    guard let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty else {
      return nil
    }
    let path = "\(directory)/\(names.credential)"
    let origin = TokenOrigin.credential(path)
    do {
      return (try Self.token(try read(path, origin).bytes, origin), origin)
    } catch TokenError.unreadable(_, .missing) {
      return nil
    }
  }

  private func read(_ path: String, _ origin: TokenOrigin) throws(TokenError) -> SmallFile {
    do {
      return try SmallFile(at: path, limit: Self.limit)
    } catch {
      throw .unreadable(origin, error)
    }
  }

  /// The one word of visible ASCII characters between blanks and line ends.
  static func token(_ bytes: [UInt8], _ origin: TokenOrigin) throws(TokenError) -> Token {
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    let start = bytes.firstIndex { !blanks.contains($0) } ?? bytes.endIndex
    let end = bytes.lastIndex { !blanks.contains($0) } ?? start
    guard start < bytes.endIndex else { throw .empty(origin) }
    let word = bytes[start...end]
    guard word.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .malformed(origin) }
    return Token(String(decoding: word, as: UTF8.self))
  }
}
