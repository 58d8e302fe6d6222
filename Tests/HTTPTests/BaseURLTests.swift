import Testing

@testable import HTTP

struct BaseURLTests {
  @Test(arguments: [
    ("https://api.capsulecrm.com/api/v2", "https://api.capsulecrm.com/api/v2"),
    ("HTTPS://API.CapsuleCRM.com:443/api/v2//", "https://api.capsulecrm.com/api/v2"),
    ("https://crm.example:8443", "https://crm.example:8443"),
    ("https://10.0.0.1/", "https://10.0.0.1"),
    ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
    ("http://127.0.0.1:8080/api", "http://127.0.0.1:8080/api"),
    ("http://127.255.0.9:80", "http://127.255.0.9"),
    ("http://[::1]:8080", "http://[::1]:8080"),
    ("http://[0:0:0:0:0:0:0:1]", "http://[0:0:0:0:0:0:0:1]"),
    ("http://LOCALHOST:1/x", "http://localhost:1/x"),
  ])
  func `an address is accepted`(_ text: String, _ printed: String) throws {
    #expect(try BaseURL(text).description == printed)
  }

  @Test func `an address has its parts`() throws {
    let base = try BaseURL("https://[2001:db8::1]/api/v2/")
    #expect(base.scheme == .https)
    #expect(base.host == "2001:db8::1")
    #expect(base.port == 443)
    #expect(base.path == "/api/v2")
    #expect(base.address(of: "parties?page=2") == "https://[2001:db8::1]/api/v2/parties?page=2")
  }

  @Test(
    arguments: [
      ("", .malformed), ("api.capsulecrm.com", .malformed), ("https:/x", .malformed),
      ("https://", .malformed), ("https:///x", .malformed), ("https://a b/", .malformed),
      ("https://host:0", .malformed), ("https://host:65536", .malformed),
      ("https://host:", .malformed), ("https://host:+1", .malformed),
      ("https://host:80:80", .malformed), ("https://[::1", .malformed),
      ("https://[::1]x", .malformed), ("https://[crm]", .malformed), ("https://::1/", .malformed),
      ("https://höst/", .malformed), ("https://host\\x", .malformed),
      ("https://h/a/../b", .malformed),
      ("https://h/a//b", .malformed), ("https://host/\n", .malformed),
      ("https://ho%73t", .malformed),
      ("ftp://host/", .unsupportedScheme), ("file:///etc/passwd", .unsupportedScheme),
      ("https://user:word@host/", .userInformation), ("https://host?x", .queryOrFragment),
      ("https://host/#x", .queryOrFragment), ("http://api.capsulecrm.com/api/v2", .insecure),
      ("http://127.0.0.1.example/", .insecure), ("http://127.1/", .insecure),
      ("http://0x7f.0.0.1/", .insecure), ("http://126.0.0.1/", .insecure),
      ("http://0.0.0.0/", .insecure), ("http://[::]/", .insecure), ("http://[::2]/", .insecure),
      ("http://[::ffff:127.0.0.1]/", .insecure), ("http://localhost.example/", .insecure),
    ] as [(String, BaseURLError.Problem)])
  func `an address that is none, or not safe, is refused`(
    _ text: String, _ problem: BaseURLError.Problem
  ) {
    let error = #expect(throws: BaseURLError.self) { try BaseURL(text) }
    #expect(error?.problem == problem)
    #expect(error?.text.contains("word@") == false)
  }

  @Test(
    arguments: [
      ("https://crm.example/api/v2/parties?page=2", "parties?page=2"),
      ("https://CRM.example:443/api/v2/parties?page=2", "parties?page=2"),
      ("/api/v2/parties?page=2", "parties?page=2"),
      ("https://elsewhere.example/api/v2/parties?page=2", nil),
      ("https://crm.example.elsewhere.example/api/v2/parties", nil),
      ("//elsewhere.example/api/v2/parties", nil),
      ("http://crm.example/api/v2/parties", nil),
      ("https://crm.example:8443/api/v2/parties", nil),
      ("https://crm.example/api/v1/parties", nil),
      ("https://crm.example/api/v2parties", nil),
      ("https://crm.example@elsewhere.example/api/v2/parties", nil),
    ] as [(String, String?)])
  func `target of the same origin`(_ address: String, _ target: String?) throws {
    #expect(try BaseURL("https://crm.example/api/v2").target(of: address) == target)
  }

  /// As RFC 3986 resolves it, section 5.4.
  @Test(
    arguments: [
      ("?page=2", "parties/7/people?page=2"), ("people?page=2", "parties/7/people?page=2"),
      ("./people?page=2", "parties/7/people?page=2"), ("../8?x", "parties/8?x"),
      ("/api/v2/parties/7/people?page=2", "parties/7/people?page=2"),
      ("//crm.example/api/v2/parties?page=2", "parties?page=2"),
      ("//elsewhere.example/api/v2/parties", nil), ("/parties?page=2", nil), ("", nil),
      ("../../../../parties", nil), ("#top", nil), ("https:parties", nil),
      ("people?page=2#top", "parties/7/people?page=2"),
      ("?to=https://elsewhere.example/", "parties/7/people?to=https://elsewhere.example/"),
    ] as [(String, String?)])
  func `a relative address is resolved`(_ address: String, _ target: String?) throws {
    let base = try BaseURL("https://crm.example/api/v2")
    #expect(base.target(of: address, from: "parties/7/people?page=1") == target)
  }
}
