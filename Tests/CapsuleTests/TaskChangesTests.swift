import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Tasks are asked for what has changed where the account proves that it tells, although nobody
/// says that it does.
@Suite struct TaskChangesTests {
  /// A replica of some sixty tasks in pages of five, behind its first run.
  private func replica(_ change: (inout Switches) -> Void = { _ in }) throws -> Replica {
    var (size, switches) = (AccountSize.tiny, Switches())
    size.tasks = 60
    change(&switches)
    let account = Account(seed: 7, size: size, now: 1_760_000_000, switches: switches)
    let replica = try Replica(account, tables: [.tasks])
    replica.options.pageSize = 5
    try replica.sync()
    return replica
  }

  private func ids(_ replica: Replica) -> [Int64] {
    replica.account.rows("tasks?status=open,completed,pending&perPage=100")
      .compactMap { $0["id"]?.integer }.sorted()
  }

  /// A day on which some tasks are written, and its run.
  @discardableResult
  private func day(
    _ replica: Replica, writing ids: some Sequence<Int64>, outcome: RunSummary.Outcome = .good
  ) throws -> [String] {
    replica.account.now += 86_400
    for id in ids { replica.account.describe(task: id, "as of \(replica.account.now)") }
    replica.account.now += 60
    return try replica.requests {
      let summary = try replica.sync()
      #expect(summary.outcome == outcome, "\(summary.tables.compactMap(\.error))")
    }
  }

  /// The tasks that stand in the file as they do not in the account.
  private func differences(_ replica: Replica) throws -> [String] {
    try Oracle(replica: replica).differences()
  }

  private func isTold(_ requests: [String]) -> Bool {
    requests.first?.contains("since=") ?? false
  }

  private func proofs(_ replica: Replica) throws -> [[Value]] {
    try replica.rows("SELECT told, refuted_at IS NOT NULL FROM _change_proofs")
  }

  /// Five days on which the account tells of two rows each.
  private func proven(_ change: (inout Switches) -> Void = { _ in }) throws -> Replica {
    let replica = try replica(change)
    for number in 0..<5 { try day(replica, writing: ids(replica)[(2 * number)...(2 * number + 1)]) }
    return replica
  }

  @Test func `an account that tells is asked for changes behind ten rows`() throws {
    let replica = try replica()
    // Nothing to be told is no proof.
    #expect(try day(replica, writing: []).count == 13)
    #expect(try proofs(replica) == [])
    for number in 1...10 {
      let requests = try day(replica, writing: ids(replica)[number...number])
      #expect(requests.count == 14 && !isTold(requests))
      #expect(requests.last?.contains("since=") ?? false)
      #expect(try proofs(replica) == [[.integer(Int64(number)), 0]])
    }
    let told = try day(replica, writing: ids(replica).suffix(4))
    #expect(told.count == 2 && isTold(told), "what has changed, and the count")
    #expect(try differences(replica) == [])
    #expect(try day(replica, writing: []).count == 2)
  }

  @Test func `what is new and what goes is found behind a question and a count`() throws {
    let replica = try proven()
    replica.account.createTask()
    #expect(try day(replica, writing: []).count == 2)
    #expect(try differences(replica) == [])
    replica.account.delete(task: ids(replica)[5])
    let requests = try day(replica, writing: ids(replica)[8...9])
    #expect(isTold(requests) && requests.count > 13, "the count differs, and all is read")
    #expect(try differences(replica) == [])
    #expect(try day(replica, writing: []).count == 2)
  }

  @Test func `one that goes for one that comes is found by the whole list`() throws {
    let replica = try proven()
    replica.account.delete(task: ids(replica)[5])
    replica.account.createTask()
    // The new one is told, so that the count is one short.
    try day(replica, writing: [])
    #expect(try differences(replica) == [])
  }

  @Test func `the list is read whole each week`() throws {
    let replica = try proven()
    let week = try (0..<8).map { _ in try day(replica, writing: [ids(replica)[1]]).count }
    #expect(week.filter { $0 > 10 }.count == 1, "\(week)")
    #expect(try proofs(replica) == [[10, 0]])
  }

