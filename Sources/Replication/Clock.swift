internal import Glibc
package import Model
package import ReplicaFile

/// The clock by which the engine goes; tests put another in its place.
package protocol Clock {
  /// This host's clock, which anybody may set. It says when rounds begin; see `SourceClock`.
  func now() -> Timestamp
  /// Time that only moves forward, for waits and rates.
  func elapsed() -> Duration
  /// Time since the host was started, or nil where it cannot be told.
  var uptime: Uptime? { get }
}

extension Clock {
  package var uptime: Uptime? { nil }
}

/// The operating system's clocks.
package struct SystemClock: Clock {
  package init() {}

  package func now() -> Timestamp { Timestamp(Int64(Self.read(CLOCK_REALTIME).tv_sec)) }

  package func elapsed() -> Duration {
    let time = Self.read(CLOCK_MONOTONIC)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  package var uptime: Uptime? {
    Uptime(boot: Self.boot, seconds: Int64(Self.read(CLOCK_BOOTTIME).tv_sec))
  }

  /// Nil where a service is shown no more of `/proc` than its processes (random(4)).
  private static let boot: String? = {
    guard let file = fopen("/proc/sys/kernel/random/boot_id", "re") else { return nil }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 64)
    guard fgets(&text, CInt(text.count), file) != nil else { return nil }
    return String(decoding: text.prefix { $0 > 32 }.map { UInt8($0) }, as: UTF8.self)
  }()

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }
}
