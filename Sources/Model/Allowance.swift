/// A window of time in which the server grants a number of requests.
package struct AllowanceRule: Sendable, Hashable {
  /// As it stands behind a number of requests: `an hour`.
  package let name: String
  /// How long the window is.
  package let seconds: Int64
  /// Requests in a window, where the server does not tell.
  package let limit: Int

  package init(_ name: String, seconds: Int64, limit: Int) {
    (self.name, self.seconds, self.limit) = (name, seconds, limit)
  }

  /// Seconds for which its reset is waited for at most: clocks and windows are not exact.
  package var longestWait: Int64 { seconds + 60 }
}

extension [AllowanceRule] {
  /// Seconds that a refusal can last: those of the longest window; an hour's where there is none.
  package var longestWait: Int64 { map(\.longestWait).max() ?? 3_660 }
}

/// How many requests of a window the server still grants, as far as it says.
package struct Allowance: Sendable, Hashable {
  /// Requests in a whole window.
  package var limit: Int?
  /// Requests left in the running window.
  package var remaining: Int?
  /// The server's clock when the next window begins.
  package var reset: Timestamp?

  package init(limit: Int? = nil, remaining: Int? = nil, reset: Timestamp? = nil) {
    self.limit = limit
    self.remaining = remaining
    self.reset = reset
  }
}