  @Test func `an account that ignores the question is asked for all of it`() throws {
    let replica = try replica { $0.tasksHonourSince = false }
    #expect(try day(replica, writing: [ids(replica)[1]]).count == 14)
    #expect(try proofs(replica) == [[0, 1]])
    for _ in 0..<3 { #expect(try day(replica, writing: [ids(replica)[1]]).count == 13) }
    #expect(try differences(replica) == [])
    // It may have learnt it meanwhile.
    replica.account.now += replica.options.defaultFullEvery
    #expect(try day(replica, writing: [ids(replica)[1]]).count == 14)
  }

  @Test func `an account that forgets to tell some proves nothing`() throws {
    let replica = try replica { $0.tasksLoseChanges = true }
    let lost = try #require(ids(replica).first { $0.isMultiple(of: 4) })
    try day(replica, writing: [lost])
    #expect(try proofs(replica) == [[0, 1]])
    #expect(try differences(replica) == [])
  }

  @Test func `an account that begins to forget is found out within the week`() throws {
    let replica = try proven()
    replica.account.switches.tasksLoseChanges = true
    let lost = ids(replica).filter { $0.isMultiple(of: 4) }
    #expect(try day(replica, writing: lost).count == 2)
    // The page that is asked for its count shows some of them.
    #expect(try differences(replica) != [])
    for _ in 0..<7 { try day(replica, writing: []) }
    #expect(try differences(replica) == [])
    #expect(try proofs(replica) == [[0, 1]])
    let requests = try day(replica, writing: lost)
    #expect(!isTold(requests))
    #expect(try differences(replica) == [])
  }

  /// A lost new one makes the count differ, and the list that is read for it refutes the account.
  @Test func `a new one that is not told is found by the count`() throws {
    let replica = try proven()
    replica.account.switches.tasksLoseChanges = true
    var made: Int64 = 0
    repeat { made = replica.account.createTask() } while !made.isMultiple(of: 4)
    try day(replica, writing: [])
    #expect(try differences(replica) == [])
    #expect(try proofs(replica) == [[0, 1]])
  }

  @Test(arguments: [
    FaultScript.Effect.serverError(500, html: false), .forbidden, .truncatedJSON, .emptyPage,
    .htmlInsteadOfJSON,
  ])
  func `a question that gets no answer is no matter of the table`(
    effect: FaultScript.Effect
  ) throws {
    let replica = try replica()
    let before = replica.account.requestCount
    // The first thirteen requests of tables are the list, the last the question.
    for number in (before + 2 + 13 + 1)...(before + 40) {
      replica.account.faults.faults.append(.init(effect, on: .request(number)))
    }
    try day(replica, writing: [ids(replica)[1]])
    #expect(try proofs(replica) == [])
    #expect(try differences(replica) == [])
  }

  @Test func `a short list is read whole`() throws {
    let replica = try proven()
    replica.options.pageSize = 40
    let requests = try day(replica, writing: [])
    #expect(requests.count == 2 && !isTold(requests))
  }

  @Test func `a list that is not counted is read whole`() throws {
    let replica = try proven { _ in }
    replica.account.switches.supportsMeta = false
    replica.account.createTask()
    for _ in 0..<2 { try day(replica, writing: [ids(replica)[1]]) }
    #expect(try differences(replica) == [])
    replica.account.delete(task: ids(replica)[5])
    for _ in 0..<2 { try day(replica, writing: []) }
    #expect(try differences(replica) == [])
  }

  @Test func `a whole reading that is cut off goes on and comes to its end`() throws {
    let replica = try proven()
    replica.account.now += 8 * 86_400
    replica.account.describe(task: ids(replica)[1], "late")
    replica.account.now += 60
    replica.prepare = { $0.interruptAfter = 8 }
    #expect(try replica.sync().outcome == .stopped)
    replica.prepare = { _ in }
    let requests = try replica.requests { try replica.sync() }
    #expect(!isTold(requests) && requests.count == 14)
    #expect(try day(replica, writing: []).count == 2)
    #expect(try differences(replica) == [])
  }

  @Test func `rows that the guard holds are no reason to doubt the account`() throws {
    let replica = try proven()
    for id in ids(replica).prefix(30) { replica.account.delete(task: id) }
    try day(replica, writing: [], outcome: .partial)
    #expect(try replica.value("SELECT held_rows FROM _cursors") == 30)
    try day(replica, writing: [])
    #expect(try differences(replica) == [])
    #expect(try proofs(replica) == [[10, 0]])
    #expect(try day(replica, writing: [ids(replica)[1]]).count == 2)
  }

  @Test func `another size of the pages is no reason either`() throws {
    let replica = try proven()
    replica.options.pageSize = 4
    for _ in 0..<2 { try day(replica, writing: [ids(replica)[1]]) }
    #expect(try proofs(replica) == [[10, 0]])
    #expect(try day(replica, writing: [ids(replica)[1]]).count == 2)
    #expect(try differences(replica) == [])
  }

  @Test func `a full sync finds out what was not told`() throws {
    let replica = try proven()
    replica.account.switches.tasksLoseChanges = true
    try day(replica, writing: ids(replica).filter { $0.isMultiple(of: 4) })
    try day(replica, writing: [])
    replica.account.now += 86_400
    let summary = try replica.sync(full: true)
    #expect(try proofs(replica) == [[0, 1]])
    #expect(summary.tables[0].counts.drifted > 0)
    #expect(summary.tables[0].error?.contains("the source had not told") ?? false)
  }

  @Test func `an account that refuses the question is not asked again for a week`() throws {
    let replica = try replica()
    let effect = FaultScript.Effect.saying("no such parameter", status: 422)
    let last = replica.account.requestCount + 2 + 13 + 1
    replica.account.faults.faults.append(.init(effect, on: .request(last)))
    #expect(try day(replica, writing: [ids(replica)[1]]).count == 14)
    #expect(try proofs(replica) == [[0, 1]])
    #expect(try day(replica, writing: [ids(replica)[1]]).count == 13)
  }

  /// Weeks of an account whose people edit while it is read: each good run brings what it has to,
  /// and no row is buried. Most of the lives are asked for changes at some time.
  @Test func `restless weeks`() throws {
    var told = 0
    for seed in 1...60 as ClosedRange<UInt64> {
      var random = SplitMix64(seed: seed)
      let life = try restless(seed, &random)
      var wasTold = false
      var edits: [ListOracle.Edited] = []
      life.account.beforeRequest = { account, number in
        guard random.chance(10) else { return }
        let made = account.edit(using: &random, count: 1)
        edits += made.keys.map { .init(edit: $0, request: number) }
      }
      for _ in 0..<16 {
        life.account.now += Int64(random.int(600...100_000))
        if random.chance(80) { life.account.edit(using: &random, count: random.int(1...8)) }
        for id in ids(life).shuffled(using: &random).prefix(random.int(0...4)) {
          life.account.describe(task: id, "as of \(life.account.now)")
        }
        if random.chance(20), let id = ids(life).randomElement(using: &random) {
          life.account.delete(task: id)
        }
        let lists = try ListOracle(life)
        let summary = try life.sync()
        let complaints = try lists.complaints(summary, edits: edits)
        #expect(complaints == [], "\(seed)")
        if summary.outcome == .good { edits = [] }
        wasTold = try wasTold || proofs(life).first?[0] == 10
      }
      if wasTold { told += 1 }
      life.account.beforeRequest = nil
      try life.sync()
      life.account.now += 3_600
      try life.sync(full: life.account.switches.tasksLoseChanges)
      #expect(try differences(life) == [], "\(seed)")
    }
    #expect(told > 14, "\(told)")
  }

  private func restless(_ seed: UInt64, _ random: inout SplitMix64) throws -> Replica {
    var (size, switches) = (AccountSize.tiny, Switches.random(using: &random))
    if switches.order == .shuffled { switches.order = .idDescending }
    (switches.tasksLoseChanges, switches.tasksHonourSince) = (seed.isMultiple(of: 3), true)
    switches.supportsMeta = true
    size.tasks = random.int(20...60)
    let account = Account(seed: seed, size: size, now: 1_760_000_000, switches: switches)
    let replica = try Replica(account, tables: [.tasks])
    replica.views = []
    replica.options.pageSize = random.pick([5, 7, 10])
    replica.options.fullEvery["tasks"] = Int64(random.pick([2, 5, 30])) * 86_400
    return replica
  }
}
