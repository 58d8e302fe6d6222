import Testing

@testable import HTTP

/// What reads header lines and addresses, over bytes that no good server sends.
@Suite struct HostileHeadTests {
  private static let lines = [
    "HTTP/1.1 200 OK\r\n", "HTTP/2 429 \r\n", "HTTP/1.1 99999999999999999999 X\r\n",
    "HTTP/1.1 -9223372036854775808\r\n", "HTTP/1.1 9223372036854775807\r\n", "HTTP/", "HTTP/ \r\n",
    "\r\n", "\n", "", "\r", ":", ": \r\n", "A: b\r\n", "\0: \0\r\n", "\t A: b\r\n",
    "Content-Length: 9223372036854775807\r\n", "Content-Length: 9223372036854775808\r\n",
    "Content-Length: -1\r\n", "Content-Encoding: gzip\r\n", "Link: <<<<<>>>\r\n", "A:\r\r\r\n",
    "A: \(String(repeating: " ", count: 3_000))\r\n", "Date \r\n",
  ].map { Array($0.utf8) }

  @Test(arguments: 0..<10)
  func `a head of any bytes is read within its limit`(seed: Int) {
    var random = SeededBytes(seed: UInt64(seed))
    for _ in 0..<200 {
      var head = ResponseHead(limit: 8_000)
      var total = 0
      for _ in 0..<Int.random(in: 1...20, using: &random) {
        var line = Self.lines.randomElement(using: &random) ?? []
        if Bool.random(using: &random) { random.damage(&line) }
        let fits = line.withUnsafeBytes { head.append($0) }
        #expect(fits == (total + line.count <= 8_000), "seed \(seed)")
        if fits { total += line.count }
      }
      let length = head.headers.fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
      // A byte that is no UTF-8 becomes three.
      #expect(length <= 3 * total, "seed \(seed)")
      #expect(head.announcedLength ?? 0 >= 0)
      #expect(!head.isComplete || head.status >= 200)
    }
  }

  private static let addresses = [
    "https://api.capsulecrm.com/api/v2/parties?page=2&perPage=100", "/api/v2/parties?page=2",
    "https://API.capsulecrm.com:443/api/v2/parties/", "//api.capsulecrm.com/api/v2/parties",
    "/api/v2/../../secret", "/api/v2/./x", "/api/v2//x", "/api/v2/", "/api/v2", "",
    "https://user@api.capsulecrm.com/api/v2/x", "https://api.capsulecrm.com.evil.example/api/v2/x",
    "https://[::1]/api/v2/x", "https://[",
    "https://api.capsulecrm.com:99999999999999999999/api/v2/x",
    "/api/v2/x\r\nHost: evil", "/api/v2/x y", "/api/v2/x#y", "/api/v2/\0",
  ]

  /// What is taken for a target leads back below the base, by way of an address that is accepted.
  @Test(arguments: 0..<10)
  func `a target never leaves the base`(seed: Int) throws {
    let base = try BaseURL("https://api.capsulecrm.com/api/v2")
    var random = SeededBytes(seed: UInt64(seed))
    for number in 0..<400 {
      var address = Array((Self.addresses.randomElement(using: &random) ?? "").utf8)
      if number % 4 != 0 { random.damage(&address) }
      let text = String(decoding: address, as: UTF8.self)
      guard let target = base.target(of: text) else { continue }
      #expect(base.target(of: base.address(of: target)) == target, "seed \(seed): \(text)")
    }
  }

  @Test func `an address of 256 kilobytes is read`() throws {
    let base = try BaseURL("https://api.capsulecrm.com/api/v2")
    for part in ["/", "a/", "?", ":", "[", "@", "\u{0}", "..", "%"] {
      let text = String(repeating: part, count: (1 << 18) / part.utf8.count)
      if let target = base.target(of: text) {
        #expect(base.target(of: base.address(of: target)) == target)
      }
      #expect((base.target(of: "\(base)/a" + text) ?? "a").hasPrefix("a"))
      #expect((try? BaseURL("https://" + text))?.host.contains("/") != true)
    }
  }
}

/// Numbers from a seed (xorshift64*, Vigna 2016), and damage done with them.
struct SeededBytes: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
  }

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_f491_4f6c_dd1d
  }

  /// Changes, inserts, removes or doubles some bytes.
  mutating func damage(_ bytes: inout [UInt8]) {
    for _ in 0...Int.random(in: 0...2, using: &self) {
      let at = Int.random(in: 0...bytes.count, using: &self)
      let end = Int.random(in: at...bytes.count, using: &self)
      switch Int.random(in: 0...3, using: &self) {
      case 0 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &self)
      case 1: bytes.removeSubrange(at..<end)
      case 2: bytes.insert(contentsOf: bytes[at..<end], at: at)
      default: bytes.insert(UInt8.random(in: 0...255, using: &self), at: at)
      }
    }
  }
}
