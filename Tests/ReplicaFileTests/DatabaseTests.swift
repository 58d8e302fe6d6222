import FoundationEssentials
import SQLite
import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile

@Suite struct DatabaseTests {
  private static let ada = """
    {"id":1,"name":"Ada","about":"SECRET-ABOUT","owner":{"id":7},
     "phones":[{"id":5,"number":"SECRET-1"}],
     "tags":[{"id":3}],"otherNames":["SECRET-OTHER"],"colour":"red"}
    """

  private func columns(_ file: ScratchFile, _ table: String) throws -> [String] {
    try file.rows("SELECT name FROM pragma_table_info('\(table)')").compactMap(\.[0].text)
  }

  private func completePass(_ file: ScratchFile, _ table: String) throws {
    var cursor = Cursor()
    cursor.lastRunDate = ScratchFile.noon
    cursor.fullRunDate = ScratchFile.noon
    try Cursors(file.connection).save(cursor, of: table, completedAt: ScratchFile.noon)
  }

  // MARK: Files

  @Test func `a new file is a replica and the same file is left alone`() throws {
    let views = [View("folk", of: "people")]
    let file = try ScratchFile(views: views)
    #expect(try file.value("PRAGMA application_id") == .integer(Bookkeeping.applicationID))
    #expect(try file.value("PRAGMA user_version") == Value(Bookkeeping.scripts.count))
    #expect(try file.value("PRAGMA journal_mode") == "wal")
    #expect(try file.value("PRAGMA secure_delete") == 1)
    try file.apply("[\(Self.ada)]", to: "people")
    let before = try file.bytes()
    try file.reopen(file.tables, views: views)
    #expect(file.connection.totalChanges == 0)
    #expect(try file.bytes() == before)
    let reader = try Database.openReadOnly(path: file.path)
    #expect(try reader.value("SELECT count(*) FROM folk") == 1)
  }

