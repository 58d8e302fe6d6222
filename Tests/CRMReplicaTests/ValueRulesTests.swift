import ReplicaFile
import Testing

@testable import CRMReplica

@Suite struct ValueRulesTests {
  private static let example = "it must be an address such as \"https://api.capsulecrm.com/api/v2\""

  /// What an address may be is tested with `BaseURL`; here is what is said of it.
  @Test(
    arguments: [
      (
        "http://api.capsulecrm.com/api/v2",
        "begins with \"http://\", which would send the token in the clear; "
          + "use \"https://\" (\"http://\" is for loopback addresses alone)"
      ),
      ("ftp://localhost", "does not begin with \"https://\"; \(example)"),
      (
        "https://a:b@example.com",
        "has a user or password; the token alone says who asks; \(example)"
      ),
      ("https://example.com/?a=b", "has a query or a fragment; \(example)"),
      ("https://", "is no address that can be read; write \"https://HOST[:PORT]/PATH\""),
    ] as [(String, String)])
  func `refuses a base URL`(url: String, complaint: String) {
    #expect(throws: Complaint(complaint)) { try ValueRule.address.read(.string(url)) }
  }

  @Test(
    arguments: [
      ("30s", 30), ("15m", 900), ("24h", 86_400), ("7d", 604_800), ("1s", 1), ("007s", 7),
      ("3650d", 3_650 * 86_400),
    ] as [(String, Int)])
  func `reads a duration`(spelling: String, seconds: Int) throws {
    #expect(try Duration(spelling: spelling) == .seconds(seconds))
  }

  @Test(
    arguments: [
      (1, "1s"), (90, "90s"), (60, "1m"), (5_400, "90m"), (3_600, "1h"), (86_400, "24h"),
      (172_800, "2d"), (7 * 86_400, "7d"), (3_650 * 86_400, "3650d"),
    ] as [(Int, String)])
  func `writes a duration`(seconds: Int, spelling: String) throws {
    #expect(Duration.seconds(seconds).spelling == spelling)
    #expect(try Duration(spelling: spelling) == .seconds(seconds))
  }

  @Test(arguments: [
    "", "s", "5", "5 m", "-5m", "+5m", "1.5h", "5M", "5ms", "1h30m", " 5m", "5m ", "٥m", "0s",
    "00d",
    "3651d", "87601h", "99999999999999999999s", "5m\u{301}",
  ])
  func `refuses a duration`(spelling: String) {
    #expect(throws: Complaint.self) { try Duration(spelling: spelling) }
  }

  @Test(arguments: ["00:00", "02:30", "09:59", "19:00", "23:59"])
  func `reads a time of day`(spelling: String) throws {
    #expect(try TimeOfDay(spelling: spelling).description == spelling)
  }

  @Test(arguments: [
    "", "24:00", "12:60", "2:30", "02:3", "0230", "02:30:00", "-2:30", "ab:cd", "02-30",
  ])
  func `refuses a time of day`(spelling: String) {
    #expect(throws: Complaint.self) { try TimeOfDay(spelling: spelling) }
  }
}
