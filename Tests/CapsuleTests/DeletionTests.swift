import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Gone by the feed, gone by absence, and back again.
@Suite struct DeletionTests {
  let account = Account(seed: 11, size: .small, now: 1_760_000_000)
  let replica: Replica

  init() throws {
    replica = try Replica(account)
    try replica.sync()
    account.now += 86_400
  }

  private func later() { account.now += 86_400 }

  private func state(_ table: String, _ id: Int64) throws -> [Value] {
    try replica.rows(
      "SELECT _deleted_reason, _deleted_at FROM \"\(table)\" WHERE id = \(id)")[0]
  }

  /// What the guard holds is said by each run, and the first one behind its time reads everything.
  @Test func `rows that are held are told until a complete listing lacks them again`() throws {
    var size = AccountSize.tiny
    size.parties = 40
    let account = Account(seed: 3, size: size, now: 1_760_000_000)
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    try replica.sync()
    account.now += 3_600
    for id in account.visibleIDs(.parties).prefix(15) { _ = account.hide(.parties, id) }
    let held = try replica.sync(full: true).tables[0]
    #expect(held.outcome == .held)
    let buried = "SELECT count(*) FROM parties WHERE _deleted_at IS NOT NULL"
    for _ in 1...2 {
      account.now += 600
      let next = try replica.sync().tables[0]
      #expect(next.outcome == .held && next.error == held.error)
      #expect(try replica.value(buried) == 0)
    }
    account.now += 900
    #expect(try replica.sync().tables[0].outcome == .good)
    #expect(try replica.value(buried) == 15)
    #expect(try Oracle(replica: replica).differences() == [])
    #expect(try replica.sync().tables[0].counts.read < 40)
  }

