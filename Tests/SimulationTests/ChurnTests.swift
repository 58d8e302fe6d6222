import HTTP
import Simulation
import Testing

@Suite struct ChurnTests {
  private let request = WireRequest(
    target: "/restapi/v1/query", headers: ["Authorization": "Basic YWRhOmtleQ=="])

  @Test(arguments: [(0.0, 0), (0.07, 7), (0.1, 10), (0.29, 29), (1, 100), (2.5, 250)])
  func `the rate is kept`(_ rate: Double, count: Int) {
    let account = FormAccount()
    account.churns = [Churn(seed: 1, rate: rate, requests: 11...110, kinds: [.add])]
    for _ in 0..<10 { _ = account.respond(to: request) }
    #expect(account.churns[0].count == 0)
    #expect(account.now == noon)
    for _ in 0..<150 { _ = account.respond(to: request) }
    #expect(account.churns[0].done == (count == 0 ? [:] : [.add: count]))
    #expect(account.rows == count)
    #expect((account.now > noon) == (count > 0))
  }

  @Test func `the same seed makes the same edits`() {
    func life(_ seed: UInt64) -> [[UInt8]] {
      let account = FormAccount()
      account.churns = [Churn(seed: seed, rate: 3)]
      return (0..<40).map { _ in account.respond(to: request).body }
    }
    #expect(life(1) == life(1))
    #expect(life(1) != life(2))
  }

  @Test func `an edit that finds nothing to change is drawn again`() {
    let account = FormAccount()
    account.churns = [Churn(seed: 1, rate: 1)]
    for _ in 0..<50 { _ = account.respond(to: request) }
    let done = account.churns[0].done
    #expect(account.churns[0].count == 50)
    #expect(account.rows == (done[.add] ?? 0) - (done[.remove] ?? 0))
  }
}
