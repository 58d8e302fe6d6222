import Model
import SQLite
import TestSupport
import Testing

@testable import ReplicaFile

/// What the file says is wrong, whichever tables the last run has read.
@Suite struct StandingTests {
  private let file: ScratchFile
  private var connection: Connection { file.connection }

  init() throws { file = try ScratchFile() }

  /// Logs a run that ended at an hour of a day, with the outcome of each table that it read.
  private func run(
    _ hour: Int, _ outcome: String, requests: Int = 1, _ tables: [String: (String, String?)]
  ) throws {
    let at = "2026-05-04 \(hour < 10 ? "0" : "")\(hour)"
    try connection.run(
      "INSERT INTO _runs (started_at, finished_at, outcome, requests) VALUES (?, ?, ?, ?)",
      [.text("\(at):00:00"), .text("\(at):30:00"), .text(outcome), .integer(Int64(requests))])
    let id = connection.lastInsertedRowID
    for (table, ending) in tables {
      try connection.run(
        """
        INSERT INTO _run_tables (run_id, table_name, outcome, error, requests, read, inserted,
            updated, unchanged, deleted, misfits, waited)
          VALUES (?, ?, ?, ?, 1, 0, 0, 0, 0, 0, 0, 0)
        """,
        [
          .integer(id), .text(table), .text(ending.0), ending.1.map { .text($0) } ?? .null,
        ])
    }
  }

  private func goodAt() throws -> String? { try Standing(in: connection).goodAt?.sql }

  @Test func `an empty file has nothing wrong and nothing good`() throws {
    let standing = try Standing(in: connection)
    #expect(standing.failed.isEmpty && standing.held.isEmpty)
    #expect(standing.goodAt == nil && !standing.hasBeenGood)
  }

  /// A table stands as it was last read; runs that ended early say nothing of it.
  @Test func `a table that failed stands until it is read`() throws {
    try run(1, "partial", ["people": ("failed", "no"), "countries": ("good", nil)])
    #expect(try Standing(in: connection).failed == ["people"])
    try run(2, "good", ["countries": ("good", nil)])
    try run(3, "unavailable", ["people": ("unfinished", nil), "countries": ("failed", "no")])
    try run(4, "stopped", ["people": ("unfinished", nil)])
    #expect(try Standing(in: connection).failed == ["people"])
    try run(5, "partial", ["people": ("good", nil), "fields": ("unfinished", "why")])
    #expect(try Standing(in: connection).failed == ["fields"])
    try run(6, "partial", ["fields": ("unfinished", nil)])
    #expect(try Standing(in: connection).failed == [])
  }

  @Test func `what the guard holds is counted by table`() throws {
    try connection.run(
      "INSERT INTO _cursors (table_name, held_rows) VALUES ('people', 12), ('countries', 0)")
    #expect(try Standing(in: connection).held == ["people": 12])
  }

  /// Good is a run that left nothing wrong: what can wait may be left, and `accept` read nothing.
  @Test func `the last good run is the last that left nothing wrong`() throws {
    try run(1, "partial", ["people": ("failed", "no")])
    #expect(try goodAt() == "2026-05-04 01:00:00")
    #expect(try !Standing(in: connection).hasBeenGood)
    try run(2, "good", ["people": ("good", nil)])
    #expect(try goodAt() == "2026-05-04 02:30:00")
    #expect(try Standing(in: connection).hasBeenGood)
    try run(3, "partial", ["people": ("held", "12 rows")])
    try run(4, "partial", ["people": ("unfinished", "why")])
    try run(5, "unavailable", [:])
    try run(6, "good", requests: 0, ["people": ("good", nil)])
    #expect(try goodAt() == "2026-05-04 02:30:00")
    try run(7, "partial", ["people": ("good", nil), "fields": ("unfinished", nil)])
    #expect(try goodAt() == "2026-05-04 07:30:00")
  }

  // MARK: What was told

  @Test func `what was told is kept with the time at which it was`() throws {
    let store = AlertStore(connection)
    let failed = ToldAlert(channel: "url", kind: "failed", table: "people")
    let late = ToldAlert(channel: "command", kind: "late", table: "")
    #expect(try store.told() == [])
    #expect(try store.keep([failed], at: ScratchFile.noon))
    #expect(try store.keep([failed, late], at: ScratchFile.noon + 60))
    #expect(try store.told() == [failed, late])
    #expect(
      try connection.rows("SELECT told_at FROM _alerts ORDER BY channel").map(\.[0]) == [
        .text((ScratchFile.noon + 60).sql), .text(ScratchFile.noon.sql),
      ])
    #expect(try store.keep([late], at: ScratchFile.noon + 120))
    #expect(try store.told() == [late])
    // In a file that an older program wrote nothing was told, and nothing is kept.
    try connection.execute("DROP TABLE _alerts")
    #expect(try store.told() == [])
    #expect(try !store.keep([late], at: ScratchFile.noon))
  }
}
