/// A whole address that is called as it stands: scheme, host and port judged as those of a
/// `BaseURL` are, then a path and perhaps a query.
///
/// Path and query may be all the secret that lets a call in, as those of many web hooks are: what
/// is shown of an address is its origin.
package struct CallAddress: Sendable, Hashable {
  package let origin: BaseURL
  /// Path and query without the slash before them, as they were written.
  package let target: String

  /// Reads `scheme://host[:port][/path][?query]`. User information and a fragment are refused.
  package init(_ text: String) throws(BaseURLError) {
    let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let whole = String(halves[0])
    let base = try BaseURL(whole)
    let query = halves.count == 2 ? "?\(halves[1])" : ""
    guard query.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
      throw BaseURLError(.malformed, text: text)
    }
    guard !query.contains("#") else { throw BaseURLError(.queryOrFragment, text: text) }
    // Two slashes stand before the host. A slash at the end means something to some servers.
    let parts = whole.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    origin = base.origin
    target = (parts.count == 4 ? String(parts[3]) : "") + query
  }

  /// The address as it is called.
  package var text: String { origin.address(of: target) }
}
