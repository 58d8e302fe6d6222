internal import Model

/// One of the windows in which the source counts requests, as far as it is known.
///
/// The lowest figure seen in a window is believed, for others use the same count, and what is on
/// its way counts as spent. The first request of a window goes alone: until its reply has come,
/// nobody knows what is left. A source that sends no figures is held to the rule by our own count.
struct AllowanceWindow: Sendable {
  let rule: AllowanceRule
  private let reserve: Int
  private var limit: Int
  private var remaining: Int?
  private var end: Duration?
  /// The reset as the source gave it: it tells the replies of one window from another's.
  private var reset: Timestamp?
  /// Whether a reply has come in this window.
  private var isInformed = false

  init(_ rule: AllowanceRule, reserve: Int) {
    (self.rule, self.reserve, limit) = (rule, reserve, rule.limit)
  }

  /// What may not be used: the reserve, and never more than half of the allowance.
  var held: Int { min(reserve, limit / 2) }

  func permission(at now: Duration, outstanding: Int) -> Pacer.Permission {
    guard let remaining, let end, now < end else { return outstanding == 0 ? .now : .afterReply }
    if remaining - outstanding <= held { return .notBefore(end) }
    return isInformed || outstanding == 0 ? .now : .afterReply
  }

  mutating func sent(at now: Duration) {
    if let end, now >= end { (remaining, self.end, reset, isInformed) = (nil, nil, nil, false) }
    if remaining == nil || end == nil {
      (remaining, end) = (limit, now + .seconds(rule.seconds))
    }
  }

  mutating func spent() {
    isInformed = true
    remaining = remaining.map { $0 - 1 }
  }

  mutating func saw(_ allowance: Allowance, date: Timestamp, at now: Duration) {
    if let limit = allowance.limit, limit > 0 { self.limit = limit }
    // Less than nothing is nothing.
    guard let seen = allowance.remaining.map({ max($0, 0) }) else { return spent() }
    guard let reset = allowance.reset.map({ believable($0, at: date) }) else {
      isInformed = true
      remaining = min(seen, remaining ?? seen)
      return
    }
    let end = now + wait(from: date, to: reset)
    guard let known = self.reset, let knownEnd = self.end, now < knownEnd, reset <= known + 5 else {
      (remaining, self.end, self.reset, isInformed) = (seen, end, reset, true)
      return
    }
    // A late reply of a former window counts as one request of this one.
    if reset < known + -5 { return spent() }
    isInformed = true
    remaining = min(seen, remaining ?? seen)
    self.end = min(end, knownEnd)
  }

  mutating func resume(limit: Int, remaining: Int, until end: Duration) {
    (self.limit, self.remaining, self.end) = (limit, remaining, end)
  }

  func figures(at now: Duration) -> (limit: Int, remaining: Int, reset: Duration)? {
    guard let remaining, let end, end > now else { return nil }
    return (limit, remaining, end - now)
  }

  /// The time to the end that the source has told, if it lies ahead.
  func timeToReset(at now: Duration) -> Duration? {
    reset == nil ? nil : figures(at: now)?.reset
  }

  /// One second more than the source's clock says, and never absurdly long.
  func wait(from date: Timestamp, to reset: Timestamp) -> Duration {
    .seconds(believable(reset, at: date) - date + 1)
  }

  /// A reset that is neither past nor further away than the longest wait.
  private func believable(_ reset: Timestamp, at date: Timestamp) -> Timestamp {
    min(max(reset, date), date + (rule.longestWait - 1))
  }
}
