import Model
import Testing

@testable import Vtiger

/// A zone with daylight saving: at 01:00 UTC of 29 March 2026 the clock goes from 2 to 3, and at
/// 01:00 UTC of 25 October from 3 back to 2.
@Suite struct ServerZoneTests {
  private static let spring = Timestamp("2026-03-29T01:00:00Z") ?? Timestamp(0)
  private static let autumn = Timestamp("2026-10-25T01:00:00Z") ?? Timestamp(0)
  private let zone = ServerZone([
    .init(from: Timestamp(0), seconds: 3_600), .init(from: spring, seconds: 7_200),
    .init(from: autumn, seconds: 3_600),
  ])

  @Test(
    arguments: [
      ("2026-01-01 12:00:00", "2026-01-01T11:00:00Z"),
      ("2026-07-01 12:00:00", "2026-07-01T10:00:00Z"),
      ("2026-03-29 01:59:59", "2026-03-29T00:59:59Z"),
      ("2026-03-29 03:00:00", "2026-03-29T01:00:00Z"),
      // Left out: as the clock went before.
      ("2026-03-29 02:30:00", "2026-03-29T01:30:00Z"),
      // Twice: the first time.
      ("2026-10-25 02:30:00", "2026-10-25T00:30:00Z"),
      ("2026-10-25 03:00:00", "2026-10-25T02:00:00Z"),
      ("2026-12-01 00:30:00", "2026-11-30T23:30:00Z"),
    ])
  func `a local time is an instant`(local: String, instant: String) throws {
    let seconds = try #require(Timestamp(local)).seconds
    #expect(zone.instant(ofLocal: seconds).iso8601 == instant)
  }

  @Test(
    arguments: [
      ("2026-07-01T10:00:00Z", "2026-07-01 12:00:00"),
      ("2026-01-01T11:00:00Z", "2026-01-01 12:00:00"),
      // Three hours before the clock is put back, the hour that comes twice is provided for.
      ("2026-10-24T21:00:00Z", "2026-10-24 23:00:00"),
      ("2026-10-24T23:30:00Z", "2026-10-25 00:30:00"),
      ("2026-10-25T00:59:59Z", "2026-10-25 01:59:59"),
      ("2026-10-25T01:00:00Z", "2026-10-25 02:00:00"),
      ("2026-03-29T00:30:00Z", "2026-03-29 01:30:00"),
    ])
  func `what has changed since an instant is stamped no earlier`(instant: String, stamp: String)
    throws
  {
    #expect(zone.stamp(since: try #require(Timestamp(instant))) == stamp)
  }

  /// Stepwise through both changes: no later instant has an earlier stamp.
  @Test func `no change behind an instant is stamped before it`() throws {
    func stamp(_ instant: Int64) -> String {
      let isSummer = instant >= Self.spring.seconds && instant < Self.autumn.seconds
      return Timestamp(instant + (isSummer ? 7_200 : 3_600)).sql
    }
    for change in [Self.spring.seconds, Self.autumn.seconds] {
      for since in stride(from: change - 18_000, to: change + 18_000, by: 600) {
        let bound = zone.stamp(since: Timestamp(since))
        for later in stride(from: since, to: since + 36_000, by: 600) {
          #expect(stamp(later) >= bound)
        }
      }
    }
  }

  @Test func `UTC is a zone without offsets`() {
    #expect(ServerZone.utc.isUTC)
    #expect(!zone.isUTC)
    #expect(ServerZone.utc.stamp(since: Timestamp(0)) == "1970-01-01 00:00:00")
    #expect(ServerZone.utc.instant(ofLocal: 5) == Timestamp(5))
  }
}
