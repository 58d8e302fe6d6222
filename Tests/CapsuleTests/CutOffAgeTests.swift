import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// How long a pass that was cut off is worth going on with.
@Suite struct CutOffAgeTests {
  private static let hour: Int64 = 3_600

  /// The first page of the list that the next run asks for.
  private func firstPage(_ replica: Replica, full: Bool = false) throws -> String {
    var summary: RunSummary?
    let requests = try replica.requests { summary = try replica.sync(full: full) }
    #expect(summary?.outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
    let list = requests.first { $0.hasPrefix("parties?") } ?? ""
    return String(list.dropFirst("parties?page=".count).prefix { $0 != "&" })
  }

  /// What came and went without a word meanwhile.
  private func stir(_ account: Account) {
    for id in account.visibleIDs(.parties).sorted().prefix(3) { account.hide(.parties, id) }
    for name in ["Ada", "Bea", "Cleo"] { account.createPerson(name, "Quist") }
  }

  @Test(arguments: [(5 * hour, "8"), (7 * hour, "1"), (40 * 24 * hour, "1")], [false, true])
  func `a pass is resumed within hours and begun anew after that`(
    age: (seconds: Int64, page: String), isFirst: Bool
  ) throws {
    let replica = try CutOff.replica(CutOff.account(60))
    if !isFirst { try replica.sync() }
    replica.account.now += Self.hour
    try CutOff.run(replica, full: !isFirst, cutBefore: 8)
    if age.seconds > 24 * Self.hour { stir(replica.account) }
    replica.account.now += age.seconds
    #expect(try firstPage(replica) == age.page)
  }

  @Test func `everything is read anew unless the same was asked for`() throws {
    let replica = try CutOff.replica(CutOff.account(60))
    // A first sync, and then everything.
    try CutOff.run(replica, cutBefore: 8)
    #expect(try firstPage(replica, full: true) == "1")
    try CutOff.run(replica, full: true, cutBefore: 8)
    #expect(try firstPage(replica, full: true) == "8")
    try CutOff.run(replica, full: true, cutBefore: 8)
    replica.account.now += 31 * 24 * Self.hour
    #expect(try firstPage(replica, full: true) == "1")
    // An ordinary run goes on with it, and it is no longer one that compares.
    try CutOff.run(replica, full: true, cutBefore: 8)
    try CutOff.run(replica, cutBefore: 3)
    let page = try replica.value("SELECT pass_page FROM _cursors WHERE table_name = 'parties'")
    #expect(page == 11)
    #expect(try firstPage(replica, full: true) == "1")
    #expect(try replica.value("SELECT count(*) FROM _passes") == 0)
  }

  /// Each run gets a page further before it is cut off: hours count from the last page. It reads
  /// the page before it once more.
  @Test(arguments: [false, true])
  func `a pass that takes days comes to its end`(isDeferred: Bool) throws {
    let replica = try CutOff.replica(CutOff.account(60))
    var runs = 0
    var outcome: RunSummary.Outcome?
    while outcome != .good, runs < 20 {
      replica.options.requestLimit = isDeferred ? try replica.questions + 6 : nil
      if isDeferred || runs >= 11 {
        outcome = try replica.sync().outcome
      } else {
        try CutOff.run(replica, cutBefore: runs == 0 ? 1 : 2)
      }
      // The allowance of the next day.
      replica.account.now += (isDeferred ? 24 : 5) * Self.hour
      runs += 1
    }
    #expect(outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
    let pages = replica.account.log.map(\.target).filter {
      $0.hasPrefix("parties?page=") && !$0.contains("since=")
    }
    #expect(Set(pages).count == 12 && pages.count <= 12 + runs + 1, "\(pages)")
  }

  /// What has been applied for a second is not lost, even where it changed nothing.
  @Test func `a crash loses no more than a second`() throws {
    struct Crash: Error {}
    let replica = try CutOff.replica(CutOff.account(100))
    try replica.sync()
    replica.account.now += Self.hour
    let crash = try replica.account.requestCount + replica.questions + 15
    replica.beforeStatement = { if replica.account.requestCount >= crash { throw Crash() } }
    #expect(throws: Crash.self) { try replica.sync(full: true) }
    replica.beforeStatement = nil
    let page = try replica.value("SELECT pass_page FROM _cursors WHERE table_name = 'parties'")
    // Pages of 0.12 s.
    #expect(try #require(page.integer) >= 15 - 9, "\(page)")
  }
}
