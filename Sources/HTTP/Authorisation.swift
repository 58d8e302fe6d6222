internal import FoundationEssentials

/// What lets requests in. It prints without its secrets, as `Token` does.
package enum Authorisation: Sendable, Hashable {
  case none
  /// RFC 6750.
  case bearer(Token)
  /// A user's name and key (RFC 7617).
  case basic(user: String, key: Token)

  /// The value of the `Authorization` header; nil for requests without one.
  var header: String? {
    switch self {
    case .none: nil
    case .bearer(let token): "Bearer \(token.secret)"
    case .basic(let user, let key): "Basic \(Self.encoded(user, key))"
    }
  }

  /// Whether it is what the RFC allows: a name with a colon would be read as another one's.
  package var isHeaderValue: Bool {
    switch self {
    case .none: true
    case .bearer(let token): token.isHeaderValue
    case .basic(let user, let key):
      !user.contains(":") && !key.secret.isEmpty
        && "\(user)\(key.secret)".utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
  }

  /// What must not be repeated to anybody: the key, and user and key as the header encodes them.
  package var secrets: [Token] {
    switch self {
    case .none: []
    case .bearer(let token): [token]
    case .basic(let user, let key): [key, Token(Self.encoded(user, key))]
    }
  }

  private static func encoded(_ user: String, _ key: Token) -> String {
    Data("\(user):\(key.secret)".utf8).base64EncodedString()
  }
}
