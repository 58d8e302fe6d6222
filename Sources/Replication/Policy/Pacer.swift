package import Model

/// Decides when the next request may leave.
///
/// The source counts requests an hour, and others use the same count. The pacer believes the lowest
/// figure it has seen in a window, counts what is on its way as spent, and stops above the reserve.
/// The first request of a window goes alone: until its reply has come, nobody knows what is left.
/// A source that sends no figures is held to the documented hour by our own count.
package struct Pacer: Sendable {
  package enum Permission: Sendable, Hashable {
    case now
    /// When a reply to what is on its way has come.
    case afterReply
    /// Not before this much elapsed time.
    case notBefore(Duration)
  }

  /// Requests of the allowance that are left to others.
  package let reserve: Int
  /// Requests an hour where the source does not say.
  package static let documentedLimit = 4_000
  /// Longest wait that a reset can ask for: an hour and a minute.
  static let longestWait = Duration.seconds(3_660)

  private var limit = Self.documentedLimit
  private var remaining: Int?
  private var windowEnd: Duration?
  /// The reset as the source gave it: it tells the replies of one window from another's.
  private var windowReset: Timestamp?
  /// Whether a reply has come in this window.
  private var isInformed = false
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
    guard let remaining, let windowEnd, now < windowEnd else {
      return outstanding == 0 ? .now : .afterReply
    }
    if remaining - outstanding <= held { return .notBefore(windowEnd) }
    return isInformed || outstanding == 0 ? .now : .afterReply
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
    isInformed = true
    remaining = remaining.map { $0 - 1 }
  }

  /// Learns from the headers of an accepted reply. `date` is the source's clock when it answered,
  /// or ours when it did not say: the wait for the reset is the difference of the two.
  package mutating func saw(_ allowance: Allowance, date: Timestamp, at now: Duration) {
    // What had left before a refusal says nothing about its end.
    if !isBlocked(at: now) { refusals = 0 }
    if let limit = allowance.limit, limit > 0 { self.limit = limit }
    // Less than nothing is nothing.
    guard let seen = allowance.remaining.map({ max($0, 0) }) else { return spent() }
    guard let reset = allowance.reset.map({ believable($0, at: date) }) else {
      isInformed = true
      remaining = min(seen, remaining ?? seen)
      return
    }
    let end = now + wait(from: date, to: reset)
    guard let windowReset, let windowEnd, now < windowEnd, reset <= windowReset + 5 else {
      (remaining, self.windowEnd, self.windowReset, isInformed) = (seen, end, reset, true)
      return
    }
    // A late reply of a former window counts as one request of this one.
    if reset < windowReset + -5 { return spent() }
    isInformed = true
    remaining = min(seen, remaining ?? seen)
    self.windowEnd = min(end, windowEnd)
  }

  /// Learns that a request was refused for the allowance. Returns when the next may leave.
  package mutating func refused(
    _ allowance: Allowance, retryAfter: Duration?, date: Timestamp, at now: Duration
  ) -> Duration {
    let wait: Duration
    let isRepeated = isBlocked(at: now)
    if let reset = allowance.reset, reset >= date {
      wait = self.wait(from: date, to: reset)
    } else if let retryAfter {
      wait = min(max(retryAfter, .zero) + .seconds(1), Self.longestWait)
    } else if let windowEnd, windowEnd > now, windowReset != nil {
      wait = windowEnd - now
    } else {
      // Requests that were refused together are one refusal.
      wait = isRepeated ? .zero : min(.seconds(60) * (1 << min(refusals, 6)), Self.longestWait)
    }
    if !isRepeated { refusals += 1 }
    let until = max(now + wait, blockedUntil ?? now)
    blockedUntil = until
    return until
  }

  /// Goes on with the window that a former run has left. The first request still goes alone.
  package mutating func resume(limit: Int, remaining: Int, until end: Duration) {
    (self.limit, self.remaining, windowEnd) = (limit, remaining, end)
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
    windowReset = nil
    isInformed = false
  }

  private func isBlocked(at now: Duration) -> Bool { blockedUntil.map { now < $0 } ?? false }

  /// One second more than the source's clock says, and never absurdly long.
  private func wait(from date: Timestamp, to reset: Timestamp) -> Duration {
    .seconds(believable(reset, at: date) - date + 1)
  }

  /// A reset that is neither past nor further away than the longest wait.
  private func believable(_ reset: Timestamp, at date: Timestamp) -> Timestamp {
    min(max(reset, date), date + (Self.longestWait.components.seconds - 1))
  }
}
