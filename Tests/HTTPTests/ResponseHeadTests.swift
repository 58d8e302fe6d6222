import Testing

@testable import HTTP

struct ResponseHeadTests {
  /// Feeds a head line by line, as libcurl does; nil when it refuses one.
  private func parsed(_ text: String, limit: Int = 1_000) -> ResponseHead? {
    var head = ResponseHead(limit: limit)
    var rest = Array(text.utf8)[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      guard rest[...end].withUnsafeBytes({ head.append($0) }) else { return nil }
      rest = rest[(end + 1)...]
    }
    return head
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\nA: b\n\n", 200, true, ["A: b"]),
    ("HTTP/1.1 200 OK\nA: b\n", 200, false, ["A: b"]),
    ("HTTP/1.1 200\n\n", 200, true, []),
    ("HTTP/2 429 \nRetry-After: 5\n\n", 429, true, ["Retry-After: 5"]),
    ("HTTP/1.1 100 Continue\nA: b\n\n", 100, false, ["A: b"]),
    ("HTTP/1.1 103 Hints\nA: b\n\nHTTP/1.1 200 OK\nC: d\n\n", 200, true, ["C: d"]),
    ("HTTP/1.1 200 OK\nA: b\n\nTrailer: x\n\nHTTP/1.1 500 X\n\n", 200, true, ["A: b"]),
    (
      "HTTP/1.1 200 OK\nA:b\nC: \t d: e \t\nE:\nodd\n f: g\n\n", 200, true,
      ["A: b", "C: d: e", "E: "]
    ),
    ("HTTP/1.1 abc\n\n", 0, false, []),
  ])
  func `a head is read`(_ text: String, _ status: Int, _ isComplete: Bool, _ fields: [String])
    throws
  {
    for ending in ["\n", "\r\n"] {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let head = try #require(parsed(lines.joined(separator: ending)))
      #expect(head.status == status)
      #expect(head.isComplete == isComplete)
      #expect(head.headers.fields.map { "\($0.name): \($0.value)" } == fields)
    }
  }

  @Test(
    arguments: [
      ("Content-Length: 12\n", 12), ("content-length: 0\n", 0), ("", nil),
      ("Content-Length: -1\n", nil), ("Content-Length: many\n", nil),
      ("Content-Length: 12\nContent-Encoding: gzip\n", nil),
    ] as [(String, Int?)])
  func `the announced length is read`(_ lines: String, _ length: Int?) throws {
    let head = try #require(parsed("HTTP/1.1 200 OK\n\(lines)\n"))
    #expect(head.announcedLength == length)
  }

  @Test func `a head has a limit`() {
    let text = "HTTP/1.1 200 OK\nA: b\n\n"
    #expect(parsed(text, limit: text.utf8.count) != nil)
    #expect(parsed(text, limit: text.utf8.count - 1) == nil)
  }

  @Test func `limit counts interim headers and trailers`() {
    let text = "HTTP/1.1 103 Hints\n\nHTTP/1.1 200 OK\n\nTrailer: x\n"
    #expect(parsed(text, limit: text.utf8.count) != nil)
    #expect(parsed(text, limit: text.utf8.count - 1) == nil)
  }
}
