import FoundationEssentials
import SQLite
import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile

/// The full-text index of a table: what is found, and that it is in step with the rows whatever
/// becomes of them.
@Suite struct SearchTests {
  private static func notes(
    _ more: [Column] = [], title: Column = .text("title"), searched: Bool = true,
    without excluded: Set<String> = []
  ) -> Table {
    Table(
      "notes", .full, from: [Listing("notes", "list")],
      columns: [
        .integer("id", or: .key), title, .text("body"), .text("colour"),
        .dateTime("updated_at", or: .freshness),
      ] + more, searchable: ["title", "body"]
    ).excluding(excluded).searched(searched)
  }

  private static let three = """
    [{"id":1,"title":"Ärger im Café","body":"The quick brown fox","colour":"red"},
     {"id":2,"title":"Fox","body":null,"colour":"blue"},
     {"id":3,"title":"Zebra","body":"SECRETWORD jumps"}]
    """

  private func file(_ table: Table = notes()) throws -> ScratchFile {
    let file = try ScratchFile([table])
    try file.apply(Self.three, to: "notes")
    return file
  }

  private func found(_ words: String, in file: ScratchFile) throws -> [[Value]] {
    try file.connection.rows(
      "SELECT rowid FROM notes_search WHERE notes_search MATCH ? ORDER BY rowid", [.text(words)])
  }

  private func bury(_ id: Int, in file: ScratchFile) throws {
    try file.connection.run(
      """
      UPDATE notes SET _deleted_at = '2026-01-01 00:00:00', _deleted_reason = 'absent' WHERE id = ?
      """, [Value(id)])
  }

  /// The entries of the schema that make up the index.
  private func parts(_ file: ScratchFile) throws -> [String] {
    try file.rows("SELECT name FROM sqlite_schema WHERE name LIKE 'notes\\_search%' ESCAPE '\\'")
      .compactMap(\.[0].text).sorted()
  }

  private static let whole = [
    "notes_search", "notes_search_config", "notes_search_data", "notes_search_delete",
    "notes_search_docsize", "notes_search_idx", "notes_search_insert", "notes_search_update",
  ]

