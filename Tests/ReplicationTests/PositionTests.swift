import Model
import SQLite
import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile
@testable import Replication

@Suite struct SeenTests {
  private func file() throws -> ScratchFile {
    let file = try ScratchFile()
    let people = (1...6).map { "{\"id\":\($0)}" }.joined(separator: ",")
    try file.apply("[\(people)]", to: "people")
    try file.connection.run("UPDATE people SET _deleted_at = '2026-01-01 00:00:00' WHERE id = 6")
    for entity in ["party", "case"] {
      try file.apply(#"[{"id":1},{"id":12}]"#, to: "fields", given: [0: .text(entity)])
    }
    try file.apply(#"[{"code":"1"},{"code":"GB"},{"code":"a/b"}]"#, to: "countries")
    return file
  }

  private func absent(
    _ file: ScratchFile, _ table: String, saved: [Value], held: [Value]
  ) throws -> [[Value]] {
    var seen = Seen(table: table)
    for key in saved { seen.insert(key) }
    if !saved.isEmpty { try file.connection.transaction { try seen.save(file.connection) } }
    #expect(seen.isEmpty)
    for key in held { seen.insert(key) }
    let absent = try Absent(file.store(table).sql, file.connection)
    #expect(try seen.count(file.connection) == Set(saved + held).count)
    try absent.fill(&seen)
    return try absent.keys(100)
  }

  @Test(
    arguments: [
      ("people", [], [], [[1], [2], [3], [4], [5]]), ("people", [], [1, 2, 4, 4], [[3], [5]]),
      ("people", [1, 2, 4], [], [[3], [5]]), ("people", [1, 2], [2, 4], [[3], [5]]),
      ("fields", ["party/1"], ["case/12"], [["case", 1], ["party", 12]]),
      ("fields", ["party/1", "party/12", "case/1"], ["case/12"], []),
      ("countries", ["GB"], ["1"], [["a/b"]]), ("countries", [], ["a/b", "GB"], [["1"]]),
    ] as [(String, [Value], [Value], [[Value]])])
  func `rows that were not met are absent`(
    table: String, saved: [Value], held: [Value], expected: [[Value]]
  ) throws {
    #expect(try absent(file(), table, saved: saved, held: held) == expected)
  }

  @Test func `tables and passes do not see each other's keys`() throws {
    let file = try file()
    #expect(try absent(file, "people", saved: [1, 2], held: [3, 4]) == [[5]])
    #expect(try absent(file, "countries", saved: ["GB"], held: []) == [["1"], ["a/b"]])
    var seen = Seen(table: "people", isResumed: true)
    try seen.removeAll(file.connection)
    #expect(try file.rows("SELECT * FROM _seen") == [["countries", "GB"]])
    #expect(try absent(file, "people", saved: [], held: [5]) == [[1], [2], [3], [4]])
  }

  @Test func `keys joined by hand are those that SQL joins`() throws {
    let file = try file()
    for table in ["people", "fields", "countries"] {
      let sql = try file.store(table).sql
      let key = sql.table.key.map(\.name).joined(separator: ", ")
      for row in try file.rows("SELECT \(sql.keyExpression), \(key) FROM \(table)") {
        #expect(TableStore.joined(Array(row.dropFirst())) == row[0])
      }
    }
  }

  @Test func `memory is bounded`() {
    var seen = Seen(table: "people")
    for key in 1..<Seen.bound { seen.insert(.integer(Int64(key))) }
    #expect(!seen.mustBeSaved)
    seen.insert("a")
    #expect(seen.mustBeSaved)
  }
}

@Suite struct CursorTests {
  private let noon = ScratchFile.noon

  @Test(arguments: [Cursor.Kind.full, .changes, .recent])
  func `a cursor comes back as it was`(kind: Cursor.Kind) throws {
    let file = try ScratchFile()
    let cursors = Cursors(file.connection)
    #expect(try cursors.load("people") == Cursor())
    var cursor = Cursor()
    (cursor.lastRunDate, cursor.fullRunDate) = (noon, noon + -5)
    (cursor.needsFull, cursor.heldRows) = (true, 12)
    (cursor.countedAt, cursor.sweptAt, cursor.sweptKey) = (noon + 3, noon + 4, 77)
    cursor.progress = Cursor.Progress(
      kind: kind, date: noon + 1, since: noon + 2, scan: 3, page: 4, pageSize: 50,
      tracksAbsence: true, read: 7, inserted: 5, total: 9)
    try cursors.save(cursor, of: "people", completedAt: noon)
    #expect(try cursors.load("people") == cursor)
    // A position that is no page number comes back letter by letter, however numeric it looks.
    for text in ["186", "007", "1e3", "=", "", "2026-01-01 00:00:00,12x5", "é"] {
      var other = cursor
      other.progress?.page = 2
      other.progress?.position = Position(text)
      try cursors.save(other, of: "countries")
      #expect(try cursors.load("countries") == other)
    }
    cursor.progress?.date = nil
    cursor.progress?.tracksAbsence = false
    cursor.fullRunDate = nil
    try cursors.save(cursor, of: "people")
    #expect(try cursors.load("people") == cursor)
    cursor.progress = nil
    cursor.needsFull = false
    try cursors.save(cursor, of: "people")
    #expect(try cursors.load("people") == cursor)
    #expect(
      try file.value("SELECT completed_at FROM _cursors WHERE table_name = 'people'")
        == .text(noon.sql))
    #expect(try cursors.load("fields") == Cursor())
  }

  @Test func `the run log says what was done`() throws {
    let file = try ScratchFile()
    let log = RunLog(file.connection)
    try log.begin(at: noon)
    #expect(log.runID == 1)
    var report = TableReport(table: "people")
    try log.save(report)
    report.counts.read = 9
    report.counts += Counts()
    (report.counts.inserted, report.counts.updated, report.counts.unchanged) = (1, 2, 3)
    (report.counts.deleted, report.counts.misfits, report.requests) = (4, 5, 6)
    (report.counts.swept, report.counts.drifted) = (7, 8)
    (report.waited, report.outcome, report.error) = (.milliseconds(1_500), .held, "why")
    try log.save(report)
    #expect(
      try file.dump("_run_tables") == [
        [1, "people", 9, 1, 2, 3, 4, 5, 6, .real(1.5), "held", "why", 7, 8]
      ])
    let summary = RunSummary(
      id: 1, outcome: .partial, tables: [report], requests: 7, waited: .seconds(2),
      resumeAt: nil, error: "some")
    try log.end(summary, at: noon + 60)
    #expect(
      try file.dump("_runs") == [
        [1, .text(noon.sql), .text((noon + 60).sql), "partial", 7, .real(2), "some"]
      ])
  }

  @Test func `a run that did not end was killed`() throws {
    let file = try ScratchFile()
    try RunLog(file.connection).begin(at: noon)
    let second = RunLog(file.connection)
    try second.begin(at: noon + 60)
    #expect(second.runID == 2)
    #expect(
      try file.rows("SELECT id, outcome, finished_at FROM _runs") == [
        [1, "killed", nil], [2, nil, nil],
      ])
  }

  @Test(arguments: [(1, true), (3_700, true), (0, false), (-5, false), (3_701, false)])
  func `a block is believed while it can be real`(ahead: Int64, isBelieved: Bool) throws {
    let file = try ScratchFile()
    let store = AllowanceStore(file.connection)
    #expect(try store.blockedUntil(noon, [hour]) == nil)
    try store.block(until: noon + 10_000, at: noon)
    try store.block(until: noon + ahead, at: noon)
    #expect(try store.blockedUntil(noon, [hour]) == (isBelieved ? noon + ahead : nil))
  }

  @Test func `the last figures are kept beside the block`() throws {
    let file = try ScratchFile()
    let store = AllowanceStore(file.connection)
    var pacer = Pacer(reserve: 0)
    #expect(pacer.figures(at: .zero) == nil)
    #expect(try file.dump("_allowance").isEmpty)
    try store.block(until: noon + 50, at: noon)
    let allowance = Allowance(limit: 100, remaining: 40, reset: noon + 600)
    pacer.saw(allowance, date: noon, at: .zero)
    try store.note(#require(pacer.figures(at: .seconds(1))), at: noon + 1)
    let expected: [Value] = [
      1, 100, 40, .text((noon + 601).sql), .text((noon + 50).sql), .text((noon + 1).sql),
    ]
    #expect(try file.dump("_allowance") == [expected])
  }
}

