import Capsule
import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Records that the file refuses: they are not forgotten until they are stored, gone or accepted.
@Suite struct RefusedTests {
  private let account = CutOff.account(30)
  private let replica: Replica

  init() throws {
    replica = try CutOff.replica(account)
  }

  private var ids: [Int64] { account.visibleIDs(.parties).sorted() }

  /// Has the file refuse these rows, or none.
  private func refuse(_ ids: [Int64]) throws {
    let list = ids.map { "\($0)" }.joined(separator: ", ")
    let connection = try replica.open()
    for event in ["INSERT", "UPDATE"] {
      try connection.execute(
        """
        DROP TRIGGER IF EXISTS refuse_\(event);
        CREATE TRIGGER refuse_\(event) BEFORE \(event) ON parties
            WHEN new.id IN (\(list)) AND new._deleted_at IS NULL
          BEGIN SELECT raise(ABORT, 'not here'); END;
        """)
    }
  }

  private func waiting() throws -> Value {
    try replica.value("SELECT count(*) FROM _quarantine WHERE table_name = 'parties'")
  }

  private func cursor() throws -> Value {
    try replica.value("SELECT last_run_date FROM _cursors WHERE table_name = 'parties'")
  }

  private func isEqual() throws -> Bool {
    try Oracle(replica: replica).differences().isEmpty
  }

  enum Pass: CaseIterable { case first, changes, full }

  @Test(arguments: Pass.allCases)
  func `what a run that was cut off could not store is asked for by the next`(
    pass: Pass
  ) throws {
    let ids = ids
    if pass == .first {
      try refuse([ids[1]])
    } else {
      try replica.sync()
      try refuse([ids[1]])
      account.now += 3_600
      for id in ids { #expect(account.describe(.parties, id, "new")) }
      // What has changed since the first page does not hold them.
      account.now += 3_600
    }
    let before = try cursor()
    try CutOff.run(replica, full: pass == .full, cutBefore: 4)
    #expect(try waiting() == 1)
    for _ in 0..<2 {
      let summary = try replica.sync(full: pass == .full)
      #expect(summary.outcome == .partial, "\(summary.tables)")
      #expect(try cursor() == before)
      #expect(try waiting() == 1)
      account.now += 600
    }
    try refuse([])
    #expect(try replica.sync().outcome == .good)
    #expect(try waiting() == 0)
    #expect(try isEqual())
  }

  @Test func `what is gone meanwhile is not waited for`() throws {
    try replica.sync()
    let id = ids[1]
    try refuse([id])
    account.now += 3_600
    #expect(account.describe(.parties, id, "new"))
    #expect(try replica.sync().outcome == .partial)
    account.now += 3_600
    #expect(account.delete(.parties, id))
    #expect(try replica.sync().outcome == .good)
    #expect(try waiting() == 0)
    #expect(try isEqual())
  }

  /// A list that is begun anew has met nothing yet.
  @Test func `what is gone before the list is read again is not waited for`() throws {
    let id = ids[1]
    try refuse([id])
    account.faults = FaultScript([.init(.emptyPage, on: .path("parties?page=2&", times: 1))])
    account.beforeRequest = { account, _ in
      // The first reading has ended.
      guard account.log.contains(where: { $0.target.hasPrefix("parties/deleted?") }) else { return }
      _ = account.delete(.parties, id)
    }
    var outcome: RunSummary.Outcome?
    let requests = try replica.requests { outcome = try replica.sync().outcome }
    let readings = requests.count { $0.hasPrefix("parties?page=1&") && !$0.contains("since=") }
    try #require(readings > 1, "\(requests)")
    #expect(outcome == .good)
    #expect(try waiting() == 0)
    #expect(try isEqual())
  }

  /// One request for each of them, and the pass is good with the cursor moved.
  @Test func `what no list shows any more is asked for by its id`() throws {
    try replica.sync()
    let id = ids[1]
    account.now += 3_600
    try replica.sync()
    let connection = try replica.open()
    try connection.run(
      "INSERT INTO _quarantine VALUES ('parties', 5, 1, '2026-01-01 00:00:00', 'odd', ?)",
      [.text("{\"id\":\(id)}")])
    account.now += 3_600
    var outcome: RunSummary.Outcome?
    let requests = try replica.requests { outcome = try replica.sync().outcome }
    #expect(outcome == .good)
    #expect(requests.count { $0.hasPrefix("parties/\(id)") } == 1, "\(requests)")
    #expect(try waiting() == 0)
  }

  /// It hides without a word: no feed speaks of it.
  @Test func `what the source says is gone does not live on`() throws {
    try replica.sync()
    let id = ids[1]
    try refuse([id])
    account.now += 3_600
    #expect(account.describe(.parties, id, "new"))
    #expect(try replica.sync().outcome == .partial)
    account.now += 3_600
    #expect(account.hide(.parties, id))
    #expect(try replica.sync().outcome == .good)
    #expect(try waiting() == 0)
    #expect(try isEqual())
  }

  @Test func `a record that is stored after all explains no difference`() throws {
    try replica.sync()
    let id = account.createOrganisation("New")
    try refuse([id])
    for _ in 0..<2 {
      account.now += 86_400
      #expect(try replica.sync().outcome == .partial)
    }
    try refuse([])
    account.now += 86_400
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.value("SELECT max(length_error) FROM _cursors") == 0)
  }

