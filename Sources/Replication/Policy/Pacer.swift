package import Model

/// Decides when the next request may leave: when all windows in which the source counts requests
/// let it, and no refusal holds everything back.
package struct Pacer: Sendable {
  /// From the least to the most that forbids.
  package enum Permission: Sendable, Hashable, Comparable {
    case now
    /// When a reply to what is on its way has come.
    case afterReply
    /// Not before this much elapsed time.
    case notBefore(Duration)
  }

  /// The shortest first.
  private var windows: [AllowanceWindow]
  private let longestWait: Duration
  private var blockedUntil: Duration?
  private var refusals = 0

  /// `reserve` requests of each window are left to others.
  package init(_ rules: [AllowanceRule], reserve: Int) {
    windows = rules.sorted { $0.seconds < $1.seconds }
      .map { AllowanceWindow($0, reserve: reserve) }
    longestWait = .seconds(rules.longestWait)
  }

  /// What may not be used of the longest window.
  package var held: Int { windows.last?.held ?? 0 }

  /// Whether a request may leave at `now` while `outstanding` are on their way.
  package func permission(at now: Duration, outstanding: Int) -> Permission {
    if let blockedUntil, now < blockedUntil { return .notBefore(blockedUntil) }
    // Whether the refusal is over, one request finds out.
    if refusals > 0, outstanding > 0 { return .afterReply }
    return windows.map { $0.permission(at: now, outstanding: outstanding) }.max() ?? .now
  }

  /// Counts a request that leaves.
  package mutating func sent(at now: Duration) {
    if let blockedUntil, now >= blockedUntil { self.blockedUntil = nil }
    for index in windows.indices { windows[index].sent(at: now) }
  }

  /// Counts a reply that says nothing of the allowance.
  package mutating func spent() {
    for index in windows.indices { windows[index].spent() }
  }

  /// Learns what an accepted reply says. `date` is the source's clock when it answered, or ours
  /// when it did not say: the wait for the reset is the difference of the two.
  package mutating func saw(
    _ allowances: [AllowanceRule: Allowance], date: Timestamp, at now: Duration
  ) {
    // What had left before a refusal says nothing about its end.
    if !isBlocked(at: now) { refusals = 0 }
    for index in windows.indices {
      let said = allowances[windows[index].rule] ?? Allowance()
      windows[index].saw(said, date: date, at: now)
    }
  }

  /// Learns that a request was refused for the allowance. Returns when the next may leave.
  package mutating func refused(
    _ allowances: [AllowanceRule: Allowance], retryAfter: Duration?, date: Timestamp,
    at now: Duration
  ) -> Duration {
    let wait: Duration
    let isRepeated = isBlocked(at: now)
    let told = timesToReset(allowances, date)
    if let usedUp = told.filter(\.isUsedUp).map(\.wait).max() {
      wait = usedUp
    } else if windows.count == 1, let told = told.first {
      wait = told.wait
    } else if let retryAfter {
      // Who asks for no time and refuses again gets more each time.
      let least = Duration.seconds(1) * (isRepeated ? 1 : 1 << min(refusals, 6))
      wait = min(max(retryAfter + .seconds(1), least), longestWait)
    } else if let told = told.map(\.wait).min() {
      wait = told
    } else if let known = windows.first?.timeToReset(at: now) {
      // Without a word the shortest window is the likeliest to be used up.
      wait = known
    } else {
      // Requests that were refused together are one refusal.
      wait = isRepeated ? .zero : min(.seconds(60) * (1 << min(refusals, 6)), longestWait)
    }
    if !isRepeated { refusals += 1 }
    let until = max(now + wait, blockedUntil ?? now)
    blockedUntil = until
    return until
  }

  /// Goes on with the longest window that a former run has left. The first request still goes
  /// alone.
  package mutating func resume(limit: Int, remaining: Int, until end: Duration) {
    guard let last = windows.indices.last else { return }
    windows[last].resume(limit: limit, remaining: remaining, until: end)
  }

  /// Holds everything back until then, as a former process was told.
  package mutating func block(until instant: Duration) {
    blockedUntil = instant
  }

  /// The last figures of the longest window: its limit, what is left, and the time to the reset.
  func figures(at now: Duration) -> (limit: Int, remaining: Int, reset: Duration)? {
    windows.last?.figures(at: now)
  }

  func isBlocked(at now: Duration) -> Bool { blockedUntil.map { now < $0 } ?? false }

  /// The waits that a refusal names, and whether it says of their windows that they are used up.
  private func timesToReset(
    _ allowances: [AllowanceRule: Allowance], _ date: Timestamp
  ) -> [(wait: Duration, isUsedUp: Bool)] {
    windows.compactMap { window in
      guard let said = allowances[window.rule], let reset = said.reset, reset >= date else {
        return nil
      }
      return (window.wait(from: date, to: reset), said.remaining.map { $0 <= 0 } ?? false)
    }
  }
}
