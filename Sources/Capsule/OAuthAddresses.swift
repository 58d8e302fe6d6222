/// Where Capsule grants tokens, below the origin of its API, and what for.
///
/// Source: developer.capsulecrm.com, "Authentication", and the server's own metadata (RFC 8414),
/// which lists the challenge method S256.
extension CapsuleSource {
  /// The page on which a user says yes or no.
  package static let authorisePath = "oauth/authorise"
  /// Where codes and refresh tokens become access tokens.
  package static let tokenPath = "oauth/token"
  /// All that a replica needs.
  package static let scope = "read"
}