  @Test func `many records that may not be seen do not keep a list from being whole`() throws {
    account.switches.listsRestricted = true
    try replica.sync()
    account.now += 3_600
    for id in ids { #expect(account.describe(.parties, id, "new")) }
    for id in ids.prefix(5) { #expect(account.restrict(.parties, id)) }
    account.now += 60
    let summary = try replica.sync()
    #expect(summary.outcome == .good, "\(summary.tables.compactMap(\.error))")
  }

  @Test func `an accepted record keeps nothing back until it comes with another content`() throws {
    let ids = ids
    try refuse([ids[1], ids[2]])
    #expect(try replica.sync().outcome == .partial)
    #expect(try cursor() == .null)
    try Quarantine(.parties, replica.open()).accept()
    account.now += 600
    #expect(try replica.sync().outcome == .good)
    #expect(try cursor() != .null)
    // The count of the account is not taken for a sign of loss.
    account.now += 90_000
    var outcome: RunSummary.Outcome?
    let requests = try replica.requests { outcome = try replica.sync().outcome }
    #expect(outcome == .good)
    #expect(requests.count < 5, "\(requests)")
    #expect(try waiting() == 2)
    account.now += 600
    #expect(account.describe(.parties, ids[2], "new"))
    #expect(try replica.sync().outcome == .partial)
    #expect(try waiting() == 2)
    try refuse([])
    account.now += 600
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.value("SELECT count(*) FROM _accepted") == 1)
    #expect(try replica.sync(full: true).outcome == .good)
    #expect(try waiting() == 0)
    #expect(try replica.value("SELECT count(*) FROM _accepted") == 0)
    #expect(try isEqual())
  }
}

/// Records without a key.
@Suite struct KeylessTests {
  private let account = Account(seed: 12, size: .tiny, now: 1_760_000_000)

  private var ids: [Int64] { account.rows("tasks?").compactMap { $0["id"]?.integer } }

