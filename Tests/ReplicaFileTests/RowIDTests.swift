import SQLite
import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile

/// The key of a row as a number, where bookkeeping names rows of any table.
@Suite struct RowIDTests {
  private static let tables = ["_history", "_held", "_differences"]

  /// A file that a program before them has made: with one change of a row that has a number, and
  /// one of a row that has a text.
  private func older() throws -> ScratchFile {
    let file = try ScratchFile()
    for (table, ids) in ["people": [1, 2], "countries": [3]] as [String: [Int]] {
      for id in ids {
        try file.connection.run(
          """
          INSERT INTO _history (id, run_id, table_name, row_key, change, changed_at)
            VALUES (?1, 1, ?2, CASE ?2 WHEN 'people' THEN ?1 ELSE '44' END, 'insert', '')
          """, [.integer(Int64(id)), .text(table)])
      }
    }
    try file.connection.execute(
      """
      ALTER TABLE _history DROP COLUMN row_id; ALTER TABLE _held DROP COLUMN row_id;
      ALTER TABLE _differences DROP COLUMN row_id;
      INSERT INTO _held VALUES ('people', 2, 1, '');
      INSERT INTO _differences VALUES
        (1, 'people', 2, 'extra', NULL), (1, 'countries', 'FR', 'extra', NULL)
      """)
    return file
  }

  @Test func `it has a type, and the key has none`() throws {
    let file = try ScratchFile()
    for table in Self.tables {
      let types = try file.rows(
        """
        SELECT name, type FROM pragma_table_info('\(table)') WHERE name GLOB 'row_*' ORDER BY name
        """)
      #expect(types == [["row_id", "INTEGER"], ["row_key", ""]])
    }
  }

  @Test func `a change of a row with a number has it, one of a row with a text has not`() throws {
    let file = try ScratchFile()
    for (table, first, second) in [
      ("people", #"{"id":7,"name":"a"}"#, #"{"id":7,"name":"b"}"#),
      ("countries", #"{"code":"44","name":"a"}"#, #"{"code":"44","name":"b"}"#),
      ("fields", #"{"id":7,"label":"a"}"#, #"{"id":7,"label":"b"}"#),
    ] {
      for record in [first, second] {
        try file.apply("[\(record)]", to: table, given: table == "fields" ? [0: .text("p")] : [:])
      }
    }
    #expect(
      try file.rows("SELECT table_name, row_key, row_id FROM _history ORDER BY id") == [
        ["people", 7, 7], ["countries", "44", nil], ["fields", "p/7", nil],
      ])
  }

  @Test func `a file without it gets it once, for the rows that are there`() throws {
    let file = try older()
    try file.reopen(file.tables)
    #expect(
      try file.rows("SELECT row_key, row_id FROM _history ORDER BY id")
        == [[1, 1], [2, 2], ["44", nil]])
    #expect(try file.rows("SELECT row_key, row_id FROM _held") == [[2, 2]])
    #expect(
      try file.rows("SELECT row_key, row_id FROM _differences ORDER BY row_key")
        == [[2, 2], ["FR", nil]])
    let before = try file.bytes()
    try file.reopen(file.tables)
    #expect(file.connection.totalChanges == 0)
    #expect(try file.bytes() == before)
  }

  @Test(arguments: ["row_id", "ROW_ID INTEGER", "row_id TEXT"])
  func `a column of the user's of that name is a clash`(column: String) throws {
    let file = try older()
    try file.connection.execute("ALTER TABLE _held ADD COLUMN \(column)")
    let before = try file.bytes()
    let name = String(column.split(separator: " ")[0])
    #expect(throws: Clash(.column, name, of: "_held", .bearsOurName)) {
      try Database.open(path: file.path, tables: file.tables, views: [])
    }
    #expect(try file.bytes() == before)
  }
}
