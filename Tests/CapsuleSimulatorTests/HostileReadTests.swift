import HTTP
import Simulation
import Testing

@testable import CapsuleSimulator

/// What makes the account hard to read: records that vanish, show late or from the past.
@Suite struct HostileReadTests {
  @Test(arguments: Entity.allCases)
  func `records vanish without a word`(_ entity: Entity) throws {
    let account = account()
    let ids = account.visibleIDs(entity)
    let time = account.rows("\(entity.rawValue)/\(ids[0])")[0]["updatedAt"]
    account.now += 10
    #expect(account.hide(entity, ids[0]))
    #expect(!account.hide(entity, ids[0]))
    #expect(account.crawled(entity.rawValue).sorted() == Array(ids.dropFirst()))
    #expect(account.visibleIDs(entity) == Array(ids.dropFirst()))
    #expect(account.get("\(entity.rawValue)/\(ids[0])").status == 404)
    #expect(account.get("\(entity.rawValue)/\(ids[0]),\(ids[1])").status == 404)
    #expect(account.get("\(entity.rawValue)/\(ids[0])/entries").status == 404)
    let feed = account.tree("\(entity.rawValue)/deleted?since=2020-01-01T00:00:00Z")
    #expect(feed == .object([.init(entity.rawValue, .array([]))]))
    account.now += 10
    #expect(account.show(entity, ids[0]))
    #expect(account.rows("\(entity.rawValue)/\(ids[0])")[0]["updatedAt"] == time)
    #expect(account.visibleIDs(entity) == ids)
  }

  @Test func `references to vanished records are private`() throws {
    let account = account()
    let deal = try #require(account.opportunities.rows.first)
    account.hide(.parties, deal.party)
    let party = account.tree("opportunities/\(deal.id)")["opportunity"]?["party"]
    #expect(party?["isRestricted"] == .bool(true))
    #expect((party?["lastName"] ?? party?["name"]) == .string("Private"))
  }

  @Test func `random edits vanish only if the switch says so`() {
    let account = account()
    var random = SplitMix64(seed: 2)
    let plain = account.edit(using: &random, count: 500)
    #expect(plain[.vanish] == nil && plain[.reappear] == nil)
    account.switches.vanishesSilently = true
    let silent = account.edit(using: &random, count: 500)
    #expect(silent[.vanish] != nil && silent[.reappear] != nil)
  }

  @Test(arguments: Entity.allCases)
  func `changes are read late`(_ entity: Entity) throws {
    let account = account()
    let id = try #require(account.visibleIDs(entity).first)
    func row() -> JSON? { account.rows("\(entity.rawValue)/\(id)").first }
    func listed() -> [Int64] {
      account.listed("\(entity.rawValue)?since=\(CivilTime(noon).instant)")
    }
    let before = row()
    account.switches.visibilityDelay = 20
    account.now += 5
    account.describe(entity, id, "first")
    account.now += 10
    account.describe(entity, id, "second")
    #expect(row() == before)
    #expect(listed() == [])
    account.now += 9
    #expect(row() == before)
    account.now += 1
    let key = entity == .parties ? "about" : "description"
    #expect(row()?[key] == .string("first"))
    #expect(row()?["updatedAt"] == .string(CivilTime(noon + 5).instant))
    #expect(listed() == [id])
    account.now += 10
    #expect(row()?[key] == .string("second"))
    #expect(row()?["updatedAt"] == .string(CivilTime(noon + 15).instant))
  }

  @Test func `new records are read late and removals at once`() throws {
    let account = account()
    let ids = account.visibleIDs(.parties)
    account.switches.visibilityDelay = 20
    let new = account.createPerson("Late", "Comer")
    #expect(account.get("parties/\(new)").status == 404)
    #expect(account.crawled("parties").sorted() == ids)
    #expect(account.ids(.parties) == ids)
    account.now += 20
    #expect(account.get("parties/\(new)").status == 200)
    #expect(account.crawled("parties").sorted() == ids + [new])
    account.describe(.parties, new, "changed")
    account.delete(.parties, new)
    #expect(account.get("parties/\(new)").status == 404)
    let task = account.createTask()
    #expect(account.get("tasks/\(task)").status == 404)
    #expect(!account.ids(.tasks).contains(task))
    account.now += 20
    #expect(account.ids(.tasks).contains(task))
  }

