import SQLite
import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile

/// What becomes of the rows that the delete guard holds, when they are accepted.
@Suite struct HeldTests {
  /// Five rows of each table, of which the last listing lacked all but the first.
  private func file(_ table: Table) throws -> ScratchFile {
    let file = try ScratchFile()
    let records = (1...5).map { number in
      table.name == "countries" ? #"{"code":"C\#(number)"}"# : #"{"id":\#(number)}"#
    }.joined(separator: ",")
    let given: [Int: PageDecoder.Given] = table.name == "fields" ? [0: .text("party")] : [:]
    try file.apply("[\(records)]", to: table.name, given: given)
    let absent = try Absent(TableSQL(table), file.connection)
    let later = ScratchFile.writing(run: 2, after: 3_600)
    try file.connection.run(
      "INSERT INTO \"_cursors\" (\"table_name\", \"held_rows\") VALUES (?, 4)", [.text(table.name)])
    try file.connection.run("INSERT INTO \"_runs\" (\"started_at\") VALUES ('2026-02-02 02:40:00')")
    try file.connection.transaction {
      for number in 2...5 {
        let key: Value =
          switch table.name {
          case "people": .integer(Int64(number))
          case "fields": .text("party/\(number)")
          default: .text("C\(number)")
          }
        try absent.insert(key)
      }
      #expect(try absent.hold(over: 2, 0.5, later) == 4)
    }
    return file
  }

  private static let now = ScratchFile.noon + 7_200

  @Test(arguments: [Table.people, .fields, .countries])
  func `accepted rows become tombstones`(table: Table) throws {
    let file = try file(table)
    let held = Held(table, file.connection)
    #expect(try held.count()?.rows == 4)
    #expect(try held.count()?.since == (ScratchFile.noon + 3_600).sql)
    #expect(try held.accept(at: Self.now) == 4)
    #expect(
      try file.rows(
        """
        SELECT DISTINCT _deleted_at, _deleted_reason, _synced_at FROM \(quoted(table.name))
          WHERE _deleted_at IS NOT NULL
        """) == [[.text((ScratchFile.noon + 3_600).sql), "absent", .text(Self.now.sql)]])
    #expect(
      try file.value("SELECT count(*) FROM \(quoted(table.name)) WHERE _deleted_at IS NULL") == 1)
    #expect(try file.value("SELECT count(*) FROM _history WHERE change = 'delete'") == 4)
    #expect(try file.value("SELECT held_rows FROM _cursors") == 0)
    #expect(try file.value("SELECT count(*) FROM _held") == 0)
    #expect(
      try file.rows("SELECT outcome, finished_at FROM _runs")
        == [["killed", nil], ["good", .text(Self.now.sql)]])
    #expect(
      try file.rows("SELECT table_name, deleted, requests, outcome FROM _run_tables")
        == [[.text(table.name), 4, 0, "good"]])
    #expect(try held.count() == nil)
    let changes = file.connection.totalChanges
    #expect(try held.accept(at: Self.now) == 0)
    #expect(file.connection.totalChanges == changes)
  }

  /// A pass has met one since, another was written since, a third is a tombstone already.
  @Test func `rows that came back are not buried`() throws {
    let file = try file(.people)
    try file.connection.run("INSERT INTO \"_seen\" VALUES ('people', 2)")
    try file.apply(
      #"[{"id":3,"name":"back"}]"#, to: "people", ScratchFile.writing(run: 3, after: 3_601))
    try file.connection.run(
      "UPDATE people SET _deleted_at = _synced_at, _deleted_reason = 'deleted' WHERE id = 4")
    let held = Held(.people, file.connection)
    #expect(try held.count()?.rows == 1)
    #expect(try held.accept(at: Self.now) == 1)
    #expect(
      try file.rows("SELECT id, _deleted_reason FROM people WHERE _deleted_at IS NOT NULL")
        == [[4, "deleted"], [5, "absent"]])
    #expect(try file.value("SELECT count(*) FROM _held") == 0)
    #expect(try file.value("SELECT held_rows FROM _cursors") == 0)
  }

  @Test func `rows of another table stay held`() throws {
    let file = try file(.people)
    try file.connection.run(
      "INSERT INTO \"_held\" VALUES ('countries', 'C1', 2, '2026-02-02 03:40:00', NULL)")
    #expect(try Held(.people, file.connection).accept(at: Self.now) == 4)
    #expect(try file.rows("SELECT table_name FROM _held") == [["countries"]])
  }

  /// Stopped before any of its statements, an acceptance leaves the file as it was.
  @Test func `an acceptance is all or nothing`() throws {
    struct Stop: Error {}
    let file = try file(.people)
    let before = try ["people", "_held", "_history", "_runs", "_run_tables"].map(file.dump)
    var statement = 0
    while true {
      var left = statement
      file.connection.beforeStatement = {
        left -= 1
        if left < 0 { throw Stop() }
      }
      do {
        _ = try Held(.people, file.connection).accept(at: Self.now)
        break
      } catch is Stop {
        file.connection.beforeStatement = nil
        #expect(
          try ["people", "_held", "_history", "_runs", "_run_tables"].map(file.dump) == before)
      }
      statement += 1
    }
    #expect(statement > 10)
  }
}
