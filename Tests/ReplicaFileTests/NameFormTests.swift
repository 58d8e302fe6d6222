import SQLite
import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile

/// Names of the user's that Swift takes for one and SQLite does not: they differ by Unicode normal
/// form alone, or are of things of different kinds.
@Suite struct NameFormTests {
  private static let pairs = [
    ("\u{e9}", "e\u{301}"),
    // As many bytes, too: one letter and two accents, in either order.
    ("a\u{323}\u{307}", "a\u{307}\u{323}"),
  ]

  /// The table is made anew, or one of its columns is.
  @Test(arguments: pairs, [Column.text("name", or: .key), .integer("name")])
  func `what hangs on a table lives on`(names: (String, String), column: Column) throws {
    let file = try ScratchFile([.countries])
    for name in [names.0, names.1] {
      try file.connection.execute(
        """
        CREATE VIEW "view \(name)" AS SELECT code AS "\(name)" FROM countries;
        CREATE TRIGGER "\(name)" AFTER DELETE ON countries BEGIN SELECT 1; END;
        CREATE INDEX "\(name)" ON countries (name);
        """)
    }
    let schema = """
      SELECT type, hex(name), sql FROM sqlite_schema
        WHERE type <> 'table' AND sql LIKE '%countries%' ORDER BY 1, 2
      """
    let before = try file.rows(schema)
    try file.reopen([
      Table(
        "countries", .full, from: Table.countries.listings,
        columns: [.text("code", or: .key), column])
    ])
    #expect(try file.rows(schema) == before)
    #expect(before.count == 6)
  }

  @Test(arguments: pairs)
  func `a column of the user's in either form keeps its values`(names: (String, String)) throws {
    let file = try ScratchFile([.countries])
    try file.apply("[{\"code\":\"GB\",\"name\":\"Britain\"}]", to: "countries")
    for name in [names.0, names.1] {
      try file.connection.execute(
        """
        ALTER TABLE countries ADD COLUMN "\(name)";
        UPDATE countries SET "\(name)" = hex('\(name)');
        """)
    }
    let values = "SELECT \"\(names.0)\" = hex('\(names.0)'), \"\(names.1)\" = hex('\(names.1)')"
    let table = Table(
      "countries", .full, from: Table.countries.listings,
      columns: [.text("code", or: .key), .integer("name"), .text("more")])
    for tables in [[table], [table.excluding(["more"])], [.countries]] {
      try file.reopen(tables)
      #expect(try file.rows("\(values) FROM countries") == [[1, 1]])
    }
  }
}
