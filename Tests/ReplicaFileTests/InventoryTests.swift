import Model
import SQLite
import TestSupport
import Testing

@testable import ReplicaFile

/// What a file is said to hold.
@Suite struct InventoryTests {
  @Test func `living rows are counted, all or some`() throws {
    let file = try ScratchFile()
    try file.apply(
      #"[{"id":1,"name":"Ada"},{"id":2,"name":"Bo"},{"id":3,"name":"Ada"}]"#, to: "people")
    try file.connection.execute(
      "UPDATE people SET _deleted_at = _synced_at, _deleted_reason = 'deleted' WHERE id = 3")
    let inventory = try Inventory(file.connection)
    #expect(inventory.tables.isSuperset(of: ["people", "countries", "_runs"]))
    #expect(try inventory.living("people") == 2)
    #expect(try inventory.living("people", where: .init("name", "Ada")) == 1)
    #expect(try inventory.living("people", where: .init("name", "a\"b'c")) == 0)
    #expect(try inventory.living("parties") == 0)
  }

  /// Neither a view nor an index is a table.
  @Test func `a view is no table`() throws {
    let file = try ScratchFile()
    try file.connection.execute("CREATE VIEW v_mine AS SELECT 1 AS a")
    #expect(try !Inventory(file.connection).tables.contains("v_mine"))
    #expect(try ViewCatalogue(file.connection).names.contains("v_mine"))
  }

  @Test func `runs are counted, and timed when they were long enough`() throws {
    let file = try ScratchFile()
    let history = RunHistory(file.connection)
    #expect(try history.last()?.id == nil && history.count() == 0)
    #expect(try history.speed() == nil)
    try file.connection.execute(
      """
      INSERT INTO _runs (started_at, finished_at, outcome, requests, waited) VALUES
        ('2026-01-01 00:00:00', '2026-01-01 00:00:30', 'good', 100, 10),
        ('2026-01-02 00:00:00', '2026-01-02 00:00:05', 'partial', 20, 0),
        ('2026-01-03 00:00:00', '2026-01-03 00:00:05', 'good', 19, 0),
        ('2026-01-04 00:00:00', '2026-01-04 00:00:05', 'deferred', 500, 0),
        ('2026-01-05 00:00:00', NULL, NULL, 0, 0)
      """)
    let speed = try #require(try history.speed())
    #expect(speed.requests == 120 && speed.seconds == 25)
    #expect(try history.count() == 5 && history.count(asking: true) == 4)
    let last = try #require(try history.last())
    #expect(last.id == 5 && last.outcome == nil && last.duration == nil)
  }
}
