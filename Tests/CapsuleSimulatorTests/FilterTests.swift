import HTTP
import Simulation
import Testing

@testable import CapsuleSimulator

@Suite struct FilterTests {
  private func post(_ account: Account, _ body: String, perPage: Int = 100) -> WireReply {
    account.respond(
      method: "POST", target: "parties/filters/results?perPage=\(perPage)",
      authorization: "Bearer \(account.token)", body: Array(body.utf8))
  }

  private func ids(_ reply: WireReply) -> [Int64] {
    JSON(reply.body)?["parties"]?.items.compactMap { $0["id"]?.integer } ?? []
  }

  private func after(_ id: Int64) -> String {
    """
    {"filter":{"conditions":[{"field":"id","operator":"is greater than","value":\(id)}],\
    "orderBy":[{"field":"id","direction":"ascending"}]}}
    """
  }

  @Test func `ids can be a cursor`() {
    let account = account()
    let all = account.visibleIDs(.parties)
    #expect(ids(post(account, after(all[4]), perPage: 5)) == Array(all[5..<10]))
    account.switches.filters = .orderIgnored
    #expect(ids(post(account, after(0))) != all)
    #expect(ids(post(account, after(0))).sorted() == all)
    account.switches.filters = .comparisonRefused
    #expect(post(account, after(0)).status == 422)
  }

  @Test func `dates select whole days`() throws {
    let account = account()
    let id = try #require(account.visibleIDs(.parties).first)
    account.now += 3 * daySeconds
    account.describe(.parties, id, "changed")
    let condition = #"{"field":"updatedOn","operator":"is after","value":"2026-03-02"}"#
    #expect(ids(post(account, #"{"filter":{"conditions":[\#(condition)]}}"#)) == [id])
    let named = #"{"field":"updatedAt","operator":"is after","value":"2026-03-02"}"#
    #expect(post(account, #"{"filter":{"conditions":[\#(named)]}}"#).status == 422)
    #expect(post(account, "{").status == 400)
    #expect(account.get("parties/filters/results").status == 405)
  }
}
