/// One GET below the configured base URL.
///
/// A request holds no host and no credential: the transport adds both, so that neither can be led
/// elsewhere by what a server sends.
package struct Request: Sendable, Hashable {
  /// Path and query relative to the base URL, without a leading slash and percent-encoded:
  /// `parties?page=2&perPage=100`.
  package let target: String

  package init(_ target: String) {
    self.target = target
  }
}
