import SQLite
import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile

/// What is the user's in a replica: it is never dropped or altered, and where it bears a name that
/// the replica needs, or hangs on what has to go, the file is refused as it is.
@Suite struct OwnershipTests {
  private static let ada = """
    {"id":1,"name":"Ada","about":"SECRET","phones":[{"id":5,"number":"1"}],"tags":[{"id":3}]}
    """
  private static let view = View.all(
    in: Array(
      """
      CREATE VIEW v_names AS
      -- Grain: one row a person.
      -- Who is there.
      --
      -- name TEXT: The name.
      SELECT name FROM people;
      """.utf8), reading: ["people"])

  /// Opens the file with these declarations and expects a clash that changes nothing.
  private func expectClash(
    _ clash: Clash, _ file: ScratchFile, _ tables: [Table], views: [View] = [],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let before = try file.bytes()
    #expect(throws: clash, sourceLocation: location) { try file.reopen(tables, views: views) }
    #expect(try ScratchFile.bytes(of: file.path) == before, sourceLocation: location)
  }

  /// What somebody does to a file that is not open.
  private func execute(_ script: String, _ file: ScratchFile) throws {
    try Connection(path: file.path).execute(script)
  }

  // MARK: Names

  @Test(arguments: [
    "CREATE TABLE countries (code, mine)", "CREATE TABLE Countries (code TEXT PRIMARY KEY)",
    "CREATE VIEW countries AS SELECT 1 AS code", "CREATE INDEX countries ON people (name)",
  ])
  func `a name that a new table needs is a clash`(create: String) throws {
    let file = try ScratchFile([.people, .fields])
    try file.connection.execute(create)
    let word = String(create.split(separator: " ")[1]).lowercased()
    let name = create.contains("Countries") ? "Countries" : "countries"
    let clash = Clash(try #require(.init(rawValue: word)), name, .bearsOurName)
    try expectClash(clash, file, [.people, .fields, .countries])
    try file.reopen([.people, .fields])
    try file.connection.execute("DROP \(word) countries")
    try file.reopen([.people, .fields, .countries])
    try file.apply("[{\"code\":\"GB\",\"name\":\"Britain\"}]", to: "countries")
  }

  @Test func `a name that a list in the records needs is a clash`() throws {
    let file = try ScratchFile([.people.excluding(["tags"])])
    try file.connection.execute("CREATE TABLE people_tags (a); INSERT INTO people_tags VALUES (7)")
    try expectClash(Clash(.table, "people_tags", .bearsOurName), file, [.people])
    // Nor is it taken away where the list is excluded.
    try file.reopen([.people.excluding(["tags"])])
    #expect(try file.rows("SELECT * FROM people_tags") == [[7]])
  }

  @Test(arguments: [
    ("CREATE TABLE _verifications (a)", Clash.Kind.table, "_verifications"),
    ("CREATE TABLE _types (a)", .table, "_types"),
  ])
  func `a name that bookkeeping needs is a clash`(
    create: String, kind: Clash.Kind, name: String
  ) throws {
    let file = try ScratchFile.older(version: 1)
    try file.connection.execute(create)
    try expectClash(Clash(kind, name, .bearsOurName), file, [.people])
  }

  @Test func `a name that unnumbered bookkeeping needs is a clash`() throws {
    let file = try ScratchFile([.people])
    try file.connection.execute("DROP TABLE _account; CREATE TABLE _account (mine)")
    try expectClash(Clash(.table, "_account", .bearsOurName), file, [.people])
  }

  @Test func `a name that an index of ours needs is a clash`() throws {
    let file = try ScratchFile([.people])
    try file.connection.execute("CREATE INDEX people_owner_id ON people (name)")
    try expectClash(Clash(.index, "people_owner_id", .bearsOurName), file, [.people])
    try execute("DROP INDEX people_owner_id", file)
    for index in TableSQL(.people).createIndices { try execute(index, file) }
    try file.reopen([.people])
  }

  @Test(arguments: [
    "CREATE VIEW v_names AS SELECT 'mine' AS name", "CREATE TABLE v_names (name)",
    "CREATE INDEX v_names ON people (name)",
  ])
  func `a name that a view of ours needs is a clash`(create: String) throws {
    let file = try ScratchFile([.people])
    try file.connection.execute(create)
    let word = String(create.split(separator: " ")[1]).lowercased()
    let clash = Clash(try #require(.init(rawValue: word)), "v_names", .bearsOurName)
    try expectClash(clash, file, [.people], views: Self.view)
    // A change of the table that takes the views away for a while changes nothing in that.
    try expectClash(clash, file, [.people([.text("colour")])], views: Self.view)
  }

  @Test func `what has the place of ours that was taken away by hand is the user's`() throws {
    let file = try ScratchFile([.people, .countries], views: Self.view)
    try file.connection.execute(
      "DROP VIEW v_names; CREATE VIEW v_names AS SELECT 1 AS one; DROP TABLE countries;"
        + "CREATE VIEW countries AS SELECT 1 AS one")
    try expectClash(
      Clash(.view, "countries", .bearsOurName), file, [.people, .countries], views: Self.view)
    try expectClash(Clash(.view, "v_names", .bearsOurName), file, [.people], views: Self.view)
  }

  // MARK: Columns

  @Test func `a column of the user's keeps its values whatever becomes of the table`() throws {
    let file = try ScratchFile()
    try file.connection.execute(
      """
      ALTER TABLE people ADD COLUMN mine TEXT DEFAULT 'none' CHECK (mine <> '');
      ALTER TABLE people ADD COLUMN "our about" TEXT COLLATE NOCASE;
      ALTER TABLE people_phones ADD COLUMN called INTEGER;
      CREATE INDEX mine_mine ON people (mine, "our about");
      """)
    try file.apply("[\(Self.ada)]", to: "people")
    try file.connection.execute(
      "UPDATE people SET mine = 'kept', \"our about\" = 'too'; UPDATE people_phones SET called = 9")
    let mine = "SELECT mine, \"our about\", called FROM people, people_phones"
    for table in [
      Table.people, .people([.text("colour")]), .people.excluding(["about", "rate"]),
      .people(name: .integer("name")), .people,
    ] {
      try file.reopen([table, .fields, .countries])
      #expect(try file.rows(mine) == [["kept", "too", 9]])
      #expect(try file.value("SELECT count(*) FROM sqlite_schema WHERE name = 'mine_mine'") == 1)
    }
    // New text in an unchanged list: its rows stay, and so does what is the user's in them.
    try file.apply("[\(Self.ada.replacing("Ada", with: "Eve"))]", to: "people")
    #expect(try file.rows(mine) == [["kept", "too", 9]])
    #expect(try file.value("PRAGMA integrity_check") == "ok")
  }

  @Test(arguments: ["colour", "Colour"])
  func `a column of the user's that a new release brings is a clash`(name: String) throws {
    let file = try ScratchFile()
    try file.connection.execute("ALTER TABLE people ADD COLUMN \(name) TEXT")
    try expectClash(
      Clash(.column, name, of: "people", .bearsOurName), file, [.people([.text("colour")])])
  }

  @Test func `a table with a column of the user's is not made anew and not taken away`() throws {
    let file = try ScratchFile([.people, .countries])
    try file.connection.execute(
      "ALTER TABLE countries ADD COLUMN mine; ALTER TABLE people_tags ADD COLUMN mine")
    let other = Table(
      "countries", .full, from: Table.countries.listings,
      columns: [.text("code", or: .key), .text("name", or: .key)])
    try expectClash(
      Clash(.column, "mine", of: "countries", .isInTableThatGoes), file, [.people, other])
    try expectClash(
      Clash(.column, "mine", of: "people_tags", .isInTableThatGoes), file,
      [.people.excluding(["tags"])])
  }

  @Test func `an older file's tables are known by their form`() throws {
    let file = try ScratchFile([.people, .fields])
    try file.apply("[\(Self.ada)]", to: "people")
    try file.connection.execute(
      """
      ALTER TABLE people ADD COLUMN mine TEXT;
      ALTER TABLE people ADD COLUMN "alike" TEXT CHECK ("alike" <> '');
      UPDATE people SET mine = 'kept', alike = 'too';
      CREATE TABLE countries (code TEXT, name TEXT);
      DROP TABLE _columns;
      """)
    try expectClash(
      Clash(.table, "countries", .bearsOurName), file, [.people, .fields, .countries])
    try file.reopen([.people.excluding(["about"])])
    #expect(try file.rows("SELECT mine FROM people") == [["kept"]])
    #expect(try file.rows("SELECT * FROM pragma_table_info('people') WHERE name = 'about'") == [])
    // A table that was not replicated at that time is ours all the same.
    try file.reopen([.people, .fields])
    // Of a table that is declared, what is not is the user's, though it has the form of ours.
    #expect(try file.rows("SELECT mine, alike FROM people") == [["kept", "too"]])
    #expect(
      try file.value("SELECT count(*) FROM _columns WHERE column_name IN ('mine', 'alike')") == 0)
  }

  // MARK: What hangs on a column that goes

  @Test(arguments: [
    "CREATE INDEX mine ON people (name) WHERE about_me(name) IS NOT NULL",
    "CREATE INDEX mine ON people (name) WHERE name <> 'about'",
    "CREATE UNIQUE INDEX mine ON people (id, name) /* about */",
  ])
  func `an index that only names an excluded column lives on`(create: String) throws {
    let file = try ScratchFile()
    let create = create.replacing("about_me(name)", with: "coalesce(name, 'about')")
    try file.connection.execute(create)
    try file.reopen([.people.excluding(["about"])])
    #expect(
      try file.value("SELECT sql FROM sqlite_schema WHERE name = 'mine'") == .text(create))
  }