@Suite struct ParentQuotasTests {
  @Test(arguments: [
    (10, [3, 3], [3, 3]), (10, [10, 10], [5, 5]), (10, [1, 100], [1, 9]), (10, [100, 1], [9, 1]),
    (10, [0, 4, 100], [0, 4, 6]), (0, [3, 3], [0, 0]), (-5, [3], [0]), (10, [], []),
    (11, [5, 5, 5], [3, 4, 4]), (1, [5, 5], [0, 1]), (Int.max / 2, [7, 8], [7, 8]),
  ])
  func `a budget is divided by need`(budget: Int, needs: [Int], shares: [Int]) {
    #expect(ParentQuotas.divide(budget, among: needs) == shares)
  }

  @Test func `nobody gets too much and nothing is left over`() {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<500 {
      let needs = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
        Int.random(in: 0...20, using: &generator)
      }
      let budget = Int.random(in: 0...60, using: &generator)
      let shares = ParentQuotas.divide(budget, among: needs)
      #expect(zip(shares, needs).allSatisfy { $0 >= 0 && $0 <= $1 })
      #expect(shares.reduce(0, +) == min(budget, needs.reduce(0, +)))
    }
  }

  private static let tracks = Table(
    "tracks", .perParent,
    from: [
      Listing("people/{id}/tracks", "tracks", parent: .init("people", as: "people_id")),
      Listing("firms/{id}/tracks", "tracks", parent: .init("firms", as: "firm_id")),
    ], columns: [.integer("id", or: .key)])

  /// People 1 to 6; 6 is gone.
  private func file() throws -> ScratchFile {
    let file = try ScratchFile([.people, Self.tracks])
    let people = (1...6).map { "{\"id\":\($0)}" }.joined(separator: ",")
    try file.apply("[\(people)]", to: "people")
    try file.connection.run("UPDATE people SET _deleted_at = '2026-01-01 00:00:00' WHERE id = 6")
    return file
  }

  private func quotas(_ file: ScratchFile, run: Int64) -> ParentQuotas {
    ParentQuotas(
      connection: file.connection, runID: run, now: ScratchFile.noon + 300, restsFor: 86_400)
  }

  private func next(_ file: ScratchFile, run: Int64, _ count: Int = 100) throws -> [Int64] {
    try quotas(file, run: run)
      .next(count, of: Self.tracks, parent: "people")
  }

  @Test func `the changed come first and then the unread and the longest unread`() throws {
    let file = try file()
    #expect(try next(file, run: 1) == [1, 2, 3, 4, 5])
    let first = quotas(file, run: 1)
    for (id, seconds) in [(1, 40), (2, 30), (3, 20), (4, 10)] as [(Int64, Int64)] {
      try first.note(id, of: "tracks", parent: "people", at: ScratchFile.noon + seconds)
    }
    #expect(try next(file, run: 1) == [5], "nothing twice in a run")
    let changed = Value.text((ScratchFile.noon + 100).sql)
    try file.connection.run("UPDATE people SET _synced_at = ? WHERE id IN (1, 3)", [changed])
    #expect(try next(file, run: 2) == [3, 1, 5, 4, 2])
    #expect(try next(file, run: 2, 2) == [3, 1])
    let second = quotas(file, run: 2)
    try second.note(3, of: "tracks", parent: "people", at: ScratchFile.noon + 200)
    #expect(try next(file, run: 2) == [1, 5, 4, 2])
    #expect(try next(file, run: 3) == [1, 5, 4, 2, 3])
    // A reading that has not happened yet is none.
    try file.connection.run(
      "UPDATE _parents SET read_at = '2036-01-01 00:00:00' WHERE parent_id = 2")
    #expect(try next(file, run: 3).prefix(3) == [1, 5, 2])
  }

  @Test func `what has changed is served before the sweep`() throws {
    let file = try file()
    let key = ParentQuotas.Key(table: "tracks", listing: 0)
    func shares(_ budget: Int) throws -> [ParentQuotas.Key: Int] {
      try self.quotas(file, run: 2)
        .shares(of: budget, among: [Self.tracks], replicated: ["people"])
    }
    #expect(try shares(3) == [key: 3])
    #expect(try shares(100) == [key: 5])
    let other = Table(
      "links", .perParent, from: [Self.tracks.listings[0]], columns: Self.tracks.columns)
    let quotas = self.quotas(file, run: 1)
    for id in Int64(1)...4 {
      try quotas.note(id, of: "tracks", parent: "people", at: ScratchFile.noon + 10)
    }
    // One is due in the first table and five in the second: they come before the four of the sweep.
    let linkKey = ParentQuotas.Key(table: "links", listing: 0)
    func both(_ budget: Int) throws -> [ParentQuotas.Key: Int] {
      try quotas.shares(of: budget, among: [Self.tracks, other], replicated: ["people"])
    }
    #expect(try both(6) == [key: 1, linkKey: 5])
    #expect(try both(8) == [key: 3, linkKey: 5])
    #expect(try both(Int.max / 2) == [key: 5, linkKey: 5])
  }
}
