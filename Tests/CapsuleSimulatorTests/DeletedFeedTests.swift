import Simulation
import Testing

@testable import CapsuleSimulator

@Suite struct DeletedFeedTests {
  static let envelopes: [(Entity, String)] = [
    (.parties, "restrictedParties"), (.opportunities, "restrictedOpportunities"),
    (.kases, "restrictedKases"),
  ]

  @Test(arguments: envelopes)
  func `deleted and restricted records are reported`(_ entity: Entity, restricted: String) throws {
    let account = account()
    let ids = account.visibleIDs(entity)
    account.now += 10
    let since = CivilTime(account.now).instant
    #expect(account.get("\(entity.rawValue)/deleted").status == 422)
    #expect(account.tree("\(entity.rawValue)/deleted?since=\(since)").keys == [entity.rawValue])
    account.delete(entity, ids[0])
    account.now += 10
    account.restrict(entity, ids[1])
    let feed = account.tree("\(entity.rawValue)/deleted?since=\(since)")
    #expect(feed.keys == [entity.rawValue, restricted])
    let deleted = feed[entity.rawValue]?.items.first { $0["id"]?.integer == ids[0] }
    #expect(deleted?.keys == ["id", "deletedAt"])
    #expect(deleted?["deletedAt"] == .string(since))
    let hidden = try #require(feed[restricted]?.items.first)
    #expect(hidden["id"]?.integer == ids[1])
    #expect(hidden["isRestricted"] == .bool(true))
    #expect(account.get("\(entity.rawValue)/\(ids[0])").status == 404)
    #expect(account.get("\(entity.rawValue)/\(ids[1])").status == 404)
    let later = CivilTime(account.now + 1).instant
    #expect(account.tree("\(entity.rawValue)/deleted?since=\(later)").keys == [entity.rawValue])
  }

  @Test func `deletion of a party takes its records along`() throws {
    let account = account(.demo)
    let party = try #require(account.opportunities.rows.first?.party)
    let record = Parent(entity: .parties, id: party)
    account.addParty(party, to: .kases, account.kases.rows.first { $0.party != party }?.id ?? 0)
    account.delete(.parties, party)
    #expect(!account.opportunities.rows.contains { $0.party == party })
    #expect(!account.kases.rows.contains { $0.party == party })
    #expect(!account.kases.rows.contains { $0.additionalParties.contains(party) })
    #expect(!account.tasks.rows.contains { $0.parent == record })
    #expect(!account.entries.rows.contains { $0.isOf(record) })
    #expect(account.gone(.opportunities).deleted.isEmpty == false)
  }

  @Test func `people lose a deleted organisation silently`() throws {
    let account = account()
    let person = try #require(account.parties.rows.first { $0.organisation != nil })
    account.now += 10
    account.delete(.parties, person.organisation ?? 0)
    let after = account.tree("parties/\(person.id)")["party"]
    #expect(after?["organisation"] == .null)
    #expect(after?["updatedAt"] == .string(CivilTime(person.updatedAt).instant))
  }

  @Test func `shared again and restored records keep their time`() throws {
    let account = account()
    let ids = account.visibleIDs(.parties)
    let times = ids.map { account.parties[$0]?.updatedAt }
    account.now += 10
    account.restrict(.parties, ids[0])
    account.delete(.parties, ids[1])
    #expect(!account.listed("parties").contains(ids[0]))
    account.now += 10
    #expect(account.unrestrict(.parties, ids[0]))
    #expect(account.restore(.parties, ids[1]))
    #expect(account.parties[ids[0]]?.updatedAt == times[0])
    #expect(account.parties[ids[1]]?.updatedAt == times[1])
    #expect(account.listed("parties").contains(ids[1]))
    #expect(account.listed("parties/deleted?since=2026-01-01T00:00:00Z") == [])
  }

  @Test func `restricted references are private`() throws {
    let account = account()
    let deal = try #require(account.opportunities.rows.first)
    account.restrict(.parties, deal.party)
    let party = account.tree("opportunities/\(deal.id)")["opportunity"]?["party"]
    #expect(party?["isRestricted"] == .bool(true))
    #expect((party?["lastName"] ?? party?["name"]) == .string("Private"))
  }

  private func feed(_ account: Account, since: Int64 = noon) -> JSON {
    account.tree("parties/deleted?since=\(CivilTime(since).instant)")
  }

  private func restricted(_ account: Account, since: Int64 = noon) -> [Int64] {
    feed(account, since: since)["restrictedParties"]?.items.compactMap { $0["id"]?.integer } ?? []
  }

  @Test func `a restriction is told again and again`() {
    let account = account()
    let id = account.visibleIDs(.parties)[0]
    account.now += 10
    account.restrict(.parties, id)
    for _ in 0..<3 {
      account.now += 100
      #expect(restricted(account) == [id])
      #expect(restricted(account, since: account.now) == [])
    }
    account.unrestrict(.parties, id)
    #expect(restricted(account) == [])
    account.now += 100
    account.restrict(.parties, id)
    #expect(restricted(account, since: account.now) == [id])
  }

  @Test func `a restricted record may be deleted and return`() {
    let account = account()
    let id = account.visibleIDs(.parties)[0]
    account.restrict(.parties, id)
    account.now += 10
    account.delete(.parties, id)
    #expect(feed(account).keys == ["parties"])
    #expect(account.listed("parties/deleted?since=\(CivilTime(noon).instant)") == [id])
    account.restore(.parties, id)
    #expect(restricted(account) == [id])
    #expect(account.get("parties/\(id)").status == 404)
  }

  @Test func `the feed may forget`() {
    let account = account()
    let ids = account.visibleIDs(.parties)
    account.switches.feedRetention = 60
    account.delete(.parties, ids[0])
    account.restrict(.parties, ids[1])
    account.now += 60
    #expect(feed(account)["parties"]?.items.count == 1)
    #expect(restricted(account) == [ids[1]])
    #expect(account.gone(.parties) == ([ids[0]], [ids[1]]))
    account.now += 1
    #expect(feed(account) == .object([.init("parties", .array([]))]))
    #expect(account.gone(.parties) == ([], []))
    #expect(account.get("parties/\(ids[0])").status == 404)
  }

  @Test func `the feed has an order`() {
    let account = account()
    let ids = account.visibleIDs(.parties)
    for id in ids[0..<4].reversed() {
      account.now += 5
      account.delete(.parties, id)
    }
    let target = "parties/deleted?since=\(CivilTime(noon).instant)"
    #expect(account.listed(target) == ids[0..<4].reversed())
    account.switches.feedOrder = .descending
    #expect(account.listed(target) == Array(ids[0..<4]))
  }
}
