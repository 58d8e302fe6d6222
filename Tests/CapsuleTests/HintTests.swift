import Capsule
import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import TestSupport
import Testing

/// Old entries that change between two whole readings of their list.
@Suite(.onComputingThreads) struct HintTests {
  private static let feed = "activities?"

  /// Three days after the first reading, and one after the last round.
  private func replica(_ activities: Switches.Activities = .since) throws -> Replica {
    var size = AccountSize.tiny
    (size.parties, size.entries) = (3, 70)
    var switches = Switches()
    switches.activities = activities
    let account = Account(seed: 7, size: size, now: 1_760_000_000, switches: switches)
    let replica = try Replica(account, tables: [.entries])
    replica.options.pageSize = 20
    try replica.sync()
    account.now += 2 * 86_400
    try replica.sync()
    account.now += 86_400
    return replica
  }

  private func oldest(_ count: Int, _ replica: Replica) throws -> [Int64] {
    try replica.rows(
      "SELECT id FROM entries WHERE _deleted_at IS NULL ORDER BY entry_at LIMIT \(count)"
    ).compactMap { $0[0].integer }
  }

  private func content(_ id: Int64, _ replica: Replica) throws -> Value {
    try replica.value("SELECT content FROM entries WHERE id = \(id)")
  }

  private func isDeleted(_ id: Int64, _ replica: Replica) throws -> Bool {
    try replica.value("SELECT _deleted_at IS NULL FROM entries WHERE id = \(id)") == 0
  }

  /// The requests of a round.
  private func sync(_ replica: Replica) throws -> [String] {
    let before = replica.account.requestCount
    let summary = try replica.sync()
    #expect(summary.outcome == .good)
    #expect(summary.tables.allSatisfy { $0.error == nil })
    return replica.account.log.suffix(replica.account.requestCount - before).map(\.target)
  }

