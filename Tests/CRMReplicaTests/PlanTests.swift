import CapsuleSimulator
import FoundationEssentials
import Glibc
import Model
import Simulation
import Testing

@testable import CRMReplica
@testable import Replication

/// `plan` against what the rounds that follow it really ask for.
@Suite struct PlanTests {
  private struct Plan: Decodable {
    struct Table: Decodable {
      let table: String
      let requests: Int
      let basis: String
      let readAfterSeconds: Int
    }
    struct Day: Decodable {
      let requests: Int
      let requestsIfHourly: Int
      let requestsIfEveryFiveMinutes: Int
      let usable: Int
    }
    let kind: String
    let requests: Int
    let day: Day?
    let countingRequests: Int
    let isLowerBound: Bool
    let seconds: Int
    let waitedSeconds: Int
    let tables: [Table]
  }

  private func stage(_ prepare: @Sendable (Account) -> Void = { _ in }) throws -> Stage {
    var size = AccountSize.small
    (size.parties, size.opportunities, size.cases, size.tasks) = (230, 120, 40, 210)
    size.entries = 330
    let stage = try Stage(size, prepare: prepare)
    try stage.configure(["requests": #"{"page_size": 20, "reserve": 0, "per_parent_budget": 50}"#])
    return stage
  }

  private func plan(_ stage: Stage, _ more: String...) throws -> Plan {
    let ending = try Child(
      ["plan", "--json", "--config", stage.config] + more, in: stage.folder
    ).wait()
    try #require(ending.code == 0, "\(ending.log)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Plan.self, from: Data(ending.output.utf8))
  }

  /// The plan is right within one request in twenty, and two more.
  private func expect(_ plan: Plan, is requests: Int) {
    let tolerance = requests / 20 + 2
    #expect(
      abs(plan.requests - requests) <= tolerance, "planned \(plan.requests), made \(requests)")
    #expect(plan.tables.reduce(0) { $0 + $1.requests } <= plan.requests)
  }

  @Test func `a first sync and the rounds after it take what was planned`() throws {
    let stage = try stage()
    let first = try plan(stage)
    #expect(first.kind == "first" && !first.isLowerBound)
    #expect(first.countingRequests == stage.requests().count && first.countingRequests < 30)
    #expect(first.tables.first { $0.table == "entries" }?.basis == "probed")
    #expect(access(stage.database, F_OK) != 0)
    expect(first, is: try stage.run("sync").requests.count)

    let count = stage.requests().count
    let next = try plan(stage)
    #expect(next.kind == "next" && next.countingRequests == 0)
    #expect(stage.requests().count == count)
    expect(next, is: try stage.run("sync").requests.count)

    stage.server.withAccount { account in
      for number in 0..<50 { _ = account.createPerson("Zora", "Quist \(number)") }
    }
    expect(try plan(stage), is: try stage.run("sync").requests.count)

    let full = try plan(stage, "--full")
    #expect(full.kind == "full" && full.requests > next.requests)
    expect(full, is: try stage.run("sync", "--full").requests.count)
  }

  @Test func `a day takes each table's rounds`() throws {
    let stage = try stage()
    #expect(try plan(stage).day == nil)
    try stage.run("sync")
    let next = try plan(stage)
    let day = try #require(next.day)
    #expect(day.requests == next.requests)
    // Lists of settings are read every six hours then, and those that all accounts have each week.
    let settings: Set = [
      "users", "teams", "pipelines", "milestones", "lost_reasons", "boards", "stages",
      "task_categories", "activity_types", "activity_type_icons", "track_definitions",
      "person_titles", "goals", "rest_hooks", "custom_fields", "tag_definitions", "site",
    ]
    let resting = next.tables.filter { settings.contains($0.table) }.reduce(0) { $0 + $1.requests }
    #expect(resting > 20)
    #expect(day.requestsIfHourly == 24 * (next.requests - resting - 2) + 4 * resting)
    #expect(day.requestsIfEveryFiveMinutes == 288 * (next.requests - resting - 2) + 4 * resting)
    // 4,000 an hour, and nothing is left to others.
    #expect(day.usable == 96_000)
    try stage.configure([
      "schedule": #"{"every": "12h"}"#,
      "tables": #"{"tasks": {"every": "1h"}, "users": {"every": "2d"}}"#,
    ])
    // Eleven pages of tasks, and one of users, of which a day takes half a one, and of countries
    // and currencies, which are read each week.
    let often = try plan(stage)
    #expect(often.requests == next.requests)
    let requests: Int = (often.requests - 14) * 2 + 11 * 24 + 1
    #expect(often.day?.requests == requests)
    let text = try stage.run("plan").output
    let sentence = "A day of such rounds: about \(requests) requests of 96,000 usable; "
    #expect(text.contains(sentence), "\(text)")
  }

  @Test func `what a day sweeps is the same in however many rounds`() {
    let table = Table("tasks", .full, from: [Listing("tasks", "tasks")], columns: [])
    var line = Forecast.Line(table, 3, .file)
    line.scrub = 5
    line.rereads = 1
    let day = CRMReplica.Plan.Day(Forecast(lines: [line]), usable: nil) { every in
      ["tasks": Schedule(every: every?.components.seconds ?? 43_200, at: nil)]
    }
    // Parents that are as they were are read again every six hours at the most.
    #expect(day.requests == 16 && day.requestsIfHourly == 24 * 2 + 4 + 10)
    #expect(day.requestsIfEveryFiveMinutes == 288 * 2 + 4 + 10)
  }

  @Test func `the time has the waits of the allowance`() throws {
    let stage = try stage()
    stage.server.withAccount { $0.rate.limit = 100 }
    let plan = try plan(stage)
    // The first hour is partly spent: it takes as many more as hold the rest.
    let hours = (plan.requests + plan.countingRequests - 1) / 100
    #expect(plan.waitedSeconds > (hours - 1) * 3_600 && plan.waitedSeconds <= hours * 3_601)
    #expect(plan.seconds >= plan.waitedSeconds)
    let records = plan.tables.filter { ["parties", "tasks"].contains($0.table) }
    #expect(records.allSatisfy { $0.readAfterSeconds < plan.seconds })
    let text = try stage.run("plan").output
    #expect(text.contains("wait for the allowance") && text.contains("An estimate."), "\(text)")
    #expect(text.contains("Allowance: 100 requests an hour, 100 of them usable"), "\(text)")
  }

  @Test func `offline nothing is asked and nothing is claimed`() throws {
    let stage = try stage()
    let plan = try plan(stage, "--offline")
    #expect(plan.isLowerBound && plan.countingRequests == 0 && plan.requests >= 27)
    #expect(stage.requests().isEmpty)
    let text = try stage.run("plan", "--offline").output
    #expect(text.contains("takes at least \(plan.requests) requests and at least "))
    #expect(text.contains("4,000 requests an hour, as documented"))
    #expect(text.contains("assumed (200 ms a page, several at a time)"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(text)")
    unlink(stage.tokenFile)
    let without = try stage.run("plan")
    #expect(without.code == 0 && without.requests.isEmpty)
    #expect(without.log.contains("the account was not counted"))
  }

  @Test func `an account that does not count is probed`() throws {
    let stage = try stage { $0.switches.supportsMeta = false }
    let plan = try plan(stage)
    let sizes = ["parties": 12, "tasks": 11, "entries": 17]
    for table in plan.tables where sizes[table.table] != nil {
      #expect(table.basis == "probed" && table.requests == sizes[table.table], "\(table)")
    }
    expect(plan, is: try stage.run("sync").requests.count)
  }

  @Test func `an account that tells nothing gives a lower bound`() throws {
    let stage = try stage {
      $0.switches.supportsMeta = false
      $0.switches.pagingHeaders = .neither
    }
    let plan = try plan(stage)
    #expect(plan.isLowerBound)
    #expect(plan.tables.first { $0.table == "parties" }?.basis == "assumed")
    #expect(plan.requests < (try stage.run("sync").requests.count))
  }

  @Test func `what keeps it from counting is said`() throws {
    let stage = try stage()
    stage.trouble(.rateLimited(resetIn: 2_000), at: "parties", times: 1)
    let spent = try stage.run("plan")
    #expect(spent.code == 75 && spent.output.isEmpty)
    #expect(spent.requests.filter { $0.hasPrefix("parties") }.count == 1)
    #expect(spent.log.contains("429"))
    stage.server.withAccount { $0.token = "another" }
    let refused = try stage.run("plan")
    #expect(refused.code == 77 && refused.requests.count == 1)
    stage.server.stop()
    #expect(try stage.run("plan").code == 69)
  }
}
