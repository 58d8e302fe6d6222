package import Model

/// How long requests take under the allowances, of each of which a reserve is left to others.
package struct Spending: Sendable, Hashable {
  /// What one request takes in the mean while several are on the wire.
  package var perRequest: Duration
  package var windows: [Window]
  /// Time before which nothing may be asked.
  package var blocked = Duration.zero

  package struct Window: Sendable, Hashable {
    /// Requests of a whole window that may be used, as the pacer counts them.
    package let usable: Int
    /// A window, and the second that is waited beyond its end.
    private let length: Duration
    /// What may be used of the running window, and the time to its end; nil when none is known.
    private var running: Stretch?

    /// `said` is what the source has told of it.
    package init(_ rule: AllowanceRule, _ said: Allowance?, reserve: Int, at now: Timestamp) {
      let limit = max(1, said?.limit ?? rule.limit)
      usable = limit - min(max(0, reserve), limit / 2)
      length = .seconds(rule.seconds + 1)
      if let remaining = said?.remaining, let reset = said?.reset, reset > now {
        running = Stretch(end: .seconds(reset - now), available: remaining - (limit - usable))
      }
    }

    fileprivate func first(at now: Duration) -> Stretch {
      running.flatMap { $0.end > now ? $0 : nil } ?? next(at: now)
    }

    fileprivate func next(at now: Duration) -> Stretch {
      Stretch(end: now + length, available: usable)
    }
  }

  fileprivate struct Stretch: Sendable, Hashable {
    let end: Duration
    var available: Int
  }

  package init(perRequest: Duration, _ windows: [Window]) {
    (self.perRequest, self.windows) = (perRequest, windows)
  }

  /// The time until so many requests have been answered, and how much of it is waiting for the
  /// allowances.
  package func time(for requests: Int) -> (total: Duration, waited: Duration) {
    var (now, waited, left) = (blocked, blocked, requests)
    var stretches = windows.map { $0.first(at: now) }
    while left > 0 {
      let count = min(left, max(0, stretches.map(\.available).min() ?? left))
      now += perRequest * count
      left -= count
      for index in stretches.indices { stretches[index].available -= count }
      guard left > 0 else { break }
      let spent = stretches.indices.filter { stretches[$0].available <= 0 }
      let end = spent.map { stretches[$0].end }.max() ?? now
      waited += max(end - now, .zero)
      now = max(end, now)
      for index in spent { stretches[index] = windows[index].next(at: now) }
    }
    return (now, waited)
  }
}
