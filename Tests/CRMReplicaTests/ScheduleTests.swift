import Glibc
import Model
import Replication
import Testing

@testable import CRMReplica

@Suite struct ScheduleTests {
  /// Central European time in 2026: summer time from 29 March to 25 October, 01:00 UTC.
  static let berlin = LocalZone { instant in
    (1_774_746_000..<1_792_890_000).contains(instant.seconds) ? 7_200 : 3_600
  }
  static let india = LocalZone { _ in 19_800 }
  /// A clock that is put forward at midnight, from 00:00 to 01:00 on 29 March, and back on 25
  /// October, from 00:00 to 23:00 of the day before.
  static let midnight = LocalZone { instant in
    (1_774_746_000..<1_792_886_400).contains(instant.seconds) ? 0 : -3_600
  }

  private static func schedule(_ every: Int64, _ at: String?) throws -> Schedule {
    Schedule(
      every: every,
      at: try at.map { spelling throws(Complaint) in
        try TimeOfDay(spelling: spelling)
      })
  }

  private func date(_ text: String) throws -> Timestamp {
    try #require(Timestamp(text), "\(text)")
  }

  @Test(
    arguments: [
      // Without a time of day.
      (21_600, nil, "2026-03-29 00:30:00", "2026-03-29 06:30:00"),
      // Winter time, and a round that was late or made up for.
      (86_400, "02:30", "2026-03-01 01:30:00", "2026-03-02 01:30:00"),
      (86_400, "02:30", "2026-03-01 01:29:59", "2026-03-01 01:30:00"),
      (86_400, "02:30", "2026-03-01 09:12:00", "2026-03-02 01:30:00"),
      // Into summer time: 02:30 does not exist on the 29th, whose round begins at 03:00.
      (86_400, "02:30", "2026-03-28 01:30:00", "2026-03-29 01:00:00"),
      (86_400, "02:30", "2026-03-29 01:00:00", "2026-03-30 00:30:00"),
      (86_400, "02:00", "2026-03-28 01:00:00", "2026-03-29 01:00:00"),
      (86_400, "03:00", "2026-03-28 02:00:00", "2026-03-29 01:00:00"),
      (86_400, "01:59", "2026-03-28 00:59:00", "2026-03-29 00:59:00"),
      (86_400, "04:00", "2026-03-28 03:00:00", "2026-03-29 02:00:00"),
      (86_400, "04:00", "2026-03-29 02:00:00", "2026-03-30 02:00:00"),
      // Into winter time: 02:30 comes twice on 25 October, and the first counts.
      (86_400, "02:30", "2026-10-24 00:30:00", "2026-10-25 00:30:00"),
      (86_400, "02:30", "2026-10-25 00:30:00", "2026-10-26 01:30:00"),
      (86_400, "02:30", "2026-10-25 01:30:00", "2026-10-26 01:30:00"),
      (86_400, "03:00", "2026-10-24 01:00:00", "2026-10-25 02:00:00"),
      (86_400, "00:00", "2026-10-24 22:00:00", "2026-10-25 23:00:00"),
      // Whole weeks and part of a day.
      (604_800, "02:30", "2026-03-25 01:30:00", "2026-04-01 00:30:00"),
      (604_800, "02:30", "2026-03-25 12:00:00", "2026-04-01 00:30:00"),
      (129_600, "02:30", "2026-03-01 01:30:00", "2026-03-02 01:30:00"),
      (21_600, "02:30", "2026-03-28 01:30:00", "2026-03-28 07:30:00"),
      (21_600, "02:30", "2026-03-28 20:00:00", "2026-03-29 01:00:00"),
      (21_600, "02:30", "2026-03-29 01:00:00", "2026-03-29 07:00:00"),
      (21_600, "02:30", "2026-03-29 19:00:00", "2026-03-30 00:30:00"),
      (3_600, "02:30", "2026-10-25 00:30:00", "2026-10-25 01:30:00"),
      (3_600, "02:30", "2026-10-25 00:00:00", "2026-10-25 00:30:00"),
      (25_200, "02:30", "2026-03-01 22:30:00", "2026-03-02 01:30:00"),
      (900, "02:30", "2026-03-29 00:59:00", "2026-03-29 01:00:00"),
    ] as [(Int64, String?, String, String)])
  func `a schedule keeps to the clock on the wall in Berlin`(
    every: Int64, at: String?, last: String, next: String
  ) throws {
    let found = try Self.schedule(every, at).next(after: date(last), in: Self.berlin)
    #expect(found.sql == next)
  }

  @Test(
    arguments: [
      ("02:30", "2026-03-01 00:00:00", "2026-03-01 21:00:00"),
      ("23:59", "2026-03-01 18:29:00", "2026-03-02 18:29:00"),
      ("05:29", "2026-02-28 23:59:00", "2026-03-01 23:59:00"),
    ] as [(String, String, String)])
  func `a day of the zone is not that of UTC`(at: String, last: String, next: String) throws {
    let found = try Self.schedule(86_400, at).next(after: date(last), in: Self.india)
    #expect(found.sql == next)
  }

  @Test(
    arguments: [
      ("00:00", "2026-03-28 01:00:00", "2026-03-29 01:00:00"),
      ("00:30", "2026-03-28 01:30:00", "2026-03-29 01:00:00"),
      ("00:30", "2026-03-29 01:00:00", "2026-03-30 00:30:00"),
      // 23:30 comes twice on the 24th, and the first counts; midnight comes once.
      ("23:30", "2026-10-23 23:30:00", "2026-10-24 23:30:00"),
      ("23:30", "2026-10-24 23:30:00", "2026-10-26 00:30:00"),
      ("23:30", "2026-10-25 00:30:00", "2026-10-26 00:30:00"),
      ("00:00", "2026-10-24 00:00:00", "2026-10-25 01:00:00"),
    ] as [(String, String, String)])
  func `a clock change at midnight`(at: String, last: String, next: String) throws {
    let found = try Self.schedule(86_400, at).next(after: date(last), in: Self.midnight)
    #expect(found.sql == next)
  }

  /// Whatever the last round, the next one comes later, never twice on one local day, and no day is
  /// left out.
  @Test(arguments: ["00:00", "01:59", "02:00", "02:30", "03:00", "12:00", "23:59"])
  func `every day has one round`(at: String) throws {
    let schedule = try Self.schedule(86_400, at)
    var last = try schedule.next(after: date("2026-01-01 00:00:00"), in: Self.berlin)
    var day = Self.berlin.day(of: last)
    for _ in 0..<365 {
      let next = schedule.next(after: last, in: Self.berlin)
      #expect(next > last)
      #expect(Self.berlin.day(of: next) == day + 1)
      for between in [last + 1, last + (next - last) / 2, next + -1] {
        #expect(schedule.next(after: between, in: Self.berlin) == next)
      }
      (last, day) = (next, day + 1)
    }
  }

  /// The system's rules, in a process of its own: TZ belongs to all of it.
  @Test func `the zone of the host`() async {
    await #expect(processExitsWith: .success) {
      setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1)
      for day in 0..<(3 * 365) {
        for hour in [0, 1, 2, 23] {
          let instant = Timestamp(1_767_225_600 + Int64(day * 86_400 + hour * 3_600))
          let isSummer = ScheduleTests.berlin.offset(instant)
          guard day < 365 else { continue }
          precondition(LocalZone.host.offset(instant) == isSummer, instant.iso8601)
        }
      }
      setenv("TZ", "IST-5:30", 1)
      precondition(LocalZone.host.offset(Timestamp(0)) == 19_800)
    }
  }
}
