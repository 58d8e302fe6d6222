package import HTTP

/// What a simulated account answers to one request, and how it is to be delivered.
package struct WireReply: Sendable {
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

  /// The status; 0 when the connection is reset before one.
  package var status: Int
  /// All headers but `Content-Length`.
  package var headers: Headers
  /// The whole body, even when less of it is delivered.
  package var body: [UInt8]
  /// What the connection does to it.
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
  /// The method.
  package let method: String
  /// Path and query below the base path.
  package let target: String
  /// The status; 0 when the connection is reset before one.
  package let status: Int
  /// The account's clock when it was answered.
  package let time: Int64
  /// Whether it counted against the allowance.
  package let counted: Bool

  package init(method: String, target: String, status: Int, time: Int64, counted: Bool) {
    self.method = method
    self.target = target
    self.status = status
    self.time = time
    self.counted = counted
  }
}
