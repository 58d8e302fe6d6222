/// Why an exchange brought no response. It names the request, never a credential or a body.
package struct HTTPError: Error, Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// The host's name has no address.
    case unresolved
    /// Nothing accepts connections at the address.
    case refused
    /// Connecting, or a whole transfer, took longer than its limit, or bytes came too slowly.
    case timedOut
    /// The TLS handshake failed.
    case tls
    /// The certificate was not accepted: it will not be before somebody acts.
    case certificate
    /// The connection ended or the body was cut before its announced end.
    case cut
    /// The body, or the headers together, are longer than the limit.
    case tooLarge
    /// The request is to be made again: it never left, because an earlier response asked to
    /// wait, or it came with a token that has been renewed since.
    case notSent
    /// The token is refused and cannot be renewed before somebody acts; `detail` is sentences.
    case credentialRefused
    /// The token is not accepted and cannot be renewed now; `detail` is whole sentences.
    case credentialUnavailable
    /// Anything else libcurl reports.
    case other
  }

  package let kind: Kind
  /// What was asked for: `GET parties?page=2`.
  package let doing: String
  /// libcurl's own words and number.
  package let detail: String

  package init(_ kind: Kind, doing: String, detail: String) {
    self.kind = kind
    self.doing = doing
    self.detail = detail
  }
}
