import Model
import SQLite
import TestSupport
import Testing

@testable import ReplicaFile
@testable import Replication

@Suite struct CompletenessTests {
  /// A case: what is known, what was decided before, and what is decided.
  struct Case: Sendable {
    var asks = false
    var repair: Completeness.Repair?
    let length: Int
    let known: Int
    var lost = 0
    let decision: Completeness.Decision
  }

  @Test(arguments: [
    Case(length: 0, known: 0, decision: .complete),
    Case(length: 250, known: 250, decision: .complete),
    Case(length: 250, known: 249, decision: .find(1)),
    Case(length: 250, known: 240, decision: .find(10)),
    Case(length: 250, known: 251, decision: .restart),
    Case(length: 250, known: 250, lost: 1, decision: .restart),
    Case(length: 250, known: 249, lost: 1, decision: .restart),
    Case(asks: true, length: 250, known: 249, decision: .recount),
    Case(asks: true, repair: .search, length: 250, known: 249, decision: .recount),
    Case(asks: true, repair: .changes, length: 250, known: 249, decision: .find(1)),
    Case(asks: true, repair: .changes, length: 250, known: 250, decision: .complete),
    Case(asks: true, repair: .changes, length: 250, known: 251, decision: .restart),
    Case(asks: true, length: 250, known: 250, lost: 2, decision: .restart),
  ])
  func `what is not proven is repaired from the cheapest side`(example: Case) {
    var completeness = Completeness()
    completeness.canAskForChanges = example.asks
    completeness.repair = example.repair
    let decision = completeness.decide(
      length: example.length, known: example.known, lost: example.lost)
    #expect(decision == example.decision)
    #expect(completeness.attempts == (decision == .complete ? 0 : 1))
  }

  @Test func `attempts have an end`() {
    var completeness = Completeness()
    for _ in 1...Completeness.attemptsLimit {
      #expect(completeness.decide(length: 2, known: 1, lost: 0) == .find(1))
    }
    #expect(completeness.decide(length: 2, known: 1, lost: 0) == .giveUp)
    #expect(completeness.decide(length: 2, known: 2, lost: 0) == .complete)
  }
}

@Suite struct AbsentTests {
  private func file(_ count: Int) throws -> ScratchFile {
    let file = try ScratchFile()
    let people = (1...count).map { "{\"id\":\($0)}" }.joined(separator: ",")
    try file.apply("[\(people)]", to: "people")
    return file
  }

  /// One listing that lacks these: how many are held, and which rows become tombstones.
  private func list(
    _ file: ScratchFile, without ids: ClosedRange<Int64>, after seconds: Int64 = 0,
    isList: Bool = true
  ) throws -> (held: Int, buried: Int) {
    let store = try file.store("people")
    let absent = try Absent(store.sql, file.connection)
    let writing = TableStore.Writing(
      runID: 1, now: ScratchFile.noon + seconds, runStarted: ScratchFile.noon)
    return try file.connection.transaction {
      try absent.removeAll()
      for id in ids { try absent.insert(.integer(id)) }
      let held = try absent.hold(over: 10, 0.25, writing, isList: isList)
      let tombstones = try Tombstones(store, file.connection)
      return (held, try absent.markDeleted(tombstones, at: ScratchFile.noon, writing))
    }
  }

  @Test(arguments: [
    (40, 10, 0), (44, 11, 0), (43, 11, 11), (100, 25, 0), (100, 26, 26), (12, 12, 12), (10, 10, 0),
  ])
  func `more than ten and more than a quarter are held`(rows: Int, absent: Int, held: Int) throws {
    let file = try file(rows)
    let result = try list(file, without: 1...Int64(absent))
    #expect(result == (held, absent - held))
    #expect(try file.value("SELECT count(*) FROM _held") == Value(held))
  }

  @Test func `what is absent again is gone, and what is new is held anew`() throws {
    let file = try file(100)
    #expect(try list(file, without: 1...40) == (40, 0))
    // The same rows and three more: the former are gone, three are no mass.
    #expect(try list(file, without: 1...43, after: 3_600) == (0, 43))
    #expect(try file.value("SELECT count(*) FROM _held") == 0)
    #expect(try list(file, without: 44...70, after: 7_200) == (27, 0))
    // Other rows than those that were held, as many as they are: nothing repeats.
    #expect(try list(file, without: 71...97, after: 10_800) == (27, 0))
    #expect(try file.rows("SELECT min(row_key), min(row_id) FROM _held") == [[71, 71]])
    // A sweep releases nothing that a listing holds.
    #expect(try list(file, without: 60...61, after: 12_600, isList: false) == (0, 2))
    #expect(try file.value("SELECT count(*) FROM _held") == 27)
    #expect(try list(file, without: 71...97, after: 14_400) == (0, 27))
  }

  /// Rounds a second apart show one disorder again and again.
  @Test func `what is absent again soon is held on`() throws {
    let file = try file(100)
    let least = Absent.leastHold
    #expect(try list(file, without: 1...40) == (40, 0))
    for seconds in [1, 2, 3, least - 1] {
      #expect(try list(file, without: 1...40, after: seconds) == (40, 0))
    }
    // Three more begin their time anew; the others have had it.
    #expect(try list(file, without: 1...43, after: least) == (0, 43))
    // What was there again in between begins anew, and so does what a wrong clock has noted.
    #expect(try list(file, without: 51...80, after: least) == (30, 0))
    #expect(try list(file, without: 81...82, after: least + 1) == (0, 2))
    #expect(try list(file, without: 51...80, after: 2 * least) == (30, 0))
    try file.connection.run("UPDATE _held SET held_at = '2050-01-01 00:00:00'")
    #expect(try list(file, without: 51...80, after: 3 * least) == (30, 0))
    #expect(try list(file, without: 51...80, after: 4 * least) == (0, 30))
  }

  @Test func `a row that was seen or buried meanwhile is not absent`() throws {
    let file = try file(6)
    let absent = try Absent(file.store("people").sql, file.connection)
    for id in 1...4 { try absent.insert(.integer(Int64(id))) }
    try file.connection.run("UPDATE people SET _deleted_at = '2026-01-01 00:00:00' WHERE id = 2")
    #expect(try absent.remove(3))
    #expect(try !absent.remove(3))
    #expect(try absent.count() == 2)
    #expect(try absent.keys(9) == [[1], [4]])
    #expect(try absent.contains(4))
    #expect(try !absent.contains(5))
  }
}
