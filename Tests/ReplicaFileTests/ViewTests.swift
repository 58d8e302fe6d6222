import Model
import ReplicaFile
import SQLite
import TestSupport
import Testing

@Suite struct ViewTests {
  private static let first = """
    -- About both views.

    CREATE VIEW v_names AS
    -- Grain: one row a person.
    -- Who is there;
    -- and nothing else.
    --
    -- id INTEGER: The key, which is
    --   never NULL.
    -- name TEXT: What it is: a name.
    SELECT id, name FROM people
    WHERE _deleted_at IS NULL;

    CREATE VIEW v_count AS
    -- Grain: one row.
    -- How many.
    --
    -- people INTEGER: Number.
    -- Types: all
    SELECT count(*) FROM (SELECT * FROM v_names);
    """

  private static func views(_ script: String = first) -> [View] {
    View.all(in: Array(script.utf8), reading: ["people", "fields", "countries", "people_phones"])
  }

  @Test func `a script is read into its views`() throws {
    let views = Self.views()
    #expect(views.map(\.name) == ["v_names", "v_count"])
    #expect(views.map(\.tables) == [["people"], []])
    #expect(views.map(\.views) == [[], ["v_names"]])
    let docs = try #require(views.first?.docs)
    #expect(docs.grain == "one row a person.")
    #expect(docs.meaning == "Who is there; and nothing else.")
    #expect(docs.columns.map(\.name) == ["id", "name"])
    #expect(docs.columns.map(\.type) == ["INTEGER", "TEXT"])
    #expect(
      docs.columns.map(\.meaning) == ["The key, which is never NULL.", "What it is: a name."])
  }

  @Test func `a computed column has the type that its view asks for`() throws {
    let file = try ScratchFile(views: Self.views())
    try file.apply("[{\"id\":1,\"name\":\"Ada\"},{\"id\":2,\"name\":\"Bob\"}]", to: "people")
    #expect(try file.rows("SELECT * FROM v_count") == [[2]])
    let type = "SELECT name, type FROM pragma_table_info('v_count')"
    #expect(try file.rows(type) == [["people", "INTEGER"]])
    #expect(throws: SQLiteError.self) {
      try file.connection.run("INSERT INTO _types DEFAULT VALUES")
    }
  }

  @Test func `the file says what its views are`() throws {
    let file = try ScratchFile(views: Self.views())
    #expect(
      try file.rows(
        """
        SELECT view_name, position, column_name, type, grain, text FROM _view_docs
          WHERE view_name = 'v_count'
        """) == [
          ["v_count", 0, nil, nil, "one row.", "How many."],
          ["v_count", 1, "people", "INTEGER", nil, "Number."],
        ])
    // SQLite keeps the comment with the view.
    let text = try file.value("SELECT sql FROM sqlite_schema WHERE name = 'v_names'").text
    #expect(text?.contains("-- name TEXT: What it is: a name.") == true)
  }

  @Test func `an upgrade renews our views and leaves the user's own`() throws {
    let file = try ScratchFile(views: Self.views())
    try file.apply("[{\"id\":1,\"name\":\"Ada\"}]", to: "people")
    try file.connection.execute(
      """
      CREATE TABLE notes (note);
      CREATE VIEW mine AS SELECT name FROM v_names;
      CREATE TRIGGER note INSTEAD OF UPDATE ON v_names
        BEGIN INSERT INTO notes VALUES (new.name); END;
      """)
    let second = Self.first.replacing(
      "SELECT id, name FROM", with: "SELECT id, upper(name) AS name FROM"
    )
    .replacing("nothing else", with: "in capitals")
    try file.reopen(file.tables, views: Self.views(second))
    #expect(try file.value("SELECT name FROM mine") == "ADA")
    try file.connection.run("UPDATE v_names SET name = 'kept'")
    #expect(try file.rows("SELECT * FROM notes") == [["kept"]])
    #expect(
      try file.value("SELECT text FROM _view_docs WHERE view_name = 'v_names' AND position = 0")
        == "Who is there; and in capitals.")
  }

  @Test func `what views need is made where it is missing, and keeps what it holds`() throws {
    let supports = View.supports(
      in: Array(
        """
        -- What views need.

        CREATE TABLE IF NOT EXISTS "rates" (
          "rate" REAL
        );

        CREATE INDEX IF NOT EXISTS "rates_rate" ON "rates" ("rate");
        """.utf8))
    #expect(supports.map(\.name) == ["rates", "rates_rate"])
    let script = """
      CREATE VIEW v_rates AS
      -- Grain: one row a rate.
      -- The rates.
      --
      -- rate REAL: A rate.
      SELECT rate FROM rates INDEXED BY rates_rate WHERE rate > 0;
      """
    let views = View.all(in: Array(script.utf8), reading: [], supported: supports)
    let file = try ScratchFile(views: views)
    try file.connection.run("INSERT INTO rates VALUES (0.8)")
    try file.reopen(file.tables, views: views)
    #expect(try file.rows("SELECT * FROM v_rates") == [[.real(0.8)]])
    #expect(try ScratchFile().value("SELECT count(*) FROM sqlite_schema WHERE name = 'rates'") == 0)
  }

  @Test(
    arguments: [
      "CREATE VIEW V_Names AS SELECT 'mine' AS name", "CREATE TABLE V_NAMES (name)",
      // In the place of ours, which was there.
      "DROP VIEW v_names; CREATE VIEW v_names AS SELECT 'mine' AS name",
      "DROP VIEW v_names; CREATE TABLE v_Names (name)",
    ])
  func `what the user made under a name of ours stays, however it is spelt`(mine: String) throws {
    let file = try ScratchFile(views: mine.hasPrefix("DROP") ? Self.views() : [])
    try file.connection.execute(mine)
    let schema = "SELECT type, name, sql FROM sqlite_schema WHERE lower(name) = 'v_names'"
    let before = try file.rows(schema)
    let clash = Clash(
      mine.contains("TABLE") ? .table : .view, before[0][1].text ?? "", .bearsOurName)
    for tables in [file.tables, [.people([.text("colour")]), .fields, .countries]] {
      #expect(throws: clash) { try file.reopen(tables, views: Self.views()) }
      #expect(try Connection(path: file.path).rows(schema) == before)
    }
    try Connection(path: file.path).execute("DROP \(before[0][0].text ?? "") v_names")
    try file.reopen(file.tables, views: Self.views())
    #expect(try file.value("SELECT count(*) FROM v_count") == 1)
  }

  @Test func `triggers stay where they are, however their table is spelt`() throws {
    let file = try ScratchFile(views: Self.views())
    try file.apply("[{\"id\":1,\"name\":\"Ada\"}]", to: "people")
    try file.connection.execute(
      """
      CREATE TABLE notes (note);
      CREATE TRIGGER one INSTEAD OF UPDATE ON V_Names BEGIN INSERT INTO notes VALUES ('view'); END;
      CREATE TRIGGER two AFTER UPDATE ON PEOPLE BEGIN INSERT INTO notes VALUES ('table'); END;
      """)
    let second = Self.first.replacing("one row a person", with: "a person")
    try file.reopen([.people.excluding(["about"]), .fields, .countries], views: Self.views(second))
    try file.connection.execute("UPDATE v_names SET id = 2; UPDATE people SET name = 'Bob'")
    #expect(try file.rows("SELECT * FROM notes") == [["view"], ["table"]])
  }

  @Test func `a view that is declared no more goes, and what reads it stays`() throws {
    let file = try ScratchFile(views: Self.views())
    try file.connection.execute("CREATE VIEW mine AS SELECT 1 AS one FROM v_count")
    try file.reopen(file.tables, views: Array(Self.views().prefix(1)))
    #expect(
      try file.rows("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name")
        == [["mine"], ["v_names"]])
    #expect(try file.rows("SELECT * FROM _view_docs WHERE view_name = 'v_count'").isEmpty)
    // One of that name that somebody else has made since is somebody else's.
    try file.reopen(file.tables, views: Self.views())
    try file.connection.execute("DROP VIEW v_count; CREATE VIEW v_count AS SELECT 2 AS two")
    try file.reopen(file.tables, views: Array(Self.views().prefix(1)))
    #expect(try file.rows("SELECT * FROM v_count") == [[2]])
  }

  @Test func `a view without all that it reads is not there and no column`() throws {
    let file = try ScratchFile(views: Self.views())
    let names = "SELECT name FROM sqlite_schema WHERE type = 'view'"
    #expect(try file.rows(names) == [["v_names"], ["v_count"]])
    try file.reopen([.people.excluding(["name"]), .fields, .countries], views: Self.views())
    #expect(try file.rows(names).isEmpty)
    #expect(try file.rows("SELECT * FROM _view_docs").isEmpty)
    try file.reopen([.people, .fields, .countries], views: Self.views())
    #expect(try file.rows(names) == [["v_names"], ["v_count"]])
    // A disabled list's table stays in the file as it was; nothing shows it as if it were kept.
    try file.reopen([.fields, .countries], views: Self.views())
    #expect(try file.rows(names).isEmpty)
  }

  @Test func `opening a file that is as it should be writes nothing`() throws {
    let file = try ScratchFile(views: Self.views())
    let version = "PRAGMA schema_version"
    let before = try file.value(version)
    try file.reopen(file.tables, views: Self.views())
    #expect(try file.value(version) == before)
    #expect(try file.value("SELECT total_changes()") == 0)
  }
}
