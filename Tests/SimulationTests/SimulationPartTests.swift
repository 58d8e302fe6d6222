import Simulation
import Testing

@Suite struct SplitMix64Tests {
  /// Source: the reference implementation at prng.di.unimi.it/splitmix64.c.
  @Test func `the draws are those of the reference`() {
    var generator = SplitMix64(seed: 1_234_567)
    let draws = (0..<3).map { _ in generator.next() }
    #expect(
      draws == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }
}

@Suite struct RateLimitTests {
  @Test func `a window ends and the next request opens another`() {
    var rate = RateLimit(limit: 2, window: 10)
    func spend(at second: Int64) -> [Int64] {
      [rate.spend(now: noon + second) ? 1 : 0, Int64(rate.remaining), rate.reset - noon]
    }
    #expect(spend(at: 0) == [1, 1, 10])
    #expect(spend(at: 9) == [1, 0, 10])
    #expect(spend(at: 9) == [0, 0, 10])
    #expect(spend(at: 13) == [1, 1, 23])
    rate.limit = 0
    #expect(spend(at: 40) == [0, 0, 50])
  }
}

@Suite struct QueryTests {
  @Test func `a target is taken apart`() {
    let query = Query("parties/1%2C2+3/?page=2&embed=a%2Cb+c&page=3&flag")
    #expect(query.path == "parties/1%2C2+3/")
    #expect(query.segments == ["parties", "1,2+3"])
    #expect(query["page"] == "2")
    #expect(query["embed"] == "a,b c")
    #expect(query["flag"] == "")
    #expect(query["other"] == nil)
    #expect(query.parameters.map(\.name) == ["page", "embed", "page", "flag"])
  }

  @Test func `a form is taken apart`() {
    let form = Query(form: Array("operation=query&query=select+*+from+A%3B".utf8))
    #expect(form["operation"] == "query")
    #expect(form["query"] == "select * from A;")
  }
}
