import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Statements of one reply of a deleted feed that speak of the same record.
@Suite struct FeedTests {
  private static let orders = Switches.FeedOrder.allCases

  /// A replica of parties that are up to date, of an account whose feeds forget nothing, or only
  /// what came back.
  private func replica(
    _ order: Switches.FeedOrder, keepsRestored: Bool = true
  ) throws -> Replica {
    var switches = Switches()
    (switches.feedKeepsRestored, switches.feedOrder) = (keepsRestored, order)
    let account = Account(seed: 11, size: .small, now: 1_760_000_000, switches: switches)
    let replica = try Replica(account, tables: [.parties, .deletedParties])
    try replica.sync()
    account.now += 86_400
    return replica
  }

  /// Deletes a record, and says when as columns hold it.
  private func delete(_ id: Int64, _ account: Account) -> Value {
    account.now += 60
    let instant = Timestamp(account.now)
    #expect(account.delete(.parties, id))
    account.now += 60
    return .text(instant.sql)
  }

  /// What the file says of a record: the row, and the feed's own table.
  private func state(_ replica: Replica, _ id: Int64) throws -> [[Value]] {
    try replica.rows("SELECT _deleted_reason, _deleted_at FROM parties WHERE id = \(id)")
      + replica.rows("SELECT reason, deleted_at FROM deleted_parties WHERE id = \(id)")
  }

  @Test(arguments: orders)
  func `of two deletions of one record the later one counts`(order: Switches.FeedOrder) throws {
    let replica = try replica(order)
    let account = replica.account
    let id = account.visibleIDs(.parties)[3]
    _ = delete(id, account)
    #expect(account.restore(.parties, id))
    let last = delete(id, account)
    try replica.sync()
    let found = try state(replica, id)
    #expect(found == [["deleted", last], ["deleted", last]], "\(found)")
  }

  @Test(arguments: orders, [true, false])
  func `a record deleted again is gone since its last deletion`(
    order: Switches.FeedOrder, keepsRestored: Bool
  ) throws {
    let replica = try replica(order, keepsRestored: keepsRestored)
    let account = replica.account
    let id = account.visibleIDs(.parties)[3]
    _ = delete(id, account)
    try replica.sync()
    #expect(account.restore(.parties, id))
    let last = delete(id, account)
    try replica.sync()
    #expect(try state(replica, id) == [["deleted", last], ["deleted", last]])
  }

  @Test(arguments: orders, [true, false])
  func `a feed that repeats two deletions of one record writes nothing`(
    order: Switches.FeedOrder, isPaged: Bool
  ) throws {
    let replica = try replica(order)
    let account = replica.account
    account.switches.pagesDeletedFeed = isPaged
    if isPaged { replica.options.pageSize = 1 }
    let ids = account.visibleIDs(.parties)
    _ = delete(ids[3], account)
    #expect(account.restore(.parties, ids[3]))
    _ = delete(ids[4], account)
    _ = delete(ids[3], account)
    try replica.sync()
    account.now += 600
    let history = "SELECT * FROM _history WHERE table_name = 'deleted_parties'"
    let before = try replica.rows(history)
    try replica.sync(full: true)
    #expect(try replica.rows(history) == before)
  }