  @Test(arguments: [
    ("CREATE INDEX mine ON people (name, about)", Clash.Kind.index),
    ("CREATE INDEX mine ON people (name) WHERE about IS NOT NULL", .index),
    ("CREATE TRIGGER mine AFTER UPDATE ON people BEGIN SELECT new.about; END", .trigger),
  ])
  func `what reads an excluded column is a clash`(create: String, kind: Clash.Kind) throws {
    let file = try ScratchFile()
    try file.connection.execute(create)
    try expectClash(
      Clash(kind, "mine", of: "people", .readsColumnThatGoes), file, [.people.excluding(["about"])])
    try execute("DROP \(kind.rawValue) mine", file)
    try file.reopen([.people.excluding(["about"])])
  }

  @Test func `a column of the user's that reads an excluded one is a clash`() throws {
    let file = try ScratchFile()
    try file.connection.execute("ALTER TABLE people ADD COLUMN mine AS (upper(about))")
    try expectClash(
      Clash(.table, "people", .readsColumnThatGoes), file, [.people.excluding(["about"])])
  }

  @Test func `an index on a column of another type lives on`() throws {
    let file = try ScratchFile()
    try file.connection.execute("CREATE INDEX mine ON people (name)")
    try file.reopen([.people(name: .integer("name"))])
    #expect(try file.value("SELECT count(*) FROM sqlite_schema WHERE name = 'mine'") == 1)
  }