  @Test func `somebody else's database is left as it is`() throws {
    let folder = try ScratchFile.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for script in [
      "CREATE TABLE t (a)", "CREATE TABLE t (a); PRAGMA application_id = 7",
      "PRAGMA application_id = 7",
    ] {
      let path = folder + "/\(UUID().uuidString)"
      try Connection(path: path).execute(script)
      let before = try ScratchFile.bytes(of: path)
      #expect(throws: DatabaseError.foreign(path: path)) {
        try Database.open(path: path, tables: [.people], views: [])
      }
      #expect(throws: DatabaseError.foreign(path: path)) {
        try Database.openReadOnly(path: path)
      }
      #expect(try ScratchFile.bytes(of: path) == before)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
  }

  @Test func `a file that is no database is left as it is`() throws {
    let folder = try ScratchFile.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/notes.txt"
    let content = [UInt8](repeating: 0x61, count: 5_000)
    #expect(FileManager.default.createFile(atPath: path, contents: Data(content)))
    #expect {
      try Database.open(path: path, tables: [.people], views: [])
    } throws: {
      ($0 as? SQLiteError)?.isNotADatabase == true
    }
    #expect(try ScratchFile.bytes(of: path) == content)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["notes.txt"])
  }

  @Test func `a newer program's file is left as it is`() throws {
    let file = try ScratchFile()
    let version = Bookkeeping.scripts.count + 1
    try file.connection.execute("PRAGMA user_version = \(version)")
    let before = try file.bytes()
    #expect(throws: DatabaseError.newer(path: file.path, version: Int64(version))) {
      try file.reopen([.people()], views: [])
    }
    #expect(try ScratchFile.bytes(of: file.path) == before)
  }

  /// A verification that an older program has noted tells nothing of what was counted.
  @Test func `a column of bookkeeping that is new stands empty in an older file`() throws {
    let file = try ScratchFile.older(version: 4)
    try file.connection.execute(
      "INSERT INTO _verified_tables VALUES (1, 'people', 5, 0, 0, 0, 0, 3, 'why')")
    try file.reopen([.people()], views: [])
    #expect(try file.value("PRAGMA user_version") == Value(Bookkeeping.scripts.count))
    #expect(
      try file.rows("SELECT compared, error, counted FROM _verified_tables")
        == [[5, "why", nil]])
  }

  // MARK: Declarations that changed

  @Test func `a new column is added and everything is read again`() throws {
    let file = try ScratchFile()
    try file.apply("[\(Self.ada)]", to: "people")
    try completePass(file, "people")
    try file.reopen([.people([.text("colour")]), .fields, .countries])
    #expect(try columns(file, "people").contains("colour"))
    let cursor = try Cursors(file.connection).load("people")
    #expect(cursor.needsFull)
    #expect(cursor.lastRunDate == ScratchFile.noon)
    #expect(try Cursors(file.connection).load("fields").needsFull == false)
    #expect(try file.apply("[\(Self.ada)]", to: "people") == [.updated])
    #expect(try file.rows("SELECT colour, _extra FROM people") == [["red", nil]])
    #expect(throws: SQLiteError.self) {
      try file.connection.run("UPDATE people SET colour = x'00'")
    }
  }

  @Test func `an excluded column is taken out of the file`() throws {
    let file = try ScratchFile()
    try file.apply("[\(Self.ada)]", to: "people")
    let later = Self.ada.replacing("SECRET-ABOUT", with: "SECRET-LATER")
    try file.apply("[\(later)]", to: "people")
    // A value that did not fit is in the leftovers, and they are in the history.
    try file.apply("[{\"id\":2,\"about\":[\"SECRET-ARRAY\"],\"colour\":\"red\"}]", to: "people")
    try file.apply("[{\"id\":2,\"about\":[\"SECRET-AGAIN\"],\"colour\":\"red\"}]", to: "people")
    try file.apply("[{\"id\":null,\"about\":\"SECRET-QUARANTINE\"}]", to: "people")
    try file.reopen([.people.excluding(["about", "phones", "other_names"]), .fields, .countries])
    #expect(try columns(file, "people").contains("about") == false)
    #expect(try file.value("SELECT _extra FROM people WHERE id = 2") == "{\"colour\":\"red\"}")
    #expect(try file.rows("SELECT name FROM sqlite_schema WHERE name = 'people_phones'").isEmpty)
    #expect(try file.holds("Ada"))
    #expect(try file.holds("SECRET") == false)
  }

  @Test func `what was excluded and is wanted again is filled`() throws {
    let file = try ScratchFile()
    try file.apply("[\(Self.ada)]", to: "people")
    try completePass(file, "people")
    // No pass comes in between: the rows still bear the digests of the first declaration.
    try file.reopen([.people.excluding(["about", "phones"]), .fields, .countries])
    try file.reopen([.people, .fields, .countries])
    #expect(try Cursors(file.connection).load("people").needsFull)
    #expect(try file.apply("[\(Self.ada)]", to: "people") == [.updated])
    #expect(try file.value("SELECT about FROM people") == "SECRET-ABOUT")
    #expect(try file.value("SELECT number FROM people_phones") == "SECRET-1")
  }

  @Test func `a column of another type is emptied, and everything is read again`() throws {
    let file = try ScratchFile()
    try file.apply("[\(Self.ada)]", to: "people")
    try completePass(file, "people")
    for index in TableSQL(.people).createIndices { try file.connection.execute(index) }
    let changed = Table.people(name: .anyAsText("name"))
    try file.reopen([changed, .fields, .countries])
    #expect(try file.value("SELECT count(*) FROM people") == 1, "the same declared type")
    let other = Table.people(name: .integer("name"))
    try file.reopen([other, .fields, .countries])
    #expect(try file.rows("SELECT id, name, about FROM people") == [[1, nil, "SECRET-ABOUT"]])
    let cursor = try Cursors(file.connection).load("people")
    #expect(cursor.needsFull && cursor.lastRunDate == ScratchFile.noon)
    #expect(try file.apply("[\(Self.ada)]", to: "people") == [.updated])
    #expect(try file.dump("people_phones") == [[1, 5, "SECRET-1"]])
    // Indices of ours go and come back when a pass is complete.
    let indices = "SELECT name FROM sqlite_schema WHERE type = 'index' AND name = 'people_owner_id'"
    #expect(try file.rows(indices).isEmpty)
    for index in TableSQL(other).createIndices { try file.connection.execute(index) }
    #expect(try file.rows(indices) == [["people_owner_id"]])
    #expect(try file.value("PRAGMA integrity_check") == "ok")
  }

  @Test func `a table with another key is made anew`() throws {
    let file = try ScratchFile([.countries])
    try file.apply("[{\"code\":\"GB\",\"name\":\"Britain\"}]", to: "countries")
    let other = Table(
      "countries", .full, from: Table.countries.listings,
      columns: [.text("code", or: .key), .text("name", or: .key)])
    try file.reopen([other])
    #expect(try file.dump("countries").isEmpty)
    try file.apply("[{\"code\":\"GB\",\"name\":\"Britain\"}]", to: "countries")
    #expect(try file.value("SELECT name FROM countries") == "Britain")
  }

  @Test func `a pass under way begins again when its table has changed`() throws {
    let file = try ScratchFile()
    var cursor = Cursor()
    cursor.progress = Cursor.Progress(
      kind: .full, date: ScratchFile.noon, pageSize: 100, tracksAbsence: true)
    cursor.progress?.page = 50
    let cursors = Cursors(file.connection)
    try cursors.save(cursor, of: "people")
    try file.connection.run("INSERT INTO _parents VALUES ('people', 'firms', 1, '', 1)")
    try file.reopen([.people([.text("colour")]), .fields, .countries])
    #expect(try Cursors(file.connection).load("people").progress == nil)
    #expect(try file.dump("_parents").isEmpty)
  }

  // MARK: What users add

  @Test func `a view of the user's own does not stop a change`() throws {
    let file = try ScratchFile()
    try file.connection.execute(
      """
      CREATE VIEW mine AS SELECT id, about FROM people;
      CREATE VIEW names AS SELECT name FROM people;
      CREATE VIEW broken AS SELECT a FROM nowhere;
      CREATE TABLE notes (person, note);
      CREATE TRIGGER rename INSTEAD OF UPDATE ON names BEGIN
        INSERT INTO notes VALUES (2, new.name);
      END;
      INSERT INTO notes VALUES (1, 'keep me');
      CREATE INDEX mine_name ON people (name);
      """)
    try file.apply("[\(Self.ada)]", to: "people")
    try file.reopen([.people([.text("colour")]).excluding(["about"]), .fields, .countries])
    #expect(try file.value("SELECT name FROM names") == "Ada")
    #expect(throws: SQLiteError.self) { try file.value("SELECT about FROM mine") }
    #expect(try file.rows("SELECT * FROM notes") == [[1, "keep me"]])
    let indices = "SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'mine%'"
    #expect(try file.rows(indices) == [["mine_name"]])
    try file.connection.run("UPDATE names SET name = 'Grace'")
    #expect(try file.value("SELECT note FROM notes WHERE person = 2") == "Grace")
    // With a column of another type, and the first one back, all views read again.
    try file.reopen([.people(name: .integer("name")), .fields, .countries])
    #expect(try file.rows("SELECT * FROM mine") == [[1, nil]])
    #expect(try file.rows("SELECT * FROM names") == [[nil]])
    #expect(try file.rows("SELECT * FROM notes") == [[1, "keep me"], [2, "Grace"]])
  }
}

