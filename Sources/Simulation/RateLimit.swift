/// An allowance of requests in a fixed window with one reset instant.
///
/// A CRM may keep several side by side: one for the hour, one for bursts.
package struct RateLimit: Sendable, Hashable {
  /// Requests in a window.
  package var limit: Int
  /// Length of a window in seconds.
  package var window: Int64
  /// Requests spent in this window, by whomever.
  package var used = 0
  /// When this window ends, in seconds since 1970. The first request after it opens the next.
  package var reset: Int64 = 0

  package init(limit: Int, window: Int64) {
    self.limit = limit
    self.window = window
  }

  /// What is left in this window.
  package var remaining: Int { max(0, limit - used) }

  /// Takes one request from the allowance; false when nothing is left.
  package mutating func spend(now: Int64) -> Bool {
    if now >= reset {
      used = 0
      reset = now + window
    }
    guard used < limit else { return false }
    used += 1
    return true
  }
}
