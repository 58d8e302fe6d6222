package import HTTP

/// What the account answers to one request, and how it is to be delivered.
package struct Reply: Sendable {
  /// What a connection does to the bytes of a reply.
  package enum Delivery: Sendable, Hashable {
    case whole
    /// The connection is reset before any byte.
    case reset
    /// All headers and this many bytes of the body, then the end.
    case cut(after: Int)
    /// A few bytes at a time, slower than any client should accept.
    case slow
  }

  package var status: Int
  package var headers: Headers
  package var body: [UInt8]
  package var delivery: Delivery

  package init(
    status: Int, headers: Headers = Headers(), body: [UInt8] = [], delivery: Delivery = .whole
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.delivery = delivery
  }
}

/// A request that was answered.
package struct LoggedRequest: Sendable, Hashable {
  package let method: String
  /// Path and query below the base path.
  package let target: String
  package let status: Int
  /// The account's clock when it was answered.
  package let time: Int64
  /// Whether it counted against the allowance.
  package let counted: Bool
}
