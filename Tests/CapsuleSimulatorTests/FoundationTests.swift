import Testing

@testable import CapsuleSimulator

@Suite struct DeterminismTests {
  @Test func `the same seed gives the same bytes`() {
    let one = account(seed: 42)
    let two = account(seed: 42)
    let other = account(seed: 43)
    var first = SplitMix64(seed: 7)
    var second = SplitMix64(seed: 7)
    for _ in 0..<10 {
      #expect(one.edit(using: &first, count: 10) == two.edit(using: &second, count: 10))
      for resource in Resource.allCases {
        #expect(one.get(resource.target).body == two.get(resource.target).body)
      }
    }
    #expect(one.get("parties").body != other.get("parties").body)
  }

  @Test func `sizes are met`() {
    let demo = account(.demo)
    #expect(demo.parties.count == 2_000)
    #expect(demo.opportunities.count == 800)
    #expect(demo.kases.count == 300)
    #expect(demo.tasks.count >= 1_500)
    #expect(demo.entries.count == 3_000)
    #expect(account(.tiny).parties.count == 5)
  }
}

@Suite struct JSONTests {
  @Test(arguments: [
    #"{"a":[1,-2.5e3,true,false,null],"b":{"c":"é\n\t\"\\"},"d":9007199254740993}"#,
    #"[]"#, #""\u0000\u001f""#, "0.10",
  ])
  func `texts survive the tree`(_ text: String) {
    #expect(JSON(Array(text.utf8)).map { String(decoding: $0.bytes, as: UTF8.self) } == text)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\"}", "\"\\x\"", "nul", "1 2", "\"\u{1}\"", "\"\\ud800\"",
  ])
  func `other texts are refused`(_ text: String) {
    #expect(JSON(Array(text.utf8)) == nil)
  }

  @Test func `escapes are read`() {
    #expect(JSON(Array(#""\ud83d\ude00\/\u00e9""#.utf8)) == .string("😀/é"))
  }

  @Test(
    arguments: [
      (0, "0.0"), (50_000, "500.0"), (1_234, "12.34"), (1_205, "12.05"), (1_250, "12.5"),
    ] as [(Int64, String)])
  func `amounts are spelt as the API spells them`(_ hundredths: Int64, text: String) {
    var writer = Writer()
    writer.amount("a", hundredths)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"a\":\(text)")
  }
}

@Suite struct CivilTimeTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
      (951_782_399, "2000-02-28T23:59:59Z", "Mon, 28 Feb 2000 23:59:59 GMT"),
      (1_709_210_096, "2024-02-29T12:34:56Z", "Thu, 29 Feb 2024 12:34:56 GMT"),
      (-1, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
    ] as [(Int64, String, String)])
  func `instants are spelt as the API spells them`(_ epoch: Int64, instant: String, fixdate: String)
  {
    #expect(CivilTime(epoch).instant == instant)
    #expect(CivilTime(epoch).fixdate == fixdate)
    #expect(parseInstant(instant) == epoch)
  }

  @Test func `offsets are applied`() {
    #expect(parseInstant("2024-02-29T14:34:56+02:00") == 1_709_210_096)
    #expect(parseInstant("2024-02-29T07:04:56.999-05:30") == 1_709_210_096)
  }
}