  @Test func `a deleted party keeps its values and its children`() throws {
    let id = account.visibleIDs(.parties)[3]
    account.addEmail("kept@example.com", to: id)
    account.now += 60
    try replica.sync()
    let row = try replica.rows("SELECT name, last_name, created_at FROM parties WHERE id = \(id)")
    later()
    let deletedAt = Timestamp(account.now).sql
    _ = account.delete(.parties, id)
    account.now += 60
    let summary = try replica.sync()
    #expect(try state("parties", id) == ["deleted", .text(deletedAt)])
    #expect(
      try replica.rows("SELECT name, last_name, created_at FROM parties WHERE id = \(id)") == row)
    #expect(
      try replica.value(
        "SELECT count(*) FROM party_email_addresses WHERE party_id = \(id)") != 0)
    #expect(summary.tables.first { $0.table == "deleted_parties" }?.counts.deleted == 1)
    #expect(
      try replica.rows("SELECT reason, deleted_at FROM deleted_parties WHERE id = \(id)")
        == [["deleted", .text(deletedAt)]])
    #expect(
      try replica.value(
        "SELECT change FROM _history WHERE table_name = 'parties' AND row_key = \(id) "
          + "ORDER BY id DESC") == "delete")
  }

  @Test func `a restricted party is marked so, comes back, and can go again`() throws {
    let id = account.visibleIDs(.parties)[5]
    for _ in 1...2 {
      _ = account.restrict(.parties, id)
      account.now += 60
      try replica.sync()
      #expect(try state("parties", id)[0] == "restricted")
      later()
      _ = account.unrestrict(.parties, id)
      account.now += 60
      try replica.sync(full: true)
      #expect(try state("parties", id) == [nil, nil])
      later()
      try replica.sync()
      #expect(try state("parties", id) == [nil, nil])
      later()
    }
    #expect(
      try replica.value(
        "SELECT count(*) FROM _history WHERE table_name = 'parties' AND change = 'restore'") == 2)
  }

  @Test func `a row that a listing no longer holds is absent, and alive when seen again`() throws {
    let id = account.ids(.tasks)[2]
    _ = account.delete(task: id)
    try replica.sync()
    #expect(try state("tasks", id)[0] == "absent")
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `a listing that lacks most rows is held back until it repeats`() throws {
    for id in account.ids(.tasks).dropFirst(2) { _ = account.delete(task: id) }
    let living = try replica.value("SELECT count(*) FROM tasks WHERE _deleted_at IS NULL")
    let first = try replica.sync(only: ["tasks"])
    #expect(first.outcome == .partial)
    #expect(first.tables[0].outcome == .held)
    #expect(
      try replica.value("SELECT count(*) FROM tasks WHERE _deleted_at IS NULL") == living)
    // It does not repeat as soon as rounds follow each other.
    for _ in 1...3 {
      account.now += 1
      #expect(try replica.sync(only: ["tasks"]).tables[0].outcome == .held)
      #expect(
        try replica.value("SELECT count(*) FROM tasks WHERE _deleted_at IS NULL") == living)
    }
    account.now += 3_600
    let second = try replica.sync(only: ["tasks"])
    #expect(second.outcome == .good)
    #expect(try replica.value("SELECT count(*) FROM tasks WHERE _deleted_at IS NULL") == 2)
  }

  @Test func `the links of a deleted record go with it`() throws {
    let link = try #require(account.links(.opportunities).first)
    _ = account.delete(.opportunities, link.parent)
    account.now += 60
    try replica.sync()
    #expect(
      try replica.value(
        """
        SELECT _deleted_reason FROM opportunity_parties
          WHERE opportunity_id = \(link.parent) AND party_id = \(link.party)
        """) == "deleted")
  }

  @Test func `a deletion between two runs of one second is not passed over`() throws {
    let id = account.visibleIDs(.parties)[4]
    account.describe(.parties, id, "written in the second of its deletion")
    try replica.sync()
    _ = account.delete(.parties, id)
    // The next run begins in the same second of this host's clock.
    replica.clockError = -1
    try replica.sync()
    #expect(try state("parties", id)[0] == "deleted")
  }

  @Test func `a deletion while a resumed pass goes on is not passed over`() throws {
    let account = Account(seed: 12, size: .small, now: 1_760_000_000)
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    replica.options.pageSize = 5
    replica.options.concurrency = 1
    // Two events a question, and six.
    let events = try 2 * replica.questions + 6
    replica.prepare = { $0.interruptAfter = events }
    try replica.sync()
    replica.prepare = { _ in }
    let stored = Set(try replica.rows("SELECT id FROM parties").compactMap { $0[0].integer })
    #expect(!stored.isEmpty && stored.count < 25)
    account.now += 3_600
    let all = account.visibleIDs(.parties)
    // One of the rows that the resumed pass brings goes right behind the page that brought it.
    let order = account.rows("parties?perPage=100").compactMap { $0["id"]?.integer }
    let victim = try #require(order.last { !stored.contains($0) })
    var isGone = false
    account.beforeRequest = { account, _ in
      if account.log.last?.target.contains("page=5") ?? false, !isGone {
        isGone = true
        account.now += 10
        _ = account.delete(.parties, victim)
        account.now += 10
      }
    }
    try replica.sync()
    account.beforeRequest = nil
    #expect(isGone && all.contains(victim))
    #expect(
      try replica.value("SELECT _deleted_reason FROM parties WHERE id = \(victim)") == "deleted")
  }

  @Test func `a record restored before its deletion was read stays alive`() throws {
    var switches = Switches()
    (switches.feedKeepsRestored, switches.restoreMoves) = (true, true)
    let account = Account(seed: 11, size: .small, now: 1_760_000_000, switches: switches)
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    try replica.sync()
    account.now += 86_400
    let id = account.visibleIDs(.parties)[3]
    #expect(account.delete(.parties, id))
    account.now += 60
    #expect(account.restore(.parties, id))
    account.now += 60
    try replica.sync()
    #expect(
      try replica.rows("SELECT _deleted_reason FROM parties WHERE id = \(id)") == [[nil]])
    // Not even for a moment: the list has shown the row after the deletion that the feed tells of.
    #expect(
      try replica.value(
        "SELECT count(*) FROM _history WHERE table_name = 'parties' AND change = 'delete'") == 0)
  }

  @Test func `a row that slides past one that is restored at once is found`() throws {
    var switches = Switches()
    (switches.order, switches.feedKeepsRestored) = (.idDescending, true)
    let account = Account(seed: 11, size: .small, now: 1_760_000_000, switches: switches)
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    (replica.options.pageSize, replica.options.concurrency) = (5, 1)
    let order = account.visibleIDs(.parties).sorted(by: >)
    // The last row but five becomes the last but four while the last page is asked for, and then
    // what it was.
    let last = (order.count + 4) / 5
    var hasSlid = false
    account.beforeRequest = { account, _ in
      account.now += 1
      let target = account.log.last?.target ?? ""
      if target.contains("parties?page=\(last - 1)&"), !hasSlid {
        hasSlid = account.delete(.parties, order[0])
      }
      if target.contains("parties?page=\(last)&") { _ = account.restore(.parties, order[0]) }
    }
    #expect(try replica.sync().outcome == .good)
    account.beforeRequest = nil
    #expect(hasSlid)
    let stored = try replica.rows(
      "SELECT id FROM parties WHERE _deleted_at IS NULL ORDER BY id DESC")
    #expect(stored.compactMap { $0[0].integer } == order)
  }

  @Test func `a row that slides past a deletion is asked for before it is taken for gone`() throws {
    var switches = Switches()
    switches.supportsMeta = false
    let account = Account(seed: 11, size: .small, now: 1_760_000_000, switches: switches)
    let replica = try Replica(account, tables: [.tasks])
    (replica.options.pageSize, replica.options.concurrency) = (5, 1)
    try replica.sync()
    account.now += 86_400
    let order = account.rows("tasks?perPage=100&status=open,completed,pending").compactMap {
      $0["id"]?.integer
    }
    try #require(order.count > 10)
    // The first row goes when its page has been read. The sixth becomes the fifth: no page has it.
    var isGone = false
    account.beforeRequest = { account, _ in
      guard !isGone, account.log.last?.target.hasPrefix("tasks?page=1&") ?? false else { return }
      isGone = account.delete(task: order[0])
    }
    let before = account.requestCount
    try replica.sync()
    account.beforeRequest = nil
    #expect(isGone)
    let requests = account.log.suffix(account.requestCount - before).map(\.target)
    #expect(!requests.filter { $0.hasPrefix("tasks/\(order[5])") }.isEmpty)
    #expect(
      try replica.rows("SELECT _deleted_reason FROM tasks WHERE id = \(order[5])") == [[nil]])
    try replica.sync()
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `a parent that answers nothing keeps its links`() throws {
    let links = try replica.value(
      "SELECT count(*) FROM opportunity_parties WHERE _deleted_at IS NULL")
    #expect(links != 0)
    for id in account.visibleIDs(.opportunities) {
      account.faults.faults.append(
        .init(.forbidden, on: .path("opportunities/\(id)/parties", times: 1)))
    }
    let summary = try replica.sync()
    #expect(summary.outcome == .partial)
    #expect(
      try replica.value(
        "SELECT count(*) FROM opportunity_parties WHERE _deleted_at IS NULL") == links)
    account.faults = FaultScript()
    #expect(try replica.sync().outcome == .good)
  }
}
