import Simulation
import Testing

@testable import CapsuleSimulator

@Suite struct SinceTests {
  @Test(arguments: Entity.allCases, [true, false])
  func `since is compared on seconds`(_ entity: Entity, isInclusive: Bool) throws {
    let account = account()
    account.switches.sinceIsInclusive = isInclusive
    let id = try #require(account.visibleIDs(entity).first)
    account.now += 100
    account.describe(entity, id, "changed")
    func listed(_ offset: Int64) -> [Int64] {
      account.listed("\(entity.rawValue)?since=\(CivilTime(account.now + offset).instant)")
    }
    #expect(listed(-1) == [id])
    #expect(listed(0) == (isInclusive ? [id] : []))
    #expect(listed(1) == [])
  }

  @Test(arguments: [
    ("2026-03-01T12:00:00Z", 200), ("2026-03-01T12:00:00.123Z", 200),
    ("2026-03-01T13:00:00%2B01:00", 200), ("2026-03-01T13:00:00+01:00", 422),
    ("2026-03-01", 422), ("yesterday", 422), ("", 422), ("2026-13-01T12:00:00Z", 422),
  ])
  func `since is taken in each of its forms`(_ text: String, status: Int) {
    #expect(account().get("parties?since=\(text)").status == status)
    #expect(account().get("parties/deleted?since=\(text)").status == status)
  }

  @Test func `since selects tasks unless ignored`() throws {
    let account = account()
    let id = try #require(account.ids(.tasks).first)
    account.now += 5
    account.describe(task: id, "changed")
    let target = "\(Resource.tasks.target)&since=\(CivilTime(account.now).instant)"
    #expect(account.listed(target) == [id])
    account.switches.tasksHonourSince = false
    #expect(account.listed(target).count == account.ids(.tasks).count)
  }

  @Test func `entries ignore since`() {
    let account = account()
    #expect(account.listed("entries?since=2030-01-01T00:00:00Z").count == 20)
  }
}
