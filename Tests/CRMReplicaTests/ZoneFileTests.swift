import Model
import Testing

@testable import CRMReplica

/// Zones as the host's database has them.
@Suite struct ZoneFileTests {
  private func offset(_ zone: ZoneFile, at text: String) throws -> Int64? {
    let instant = try #require(Timestamp(text))
    return zone.offsets.last { $0.from <= instant }?.seconds
  }

  @Test(
    arguments: [
      ("2026-01-15 12:00:00", 3_600), ("2026-07-15 12:00:00", 7_200),
      ("2026-03-29 00:59:59", 3_600), ("2026-03-29 01:00:00", 7_200),
      ("2026-10-25 00:59:59", 7_200), ("2026-10-25 01:00:00", 3_600),
      // Behind the last change that the file lists, its rule goes on.
      ("2060-01-15 12:00:00", 3_600), ("2060-07-15 12:00:00", 7_200),
    ] as [(String, Int64)])
  func `a zone with daylight saving`(instant: String, seconds: Int64) throws {
    let zone = try #require(ZoneFile(named: "Europe/Berlin"))
    #expect(try offset(zone, at: instant) == seconds)
  }

  @Test func `zones west of Greenwich, south of the equator, and without changes`() throws {
    let york = try #require(ZoneFile(named: "America/New_York"))
    #expect(try offset(york, at: "2070-07-01 00:00:00") == -14_400)
    #expect(try offset(york, at: "2070-12-01 00:00:00") == -18_000)
    let sydney = try #require(ZoneFile(named: "Australia/Sydney"))
    #expect(try offset(sydney, at: "2070-01-01 00:00:00") == 39_600)
    #expect(try offset(sydney, at: "2070-07-01 00:00:00") == 36_000)
    let kolkata = try #require(ZoneFile(named: "Asia/Kolkata"))
    #expect(try offset(kolkata, at: "2070-07-01 00:00:00") == 19_800)
    #expect(ZoneFile(named: "UTC")?.offsets == [])
  }

  @Test(arguments: ["", "Mars/Olympus", "/etc/passwd", "../../etc/passwd", "Europe", "tzdata.zi"])
  func `what is no zone is none`(name: String) {
    #expect(ZoneFile(named: name) == nil)
  }

  @Test func `a rule says what a file that was cut short does not`() throws {
    let rule = try #require(ZoneRule("<+01>-1<+02>,M3.5.0,M10.5.0/3"))
    let offsets = rule.offsets
    let before = try #require(offsets.last { $0.from.iso8601 < "2026-07-01" })
    #expect(before.from.iso8601 == "2026-03-29T01:00:00Z")
    #expect(before.seconds == 7_200)
    #expect(ZoneRule("CET-1") == nil)
    #expect(ZoneRule("CET-1CEST,J60,J300") == nil)
  }

  @Test func `bytes that end early are no zone`() throws {
    let bytes = try SmallFile(at: "/usr/share/zoneinfo/Europe/Berlin", limit: 1 << 16).bytes
    let whole = try #require(ZoneFile(bytes))
    for count in stride(from: 0, to: bytes.count, by: 7) {
      if let cut = ZoneFile(Array(bytes[..<count])) {
        #expect(cut.offsets.count <= whole.offsets.count)
      }
    }
  }
}