  private func replica() throws -> (Replica, Int64) {
    let replica = try Replica(account, tables: [.tasks])
    return (replica, try #require(ids.first))
  }

  /// Takes the id from one task, in every reply.
  private func hide(_ id: Int64, in replica: Replica) {
    replica.wrap = {
      DamagingTransport($0) { response, _ in
        let body = String(decoding: response.body, as: UTF8.self)
        response.body = Array(body.replacing("\"id\":\(id),", with: "\"id\":null,").utf8)
      }
    }
  }

  private func waiting(_ replica: Replica) throws -> Value {
    try replica.value("SELECT count(*) FROM _quarantine")
  }

  @Test func `one that is mended leaves the quarantine`() throws {
    let (replica, id) = try replica()
    hide(id, in: replica)
    #expect(try replica.sync().outcome == .partial)
    #expect(try waiting(replica) == 1)
    replica.wrap = { $0 }
    account.now += 600
    #expect(try replica.sync().outcome == .good)
    #expect(try waiting(replica) == 0)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  /// What was on the pages of a run that was cut off does not come again in the next one.
  @Test func `one that a run that was cut off has met is not forgotten by the next`() throws {
    let account = CutOff.account(30)
    let replica = try CutOff.replica(account)
    hide(try #require(account.visibleIDs(.parties).min()), in: replica)
    try CutOff.run(replica, cutBefore: 4)
    try #require(try waiting(replica) == 1)
    #expect(try replica.sync().outcome == .partial)
    #expect(try waiting(replica) == 1)
    replica.wrap = { $0 }
    account.now += 600
    #expect(try replica.sync(full: true).outcome == .good)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  /// In a list of one page, and of several.
  @Test(arguments: [100, 5])
  func `an accepted one buries no row that may be its own`(size: Int) throws {
    let (replica, id) = try replica()
    replica.options.pageSize = size
    try replica.sync()
    hide(id, in: replica)
    account.now += 600
    #expect(try replica.sync().outcome == .partial)
    try Quarantine(.tasks, replica.open()).accept()
    account.now += 600
    #expect(try replica.sync().outcome != .unavailable)
    #expect(try replica.value("SELECT count(*) FROM tasks WHERE _deleted_at IS NOT NULL") == 0)
  }

  @Test func `one that only a reading of everything meets is looked for by the next`() throws {
    let account = Account(seed: 12, size: .small, now: 1_760_000_000)
    let replica = try Replica(account, tables: [.entries])
    replica.options.pageSize = 5
    try replica.sync()
    account.now += 40 * 86_400
    try replica.sync()
    let all = account.rows("entries?").compactMap { $0["id"]?.integer }
    try #require(all.count > 4)
    let id = try #require(all.last)
    hide(id, in: replica)
    account.now += 3_600
    #expect(try replica.sync(full: true).outcome == .partial)
    account.now += 3_600
    #expect(try replica.sync().outcome == .partial)
    #expect(try waiting(replica) == 1)
    replica.wrap = { $0 }
    account.now += 3_600
    #expect(try replica.sync().outcome == .good)
    #expect(try waiting(replica) == 0)
  }

  /// Of a table that is read by its parents.
  @Test func `one that is accepted stays so, and its row alive`() throws {
    let replica = try Replica(account, tables: [.opportunities, .parties, .cases, .tracks])
    try replica.sync()
    let id = try #require(try replica.value("SELECT min(id) FROM tracks").integer)
    let connection = try replica.open()
    try connection.execute(
      """
      UPDATE tracks SET description = 'old', _digest = 0 WHERE id = \(id);
      CREATE TRIGGER refuse BEFORE UPDATE ON tracks
        WHEN new.id = \(id) AND new._deleted_at IS NULL
        BEGIN SELECT raise(ABORT, 'not here'); END;
      """)
    account.now += 3_600
    #expect(try replica.sync(full: true).outcome == .partial)
    try Quarantine(.tracks, replica.open()).accept()
    for _ in 0..<3 {
      account.now += 3_600
      let summary = try replica.sync()
      #expect(summary.outcome == .good, "\(summary.tables.compactMap(\.error))")
    }
    #expect(try replica.value("SELECT count(*) FROM _accepted") == 1)
    #expect(try replica.value("SELECT count(*) FROM tracks WHERE _deleted_at IS NOT NULL") == 0)
  }

  @Test func `one that is accepted no longer keeps deleted rows alive`() throws {
    let (replica, id) = try replica()
    hide(id, in: replica)
    try replica.sync()
    account.now += 600
    let other = try #require(ids.last)
    try #require(other != id)
    #expect(account.delete(task: other))
    #expect(try replica.sync().outcome == .partial)
    let gone = "SELECT count(*) FROM tasks WHERE _deleted_at IS NOT NULL"
    #expect(try replica.value(gone) == 0)
    try Quarantine(.tasks, replica.open()).accept()
    account.now += 600
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.value(gone) == 1)
    replica.wrap = { $0 }
    account.now += 600
    #expect(try replica.sync().outcome == .good)
    #expect(try waiting(replica) == 0)
    #expect(try Oracle(replica: replica).differences() == [])
  }
}
