import Capsule
import CapsuleSimulator
import Model
import Replication
import SQLite
import Simulation
import TestSupport
import Testing

@testable import ReplicaFile

/// What the views make of the history that the engine writes.
@Suite struct WrittenHistoryTests {
  let account = Account(seed: 7, size: .small, now: 1_760_000_000)
  let replica: Replica

  init() throws {
    replica = try Replica(account)
    try replica.sync()
  }

  /// An open deal, and two other open milestones of its pipeline or of another.
  private func deal() throws -> (id: Int64, at: Int64, others: [Int64]) {
    let row = try #require(
      try replica.rows(
        """
        SELECT id, milestone_id FROM v_opportunity
          WHERE state = 'open' AND value_amount IS NOT NULL ORDER BY id LIMIT 1
        """
      ).first)
    let id = try #require(row[0].integer)
    let at = try #require(row[1].integer)
    let others = try replica.rows(
      "SELECT id FROM milestones WHERE complete = 0 AND id <> \(at) ORDER BY id LIMIT 2"
    ).compactMap { $0[0].integer }
    #expect(others.count == 2)
    return (id, at, others)
  }

  @Test func `a move between two runs is an exact stay`() throws {
    let (id, first, others) = try deal()
    var entered: [String] = []
    for milestone in others {
      account.now += 86_400
      #expect(account.rename(.opportunities, id, "\"milestone_id\":99,\"expected_close_on\":\"x\""))
      #expect(account.move(opportunity: id, to: milestone))
      entered.append(Timestamp(account.now).sql)
      account.now += 3_600
      try replica.sync()
    }
    let stays = try replica.rows(
      """
      SELECT milestone_id, precision, entered_at, left_at, days
        FROM v_stage_history WHERE opportunity_id = \(id) ORDER BY stay DESC LIMIT 3
      """)
    #expect(
      Array(stays[0][..<4]) == [
        .integer(others[1]), .text("exact"), .text(entered[1]), .null,
      ])
    // A day and an hour: 1.041666…
    #expect(
      stays[1] == [
        .integer(others[0]), .text("exact"), .text(entered[0]), .text(entered[1]), .real(1.04),
      ])
    #expect(stays[2][0] == .integer(first))
    #expect(stays[2][3] == .text(entered[0]))
  }

  @Test func `a deal that left and came back unseen has two stays`() throws {
    let (id, first, others) = try deal()
    account.now += 86_400
    #expect(account.move(opportunity: id, to: others[0]))
    account.now += 3_600
    #expect(account.move(opportunity: id, to: first))
    let entered = Timestamp(account.now).sql
    account.now += 3_600
    try replica.sync()
    let seen = try replica.value(
      "SELECT changed_at FROM _history WHERE table_name = 'opportunities' AND row_key = \(id)")
    let stays = try replica.rows(
      """
      SELECT milestone_id, entered_at IS '\(entered)', left_at, left_by, is_current
        FROM v_stage_history WHERE opportunity_id = \(id) ORDER BY stay
      """)
    #expect(
      stays == [
        [.integer(first), .integer(0), .null, seen, .integer(0)],
        [.integer(first), .integer(1), .null, .null, .integer(1)],
      ])
  }

  @Test func `an expected close that moved is a slippage`() throws {
    let (id, _, _) = try deal()
    let before = try replica.value("SELECT expected_close_on FROM opportunities WHERE id = \(id)")
    account.now += 86_400
    #expect(account.postpone(opportunity: id, days: 30))
    account.now += 3_600
    try replica.sync()
    let after = try replica.value("SELECT expected_close_on FROM opportunities WHERE id = \(id)")
    #expect(before != after)
    #expect(
      try replica.rows(
        "SELECT expected_before, expected_after FROM v_slippage WHERE opportunity_id = \(id)")
        == [[before, after]])
  }

  @Test func `a new value counts from the day on which it was seen`() throws {
    let (id, _, _) = try deal()
    // The views know the present day alone.
    let old = try replica.value("SELECT total_value FROM v_opportunity WHERE id = \(id)")
    account.now += 86_400
    #expect(account.value(opportunity: id, 987_654_321))
    account.now += 3_600
    try replica.sync()
    let connection = try replica.open()
    try connection.execute(
      """
      DELETE FROM opportunities WHERE id <> \(id);
      UPDATE opportunities SET created_at = date('now', '-9 days') || ' 09:00:00',
        last_stage_changed_at = date('now', '-9 days') || ' 09:00:00';
      UPDATE _history SET changed_at = date('now', '-3 days') || ' 02:30:00'
        WHERE table_name = 'opportunities';
      """)
    // No change says that the past is another.
    try connection.run("DELETE FROM _kept")
    try KeptRows(connection, CapsuleSource.workingViews, in: CapsuleSource.catalogue).renew()
    let rows = try connection.rows(
      "SELECT count(*), total_value FROM v_pipeline_daily GROUP BY total_value ORDER BY min(day)")
    #expect(rows.count == 2)
    #expect(rows.first == [.integer(6), old])
    #expect(rows.last?.first == .integer(4))
  }

  private static let kept = ["_opportunity_periods", "_opportunity_stays"]

  /// Every row of the kept tables.
  private func keptRows() throws -> [[[Value]]] {
    try Self.kept.map { try replica.rows("SELECT * FROM \($0) ORDER BY 1, 2") }
  }

  @Test func `what is kept of the past is what all of it would give anew`() throws {
    var random = SeededGenerator(seed: 11)
    for round in 0..<12 {
      account.now += 40_000
      let ids = try replica.rows("SELECT id FROM opportunities WHERE _deleted_at IS NULL")
        .compactMap { $0[0].integer }
      let milestones = try replica.rows("SELECT id FROM milestones").compactMap { $0[0].integer }
      for _ in 0..<5 {
        let id = try #require(ids.randomElement(using: &random))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: _ = account.value(opportunity: id, Int64.random(in: 1..<1_000, using: &random))
        case 1: _ = account.postpone(opportunity: id, days: 3)
        case 2: _ = account.delete(.opportunities, id)
        default:
          let milestone = try #require(milestones.randomElement(using: &random))
          _ = account.move(opportunity: id, to: milestone)
        }
      }
      account.now += 3_600
      try replica.sync()
      let kept = try keptRows()
      #expect(kept.allSatisfy { !$0.isEmpty })
      let connection = try replica.open()
      // The half of what is remembered is forgotten once.
      if round == 8 {
        try connection.run("DELETE FROM _history WHERE id < (SELECT max(id) / 2 FROM _history)")
        try replica.sync()
      }
      let before = try keptRows()
      try connection.run("DELETE FROM _kept")
      try KeptRows(connection, CapsuleSource.workingViews, in: CapsuleSource.catalogue).renew()
      #expect(try keptRows() == before, "round \(round)")
    }
  }

  @Test func `nothing is written where no deal has changed`() throws {
    let before = try replica.rows("SELECT * FROM _kept")
    let connection = try replica.open()
    let changes = connection.totalChanges
    try KeptRows(connection, CapsuleSource.workingViews, in: CapsuleSource.catalogue).renew()
    #expect(connection.totalChanges == changes)
    #expect(try replica.rows("SELECT * FROM _kept") == before && before.count == 2)
  }

  @Test func `another zone of the reports moves the days of the past`() throws {
    let before = try replica.rows("SELECT min(begins_on) FROM _opportunity_periods")
    let connection = try replica.open()
    try ReportClock(connection).set([(from: Timestamp(0), seconds: 10 * 86_400)])
    try replica.sync()
    #expect(try replica.rows("SELECT min(begins_on) FROM _opportunity_periods") != before)
  }

  @Test func `a change that bears the number of one that was forgotten is a change`() throws {
    let (id, _, others) = try deal()
    account.now += 86_400
    #expect(account.value(opportunity: id, 5))
    try replica.sync()
    let connection = try replica.open()
    let last = try connection.value("SELECT max(id) FROM _history")
    try #require(try connection.value("SELECT history_id FROM _kept LIMIT 1") == last)
    try connection.run("DELETE FROM _history_values")
    _ = try History.delete(where: "id > ?", [.integer(0)], connection)
    account.now += 86_400
    #expect(account.move(opportunity: id, to: others[0]))
    try replica.sync()
    #expect(try connection.value("SELECT max(id) FROM _history") != .null)
    #expect(
      try replica.value(
        "SELECT milestone_id FROM _opportunity_stays WHERE opportunity_id = \(id) AND is_current")
        == .integer(others[0]))
  }

  @Test func `a kept table that somebody dropped is filled anew`() throws {
    let before = try keptRows()
    try replica.open().execute("DROP TABLE _opportunity_stays")
    try replica.sync()
    #expect(try keptRows() == before && !before[1].isEmpty)
  }

  @Test func `a kept table of another form is made anew`() throws {
    let other = """
      DROP TABLE _opportunity_stays;
      CREATE TABLE _opportunity_stays (opportunity_id INTEGER NOT NULL, stay INTEGER NOT NULL,
        PRIMARY KEY (opportunity_id, stay)) WITHOUT ROWID;
      """
    let before = try keptRows()
    let connection = try replica.open()
    try connection.execute(other)
    try replica.sync()
    #expect(try keptRows() == before && !before[1].isEmpty)
    // So is one that was never filled, of which nothing says that it is ours but its columns.
    try connection.execute(other)
    try connection.run("DELETE FROM _kept")
    try replica.sync()
    #expect(try keptRows() == before)
    // One that is not known to be ours is a clash, and stays.
    try connection.execute(other.replacing("stay INTEGER NOT NULL,", with: "stay, mine,"))
    try connection.run("DELETE FROM _kept")
    #expect(throws: Clash.self) {
      try Database.open(
        path: replica.path, tables: CapsuleSource.catalogue, views: CapsuleSource.allViews)
    }
    #expect(try connection.rows("SELECT * FROM pragma_table_info('_opportunity_stays')").count == 3)
  }

  @Test func `a milestone that is another now has all of the past anew`() throws {
    let before = try replica.rows("SELECT digest FROM _kept")
    try replica.open().execute(
      "UPDATE milestones SET complete = 1 WHERE id = (SELECT min(id) FROM milestones)")
    try KeptRows(replica.open(), CapsuleSource.workingViews, in: CapsuleSource.catalogue).renew()
    #expect(try replica.rows("SELECT digest FROM _kept") != before)
  }

  @Test func `where deals are not kept any more, nothing is kept of their past`() throws {
    #expect(try keptRows().allSatisfy { !$0.isEmpty })
    let tables = CapsuleSource.catalogue.filter { $0.name != "opportunities" }
    let connection = try Database.open(
      path: replica.path, tables: tables, views: CapsuleSource.allViews)
    try KeptRows(connection, CapsuleSource.workingViews, in: tables).renew()
    #expect(try keptRows() == [[], []])
    #expect(try connection.rows("SELECT * FROM _kept") == [])
  }
}
