import HTTP
import Simulation
import Testing

@testable import CapsuleSimulator

@Suite struct ChurnTests {
  @Test func `edits of all kinds are seeded`() {
    func life(_ seed: UInt64) -> [[UInt8]] {
      let account = account()
      account.churns = [Churn(seed: seed, rate: 3)]
      return (0..<40).map { _ in account.get("parties?embed=tags,fields").body }
    }
    #expect(life(1) == life(1))
    #expect(life(1) != life(2))
    #expect(Set(life(1)).count > 20)
  }

  @Test func `several churns and a hook go together`() {
    let account = account()
    var seen: [Int] = []
    account.churns = [
      Churn(seed: 1, rate: 1, kinds: [.createPerson]),
      Churn(seed: 2, rate: 1, kinds: [.createOrganisation]),
    ]
    account.beforeRequest = { account, number in
      #expect(account.churns.allSatisfy { $0.count == number })
      seen.append(number)
    }
    let before = account.parties.count
    for _ in 0..<5 { _ = account.get("site") }
    #expect(seen == [1, 2, 3, 4, 5])
    #expect(account.parties.count == before + 10)
  }

  @Test(arguments: Switches.Order.allCases.filter { $0 != .shuffled })
  func `listings follow each edit`(_ order: Switches.Order) {
    let account = account()
    account.switches.order = order
    account.switches.vanishesSilently = true
    account.churns = [Churn(seed: 5, rate: 3)]
    let since = CivilTime(noon).instant
    for _ in 0..<12 {
      for target in [
        "parties", "opportunities", "kases", "parties?since=\(since)", "entries",
        "tasks?status=open,completed",
      ] {
        let separator = target.contains("?") ? "&" : "?"
        let listed = account.listed("\(target)\(separator)perPage=100")
        let known = account.listings
        account.listings.forget()
        #expect(listed == account.rows(target).prefix(100).compactMap { $0["id"]?.integer })
        account.listings = known
      }
    }
  }

  @Test func `a crawl under churn finds nearly everything`() {
    let account = account(.scaled(parties: 2_000))
    account.churns = [Churn(seed: 3, rate: 1)]
    let ids = account.crawled("parties?embed=tags,fields&perPage=100")
    #expect(account.churns[0].count == account.requestCount)
    #expect(Set(ids).count > 1_900)
  }
}
