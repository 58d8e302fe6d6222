/// How long requests take under an hourly allowance, of which a reserve is left to others.
package struct Spending: Sendable, Hashable {
  /// What one request takes in the mean while several are on the wire.
  package var perRequest: Duration
  package var limit: Int
  package var reserve: Int
  /// What is left of the running window, and the time to its end; nil when none is known.
  package var window: Window?
  /// Time before which nothing may be asked.
  package var blocked = Duration.zero

  package struct Window: Sendable, Hashable {
    package var remaining: Int
    package var reset: Duration

    package init(remaining: Int, reset: Duration) {
      (self.remaining, self.reset) = (remaining, reset)
    }
  }

  package init(perRequest: Duration, limit: Int, reserve: Int) {
    (self.perRequest, self.limit, self.reserve) = (perRequest, max(1, limit), reserve)
  }

  /// Requests of a whole window that may be used, as the pacer counts them.
  package var usable: Int { limit - min(max(0, reserve), limit / 2) }

  /// The time until so many requests have been answered, and how much of it is waiting for the
  /// allowance.
  package func time(for requests: Int) -> (total: Duration, waited: Duration) {
    var (now, waited, left) = (blocked, blocked, requests)
    var end = now + Self.hour
    var available = usable
    if let window, window.reset > now {
      (end, available) = (window.reset, window.remaining - (limit - usable))
    }
    while left > 0 {
      let count = min(left, max(0, available))
      now += perRequest * count
      left -= count
      guard left > 0 else { break }
      if now < end {
        waited += end - now
        now = end
      }
      (end, available) = (now + Self.hour, usable)
    }
    return (now, waited)
  }

  /// A window, and the second that is waited beyond its end.
  private static let hour = Duration.seconds(3_601)
}