  @Test func `a late record can be restricted and changed silently`() throws {
    let account = account()
    let id = try #require(account.visibleIDs(.parties).first)
    account.switches.visibilityDelay = 20
    account.describe(.parties, id, "late")
    #expect(account.restrict(.parties, id))
    #expect(account.get("parties/\(id)").status == 404)
    #expect(account.unrestrict(.parties, id))
    #expect(account.rows("parties/\(id)").first?["about"] != .string("late"))
  }

  @Test func `what came and went in one second has never been there`() {
    let account = account()
    let id = account.createPerson("Late", "Comer")
    while account.removeEmail(from: id) {}
    account.now += 60
    account.switches.visibilityDelay = 20
    #expect(account.addEmail("late@mail.example", to: id))
    #expect(account.removeEmail(from: id))
    for _ in 0..<3 {
      #expect(account.rows("parties/\(id)").first?["emailAddresses"] == .array([]))
      account.now += 10
    }
  }

  @Test func `some updates lie in the future`() {
    let account = account()
    account.switches.futureUpdates = true
    account.now += 100
    for id in account.visibleIDs(.parties) { account.describe(.parties, id, "changed") }
    let times = account.parties.rows.map(\.updatedAt)
    #expect(times.contains { $0 > account.now })
    #expect(times.contains(account.now))
    #expect(times.allSatisfy { (account.now...account.now + daySeconds).contains($0) })
  }

  @Test func `list pages may show the past`() throws {
    let account = account()
    let id = try #require(account.visibleIDs(.parties).first)
    account.switches.staleAnswers = 100
    let before = account.get("parties?perPage=100").body
    let deletions = "parties/deleted?since=2026-01-01T00:00:00Z"
    account.now += 10
    account.delete(.parties, id)
    #expect(account.get("parties?perPage=100").body == before)
    #expect(account.get("parties/\(id)").status == 404)
    #expect(account.listed(deletions) == [id])
    #expect(!account.ids(.parties).contains(id))
    account.now += 50
    #expect(account.get("parties?perPage=100").body == before)
    account.now += 1
    #expect(!account.listed("parties?perPage=100").contains(id))
  }

  @Test func `an old payload may follow a newer one`() throws {
    let account = account(.scaled(parties: 40))
    account.switches.staleAnswers = 40
    let id = try #require(account.visibleIDs(.parties).first)
    _ = account.get("parties?perPage=100")
    account.describe(.parties, id, "newer")
    let seen = (0..<40).map { _ in
      account.first("parties?perPage=100").first { $0["id"]?.integer == id }?["about"]
    }
    let first = try #require(seen.firstIndex(of: .string("newer")))
    #expect(seen[first...].contains { $0 != .string("newer") })
  }

  @Test func `pages may hold fewer rows than asked for`() {
    let account = account(.scaled(parties: 120))
    account.switches.largestPage = 50
    #expect(account.listed("parties?perPage=100").count == 50)
    #expect(account.listed("parties?perPage=30").count == 30)
    #expect(account.crawled("parties?perPage=100").sorted() == account.visibleIDs(.parties))
    let last = account.get("parties?perPage=100&page=3").headers
    #expect(account.get("parties?perPage=100&page=2").headers["X-Pagination-Has-More"] == "true")
    #expect(last["X-Pagination-Has-More"] == "false")
    #expect(last["Link"]?.contains("rel=\"next\"") == false)
    #expect(account.get("parties?perPage=101").status == 422)
  }

  @Test func `hostile switches are seeded and varied`() {
    var one = SplitMix64(seed: 9)
    var two = SplitMix64(seed: 9)
    #expect(Switches.hostile(using: &one) == Switches.hostile(using: &two))
    let drawn = (0..<60).map { _ in Switches.hostile(using: &one) }
    #expect(Set(drawn.map(\.vanishesSilently)).count == 2)
    #expect(Set(drawn.map(\.futureUpdates)).count == 2)
    #expect(Set(drawn.map(\.visibilityDelay)) == [0, 1, 5, 30])
    #expect(Set(drawn.map(\.staleAnswers)) == [0, 5, 30])
    #expect(Set(drawn.map(\.feedRetention)).count == 4)
    let tame = (0..<60).map { _ in Switches.random(using: &one) }
    #expect(tame.allSatisfy { !$0.vanishesSilently && !$0.futureUpdates })
    #expect(tame.allSatisfy { $0.visibilityDelay == 0 && $0.staleAnswers == 0 })
    #expect(tame.allSatisfy { $0.feedRetention == nil })
    #expect(Set(tame.map(\.largestPage)) == [50, 100])
    #expect(Set(tame.map(\.feedOrder)).count == 2)
    #expect(Set(tame.map(\.showsSeveralTasks)).count == 2)
  }
}
