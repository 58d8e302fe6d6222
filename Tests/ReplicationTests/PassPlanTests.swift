import Model
import ReplicaFile
import Testing

@testable import Replication

/// What a pass reads, by how far its table has come.
@Suite struct PassPlanTests {
  private static let noon = Timestamp(1_770_000_000)

  private static func table(_ method: Table.Method) -> Table {
    Table("rows", method, from: [Listing("rows", "rows")], columns: [.integer("id", or: .key)])
  }

  /// A table that was read an hour ago, and in full a day ago.
  private static var known: Cursor {
    var cursor = Cursor()
    (cursor.lastRunDate, cursor.fullRunDate) = (noon + -3_600, noon + -86_400)
    return cursor
  }

  private func plan(
    _ method: Table.Method, _ cursor: Cursor = known,
    _ change: (inout RoundOptions) -> Void = { _ in }
  ) -> PassPlan {
    var options = RoundOptions()
    change(&options)
    return PassPlan(Self.table(method), cursor, options, at: Self.noon)
  }

  @Test(
    arguments: [
      (.incremental, .changes), (.full, .full), (.newestFirst(by: "at"), .recent),
      (.deletions(of: "others"), .changes), (.perParent, .full),
    ] as [(Table.Method, Cursor.Kind)])
  func `a table that is known is read by its method`(method: Table.Method, kind: Cursor.Kind) {
    #expect(plan(method).kind == kind)
  }

  @Test(arguments: [Table.Method.incremental, .newestFirst(by: "at")])
  func `everything is read the first time, when asked, when needed and when due`(
    method: Table.Method
  ) {
    #expect(plan(method, Cursor()).kind == .full)
    #expect(plan(method) { $0.full = true }.kind == .full)
    var needy = Self.known
    needy.needsFull = true
    #expect(plan(method, needy).kind == .full)
    #expect(plan(method) { $0.fullEvery["rows"] = 86_400 }.kind == .full)
    #expect(plan(method) { $0.fullEvery["rows"] = 86_401 }.kind != .full)
    #expect(plan(method) { $0.fullEvery["others"] = 1 }.kind != .full)
  }

  @Test func `newest first is read whole by its own interval unless another is set`() {
    var old = Self.known
    old.fullRunDate = Self.noon + -7 * 86_400
    #expect(plan(.newestFirst(by: "at"), old).kind == .full)
    #expect(plan(.newestFirst(by: "at"), old) { $0.fullEvery["rows"] = 9 * 86_400 }.kind == .recent)
    #expect(plan(.incremental, old).kind == .changes)
  }

  @Test func `changes are asked for from the last pass less the overlap`() {
    #expect(plan(.incremental).since == Self.noon + -3_900)
    #expect(plan(.incremental, Cursor()).since == nil)
    // A feed must be given an instant.
    #expect(plan(.deletions(of: "others"), Cursor()).since == Timestamp(0))
    #expect(plan(.deletions(of: "others")) { $0.full = true }.since == Timestamp(0))
    #expect(plan(.newestFirst(by: "at")).since == nil)
  }

  private func cut(
    _ kind: Cursor.Kind, page: Int, date: Timestamp? = noon, pageSize: Int = 100, read: Int? = 500,
    left: Int64 = 60, compares: Bool = false
  ) -> Cursor {
    var cursor = Self.known
    cursor.progress = Cursor.Progress(
      kind: kind, date: date, page: page, pageSize: pageSize, tracksAbsence: true, read: read)
    cursor.progress?.resumableUntil = Self.noon + left
    cursor.progress?.compares = compares
    return cursor
  }

  @Test func `a pass that was cut off is continued where that can be proven`() {
    #expect(plan(.incremental, cut(.full, page: 5)).resumed?.page == 5)
    #expect(plan(.incremental, cut(.changes, page: 5)).resumed?.page == 5)
    #expect(plan(.incremental, cut(.full, page: 5, date: nil)).resumed == nil)
    #expect(plan(.incremental, cut(.full, page: 5, pageSize: 50)).resumed == nil)
    #expect(plan(.incremental, cut(.full, page: 5, read: nil)).resumed == nil)
    #expect(plan(.incremental, cut(.full, page: 5)) { $0.anew = true }.resumed == nil)
    // Changes are no part of everything.
    #expect(plan(.incremental, cut(.changes, page: 5)) { $0.full = true }.resumed == nil)
  }

  /// Whether the run before was deferred or not, which the file does not say.
  @Test(arguments: [PassPlan.resumable, PassPlan.resumableWhenDeferred])
  func `a page is young for a minute`(limit: Int64) throws {
    for (age, expected) in [(0, true), (60, true), (61, false), (24 * 3_600, false), (-1, false)]
      as [(Int64, Bool)]
    {
      let progress = try #require(cut(.full, page: 5, left: limit - age).progress)
      #expect(PassPlan.isYoung(progress, at: Self.noon) == expected, "\(age)")
    }
  }

  @Test func `a pass is continued for some hours`() {
    func isResumed(_ cursor: Cursor) -> Bool { plan(.incremental, cursor).resumed != nil }
    let longest = PassPlan.resumableWhenDeferred
    #expect(isResumed(cut(.full, page: 5, left: 0)))
    #expect(isResumed(cut(.full, page: 5, left: longest)))
    #expect(!isResumed(cut(.full, page: 5, left: -1)))
    #expect(!isResumed(cut(.full, page: 5, left: longest + 1)), "a clock was wrong")
    // An older program has said only when it began.
    for (began, expected) in [(0, true), (6 * 3_600, true), (6 * 3_600 + 1, false)]
      as [(Int64, Bool)]
    {
      var old = cut(.full, page: 5, date: Self.noon + -began)
      old.progress?.resumableUntil = nil
      #expect(isResumed(old) == expected)
    }
  }

  @Test(arguments: [Table.Method.incremental, .full, .newestFirst(by: "at")])
  func `a run that compares continues what compared`(method: Table.Method) {
    for (compared, asked, isResumed) in [
      (true, true, true), (false, true, false), (true, false, true), (false, false, true),
    ] {
      let cursor = cut(.full, page: 30, compares: compared)
      #expect((plan(method, cursor) { $0.full = asked }.resumed != nil) == isResumed)
    }
  }

  @Test func `a list that cannot be asked for changes is continued only if it is long`() {
    let most = PassPlan.pagesReadAnew
    #expect(plan(.full, cut(.full, page: most)).resumed == nil)
    #expect(plan(.full, cut(.full, page: most + 1)).resumed?.page == most + 1)
    #expect(plan(.deletions(of: "others"), cut(.changes, page: most + 1)).resumed == nil)
    #expect(plan(.perParent, cut(.full, page: most + 1)).resumed == nil)
  }

  @Test func `rows are counted once in an interval`() {
    #expect(PassPlan.isCountDue(nil, every: .max, at: Self.noon))
    #expect(PassPlan.isCountDue(Self.noon + -60, every: 60, at: Self.noon))
    #expect(!PassPlan.isCountDue(Self.noon + -59, every: 60, at: Self.noon))
  }
}
