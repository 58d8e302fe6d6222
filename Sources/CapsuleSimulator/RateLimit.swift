/// The hourly allowance of a user: a fixed window with one reset instant.
///
/// Source: developer.capsulecrm.com, v2, "Handling API responses".
package struct RateLimit: Sendable, Hashable {
  /// Requests in a window.
  package var limit = 4_000
  /// Length of a window in seconds.
  package var window: Int64 = 3_600
  /// Requests spent in this window, by whomever.
  package var used = 0
  /// When this window ends, in seconds since 1970. The first request after it opens the next.
  package var reset: Int64 = 0

  package init() {}

  /// What is left in this window.
  package var remaining: Int { max(0, limit - used) }

  /// Takes one request from the allowance; false when nothing is left.
  mutating func spend(now: Int64) -> Bool {
    if now >= reset {
      used = 0
      reset = now + window
    }
    guard used < limit else { return false }
    used += 1
    return true
  }
}
