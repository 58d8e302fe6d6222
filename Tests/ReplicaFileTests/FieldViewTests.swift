import SQLite
import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile

@Suite struct FieldViewTests {
  /// Definitions that say what the values of people's fields are.
  static let definitions = Table(
    "definitions", .full, from: [Listing("definitions", "list")],
    columns: [
      .listing("entity", .text, or: .key), .integer("id", or: .key), .text("name"), .text("type"),
      .integer("place"),
    ])

  static let people = Table(
    "people", .full, from: [Listing("people", "list")],
    columns: [.integer("id", or: .key), .text("name")],
    children: [
      Child(
        "people_fields", at: "fields", of: "people_id",
        elements: .objects([.integer("id"), .reference("definition_id"), .anyAsText("value")]),
        view: FieldView(
          "v_people_fields", definedIn: "definitions", where: .init("entity", "person"),
          columns: (name: "name", type: "type", order: "place"),
          kinds: ["number": .number, "flag": .flag, "day": .date, "many": .texts(separator: ";")],
          reference: "definition_id", value: "value"))
    ])

  static let tables = [definitions, people]

  private func file() throws -> ScratchFile {
    let file = try ScratchFile(Self.tables)
    try file.connection.execute(
      """
      INSERT INTO people (id, name, _synced_at) VALUES (1, 'Ada', '2026-01-01 00:00:00'),
        (2, 'Ben', '2026-01-01 00:00:00');
      INSERT INTO people (id, name, _synced_at, _deleted_at, _deleted_reason)
        VALUES (3, 'Gone', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'deleted');
      """)
    return file
  }

  private func define(
    _ id: Int64, _ name: String?, _ type: String = "text", place: Int64? = nil,
    of entity: String = "person", in file: ScratchFile
  ) throws {
    try file.connection.run(
      """
      INSERT INTO definitions (entity, id, name, type, place, _synced_at)
        VALUES (?, ?, ?, ?, ?, '2026-01-01 00:00:00')
      """, [.text(entity), .integer(id), Value(name), .text(type), Value(place)])
  }

  private func set(_ field: Int64, of person: Int64, _ value: String?, in file: ScratchFile) throws
  {
    try file.connection.run(
      "INSERT INTO people_fields VALUES (?, ?, ?, ?)",
      [.integer(person), .integer(field * 10), .integer(field), Value(value)])
  }

  private func update(_ file: ScratchFile) throws {
    try file.connection.transaction {
      try FieldViews(file.connection, tables: file.tables).update()
    }
  }

  private func columns(_ file: ScratchFile) throws -> [String] {
    try file.rows("SELECT name FROM pragma_table_info('v_people_fields')").compactMap(\.[0].text)
  }

  // MARK: Values

  @Test func `a new file shows the living rows and no field`() throws {
    let file = try file()
    #expect(try file.rows("SELECT * FROM v_people_fields") == [[1], [2]])
  }

