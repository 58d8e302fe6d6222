internal import Glibc
package import Model

/// The clock by which the engine goes; tests put another in its place.
package protocol Clock {
  /// This host's clock. It says when we did something; no position is ever taken from it.
  func now() -> Timestamp
  /// Time that only moves forward, for waits and rates.
  func elapsed() -> Duration
}

/// The operating system's clocks.
package struct SystemClock: Clock {
  package init() {}

  package func now() -> Timestamp { Timestamp(Int64(Self.read(CLOCK_REALTIME).tv_sec)) }

  package func elapsed() -> Duration {
    let time = Self.read(CLOCK_MONOTONIC)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }
}
