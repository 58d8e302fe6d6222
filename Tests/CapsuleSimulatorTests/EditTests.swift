import Simulation
import Testing

@testable import CapsuleSimulator

@Suite struct EditTests {
  @Test(arguments: Edit.allCases)
  func `every kind of edit takes effect`(_ edit: Edit) {
    let account = account(.scaled(parties: 60))
    var random = SplitMix64(seed: 11)
    account.switches.vanishesSilently = true
    // Something to untag, unrestrict, restore, unlink and show again.
    account.edit(using: &random, count: 200)
    let before = state(account)
    account.now += 10
    var applied = 0
    for _ in 0..<60 where account.apply(edit, using: &random) { applied += 1 }
    #expect(applied > 0)
    #expect(state(account) != before)
  }

  private func state(_ account: Account) -> [[JSON]] {
    let links = account.links(.opportunities) + account.links(.kases)
    let pairs = links.map { JSON.array([.number("\($0.parent)"), .number("\($0.party)")]) }
    let tracks = Entity.allCases.flatMap { account.tracks($0).map(\.track) }
    return Resource.allCases.map { account.visible($0) } + [pairs, tracks]
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `references stay whole whatever happens`(_ seed: UInt64) {
    let account = account(seed: seed)
    var random = SplitMix64(seed: seed)
    for _ in 0..<20 {
      account.now += Int64(random.int(0...3))
      account.edit(using: &random, count: 20)
    }
    let parties = Set(account.parties.rows.map(\.id))
    let deals = Set(account.opportunities.rows.map(\.id))
    #expect(account.opportunities.rows.allSatisfy { parties.contains($0.party) })
    #expect(account.kases.rows.allSatisfy { parties.contains($0.party) })
    #expect(account.kases.rows.allSatisfy { $0.opportunity.map(deals.contains) ?? true })
    #expect(account.parties.rows.allSatisfy { $0.organisation.map(parties.contains) ?? true })
    let tasks = Set(account.tasks.rows.map(\.id))
    #expect(account.tracks.rows.allSatisfy { $0.tasks.allSatisfy(tasks.contains) })
    for entity in Entity.allCases {
      let living = Set(account.visibleIDs(entity))
      #expect(living.isDisjoint(with: account.gone(entity).deleted))
      #expect(Set(account.crawled("\(entity.rawValue)?perPage=7")) == living)
    }
  }

  @Test func `own values move the time and nested names do not`() throws {
    let account = account()
    let person = try #require(account.parties.rows.first { $0.organisation != nil })
    let employer = try #require(person.organisation)
    account.now += 50
    account.rename(.parties, employer, "New name")
    let after = account.tree("parties/\(person.id)")["party"]
    #expect(after?["organisation"]?["name"] == .string("New name"))
    #expect(account.parties[person.id]?.updatedAt == person.updatedAt)
    #expect(account.parties[employer]?.updatedAt == account.now)
    account.switches.silentChangesMove = true
    account.rename(.parties, employer, "Newer name")
    #expect(account.parties[person.id]?.updatedAt == account.now)
  }

  @Test func `additional parties are linked silently`() throws {
    let account = account()
    let deal = try #require(account.opportunities.rows.first)
    let other = try #require(account.parties.rows.first { $0.id != deal.party })
    account.removeParty(other.id, from: .opportunities, deal.id)
    account.now += 50
    #expect(account.addParty(other.id, to: .opportunities, deal.id))
    #expect(!account.addParty(deal.party, to: .opportunities, deal.id))
    #expect(account.listed("opportunities/\(deal.id)/parties").contains(other.id))
    #expect(account.opportunities[deal.id]?.updatedAt == deal.updatedAt)
  }

  @Test func `a completed task of a party becomes an entry`() throws {
    let account = account(.scaled(parties: 40))
    let isOfParty = { (task: TodoTask) in
      task.parent?.entity == .parties && task.status == .open
    }
    let task = try #require(account.tasks.rows.first(where: isOfParty))
    account.now += 50
    #expect(account.complete(task: task.id))
    let entry = account.first("entries?perPage=1")[0]
    #expect(entry["type"] == .string("task"))
    #expect(entry["activityType"]?["id"] == .number("-4"))
    #expect(account.tree("tasks/\(task.id)")["task"]?["status"] == .string("COMPLETED"))
    #expect(!account.complete(task: task.id))
  }

  @Test func `demo edits tell what they did`() {
    let account = account(.demo)
    let before = account.visibleIDs(.parties).count
    let summary = account.demoEdits()
    #expect(summary.newParties == 12)
    #expect(summary.deletedParties == 3)
    #expect(summary.deletedTasks > 2)
    #expect(summary.movedOpportunities > 10)
    #expect(summary.restrictedParty.map { account.gone(.parties).restricted == [$0] } == true)
    #expect(account.visibleIDs(.parties).count == before + 12 - 3 - 1)
    #expect(account.gone(.parties).deleted.count == 3)
    #expect(account.now > noon && account.now < noon + 3_600)
  }
}
