import Testing

@testable import CRMReplica

@Suite struct ValueRulesTests {
  @Test(
    arguments: [
      ("https://api.capsulecrm.com/api/v2", "https://api.capsulecrm.com/api/v2"),
      ("https://example.com:8443/a//", "https://example.com:8443/a"),
      ("HTTPS://Example.com", "HTTPS://Example.com"),
      ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
      ("http://localhost:8080", "http://localhost:8080"),
      ("http://LOCALHOST/", "http://LOCALHOST"),
      ("http://127.0.0.1:1/a%20b", "http://127.0.0.1:1/a%20b"),
      ("http://127.255.3.4", "http://127.255.3.4"),
      ("http://[::1]:80/x", "http://[::1]:80/x"),
      ("http://[0:0:0:0:0:0:0:1]", "http://[0:0:0:0:0:0:0:1]"),
    ] as [(String, String)])
  func acceptsABaseURL(url: String, trimmed: String) throws {
    #expect(try ValueRules.baseURL(.string(url)) == trimmed)
  }

  private static let inTheClear =
    "begins with \"http://\", which would send the token in the clear; "
    + "use \"https://\" (\"http://\" is for loopback addresses alone)"
  private static let noHost =
    "names no host, or a port that is none; write \"https://HOST[:PORT]/PATH\""
  private static let example = "it must be an address such as \"https://api.capsulecrm.com/api/v2\""

  @Test(
    arguments: [
      ("http://api.capsulecrm.com/api/v2", inTheClear),
      ("http://128.0.0.1", inTheClear),
      ("http://127.0.0.1.example.com", inTheClear),
      ("http://127.1", inTheClear),
      ("http://0177.0.0.1", inTheClear),
      ("http://localhost.example.com", inTheClear),
      ("http://localhost.", inTheClear),
      ("http://[::2]/", inTheClear),
      ("http://[::ffff:127.0.0.1]/", inTheClear),
      ("ftp://localhost", "does not begin with \"https://\"; \(example)"),
      ("api.capsulecrm.com", "does not begin with \"https://\"; \(example)"),
      ("", "does not begin with \"https://\"; \(example)"),
      (" https://a", "does not begin with \"https://\"; \(example)"),
      (
        "https://a:b@example.com",
        "has a user or password; the token alone says who asks; \(example)"
      ),
      (
        "http://127.0.0.1@example.com",
        "has a user or password; the token alone says who asks; \(example)"
      ),
      ("https://example.com/?a=b", "has a query; \(example)"),
      ("https://example.com/#a", "has a fragment; \(example)"),
      ("https://example.com/a b", "has a character that no path may; \(example)"),
      ("https://example.com/a\nb", "has a character that no path may; \(example)"),
      ("http://127.0.0.1\\.example.com/", noHost),
      ("https:///x", noHost),
      ("https://", noHost),
      ("https://exämple.com", noHost),
      ("https://example.com:", noHost),
      ("https://example.com:0", noHost),
      ("https://example.com:65536", noHost),
      ("https://example.com:+1", noHost),
      ("https://::1/", noHost),
      ("https://[x]/", noHost),
      ("https://[::1]x/", noHost),
    ] as [(String, String)])
  func refusesABaseURL(url: String, complaint: String) {
    #expect(throws: Complaint(complaint)) { try ValueRules.baseURL(.string(url)) }
  }

  @Test(
    arguments: [
      ("30s", 30), ("15m", 900), ("24h", 86_400), ("7d", 604_800), ("1s", 1), ("007s", 7),
      ("3650d", 3_650 * 86_400),
    ] as [(String, Int)])
  func readsADuration(spelling: String, seconds: Int) throws {
    #expect(try Duration(spelling: spelling) == .seconds(seconds))
  }

  @Test(arguments: [
    "", "s", "5", "5 m", "-5m", "+5m", "1.5h", "5M", "5ms", "1h30m", " 5m", "5m ", "٥m", "0s",
    "00d",
    "3651d", "87601h", "99999999999999999999s", "5m\u{301}",
  ])
  func refusesADuration(spelling: String) {
    #expect(throws: Complaint.self) { try Duration(spelling: spelling) }
  }

  @Test(arguments: ["00:00", "02:30", "09:59", "19:00", "23:59"])
  func readsATimeOfDay(spelling: String) throws {
    #expect(try TimeOfDay(spelling: spelling).description == spelling)
  }

  @Test(arguments: [
    "", "24:00", "12:60", "2:30", "02:3", "0230", "02:30:00", "-2:30", "ab:cd", "02-30",
  ])
  func refusesATimeOfDay(spelling: String) {
    #expect(throws: Complaint.self) { try TimeOfDay(spelling: spelling) }
  }
}
