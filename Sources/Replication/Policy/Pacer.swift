/// Decides when the next request may leave.
///
/// The source counts requests an hour, and others use the same count. The pacer believes the lowest
/// figure it has seen in a window, counts what is on its way as spent, and stops above the reserve.
/// A source that sends no figures is held to the documented hour by our own count.
package struct Pacer: Sendable {
  package enum Permission: Sendable, Hashable {
    case now
    /// Not before this much elapsed time.
    case notBefore(Duration)
  }

  /// Requests of the allowance that are left to others.
  package let reserve: Int
  /// Requests an hour where the source does not say (Capsule API, "Rate limits").
  package static let documentedLimit = 4_000
  /// Longest wait that a reset can ask for: an hour and a minute.
  static let longestWait = Duration.seconds(3_660)

  private var limit = Self.documentedLimit
  private var remaining: Int?
  private var windowEnd: Duration?
  private var blockedUntil: Duration?
  private var refusals = 0

  package init(reserve: Int) {
    self.reserve = reserve
  }

  /// What may not be used: the reserve, and never more than half of the allowance.
  package var held: Int { min(reserve, limit / 2) }

  /// Whether a request may leave at `now` while `outstanding` are on their way.
  package func permission(at now: Duration, outstanding: Int) -> Permission {
    if let blockedUntil, now < blockedUntil { return .notBefore(blockedUntil) }
    guard let remaining, let windowEnd, now < windowEnd, remaining - outstanding <= held else {
      return .now
    }
    return .notBefore(windowEnd)
  }

  /// Counts a request that leaves.
  package mutating func sent(at now: Duration) {
    if let windowEnd, now >= windowEnd { endWindow() }
    if let blockedUntil, now >= blockedUntil { self.blockedUntil = nil }
    if remaining == nil || windowEnd == nil {
      remaining = limit
      windowEnd = now + .seconds(3_600)
    }
  }

  /// Counts a reply that says nothing of the allowance.
  package mutating func spent() {
    remaining = remaining.map { $0 - 1 }
  }

  /// Learns from the headers of an accepted reply. `date` is the source's clock when it answered, or
  /// ours when it did not say: the wait for the reset is the difference of the two.
  package mutating func saw(_ allowance: Allowance, date: Timestamp, at now: Duration) {
    refusals = 0
    if let limit = allowance.limit, limit > 0 { self.limit = limit }
    guard let seen = allowance.remaining else { return spent() }
    guard let reset = allowance.reset else {
      remaining = min(seen, remaining ?? seen)
      return
    }
    let end = now + wait(from: date, to: reset)
    let isSameWindow = windowEnd.map { abs(($0 - end).components.seconds) <= 5 } ?? false
    remaining = isSameWindow ? min(seen, remaining ?? seen) : seen
    windowEnd = end
  }

  /// Learns that a request was refused for the allowance. Returns when the next may leave.
  package mutating func refused(
    _ allowance: Allowance, retryAfter: Duration?, date: Timestamp, at now: Duration
  ) -> Duration {
    let wait: Duration
    if let reset = allowance.reset {
      wait = self.wait(from: date, to: reset)
    } else if let retryAfter {
      wait = min(retryAfter + .seconds(1), Self.longestWait)
    } else if let windowEnd, windowEnd > now, remaining != nil, allowance.limit != nil {
      wait = windowEnd - now
    } else {
      wait = min(.seconds(60) * (1 << min(refusals, 6)), Self.longestWait)
    }
    refusals += 1
    let until = max(now + wait, blockedUntil ?? now)
    blockedUntil = until
    return until
  }

  /// Holds everything back until then, as a former process was told.
  package mutating func block(until instant: Duration) {
    blockedUntil = instant
  }

  /// The last figures: the hourly limit, what is left of it, and the time to the reset.
  func figures(at now: Duration) -> (limit: Int, remaining: Int, reset: Duration)? {
    guard let remaining, let windowEnd, windowEnd > now else { return nil }
    return (limit, remaining, windowEnd - now)
  }

  private mutating func endWindow() {
    remaining = nil
    windowEnd = nil
  }

  /// One second more than the source's clock says, and never absurdly long.
  private func wait(from date: Timestamp, to reset: Timestamp) -> Duration {
    min(.seconds(max(reset - date, 0) + 1), Self.longestWait)
  }
}
