import HTTP
import Simulation
import Testing

@testable import CapsuleSimulator

@Suite struct PagingTests {
  @Test(arguments: Switches.Order.allCases)
  func `pages cover every row once`(_ order: Switches.Order) {
    let account = account()
    account.switches.order = order
    for resource in [Resource.parties, .opportunities, .kases, .tasks, .entries, .stages] {
      let separator = resource.target.contains("?") ? "&" : "?"
      let target = "\(resource.target)\(separator)perPage=4"
      if order == .shuffled, resource != .entries {
        #expect(Set(account.listed(target)).count == min(4, account.ids(resource).count))
      } else {
        #expect(account.crawled(target).sorted() == account.ids(resource))
      }
    }
  }

  @Test func `orders are what they say`() {
    let account = account()
    func ids(_ order: Switches.Order) -> [Int64] {
      account.switches.order = order
      return account.listed("parties?perPage=100")
    }
    let ascending = ids(.idAscending)
    #expect(ascending == ascending.sorted())
    #expect(ids(.idDescending) == ascending.reversed())
    #expect(ids(.updatedAscending) == ids(.updatedDescending).reversed())
    #expect(ids(.name) != ascending)
    #expect(ids(.shuffled) != ids(.shuffled))
  }

  @Test func `links echo all parameters with page first`() {
    let account = account()
    let base = account.baseURL
    let query = "perPage=10&embed=tags%2Cfields&x=1"
    let link = { (page: Int) in account.get("parties?\(query)&page=\(page)").headers["Link"] }
    let echo = "perPage=10&embed=tags,fields&x=1"
    #expect(link(1) == "<\(base)/parties?page=2&\(echo)>; rel=\"next\"")
    #expect(
      link(2) == """
        <\(base)/parties?page=3&\(echo)>; rel="next", <\(base)/parties?page=1&\(echo)>; rel="prev"
        """)
    #expect(link(3) == "<\(base)/parties?page=2&\(echo)>; rel=\"prev\"")
    #expect(link(9) == "<\(base)/parties?page=8&\(echo)>; rel=\"prev\"")
    #expect(account.get("users").headers["Link"] == nil)
    #expect(account.get("users").headers["X-Pagination-Has-More"] == nil)
  }

  @Test func `a page beyond the end is empty`() {
    let account = account()
    #expect(account.tree("parties?page=99") == .object([.init("parties", .array([]))]))
    #expect(account.get("parties?page=99").headers["X-Pagination-Has-More"] == "false")
    #expect(account.get("parties?page=0").status == 422)
    #expect(account.get("parties?page=x").status == 422)
  }

  @Test func `per page defaults to fifty`() {
    let account = account(.scaled(parties: 120))
    #expect(account.listed("parties").count == 50)
    #expect(account.listed("parties?perPage=100").count == 100)
    #expect(account.get("parties?perPage=101").status == 422)
    account.switches.pageRange = .clamped
    #expect(account.listed("parties?perPage=500").count == 100)
    #expect(account.listed("parties?perPage=0").count == 1)
  }

  @Test(arguments: [
    (Switches.PagingHeaders.both, true, true), (.linkOnly, true, false),
    (.hasMoreOnly, false, true), (.neither, false, false),
  ])
  func `paging headers follow the switch`(
    _ headers: Switches.PagingHeaders, link: Bool, hasMore: Bool
  ) {
    let account = account()
    account.switches.pagingHeaders = headers
    let reply = account.get("parties?perPage=10")
    #expect((reply.headers["Link"] != nil) == link)
    #expect((reply.headers["X-Pagination-Has-More"] == "true") == hasMore)
  }

  @Test func `a change between pages moves rows`() {
    let account = account()
    account.switches.order = .updatedDescending
    let first = account.listed("parties?perPage=10")
    let last = account.listed("parties?perPage=10&page=3")
    account.now += 10
    account.describe(.parties, last[0], "moved to the front")
    #expect(account.listed("parties?perPage=10&page=2").contains(first[9]))
  }
}