@Suite struct CheckTests {
  /// A column of `people`, a literal, and what becomes of it: nil when it is refused.
  @Test(arguments: [
    ("value_amount", "5", "5"), ("value_amount", "NULL", "NULL"),
    ("value_amount", "-9223372036854775808", "-9223372036854775808"),
    ("value_amount", "1.5", nil), ("value_amount", "1e30", nil), ("value_amount", "'abc'", nil),
    ("value_amount", "x'31'", nil), ("value_amount", "'5'", "5"),
    ("rate", "1.5", "1.5"), ("rate", "2", "2.0"), ("rate", "NULL", "NULL"), ("rate", "'x'", nil),
    ("rate", "x'00'", nil),
    ("name", "'x'", "'x'"), ("name", "''", "''"), ("name", "NULL", "NULL"),
    ("name", "x'00'", nil), ("name", "5", "'5'"),
    ("active", "0", "0"), ("active", "1", "1"), ("active", "NULL", "NULL"), ("active", "2", nil),
    ("active", "-1", nil), ("active", "'true'", nil), ("active", "0.5", nil),
    ("active", "x'01'", nil),
    ("born", "'2024-02-29'", "'2024-02-29'"), ("born", "'0000-01-01'", "'0000-01-01'"),
    ("born", "'9999-12-31'", "'9999-12-31'"), ("born", "NULL", "NULL"),
    ("born", "'2023-02-32'", nil), ("born", "'2024-2-9'", nil), ("born", "'20240229'", nil),
    ("born", "2460000", nil), ("born", "'now'", nil), ("born", "'2024-02-29 00:00:00'", nil),
    ("born", "''", nil), ("born", "x'00'", nil),
    ("updated_at", "'2024-02-29 23:59:59'", "'2024-02-29 23:59:59'"),
    ("updated_at", "NULL", "NULL"), ("updated_at", "'2024-02-29T23:59:59Z'", nil),
    ("updated_at", "'2024-02-29 23:59'", nil), ("updated_at", "'2023-13-01 00:00:00'", nil),
    ("updated_at", "'2024-02-29 25:00:00'", nil), ("updated_at", "'2024-02-29'", nil),
    ("updated_at", "1770000000", nil), ("updated_at", "'now'", nil),
    ("updated_at", "'2024-02-29 23:59:59.5'", nil),
    ("_synced_at", "NULL", nil), ("_synced_at", "'yesterday'", nil),
    ("_deleted_at", "NULL", "NULL"), ("_deleted_at", "'2024-02-29'", nil),
    ("_deleted_reason", "'deleted'", "'deleted'"), ("_deleted_reason", "'absent'", "'absent'"),
    ("_deleted_reason", "'restricted'", "'restricted'"), ("_deleted_reason", "'gone'", nil),
    ("_extra", "'{}'", "'{}'"), ("_extra", "NULL", "NULL"), ("_extra", "'[]'", nil),
    ("_extra", "''", nil), ("_digest", "-1", "-1"), ("_digest", "'x'", nil),
    ("_digest", "1.5", nil), ("id", "'x'", nil), ("id", "1.5", nil),
  ])
  func `a column takes what its type says`(column: String, literal: String, kept: String?) throws {
    let connection = try Connection(path: ":memory:")
    for table in TableSQL(.people).createTables { try connection.execute(table.sql) }
    try connection.run("INSERT INTO people (id, _synced_at) VALUES (1, '2026-01-01 00:00:00')")
    let update = "UPDATE people SET \(column) = \(literal)"
    if let kept {
      try connection.run(update)
      #expect(try connection.value("SELECT quote(\(column)) FROM people") == .text(kept))
    } else {
      #expect(throws: SQLiteError.self) { try connection.run(update) }
    }
  }

  @Test(arguments: [
    "INSERT INTO people_phones VALUES (NULL, 1, 'x')",
    "INSERT INTO people_phones VALUES (1, NULL, 'x')",
    "INSERT INTO people_phones VALUES ('x', 1, 'x')", "INSERT INTO people_tags VALUES (1, 'x')",
    "INSERT INTO field_options VALUES (NULL, 1, 0, 'x')",
    "INSERT INTO field_options VALUES ('p', 1, 0.5, 'x')",
    "INSERT INTO countries (code, _synced_at) VALUES (NULL, '2026-01-01 00:00:00')",
    "INSERT INTO fields (entity, id, _synced_at) VALUES ('p', NULL, '2026-01-01 00:00:00')",
  ])
  func `keys are never null`(statement: String) throws {
    let file = try ScratchFile()
    #expect(throws: SQLiteError.self) { try file.connection.run(statement) }
  }
}