  @Test func `words are found in any column, with and without accents`() throws {
    let file = try file()
    #expect(try found("fox", in: file) == [[1], [2]])
    #expect(try found("arger", in: file) == [[1]])
    #expect(try found("CAFÉ", in: file) == [[1]])
    #expect(try found("title:fox", in: file) == [[2]])
    #expect(try found("qui* NOT zebra", in: file) == [[1]])
    #expect(try found("\"brown fox\"", in: file) == [[1]])
    #expect(try found("red", in: file) == [])
    try expectInStep(file)
    #expect(
      try file.rows(
        """
        SELECT n.title, snippet(notes_search, 1, '[', ']', '', 9) FROM notes_search AS s
          JOIN notes AS n ON n.id = s.rowid WHERE notes_search MATCH 'jumps' ORDER BY s.rank
        """) == [["Zebra", "SECRETWORD [jumps]"]])
  }

  @Test func `a changed row is found by its new words alone`() throws {
    let file = try file()
    try file.apply(
      """
      [{"id":1,"title":"Owl","body":"The quick brown fox"},{"id":4,"title":"Elk"}]
      """, to: "notes")
    #expect(try found("owl", in: file) == [[1]])
    #expect(try found("cafe", in: file) == [])
    #expect(try found("brown OR elk", in: file) == [[1], [4]])
    try expectInStep(file)
    try file.connection.run("DELETE FROM notes WHERE id = 1")
    #expect(try found("owl", in: file) == [])
    try expectInStep(file)
  }

  @Test func `a row that keeps its words does not touch the index`() throws {
    let file = try file()
    let before = try file.rows("SELECT * FROM notes_search_data")
    try file.apply(Self.three.replacing("\"red\"", with: "\"green\""), to: "notes")
    #expect(try file.value("SELECT colour FROM notes WHERE id = 1") == "green")
    #expect(try file.rows("SELECT * FROM notes_search_data") == before)
    let changes = file.connection.totalChanges
    try file.apply(Self.three.replacing("\"red\"", with: "\"green\""), to: "notes")
    #expect(file.connection.totalChanges == changes)
  }

  @Test func `a tombstone is not found, and a restored row is found again`() throws {
    let file = try file()
    try bury(1, in: file)
    #expect(try found("fox", in: file) == [[2]])
    try expectInStep(file)
    // A tombstone that learns more stays out.
    try file.connection.run(
      "UPDATE notes SET _deleted_reason = 'deleted', body = NULL WHERE id = 1")
    try expectInStep(file)
    try file.apply(Self.three, to: "notes")
    #expect(try found("fox", in: file) == [[1], [2]])
    try expectInStep(file)
  }

  @Test func `a transaction that is taken back leaves the index as it was`() throws {
    let file = try file()
    #expect(throws: SQLiteError.self) {
      try file.connection.transaction {
        try file.connection.run("UPDATE notes SET title = 'Gone' WHERE id = 2")
        try file.connection.run("INSERT INTO notes (id) VALUES (1)")
      }
    }
    #expect(try found("fox", in: file) == [[1], [2]])
    #expect(try found("gone", in: file) == [])
    try expectInStep(file)
  }

  // MARK: On and off

  @Test func `a full file gets its index when it is opened`() throws {
    let file = try file(Self.notes(searched: false))
    #expect(try parts(file) == [])
    try bury(2, in: file)
    try file.reopen([Self.notes()])
    #expect(try parts(file) == Self.whole)
    #expect(try found("fox", in: file) == [[1]])
    try expectInStep(file)
    #expect(
      try file.rows("SELECT column_name FROM _view_docs WHERE view_name = 'notes_search'")
        == [[nil], ["title"], ["body"]])
    let before = try file.bytes()
    try file.reopen([Self.notes()])
    #expect(file.connection.totalChanges == 0)
    #expect(try file.bytes() == before)
  }

  @Test(arguments: [[notes(searched: false)], []])
  func `switched off, or without its table, it leaves no trace`(tables: [Table]) throws {
    let file = try file()
    let rows = try file.dump("notes")
    try file.reopen(tables)
    #expect(try parts(file) == [])
    #expect(try file.value("SELECT count(*) FROM _view_docs") == 0)
    #expect(try file.dump("notes") == rows)
    try bury(1, in: file)
  }

  @Test func `a private copy has none`() throws {
    let file = try file()
    let copy = file.folder + "/copy.sqlite"
    try Database.copy(file.path, to: copy, isStopped: { false })
    let connection = try Database.openCopy(path: copy, tables: file.tables, views: [])
    #expect(
      try connection.value("SELECT count(*) FROM sqlite_schema WHERE name LIKE '%search%'") == 0)
    try connection.run("UPDATE notes SET title = 'Other'")
  }

  // MARK: Changes of the table

  @Test func `an excluded column is not indexed, and leaves no word behind`() throws {
    let file = try file()
    #expect(try file.holds("secretword"))
    try file.reopen([Self.notes(without: ["body"])])
    #expect(try parts(file) == Self.whole)
    #expect(try found("fox", in: file) == [[2]])
    #expect(try found("secretword", in: file) == [])
    #expect(try !file.holds("secretword") && !file.holds("SECRETWORD"))
    try expectInStep(file, ["title"])
    try file.reopen([Self.notes(without: ["title", "body"])])
    #expect(try parts(file) == [])
  }

  @Test(arguments: [
    notes([.text("more")]), notes(title: .integer("title")), notes(without: ["colour"]),
  ])
  func `a table that changes its form keeps its index in step`(table: Table) throws {
    let file = try file()
    try file.connection.execute(
      """
      CREATE VIEW mine AS SELECT rowid AS id FROM notes_search;
      CREATE TRIGGER log AFTER INSERT ON notes BEGIN SELECT 1; END;
      """)
    try bury(2, in: file)
    try file.reopen([table])
    #expect(try parts(file) == Self.whole)
    try expectInStep(file)
    try file.connection.run(
      "INSERT INTO notes (id, body, _synced_at) VALUES (9, 'late', '2026-01-01 00:00:00')")
    #expect(try found("late", in: file) == [[9]])
    try expectInStep(file)
    #expect(try file.value("SELECT count(*) FROM sqlite_schema WHERE name IN ('mine', 'log')") == 2)
    #expect(try file.rows("SELECT id FROM mine WHERE id = 9") == [[9]])
  }

  // MARK: What is the user's

  @Test(arguments: [
    ("CREATE TABLE \"Notes_Search\" (a)", Clash.Kind.table, "Notes_Search"),
    ("CREATE VIEW notes_search AS SELECT 1 AS a", .view, "notes_search"),
    ("CREATE TABLE notes_search_data (a)", .table, "notes_search_data"),
    (
      "CREATE VIRTUAL TABLE notes_search USING fts5(title, content=\"notes\")", .table,
      "notes_search"
    ),
    (
      "CREATE TRIGGER Notes_Search_Insert AFTER INSERT ON notes BEGIN SELECT 1; END", .trigger,
      "Notes_Search_Insert"
    ),
  ])
  func `what the user has called so stays`(
    create: String, kind: Clash.Kind, name: String
  ) throws {
    let file = try ScratchFile([Self.notes(searched: false)])
    try file.connection.execute(create)
    #expect(throws: Clash(kind, name, .bearsOurName)) { try file.reopen([Self.notes()]) }
    try file.reopen([Self.notes(searched: false)])
    try file.apply(Self.three, to: "notes")
    let sql = "SELECT sql FROM sqlite_schema WHERE name = '\(name)'"
    #expect(try file.value(sql) == .text(create))
  }

  @Test func `an index that was dropped by hand is made again`() throws {
    let file = try file()
    try file.connection.execute("DROP TABLE notes_search")
    try file.reopen([Self.notes()])
    #expect(try parts(file) == Self.whole)
    try expectInStep(file)
    try file.connection.execute("DROP TRIGGER notes_search_update; UPDATE notes SET title = 'x'")
    try file.reopen([Self.notes()])
    #expect(try found("x", in: file) == [[1], [2], [3]])
    try expectInStep(file)
  }

  // MARK: Purge

  @Test func `what is purged leaves no word in the index`() throws {
    let file = try file()
    // A word that comes and goes between two commits, and one merged into a larger segment.
    try file.connection.transaction {
      try file.connection.run("UPDATE notes SET title = 'fleetingword' WHERE id = 3")
      try file.connection.run("UPDATE notes SET title = 'Zebra' WHERE id = 3")
    }
    try file.connection.run("INSERT INTO notes_search (notes_search) VALUES ('optimize')")
    try bury(3, in: file)
    #expect(try file.holds("secretword"))
    let purge = try Purge(file.tables[0], of: file.tables, in: file.connection)
    _ = try purge.run([[3]], at: ScratchFile.noon)
    #expect(try purge.wipe(searching: file.tables))
    for word in ["secretword", "SECRETWORD", "fleetingword", "zebra", "Zebra"] {
      #expect(try !file.holds(word), "\(word)")
    }
    #expect(try found("fox", in: file) == [[1], [2]])
    try expectInStep(file)
  }

  /// Compares the index, word by word and place by place, with one that is made of the living rows.
  private func expectInStep(_ file: ScratchFile, _ columns: [String] = ["title", "body"]) throws {
    let connection = try Connection(path: file.path)
    try connection.execute(Self.comparison("notes", columns))
    #expect(try connection.rows("SELECT * FROM is_there EXCEPT SELECT * FROM should_be") == [])
    #expect(try connection.rows("SELECT * FROM should_be EXCEPT SELECT * FROM is_there") == [])
    try connection.run("INSERT INTO notes_search (notes_search) VALUES ('integrity-check')")
    #expect(try connection.value("PRAGMA integrity_check") == "ok")
  }

  private static func comparison(_ table: String, _ columns: [String]) -> String {
    let list = columns.joined(separator: ", ")
    return """
      CREATE VIRTUAL TABLE temp.fresh USING fts5(\(list), tokenize="unicode61 remove_diacritics 2");
      INSERT INTO temp.fresh (rowid, \(list))
        SELECT id, \(list) FROM \(table) WHERE _deleted_at IS NULL;
      CREATE VIRTUAL TABLE temp.is_there USING fts5vocab('main', '\(table)_search', 'instance');
      CREATE VIRTUAL TABLE temp.should_be USING fts5vocab('temp', 'fresh', 'instance');
      """
  }
}
