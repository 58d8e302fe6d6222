import SQLite
import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile

/// What tables say of the rows that they name, and that nothing holds them to it.
@Suite struct ForeignKeyTests {
  /// Names a row by a key of one column, twice by one of two columns, and one that nobody has.
  private static let cities = cities()

  private static func cities(_ more: [Column] = []) -> Table {
    Table(
      "cities", .full, from: [Listing("cities", "list")],
      columns: [
        .integer("id", or: .key), .reference("country_code", to: "countries", type: .text),
        .text("entity"), .reference("field_id", to: .init("fields", with: ["entity"])),
        .reference("other_id", to: .init("fields", with: ["entity"])),
        .reference("mayor_id", to: "people"), .text("name"),
      ] + more,
      children: [
        Child(
          "city_people", at: "people", of: "city_id",
          elements: .references("people_id", to: "people"))
      ])
  }

  private static let all: [Table] = [.people, .fields, .countries, cities]
  private static let france =
    #"[{"id":1,"name":"Lyon","countryCode":"FR","entity":"x","field":{"id":9}}]"#

  /// The foreign keys of a table: its column, the table it names, and the column there.
  private func keys(_ file: ScratchFile, _ table: String) throws -> [[Value]] {
    try file.rows(
      """
      SELECT "from", "table", "to" FROM pragma_foreign_key_list('\(table)') ORDER BY id DESC, seq
      """)
  }

  @Test func `tables and lists name the rows of others by their whole keys`() throws {
    let file = try ScratchFile(Self.all)
    #expect(
      try Set(keys(file, "cities")) == [
        ["country_code", "countries", "code"], ["mayor_id", "people", "id"],
        ["entity", "fields", "entity"], ["field_id", "fields", "id"], ["other_id", "fields", "id"],
      ])
    #expect(
      try keys(file, "city_people") == [
        ["city_id", "cities", "id"], ["people_id", "people", "id"],
      ])
    #expect(
      try keys(file, "field_options") == [
        ["entity", "fields", "entity"], ["field_id", "fields", "id"],
      ])
    #expect(try keys(file, "people") == [])
  }

  @Test func `a table that the file does not have is not named`() throws {
    let file = try ScratchFile([.countries, Self.cities])
    #expect(try keys(file, "cities") == [["country_code", "countries", "code"]])
    #expect(try keys(file, "city_people") == [["city_id", "cities", "id"]])
  }

  @Test func `what names nobody is stored, and is what a check lists`() throws {
    let file = try ScratchFile(Self.all)
    #expect(try file.value("PRAGMA foreign_keys") == 0)
    #expect(try file.apply(Self.france, to: "cities") == [.inserted])
    #expect(
      try Set(file.rows("PRAGMA foreign_key_check").map { [$0[0], $0[1], $0[2]] })
        == [["cities", 1, "countries"], ["cities", 1, "fields"]])
    try file.apply(#"[{"code":"FR","name":"France"}]"#, to: "countries")
    #expect(try file.rows("PRAGMA foreign_key_check").map { $0[2] } == ["fields"])
    let copy = try Database.openCopy(path: file.path + "-copy", tables: Self.all, views: [])
    #expect(try copy.value("PRAGMA foreign_keys") == 0)
  }

  @Test(arguments: [[.fields, .countries, cities, .people], all] as [[Table]])
  func `a file without them is left as it is`(tables: [Table]) throws {
    let file = try ScratchFile([.people, .fields, .countries])
    for table in TableSQL(Self.cities).createTables { try file.connection.execute(table.sql) }
    for name in ["cities", "city_people"] {
      try file.connection.run(
        "INSERT INTO _columns SELECT ?1, name FROM pragma_table_info(?1)", [.text(name)])
    }
    let before = try file.bytes()
    try file.reopen(tables)
    #expect(try keys(file, "cities") == [])
    #expect(file.connection.totalChanges == 0)
    #expect(try file.bytes() == before)
  }

  @Test func `a table that comes or goes later changes no other`() throws {
    let file = try ScratchFile([.countries, Self.cities])
    let few = try file.rows("SELECT sql FROM sqlite_schema WHERE name = 'cities'")
    try file.reopen(Self.all)
    #expect(try file.rows("SELECT sql FROM sqlite_schema WHERE name = 'cities'") == few)
    let before = try file.bytes()
    try file.reopen([Self.cities])
    #expect(file.connection.totalChanges == 0)
    #expect(try file.bytes() == before)
  }

  @Test func `a column brings its own, and takes it away`() throws {
    let file = try ScratchFile(Self.all)
    try file.apply(Self.france, to: "cities")
    try file.connection.execute("ALTER TABLE cities ADD COLUMN mine")
    let more = Self.cities([.reference("twin_id", to: "cities")]).excluding(["mayor_id"])
    try file.reopen([.people, .fields, .countries, more])
    #expect(try keys(file, "cities").contains(["twin_id", "cities", "id"]))
    #expect(try !keys(file, "cities").contains { $0[0] == "mayor_id" })
    // One of two keys of several columns goes, the other one stays.
    try file.reopen([.people, .fields, .countries, Self.cities.excluding(["other_id"])])
    #expect(
      try keys(file, "cities").filter { $0[1] == "fields" }.map(\.[0]) == ["entity", "field_id"])
    try file.reopen([.people, .fields, .countries, Self.cities.excluding(["field_id"])])
    #expect(try keys(file, "cities").map(\.[0]).contains("country_code"))
    #expect(try !keys(file, "cities").map(\.[0]).contains("field_id"))
    #expect(try file.rows("SELECT id, name, mine FROM cities") == [[1, "Lyon", nil]])
    #expect(try file.value("PRAGMA writable_schema") == 0)
    #expect(try file.value("PRAGMA integrity_check") == "ok")
    try file.reopen([.people, .fields, .countries, Self.cities.excluding(["field_id"])])
    #expect(file.connection.totalChanges == 0)
  }

  @Test func `the column that both keys begin with takes both away`() throws {
    let file = try ScratchFile(Self.all)
    try file.apply(Self.france, to: "cities")
    try file.reopen([.people, .fields, .countries, Self.cities.excluding(["entity"])])
    #expect(try !keys(file, "cities").contains { $0[1] == "fields" })
    #expect(try file.rows("SELECT id, field_id FROM cities") == [[1, 9]])
    #expect(try file.value("PRAGMA integrity_check") == "ok")
  }

  @Test func `a table that is made anew names what there is`() throws {
    let file = try ScratchFile([Self.cities])
    #expect(try keys(file, "cities") == [])
    let other = Table(
      "cities", .full, from: Self.cities.listings,
      columns: [.reference("country_code", to: "countries", type: .text, or: .key)])
    try file.reopen([.countries, other])
    #expect(try keys(file, "cities") == [["country_code", "countries", "code"]])
  }
}