  @Test func `what has changed is asked for by its id`() throws {
    let replica = try replica()
    let ids = try oldest(3, replica)
    replica.account.edit(entry: ids[0], "anew")
    #expect(replica.account.delete(entry: ids[1]))
    // The newest pages bring this one.
    replica.account.createEntry()
    replica.account.now += 3_600
    let requests = try sync(replica)
    #expect(requests.count { $0.hasPrefix(Self.feed) } == 1)
    #expect(
      requests.filter { $0.hasPrefix("entries/") }.map { $0.prefix { $0 != "?" } }.sorted()
        == ["entries/\(ids[0])", "entries/\(ids[1])"].sorted().map { $0[...] })
    #expect(try content(ids[0], replica) == .text("anew"))
    #expect(try isDeleted(ids[1], replica))
    #expect(try replica.verify().report.outcome == .equal)
    replica.account.now += 86_400
    #expect(try sync(replica).count { $0.hasPrefix("entries/") } == 0)
  }

  /// Whether the path of single records answers at all, a row that is there shows.
  @Test func `deletions alone are believed beside a row that is there`() throws {
    let replica = try replica()
    let ids = try oldest(4, replica)
    for id in ids { #expect(replica.account.delete(entry: id)) }
    #expect(try sync(replica).count { $0.hasPrefix("entries/") } == 5)
    for id in ids { #expect(try isDeleted(id, replica)) }
  }

  @Test func `nothing is gone where no single record is answered for`() throws {
    let replica = try replica()
    let ids = try oldest(4, replica)
    for id in ids { replica.account.edit(entry: id, "anew") }
    replica.account.faults.faults = [
      .init(.saying("entry not found", status: 404), on: .path("entries/", times: 100))
    ]
    _ = try sync(replica)
    for id in ids { #expect(try !isDeleted(id, replica)) }
    replica.account.faults = FaultScript()
    replica.account.now += 7 * 86_400
    _ = try sync(replica)
    #expect(try content(ids[0], replica) == .text("anew"))
  }

  /// Then they come with the whole list, as without hints.
  @Test(arguments: Switches.Activities.allCases)
  func `whatever the list tells, no round is worse for it`(form: Switches.Activities) throws {
    let replica = try replica(form)
    let ids = try oldest(30, replica)
    var asked = 0
    for day in 0..<8 {
      replica.account.edit(entry: ids[day], "anew")
      #expect(replica.account.delete(entry: ids[29 - day]))
      replica.account.createEntry()
      asked += try sync(replica).count { $0.hasPrefix(Self.feed) }
      replica.account.now += 86_400
    }
    // Who does not know the question is asked again in a week.
    #expect(form == .missing ? asked == 2 : asked == 7)
    replica.account.now += 7 * 86_400
    _ = try sync(replica)
    #expect(try replica.verify().report.outcome == .equal)
  }

  /// A refusal that is its own, be it of the credential or of an allowance, ends nothing.
  @Test(arguments: [
    (FaultScript.Effect.htmlInsteadOfJSON, rests: true), (.serverError(500, html: true), true),
    (.forbidden, true), (.unauthorised, true), (.truncatedJSON, true),
    (.serverError(502, html: false), false), (.busy("5"), false), (.slowBody, false),
    (.connectionReset, false),
  ])
  func `that the list cannot be had is no matter of the table`(
    effect: FaultScript.Effect, rests: Bool
  ) throws {
    let replica = try replica()
    let id = try oldest(1, replica)[0]
    replica.account.edit(entry: id, "anew")
    replica.account.faults.faults = [.init(effect, on: .path(Self.feed, times: 1_000))]
    #expect(try sync(replica).contains { $0.hasPrefix(Self.feed) })
    #expect(try content(id, replica) != .text("anew"))
    replica.account.now += 300
    #expect(try sync(replica).count { $0.hasPrefix(Self.feed) } == 0, "once an hour")
    replica.account.now += 86_400
    #expect(try sync(replica).contains { $0.hasPrefix(Self.feed) } == !rests)
  }

  @Test func `an allowance of the list's own ends no round`() throws {
    let replica = try replica()
    replica.account.faults.faults = [
      .init(.rateLimited(resetIn: nil), on: .path(Self.feed, times: 1_000))
    ]
    for _ in 0..<3 {
      #expect(try sync(replica).count { $0.hasPrefix(Self.feed) } == 1)
      replica.account.now += 86_400
    }
  }

  /// They come with the next hint, or with the whole list.
  @Test(arguments: [FaultScript.Effect.serverError(503, html: false), .rateLimited(resetIn: nil)])
  func `of a source in trouble no row is given up`(effect: FaultScript.Effect) throws {
    let replica = try replica()
    let ids = try oldest(8, replica)
    for id in ids { replica.account.edit(entry: id, "anew") }
    replica.account.now += 3_600
    replica.account.faults.faults = [.init(effect, on: .path("entries/", times: 100))]
    _ = try sync(replica)
    replica.account.faults = FaultScript()
    replica.account.now += 86_400
    _ = try sync(replica)
    for id in ids { #expect(try content(id, replica) == .text("anew")) }
  }

  @Test func `a row that crashes the source keeps no other from being read`() throws {
    let replica = try replica()
    let ids = try oldest(3, replica)
    for id in ids { replica.account.edit(entry: id, "anew") }
    replica.account.faults.faults = [
      .init(.serverError(500, html: false), on: .path("entries/\(ids[1])", times: 100))
    ]
    _ = try sync(replica)
    #expect(try ids.map { try content($0, replica) == .text("anew") } == [true, false, true])
  }

  /// The newest pages lack it, and say so to nobody.
  @Test func `a new entry that was deleted is gone in the next round`() throws {
    let replica = try replica()
    let id = try #require(replica.account.createEntry())
    _ = try sync(replica)
    replica.account.now += 7_200
    #expect(replica.account.delete(entry: id))
    _ = try sync(replica)
    #expect(try isDeleted(id, replica))
  }

  @Test func `many new entries hide no old one that was edited`() throws {
    let replica = try replica()
    let id = try oldest(1, replica)[0]
    replica.account.edit(entry: id, "anew")
    for _ in 0..<130 { replica.account.createEntry() }
    #expect(try sync(replica).count { $0.hasPrefix("entries/") } == 1)
    #expect(try content(id, replica) == .text("anew"))
  }

  @Test func `what may not be marked as deleted is said`() throws {
    let replica = try replica()
    try Connection(path: replica.path).execute(
      """
      CREATE TRIGGER keep BEFORE UPDATE ON entries WHEN NEW._deleted_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'kept'); END
      """)
    let ids = try oldest(2, replica)
    #expect(replica.account.delete(entry: ids[0]))
    replica.account.edit(entry: ids[1], "anew")
    let summary = try replica.sync()
    #expect(summary.tables.map(\.outcome) == [.failed])
    #expect(summary.tables[0].error?.contains("kept") ?? false, "\(summary.tables[0])")
  }

  /// What failed is asked for by the next round.
  @Test func `no hint is lost to a failure`() throws {
    let replica = try replica()
    let id = try oldest(1, replica)[0]
    replica.account.edit(entry: id, "anew")
    replica.account.now += 3_600
    replica.account.faults.faults = [
      .init(.serverError(503, html: false), on: .path(Self.feed, times: 100))
    ]
    _ = try sync(replica)
    replica.account.faults = FaultScript()
    replica.account.now += 86_400
    _ = try sync(replica)
    #expect(try content(id, replica) == .text("anew"))
  }

  @Test func `a list of something else is left alone for a week`() throws {
    let replica = try replica(.foreign)
    for id in try oldest(12, replica) { replica.account.edit(entry: id, "anew") }
    #expect(try sync(replica).count { $0.hasPrefix(Self.feed) } == 1)
    replica.account.now += 86_400
    #expect(try sync(replica).count { $0.hasPrefix(Self.feed) } == 0)
  }

  @Test func `frequent rounds ask once an hour`() throws {
    let replica = try replica()
    var asked = 0
    for _ in 0..<48 {
      asked += try sync(replica).count { $0.hasPrefix(Self.feed) }
      replica.account.now += 300
    }
    #expect(asked == 4)
  }

  @Test func `a list of one page takes no question`() throws {
    let replica = try replica()
    replica.options.pageSize = 100
    #expect(try sync(replica).count { $0.hasPrefix(Self.feed) } == 0)
  }

  /// A list that the source does not shorten is read as far as it is new.
  @Test func `a list that is not shortened is read no further than it has to be`() throws {
    let replica = try replica(.all)
    for id in try oldest(30, replica) { replica.account.edit(entry: id, "long ago") }
    replica.account.now += 2 * 86_400
    _ = try sync(replica)
    replica.account.now += 86_400
    replica.account.edit(entry: try oldest(1, replica)[0], "anew")
    let requests = try sync(replica)
    #expect(requests.count { $0.hasPrefix(Self.feed) } == 1)
    #expect(requests.count { $0.hasPrefix("entries/") } == 1)
  }
}
