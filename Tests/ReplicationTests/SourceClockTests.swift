import Model
import ReplicaFile
import Testing

@testable import Replication

@Suite struct SourceClockTests {
  private static let noon = Timestamp(1_770_000_000)

  /// The clocks of a host, each as it stands.
  private final class Host: Clock {
    var wall = noon
    var monotonic = Duration.zero
    var uptime: Uptime?

    init(_ uptime: Uptime? = nil) { self.uptime = uptime }
    func now() -> Timestamp { wall }
    func elapsed() -> Duration { monotonic }
  }

  @Test func `it is read off replies and goes on with what nobody can set`() {
    let host = Host()
    host.wall = Self.noon + 315_360_000
    var clock = SourceClock(host, after: nil)
    #expect(clock.now() == host.wall && !clock.isRead)
    clock.saw(Self.noon)
    #expect(clock.now() == Self.noon && clock.started == Self.noon && clock.isRead)
    host.monotonic = .milliseconds(61_900)
    host.wall = Timestamp(0)
    #expect(clock.now() == Self.noon + 61)
    // Dates are whole seconds and come late.
    for late in [59, 61, 63] as [Int64] {
      clock.saw(Self.noon + late)
      #expect(clock.now() == Self.noon + 61)
    }
    // The host was asleep.
    clock.saw(Self.noon + 4_000)
    #expect(clock.now() == Self.noon + 4_000 && clock.started == Self.noon)
    clock.saw(Self.noon + -10)
    #expect(clock.started == Self.noon + -10)
  }

  /// A reading of noon, an hour ago; the source's clock an hour after noon is the answer, where it
  /// can be told.
  @Test(
    arguments: [
      // The same start of the host: whatever its clock shows.
      (0, 3_600, "a", 7_200, 3_600, true), (0, 99_999, "a", 7_200, 3_600, true),
      (0, -99_999, "a", 7_200, 3_600, true), (9_000, 9_000, "a", 7_200, 3_600, true),
      (0, -99_999, nil, 7_200, 3_600, true),
      // Another one: its clock, with the error it had or without.
      (0, 3_600, "b", 7_200, 3_600, true), (0, 3_600, "a", 60, 3_600, true),
      (7_200, 10_800, "b", 60, 3_600, true), (-7_200, -3_600, "b", 60, 3_600, true),
      (99_999, 3_600, "b", 60, 3_600, true), (-7_200, 3_600, "b", 60, 3_600, true),
      (0, 3_600, "b", nil, 3_600, true),
      // It was set back.
      (0, -7_200, "b", 60, 0, false), (99_999, -60, "b", 60, 0, false),
    ] as [(Int64, Int64, String?, Int64?, Int64, Bool)])
  func `a process goes on from the last reading`(
    error: Int64, wall: Int64, boot: String?, uptime: Int64?, source: Int64, isKnown: Bool
  ) {
    let host = Host(uptime.map { Uptime(boot: boot, seconds: $0) })
    host.wall = Self.noon + wall
    let last = ClockStore.Reading(
      source: Self.noon, host: Self.noon + error,
      uptime: Uptime(boot: boot == nil ? nil : "a", seconds: 3_600))
    let clock = SourceClock(host, after: last)
    #expect(clock.now() == Self.noon + source)
    #expect(clock.isKnown == isKnown)
    #expect((clock.hostError != nil) == (abs(wall - source) >= SourceClock.tolerance))
  }
}
