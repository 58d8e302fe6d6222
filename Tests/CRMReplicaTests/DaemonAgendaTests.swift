import Capsule
import Model
import ReplicaFile
import Replication
import SQLite
import Testing

@testable import CRMReplica

/// What the log of runs makes of the schedule.
@Suite struct DaemonAgendaTests {
  private static let noon = Timestamp(1_772_366_400)
  private let zone = LocalZone { _ in 0 }
  private let hourly = Schedule(every: 3_600, at: nil)

  /// When the table is due, in seconds from noon, after runs that began so many seconds before it.
  private func due(
    _ runs: [(ago: Int64, outcome: String?, table: String)], requests: Int = 1, deleted: Int = 0,
    now: Timestamp = noon
  ) throws -> Int64 {
    let agenda = try agenda(runs, requests: requests, deleted: deleted)
    let due = try #require(agenda.dues(["parties": hourly], at: now, in: zone)["parties"])
    return due - Self.noon
  }

  private func agenda(
    _ runs: [(ago: Int64, outcome: String?, table: String)], requests: Int = 1, deleted: Int = 0,
    error: String? = nil
  ) throws -> Agenda {
    let directory = try TemporaryDirectory()
    let connection = try Database.open(
      path: directory.path + "/replica.sqlite", tables: [.parties], views: [])
    for (index, run) in runs.enumerated() {
      try connection.run(
        "INSERT INTO _runs (id, started_at, outcome) VALUES (?, ?, ?)",
        [
          .integer(Int64(index + 1)), .text((Self.noon + -run.ago).sql),
          run.outcome.map { .text($0) } ?? .null,
        ])
      try connection.run(
        """
        INSERT INTO _run_tables (run_id, table_name, requests, deleted, outcome, read, inserted,
            updated, unchanged, misfits, waited, error)
          VALUES (?, 'parties', ?, ?, ?, 0, 0, 0, 0, 0, 0, ?)
        """,
        [
          .integer(Int64(index + 1)), .integer(Int64(requests)), .integer(Int64(deleted)),
          .text(run.table), error.map { .text($0) } ?? .null,
        ])
    }
    return Agenda(visits: try RunHistory(connection).visits())
  }

  @Test(
    arguments: [
      ([], 0),
      ([(600, "good", "good")], 3_000),
      ([(600, "partial", "good")], 3_000),
      // What the guard holds has been read.
      ([(600, "partial", "held")], 3_000),
      ([(36_000, "good", "good")], -32_400),
      // Failures come sooner, ever less so, and never later than the schedule.
      ([(60, "partial", "failed")], 540),
      ([(700, "partial", "failed"), (60, "partial", "failed")], 1_140),
      ([(700, "partial", "failed"), (60, "good", "good")], 3_540),
      ([(99, "partial", "failed"), (98, "good", "good"), (60, "unavailable", "unfinished")], 540),
      (
        [
          (90, "unavailable", "failed"), (80, "unavailable", "failed"), (70, "partial", "failed"),
          (60, "partial", "failed"),
        ], 3_540
      ),
      // What gave way is no failure, however often it did.
      ([(60, "partial", "unfinished")], 3_540),
      ([(700, "partial", "unfinished"), (60, "partial", "failed")], 540),
      // What was cut off goes on at once.
      ([(60, "stopped", "unfinished")], 0),
      ([(60, "killed", "unfinished")], 0),
      ([(60, nil, "unfinished")], 0),
      ([(60, "refused", "unfinished")], 0),
      ([(60, "refused", "failed")], 0),
      ([(60, "stopped", "good")], 3_540),
      ([(60, nil, "failed")], 540),
    ] as [([(ago: Int64, outcome: String?, table: String)], Int64)])
  func `a table is due`(
    runs: [(ago: Int64, outcome: String?, table: String)], seconds: Int64
  ) throws {
    #expect(try due(runs) == seconds)
  }

  /// It goes on with whatever round comes next, and begins none of its own.
  @Test func `what gave way goes with the next round`() throws {
    let agenda = try agenda([(600, "partial", "unfinished")])
    let others = Schedule(every: 900, at: nil)
    let visits = agenda.visits.merging(
      ["goals": .init(begun: Self.noon + -600, ending: .good)]) { $1 }
    let dues = Agenda(visits: visits).dues(
      ["parties": hourly, "goals": others], at: Self.noon, in: zone)
    #expect(dues == ["parties": Self.noon + 300, "goals": Self.noon + 300])
  }

  /// A reason that is told of is that of the table, not of the run.
  @Test func `what has to be read again is tried sooner`() throws {
    let agenda = try agenda([(60, "partial", "unfinished")], error: "Its pages are old.")
    #expect(agenda.visits["parties"]?.ending == .failed(times: 1))
  }

  /// A round of the future says that the host's clock was set back.
  @Test(arguments: [(60, 3_540), (61, 0), (86_400, 0)] as [(Int64, Int64)])
  func `a clock that was set back`(ahead: Int64, seconds: Int64) throws {
    let now = Self.noon + -ahead
    let due = try due([(0, "good", "good")], now: now)
    #expect(due == (seconds == 0 ? -ahead : 3_600))
  }

  @Test func `an acceptance is no round`() throws {
    #expect(try due([(600, "good", "good")], requests: 0, deleted: 7) == 0)
  }

  @Test(arguments: [
    (0, 600), (1, 600), (2, 1_200), (3, 2_400), (4, 4_800), (5, 7_200), (99, 7_200),
  ])
  func `delays double`(failures: Int, seconds: Int64) {
    #expect(Agenda.delay(after: failures) == seconds)
  }

  @Test func `what rests waits for no rarer table`() {
    let begun = Self.noon + -1_800
    let visit = Visit(begun: begun, ending: .good)
    let dues = Agenda(visits: ["users": visit, "entries": visit]).dues(
      [
        "users": Schedule(every: 3_600, at: nil, rests: 21_600),
        "entries": Schedule(every: 604_800, at: nil),
      ], at: Self.noon, in: zone)
    #expect(dues["users"] == begun + 21_600)
  }
}