  @Test func `indices and triggers on a table that is made anew live on`() throws {
    let file = try ScratchFile([.countries])
    try file.apply("[{\"code\":\"GB\",\"name\":\"Britain\"}]", to: "countries")
    try file.connection.execute(
      """
      CREATE TABLE gone (code);
      CREATE INDEX mine ON countries (name);
      CREATE TRIGGER log AFTER DELETE ON countries BEGIN INSERT INTO gone VALUES (old.code); END;
      """)
    let other = Table(
      "countries", .full, from: Table.countries.listings,
      columns: [.text("code", or: .key), .text("name", or: .key)])
    try file.reopen([other])
    #expect(try file.value("SELECT count(*) FROM sqlite_schema WHERE name IN ('mine', 'log')") == 2)
    #expect(try file.rows("SELECT * FROM gone") == [["GB"]])
  }

  @Test func `a trigger on a view that goes is a clash`() throws {
    let file = try ScratchFile(views: Self.view)
    try file.connection.execute(
      "CREATE TRIGGER mine INSTEAD OF UPDATE ON v_names BEGIN SELECT 1; END")
    try expectClash(
      Clash(.trigger, "mine", of: "v_names", .isOnViewThatGoes), file, file.tables)
  }

  // MARK: Full-text tables

  /// As `sqlite-utils enable-fts --create-triggers` makes them.
  private static let search = """
    CREATE VIRTUAL TABLE [people_fts] USING FTS5 ([name], content=[people]);
    INSERT INTO people_fts (rowid, name) SELECT rowid, name FROM people;
    CREATE TRIGGER [people_ai] AFTER INSERT ON [people] BEGIN
      INSERT INTO [people_fts] (rowid, [name]) VALUES (new.rowid, new.[name]);
    END;
    CREATE TRIGGER [people_ad] AFTER DELETE ON [people] BEGIN
      INSERT INTO [people_fts] ([people_fts], rowid, [name])
        VALUES('delete', old.rowid, old.[name]);
    END;
    CREATE TRIGGER [people_au] AFTER UPDATE ON [people] BEGIN
      INSERT INTO [people_fts] ([people_fts], rowid, [name])
        VALUES('delete', old.rowid, old.[name]);
      INSERT INTO [people_fts] (rowid, [name]) VALUES (new.rowid, new.[name]);
    END;
    """

  @Test func `a full-text table of the user's lives on and stays in step`() throws {
    let file = try ScratchFile()
    try file.apply("[\(Self.ada)]", to: "people")
    try file.connection.execute(Self.search)
    for table in [Table.people, .people.excluding(["about"]), .people([.text("colour")])] {
      try file.reopen([table, .fields, .countries])
      let name = "Eve\(table.columns.count)"
      try file.apply("[\(Self.ada.replacing("Ada", with: name))]", to: "people")
      let found = "SELECT count(*) FROM people_fts WHERE people_fts MATCH "
      #expect(try file.value("\(found)'\(name)'") == 1)
      #expect(try file.value("\(found)'Ada'") == 0)
      try file.connection.execute("INSERT INTO people_fts (people_fts) VALUES ('integrity-check')")
    }
    #expect(
      try file.value("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'people_a_'") == 3)
  }
}

extension ScratchFile {
  /// A file as the first so many scripts of bookkeeping make it, without a mirrored table.
  static func older(version: Int) throws -> ScratchFile {
    let file = try ScratchFile([])
    let names = try file.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    for name in names.compactMap(\.[0].text) { try file.connection.execute("DROP TABLE \(name)") }
    for script in Bookkeeping.scripts.prefix(version) { try file.connection.execute(script) }
    try file.connection.execute("PRAGMA user_version = \(version)")
    return file
  }
}