  /// A restriction has no date, so nobody can tell which of the two came later.
  /// In pages, each of them may tell of the restriction.
  @Test(arguments: orders, [true, false])
  func `a record both deleted and restricted is deleted`(
    order: Switches.FeedOrder, isPaged: Bool
  ) throws {
    let replica = try replica(order)
    let account = replica.account
    account.switches.pagesDeletedFeed = isPaged
    if isPaged { replica.options.pageSize = 1 }
    let id = account.visibleIDs(.parties)[3]
    _ = delete(account.visibleIDs(.parties)[1], account)
    let instant = delete(id, account)
    _ = delete(account.visibleIDs(.parties)[5], account)
    #expect(account.restore(.parties, id))
    account.now += 60
    #expect(account.restrict(.parties, id))
    account.now += 60
    try replica.sync()
    #expect(try state(replica, id) == [["deleted", instant], ["deleted", instant]])
    guard !isPaged else { return }
    #expect(
      try replica.rows(
        "SELECT change FROM _history WHERE table_name = 'parties' AND row_key = \(id)")
        == [["delete"]])
  }

  /// Nothing but the length of a page says that another one follows, and each tells of the
  /// restrictions as well.
  @Test(arguments: 0...6) func `a feed in pages is read to its end`(restricted: Int) throws {
    let replica = try replica(.ascending)
    let account = replica.account
    account.switches.pagesDeletedFeed = true
    (account.switches.pagingHeaders, account.switches.supportsMeta) = (.neither, false)
    replica.options.pageSize = 5
    let ids = account.visibleIDs(.parties)
    for id in ids.prefix(12) { _ = delete(id, account) }
    for id in ids.dropFirst(12).prefix(restricted) { #expect(account.restrict(.parties, id)) }
    account.now += 60
    #expect(try replica.sync().outcome == .good)
    #expect(
      try replica.value("SELECT count(*) FROM parties WHERE _deleted_at IS NOT NULL")
        == .integer(Int64(12 + restricted)))
    let told = try replica.rows("SELECT id, reason, deleted_at, _deleted_at FROM deleted_parties")
    #expect(told.count == 12 + restricted, "\(told)")
  }

  @Test(arguments: orders)
  func `a deletion behind a restriction of a former run counts`(order: Switches.FeedOrder) throws {
    let replica = try replica(order)
    let account = replica.account
    let id = account.visibleIDs(.parties)[3]
    #expect(account.restrict(.parties, id))
    account.now += 60
    try replica.sync()
    #expect(try state(replica, id)[0][0] == "restricted")
    let instant = delete(id, account)
    try replica.sync()
    #expect(try state(replica, id) == [["deleted", instant], ["deleted", instant]])
  }

  /// Whether verify says that file and account are equal, and what differs.
  private func verified(_ replica: Replica) throws -> [String] {
    replica.account.now += 60
    return try replica.verify().all
  }

  /// The feed may say for ever that it was deleted, and the restriction has no date there. A reply
  /// that tells both for the first time does not say which came first.
  @Test(arguments: orders, [true, false])
  func `a restriction that is told after a deletion counts`(
    order: Switches.FeedOrder, keepsRestored: Bool
  ) throws {
    let replica = try replica(order, keepsRestored: keepsRestored)
    let account = replica.account
    let id = account.visibleIDs(.parties)[3]
    _ = delete(id, account)
    // The next question for what is new begins behind it.
    account.now += 600
    try replica.sync()
    account.now += 3_600
    #expect(account.restore(.parties, id))
    #expect(account.restrict(.parties, id))
    try replica.sync()
    let told = try state(replica, id)
    #expect(told.map { $0[0] } == ["restricted", "restricted"])
    #expect(try verified(replica) == [])
    for isPaged in [false, true] {
      account.switches.pagesDeletedFeed = isPaged
      if isPaged { replica.options.pageSize = 1 }
      account.now += 3_600
      try replica.sync(full: true)
      #expect(try state(replica, id) == told)
    }
    let last = delete(id, account)
    try replica.sync()
    #expect(try state(replica, id) == [["deleted", last], ["deleted", last]])
    #expect(try verified(replica) == [])
  }

  private func isWithdrawn(_ id: Int64, _ replica: Replica) throws -> Bool {
    try replica.value("SELECT _deleted_reason FROM deleted_parties WHERE id = \(id)") == "absent"
  }

  /// Such a feed names it for as long as it is asked from before the restriction.
  @Test(arguments: orders, [true, false])
  func `a record that is shared again is alive, whatever the feed repeats`(
    order: Switches.FeedOrder, isEdited: Bool
  ) throws {
    let replica = try replica(order)
    let account = replica.account
    let id = account.visibleIDs(.parties)[3]
    #expect(account.restrict(.parties, id))
    account.now += 60
    try replica.sync()
    #expect(try state(replica, id)[0][0] == "restricted")
    #expect(account.unrestrict(.parties, id))
    if isEdited { account.describe(.parties, id, "Shared") }
    for isFull in [!isEdited, false, false] {
      account.now += 60
      try replica.sync(full: isFull)
      #expect(try state(replica, id)[0][0] == .null)
      #expect(try isWithdrawn(id, replica))
    }
    #expect(try verified(replica) == [])
    for table in ["deleted_parties", "parties", "deleted_parties"] {
      try replica.resync(table)
      #expect(try state(replica, id)[0][0] == .null, "\(table)")
      #expect(try isWithdrawn(id, replica), "\(table)")
      #expect(try verified(replica) == [])
    }
    #expect(account.restrict(.parties, id))
    account.now += 60
    try replica.sync()
    #expect(try state(replica, id)[0][0] == "restricted")
    #expect(try verified(replica) == [])
  }

  /// A restricted record that was deleted and is back, and restricted as before, is in no reply to
  /// a question for what is new. Where the feed keeps what it has said, the deletion stands.
  @Test(arguments: orders, [true, false])
  func `a restriction as old as before is found by what reads the whole feed`(
    order: Switches.FeedOrder, keepsRestored: Bool
  ) throws {
    let replica = try replica(order, keepsRestored: keepsRestored)
    let account = replica.account
    let id = account.visibleIDs(.parties)[3]
    #expect(account.restrict(.parties, id))
    try replica.sync()
    account.now += 3_600
    let last = delete(id, account)
    try replica.sync()
    account.now += 3_600
    #expect(account.restore(.parties, id))
    try replica.sync()
    #expect(try state(replica, id) == [["deleted", last], ["deleted", last]])
    let found = try verified(replica)
    let tables = ["parties", "deleted_parties"]
    let names = Set(found.map { String($0.prefix { $0 != " " }) })
    #expect(names == (keepsRestored ? [] : Set(tables)), "\(found)")
    for table in tables { try replica.resync(table) }
    #expect(try verified(replica) == [])
    #expect(try state(replica, id)[1][0] == (keepsRestored ? "deleted" : "restricted"))
  }
}
