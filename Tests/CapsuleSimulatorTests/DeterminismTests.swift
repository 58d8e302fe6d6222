import Simulation
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

@Suite struct SpellingTests {
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