  @Test(
    arguments: [
      ("text", "42", "42"), ("text", "", ""), ("text", nil, nil), ("link", "a:{id}", "a:{id}"),
      ("number", "42", .real(42)), ("number", "-0.5", .real(-0.5)), ("number", "1e3", .real(1_000)),
      ("number", "9007199254740991", .real(9_007_199_254_740_991)),
      ("number", "9007199254740993", 9_007_199_254_740_993),
      ("number", "1234567890123456789", 1_234_567_890_123_456_789),
      ("number", "-9223372036854775807", -9_223_372_036_854_775_807),
      ("number", "9223372036854775808", .real(9.223372036854775808e18)),
      ("number", "-99999999999999999", -99_999_999_999_999_999), ("number", "1e400", nil),
      ("number", "-1.5e300", .real(-1.5e300)), ("number", "e5", nil),
      ("number", "99999999999999999999", .real(1e20)), ("number", "1.2.3", nil),
      ("number", "twelve", nil),
      ("number", "", nil), ("number", "12 apples", nil), ("number", "true", nil),
      ("number", "[1]", nil), ("number", nil, nil),
      ("flag", "true", 1), ("flag", "false", 0), ("flag", "True", 1), ("flag", "perhaps", nil),
      ("day", "2024-02-29", "2024-02-29"), ("day", "2024-02-29T23:30:00Z", "2024-02-29"),
      ("number", "007", .real(7)),
      ("number", "1-2", nil), ("number", ".", nil), ("day", "2023-02-29", nil),
      ("day", "2024-13-01", nil), ("day", "2024-00-10", nil), ("day", "2024-04-31", nil),
      ("day", "2000-02-29", "2000-02-29"), ("day", "1900-02-29", nil),
      ("day", "2024-12-31 10:00", "2024-12-31"), ("day", "2024-12-00", nil), ("day", "2024", nil),
      ("day", "now", nil), ("day", "2024-01-015", nil), ("day", "", nil), ("day", nil, nil),
      ("many", "Food", #"["Food"]"#), ("many", "Food;Art \"x\"", #"["Food","Art \"x\""]"#),
      ("many", #"["Food","Art;Music"]"#, #"["Food","Art;Music"]"#), ("many", "", nil),
      ("many", "a\tb\\c;d\ne", #"["a\tb\\c","d\ne"]"#), ("many", "{}", #"["{}"]"#),
      ("many", nil, nil),
    ] as [(String, String?, Value)])
  func `a value is shown as its type has it`(type: String, text: String?, shown: Value) throws {
    let file = try file()
    try define(7, "Field", type, in: file)
    try set(7, of: 1, text, in: file)
    try set(7, of: 3, text, in: file)
    try update(file)
    let missing: Value = type == "flag" ? 0 : nil
    #expect(try file.rows("SELECT * FROM v_people_fields") == [[1, shown], [2, missing]])
    if type == "many", shown != nil {
      #expect(
        try file.value("SELECT json_valid(\"Field\") FROM v_people_fields WHERE people_id = 1") == 1
      )
    }
  }

  @Test func `columns have declared types and compare by them`() throws {
    let file = try file()
    for (id, type) in ["text", "number", "flag", "day", "many", "unheard of"].enumerated() {
      try define(Int64(id), type, type, in: file)
      try set(Int64(id), of: 1, type == "day" ? "2024-02-29" : "5", in: file)
    }
    try update(file)
    #expect(
      try file.rows("SELECT name, type FROM pragma_table_info('v_people_fields')") == [
        ["people_id", "INTEGER"], ["text", "TEXT"], ["number", "REAL"], ["flag", "BOOLEAN"],
        ["day", "DATE"], ["many", "TEXT"], ["unheard of", "TEXT"],
      ])
    let statement = try Statement("SELECT * FROM v_people_fields", on: file.connection)
    #expect(
      (0..<7).map { statement.declaredType(of: $0) }
        == ["INTEGER", "TEXT", "REAL", "BOOLEAN", "DATE", "TEXT", "TEXT"])
    #expect(
      try file.value(
        """
        SELECT count(*) FROM v_people_fields WHERE "day" BETWEEN '2024-02-01' AND '2024-03-01'
          AND "number" < 10 AND "number" / 2 = 2.5 AND "text" = '5'
        """) == 1)
  }

  @Test func `a column that is not asked for is not read`() throws {
    let file = try file()
    for id in Int64(1)...5 { try define(id, "Field \(id)", in: file) }
    try update(file)
    let plan = try file.rows(
      "EXPLAIN QUERY PLAN SELECT \"Field 3\" FROM v_people_fields WHERE people_id = 1"
    ).compactMap { $0[3].text }
    #expect(plan.count { $0.contains("SUBQUERY") && $0.contains("CORRELATED") } == 1, "\(plan)")
    #expect(plan.contains { $0.contains("SEARCH f USING PRIMARY KEY") }, "\(plan)")
    #expect(plan.contains { $0.contains("SEARCH p USING INTEGER PRIMARY KEY") }, "\(plan)")
  }

  // MARK: Names

  @Test(
    arguments: [
      ([1: "Region", 2: "Reference"], ["Region", "Reference"]),
      (
        [1: "a \"quoted\" name", 2: "select", 3: "x'; DROP TABLE people; --"],
        ["a \"quoted\" name", "select", "x'; DROP TABLE people; --"]
      ),
      (
        [1: "", 2: nil, 3: " \n ", 4: "field (2)"],
        ["field (1)", "field (2)", "field (3)", "field (2) (4)"]
      ),
      ([4: "region", 7: "Region", 9: "REGION"], ["region", "Region (7)", "REGION (9)"]),
      ([1: "Region (3)", 2: "Region", 3: "Region"], ["Region (3)", "Region", "Region (3) (3)"]),
      ([1: "people_id", 2: "PEOPLE_ID"], ["people_id (1)", "PEOPLE_ID (2)"]),
      (
        [1: "Größe", 2: "GRÖSSE", 3: "GRÖẞE", 4: "größe"],
        ["Größe", "GRÖSSE", "GRÖẞE (3)", "größe (4)"]
      ),
      ([1: "\u{E9}", 2: "e\u{301}"], ["\u{E9}", "e\u{301} (2)"]),
      (
        [1: " two\nlines\u{0}\u{2028}end ", 2: "日本語", 3: "rowid"],
        ["two lines  end", "日本語", "rowid"]
      ),
    ] as [([Int64: String?], [String])])
  func `each field has a name of its own`(names: [Int64: String?], shown: [String]) throws {
    let file = try file()
    for (id, name) in names { try define(id, name, in: file) }
    for id in names.keys { try set(id, of: 1, "value \(id)", in: file) }
    try update(file)
    #expect(try columns(file) == ["people_id"] + shown)
    let values = names.keys.sorted().map { Value.text("value \($0)") }
    #expect(try file.rows("SELECT * FROM v_people_fields")[0] == [1] + values)
    let list = shown.map(quoted).joined(separator: ", ")
    #expect(try file.rows("SELECT \(list) FROM v_people_fields")[0] == values)
  }

  @Test func `fields stand in their order and only those of their entity`() throws {
    let file = try file()
    try define(1, "last", in: file)
    try define(2, "second", place: 20, in: file)
    try define(3, "first", place: 10, in: file)
    try define(4, "other", place: 1, of: "firm", in: file)
    try update(file)
    #expect(try columns(file) == ["people_id", "first", "second", "last"])
  }

  @Test func `five hundred fields are columns, and no more than SQLite takes`() throws {
    let file = try file()
    for id in Int64(1)...500 {
      try define(
        id, "Field \(id)", ["text", "number", "flag", "day", "many"][Int(id) % 5], in: file)
      if id % 5 == 1 { try set(id, of: 2, "\(id)", in: file) }
    }
    try update(file)
    #expect(try columns(file).count == 501)
    let row = try file.rows("SELECT * FROM v_people_fields WHERE people_id = 2")[0]
    #expect(row[496] == .real(496))
    #expect(row.count { $0 != nil && $0 != 0 } == 101)
    for id in Int64(501)...2_100 { try define(id, "Field \(id)", in: file) }
    try update(file)
    #expect(try columns(file).count == FieldViewSQL.columnLimit + 1)
    #expect(try file.value("SELECT count(*) FROM v_people_fields") == 2)
  }

  // MARK: Changes

  @Test func `views follow the definitions and leave the user's own alone`() throws {
    let file = try file()
    try define(1, "Region", in: file)
    try define(2, "Score", "number", in: file)
    try set(1, of: 1, "North", in: file)
    try update(file)
    try file.connection.execute(
      """
      CREATE VIEW mine AS SELECT people_id, Region FROM v_people_fields;
      CREATE TABLE notes (text);
      CREATE TRIGGER noted INSTEAD OF DELETE ON v_people_fields BEGIN
        INSERT INTO notes VALUES (old.people_id);
      END;
      """)
    try file.connection.execute("UPDATE definitions SET name = 'Area' WHERE id = 1")
    try update(file)
    #expect(
      try file.rows("SELECT people_id, \"Area\" FROM v_people_fields") == [
        [1, "North"], [2, nil],
      ])
    #expect(throws: SQLiteError.self) { try file.rows("SELECT * FROM mine") }
    try file.connection.execute("UPDATE definitions SET name = 'Region' WHERE id = 1")
    try file.connection.execute(
      """
      UPDATE definitions SET _deleted_at = '2026-01-01 00:00:00', _deleted_reason = 'absent'
        WHERE id = 2
      """)
    try update(file)
    #expect(try columns(file) == ["people_id", "Region"])
    #expect(try file.rows("SELECT * FROM mine") == [[1, "North"], [2, nil]])
    try file.connection.execute("DELETE FROM v_people_fields WHERE people_id = 2")
    #expect(try file.rows("SELECT * FROM notes") == [[2]])
  }

  @Test func `nothing is written while the definitions are the same`() throws {
    let file = try file()
    try define(1, "Region", in: file)
    try update(file)
    let before = try file.bytes()
    let version = try file.value("PRAGMA schema_version")
    try update(file)
    try file.reopen(Self.tables)
    #expect(try file.value("PRAGMA schema_version") == version)
    #expect(try file.bytes() == before)
  }

  @Test func `opening a file brings its views up to date`() throws {
    let file = try file()
    try define(1, "Region", in: file)
    try file.reopen(Self.tables)
    #expect(try columns(file) == ["people_id", "Region"])
    // The table changes its form, for which all views stand aside.
    let changed = Table(
      "people", .full, from: Self.people.listings, columns: Self.people.columns + [.text("about")],
      children: Self.people.children)
    try file.reopen([Self.definitions, changed])
    #expect(try columns(file) == ["people_id", "Region"])
  }

  @Test func `without values or names there is no view`() throws {
    let file = try file()
    try file.reopen([Self.definitions, Self.people.excluding(["fields"])])
    #expect(try columns(file).isEmpty)
    try file.reopen(Self.tables)
    #expect(try columns(file) == ["people_id"])
    try file.reopen([Self.definitions.excluding(["name"]), Self.people])
    #expect(try columns(file).isEmpty)
    try file.reopen([Self.people])
    #expect(try columns(file).isEmpty)
  }

  /// While the file is open nothing is done to it; the next opening refuses it.
  @Test(arguments: ["TABLE v_people_fields (mine)", "VIEW v_people_fields AS SELECT 5 AS mine"])
  func `what the user gives the name of ours stays`(create: String) throws {
    let file = try file()
    try file.connection.execute("DROP VIEW v_people_fields; CREATE \(create)")
    let schema = "SELECT sql FROM sqlite_schema WHERE name = 'v_people_fields'"
    try define(1, "Region", in: file)
    try update(file)
    #expect(try file.rows(schema) == [[.text("CREATE \(create)")]])
    let kind: Clash.Kind = create.hasPrefix("TABLE") ? .table : .view
    #expect(throws: Clash(kind, "v_people_fields", .bearsOurName)) { try file.reopen(Self.tables) }
    // Without the list there is no view, and nothing is in its way.
    try file.reopen([Self.definitions, Self.people.excluding(["fields"])])
    #expect(try file.rows(schema) == [[.text("CREATE \(create)")]])
    try file.connection.execute("DROP \(kind.rawValue) v_people_fields")
    try file.reopen(Self.tables)
    #expect(try columns(file) == ["people_id", "Region"])
  }

  // MARK: What the file says of them

  private func docs(_ file: ScratchFile) throws -> [[Value]] {
    try file.rows(
      """
      SELECT position, column_name, type, text FROM _view_docs
        WHERE view_name = 'v_people_fields' AND position > 0 ORDER BY position
      """)
  }

  @Test func `the file says what each column shows, and follows the definitions`() throws {
    let file = try file()
    let key: [Value] = [1, "people_id", "INTEGER", "The row, → `people.id`."]
    #expect(try docs(file) == [key])
    #expect(
      try file.value(
        "SELECT grain FROM _view_docs WHERE view_name = 'v_people_fields' AND position = 0")
        == "one row a living row of `people`.")
    for (id, type) in ["text", "number", "flag", "day", "many", "unheard of"].enumerated() {
      try define(Int64(id + 1), "Field \(id + 1)", type, in: file)
    }
    try update(file)
    let types: [Value] = ["INTEGER", "TEXT", "REAL", "BOOLEAN", "DATE", "TEXT", "TEXT"]
    #expect(try docs(file).map { $0[2] } == types)
    #expect(
      try docs(file)[4]
        == [5, "Field 4", "DATE", "The field 4 of `definitions`, of the type `day`."])
    // Of the same kind, so that the view itself stays as it is.
    try file.connection.execute("UPDATE definitions SET type = 'link' WHERE id = 1")
    try update(file)
    #expect(try docs(file)[1][3] == "The field 1 of `definitions`, of the type `link`.")
    try file.connection.execute(
      "UPDATE definitions SET name = 'Area' WHERE id = 1; DELETE FROM definitions WHERE id > 1")
    try update(file)
    #expect(try docs(file).map { $0[1] } == ["people_id", "Area"])
    try file.reopen([Self.definitions, Self.people.excluding(["fields"])])
    #expect(try docs(file).isEmpty)
  }

  @Test func `a name is nothing but a name`() throws {
    let file = try file()
    let name = "\u{600}\" FROM people; UPDATE people SET name = 'gone'; CREATE TABLE gone (x); --"
    try define(1, name, in: file)
    try define(2, "a\"\u{301}", in: file)
    try update(file)
    #expect(try columns(file) == ["people_id", name, "a\"\u{301}"])
    #expect(try file.value("SELECT name FROM people WHERE id = 1") == "Ada")
    // Composed or not, the column is spelt as the field is.
    for spelling in ["\u{e9}", "e\u{301}"] {
      try file.connection.run("UPDATE definitions SET name = ? WHERE id = 2", [.text(spelling)])
      try update(file)
      #expect(Array(try columns(file)[2].utf8) == Array(spelling.utf8))
    }
  }

  @Test func `without its own table there is no view`() throws {
    let file = try file()
    try file.reopen([Self.definitions])
    #expect(
      try file.rows("SELECT name FROM sqlite_schema WHERE type = 'view'").isEmpty)
    #expect(try docs(file).isEmpty)
  }
}
