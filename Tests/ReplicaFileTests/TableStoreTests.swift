import Model
import SQLite
import TestSupport
import Testing

@testable import ReplicaFile

@Suite struct TableStoreTests {
  private static let ada = """
    {"id":1,"name":"Ada","active":true,"rate":0.5,"born":"1815-12-10",\
    "updatedAt":"2026-01-01T08:00:00Z","value":{"amount":12.0,"currency":"GBP"},"owner":{"id":7},\
    "phones":[{"id":6,"number":"b"},{"id":5,"number":"a"}],"tags":[{"id":3},{"id":2}],\
    "otherNames":["Augusta","Countess"]}
    """
  private static let history = """
    SELECT run_id, table_name, row_key, change, changed_at, before, after FROM changes
      ORDER BY id
    """

  private func file(_ record: String = ada) throws -> ScratchFile {
    let file = try ScratchFile()
    #expect(try file.apply("[\(record)]", to: "people") == [.inserted])
    return file
  }

  private func later(_ run: Int64 = 2, _ seconds: Int64 = 3_600) -> TableStore.Writing {
    ScratchFile.writing(run: run, after: seconds, began: seconds)
  }

  @Test func `a record is stored with its children`() throws {
    let file = try file()
    let row = try file.rows(
      """
      SELECT id, name, about, rate, active, born, updated_at, value_amount, value_currency,
        owner_id, _synced_at, _deleted_at, _deleted_reason, _extra, _digest IS NOT NULL FROM people
      """)
    #expect(
      row == [
        [
          1, "Ada", nil, .real(0.5), 1, "1815-12-10", "2026-01-01 08:00:00", 12, "GBP", 7,
          .text(ScratchFile.noon.sql), nil, nil, nil, 1,
        ]
      ])
    #expect(try file.dump("people_phones") == [[1, 5, "a"], [1, 6, "b"]])
    #expect(try file.dump("people_tags") == [[1, 2], [1, 3]])
    #expect(try file.dump("people_names") == [[1, 0, "Augusta"], [1, 1, "Countess"]])
    #expect(try file.rows(Self.history).isEmpty)
  }

  @Test func `a value that lasts is kept where its record lacks it`() throws {
    let column = Column("about", .text, .member(["about"]), .lasting)
    let table = Table(
      "people", .full, from: [Listing("people", "list")],
      columns: [.integer("id", or: .key), .text("name"), column])
    let file = try ScratchFile([table])
    try file.apply(#"[{"id":1,"name":"Ada","about":"a"},{"id":2}]"#, to: "people")
    #expect(
      try file.apply(
        #"[{"id":1,"name":"Ada"},{"id":1,"name":"A"},{"id":2,"about":"b"}]"#,
        to: "people", later()) == [.unchanged, .updated, .updated])
    #expect(try file.rows("SELECT name, about FROM people") == [["A", "a"], [nil, "b"]])
    #expect(
      try file.rows("SELECT before, after FROM changes ORDER BY id")
        == [[#"{"name":"Ada"}"#, #"{"name":"A"}"#], [#"{"about":null}"#, #"{"about":"b"}"#]])
    try file.apply(#"[{"id":1,"name":"A","about":"c"}]"#, to: "people", later(3))
    #expect(try file.value("SELECT about FROM people WHERE id = 1") == "c")
    // Another kind of value is told, too: it is kept beside the columns.
    for (run, said) in ["null", "7"].enumerated() {
      let at = later(4 + Int64(run))
      try file.apply(#"[{"id":1,"name":"A","about":"d"}]"#, to: "people", at)
      try file.apply("[{\"id\":1,\"name\":\"A\",\"about\":\(said)}]", to: "people", at)
      #expect(try file.value("SELECT about FROM people WHERE id = 1") == nil)
    }
    // Absent first, and then null.
    for (run, record) in [(6, #"{"about":"e"}"#), (7, "{}"), (8, #"{"about":null}"#)] {
      let members = record.dropFirst().dropLast()
      let text = "[{\"id\":1,\"name\":\"A\"\(members.isEmpty ? "" : ",")\(members)}]"
      try file.apply(text, to: "people", later(Int64(run)))
      let held: Value = run == 8 ? .null : "e"
      #expect(try file.value("SELECT about FROM people WHERE id = 1") == held, "\(run)")
    }
  }

  /// It is written and no change, unless something else changes with it.
  @Test func `a value that wavers is stored as it is shown`() throws {
    let table = Table(
      "people", .full, from: [Listing("people", "list")],
      columns: [.integer("id", or: .key), .text("name"), .text("friend", or: .wavering)])
    let file = try ScratchFile([table])
    try file.apply(#"[{"id":1,"name":"Ada","friend":"a"}]"#, to: "people")
    let shown = #"[{"id":1,"name":"Ada","friend":"b"}]"#
    #expect(try file.apply(shown, to: "people", later()) == [.unchanged])
    #expect(try file.rows("SELECT name, friend FROM people") == [["Ada", "b"]])
    #expect(try file.rows("SELECT * FROM changes") == [])
    let before = file.connection.totalChanges
    #expect(try file.apply(shown, to: "people", later(3)) == [.unchanged])
    #expect(file.connection.totalChanges == before)
    #expect(
      try file.apply(#"[{"id":1,"name":"A","friend":"c"}]"#, to: "people", later(4)) == [.updated])
    #expect(
      try file.rows("SELECT before, after FROM changes")
        == [[#"{"friend":"b","name":"Ada"}"#, #"{"friend":"c","name":"A"}"#]])
  }

  /// As the one who last changed it is shown or not, by its place on a page.
  @Test func `a value that goes for a while is kept, and no change`() throws {
    let table = Table(
      "people", .full, from: [Listing("people", "list")],
      columns: [
        .integer("id", or: .key), .text("name"), .text("friend", or: .fleeting),
        .dateTime("changed", at: "changed", or: .freshness),
      ])
    let file = try ScratchFile([table])
    var run: Int64 = 1
    func apply(_ name: String, _ friend: String, _ day: Int) throws -> [TableStore.Outcome] {
      run += 1
      let record = "{\"id\":1,\"name\":\"\(name)\",\"friend\":\(friend),"
      let changed = "\"changed\":\"2026-02-0\(day)T00:00:00Z\"}"
      return try file.apply("[\(record)\(changed)]", to: "people", later(run))
    }
    let friend = "SELECT friend FROM people"
    _ = try apply("Ada", "null", 1)
    #expect(try apply("Ada", "\"b\"", 1) == [.updated])
    #expect(try file.value(friend) == "b")
    let before = file.connection.totalChanges
    #expect(try apply("Ada", "null", 1) == [.unchanged])
    #expect(try apply("Ada", "\"b\"", 1) == [.unchanged])
    #expect(try file.connection.totalChanges == before && file.value(friend) == "b")
    #expect(try file.rows("SELECT * FROM changes").count == 1)
    // Something else changes without a word, and is all that does.
    #expect(try apply("Bob", "null", 1) == [.updated])
    #expect(try file.value(friend) == "b")
    // Another one is a change, and so is none where the record has changed.
    #expect(try apply("Bob", "\"c\"", 1) == [.updated])
    #expect(try apply("Bob", "null", 2) == [.updated])
    #expect(try file.value(friend) == .null)
    #expect(
      try file.rows("SELECT before, after FROM changes").prefix(3)
        == [
          [#"{"friend":null}"#, #"{"friend":"b"}"#], [#"{"name":"Ada"}"#, #"{"name":"Bob"}"#],
          [#"{"friend":"b"}"#, #"{"friend":"c"}"#],
        ])
  }

  @Test func `an unchanged record is not written`() throws {
    let file = try file()
    let before = file.connection.totalChanges
    let reordered = Self.ada.replacing("\"active\":true,", with: "")
      .replacing("{\"id\":1,", with: "{\"active\":true,\"id\":1,\"about\":null,")
    for record in [Self.ada, reordered] {
      #expect(try file.apply("[\(record)]", to: "people", later()) == [.unchanged])
    }
    #expect(file.connection.totalChanges == before)
  }

  @Test func `a change is written with what was before and after`() throws {
    let file = try file()
    let changed = Self.ada.replacing("Ada", with: "A\\\"d\\u0000a").replacing(
      ":true", with: ":null"
    )
    .replacing("12.0", with: "13").replacing("0.5", with: "0.25")
    #expect(try file.apply("[\(changed)]", to: "people", later()) == [.updated])
    #expect(
      try file.rows(Self.history) == [
        [
          2, "people", 1, "update", .text((ScratchFile.noon + 3_600).sql),
          #"{"active":1,"name":"Ada","rate":0.5,"value_amount":12}"#,
          #"{"active":null,"name":"A\"d\u0000a","rate":0.25,"value_amount":13}"#,
        ]
      ])
    #expect(
      try file.rows("SELECT name, active, _synced_at FROM people") == [
        ["A\"d\u{0}a", nil, .text((ScratchFile.noon + 3_600).sql)]
      ])
    // As they are stored.
    #expect(
      try file.rows("SELECT column_name, before, after FROM _history_values")
        == [
          ["active", 1, nil], ["name", "Ada", "A\"d\u{0}a"],
          ["rate", .real(0.5), .real(0.25)], ["value_amount", 12, 13],
        ])
  }

  @Test func `children that changed are written and the others are not touched`() throws {
    let file = try file()
    let before = file.connection.totalChanges
    let changed = Self.ada.replacing("\"a\"", with: "\"c\"").replacing(",{\"id\":2}", with: "")
    #expect(try file.apply("[\(changed)]", to: "people", later()) == [.updated])
    #expect(try file.dump("people_phones") == [[1, 5, "c"], [1, 6, "b"]])
    #expect(try file.dump("people_tags") == [[1, 3]])
    // Phones: one updated; tags: one out; the row, its history and two values of it. No names.
    #expect(file.connection.totalChanges - before == 1 + 1 + 2 + 2)
    #expect(
      try file.rows("SELECT before, after FROM changes") == [
        [
          #"{"phones":[{"id":5,"number":"a"},{"id":6,"number":"b"}],"tags":[2,3]}"#,
          #"{"phones":[{"id":5,"number":"c"},{"id":6,"number":"b"}],"tags":[3]}"#,
        ]
      ])
    let names = changed.replacing("\"Augusta\",", with: "")
    #expect(try file.apply("[\(names)]", to: "people", later(3)) == [.updated])
    #expect(
      try file.rows("SELECT before, after FROM changes WHERE run_id = 3") == [
        [#"{"other_names":["Augusta","Countess"]}"#, #"{"other_names":["Countess"]}"#]
      ])
  }

  @Test func `children that were not asked for stay and others that are not sent go`() throws {
    let file = try file()
    #expect(try file.apply(#"[{"id":1,"name":"Ada"}]"#, to: "people", later()) == [.updated])
    #expect(try file.dump("people_tags") == [[1, 2], [1, 3]])
    #expect(try file.dump("people_phones").isEmpty)
    #expect(try file.dump("people_names").isEmpty)
    #expect(
      try file.apply(#"[{"id":1,"name":"Ada","tags":[]}]"#, to: "people", later()) == [.updated])
    #expect(try file.dump("people_tags").isEmpty)
  }

  @Test func `the same content with another digest writes the digest alone`() throws {
    let file = try file()
    try file.connection.run("UPDATE people SET _digest = 1")
    let before = file.connection.totalChanges
    #expect(try file.apply("[\(Self.ada)]", to: "people", later()) == [.unchanged])
    #expect(file.connection.totalChanges == before + 1)
    #expect(try file.value("SELECT _digest FROM people") != 1)
    #expect(try file.value("SELECT _synced_at FROM people") == .text(ScratchFile.noon.sql))
    #expect(try file.rows(Self.history).isEmpty)
    #expect(try file.apply("[\(Self.ada)]", to: "people", later()) == [.unchanged])
    #expect(file.connection.totalChanges == before + 1)
  }

  @Test func `a tombstone that is seen again is alive again`() throws {
    let file = try file()
    try file.connection.run(
      "UPDATE people SET _deleted_at = '2026-01-02 00:00:00', _deleted_reason = 'absent'")
    let before = file.connection.totalChanges
    #expect(try file.apply("[\(Self.ada)]", to: "people", later()) == [.updated])
    #expect(file.connection.totalChanges == before + 2 + 2)
    #expect(
      try file.rows("SELECT _deleted_at, _deleted_reason, _synced_at FROM people") == [
        [nil, nil, .text((ScratchFile.noon + 3_600).sql)]
      ])
    #expect(
      try file.rows("SELECT change, before, after FROM changes") == [
        [
          "restore", #"{"_deleted_at":"2026-01-02 00:00:00","_deleted_reason":"absent"}"#,
          #"{"_deleted_at":null,"_deleted_reason":null}"#,
        ]
      ])
  }

  @Test func `an older answer of the same run does not win`() throws {
    let file = try file()
    let older = Self.ada.replacing("08:00:00", with: "07:59:59").replacing("Ada", with: "Old")
    let same = Self.ada.replacing("Ada", with: "Same instant")
    #expect(try file.apply("[\(older)]", to: "people") == [.unchanged])
    #expect(try file.value("SELECT name FROM people") == "Ada")
    #expect(try file.apply("[\(same)]", to: "people") == [.updated])
    // A later run takes what the source says, and so does a row that is dead.
    #expect(try file.apply("[\(older)]", to: "people", later()) == [.updated])
    #expect(try file.value("SELECT name FROM people") == "Old")
    try file.connection.run("UPDATE people SET _deleted_at = '2026-01-02 00:00:00'")
    let oldest = older.replacing("07:59:59", with: "01:00:00")
    #expect(try file.apply("[\(oldest)]", to: "people", later()) == [.updated])
  }

  @Test func `a stamp ahead of the source's clock makes no answer an older one`() throws {
    let file = try file()
    let ahead = Self.ada.replacing("2026-01-01", with: "2026-03-01").replacing("Ada", with: "Eve")
    #expect(try file.apply("[\(ahead)]", to: "people") == [.updated])
    #expect(try file.apply("[\(Self.ada)]", to: "people") == [.updated])
    #expect(try file.value("SELECT name FROM people") == "Ada")
  }

  @Test func `a record without a key is kept aside once`() throws {
    let file = try ScratchFile()
    let record = #"[{"id":"x","name":"N","colour":"red"}]"#
    for run in Int64(1)...2 {
      let writing = ScratchFile.writing(run: run)
      #expect(try file.apply(record, to: "people", writing) == [.quarantined])
    }
    #expect(
      try file.apply(#"[{"name":"other"},{}]"#, to: "people") == [.quarantined, .quarantined])
    #expect(
      try file.rows("SELECT table_name, run_id, seen_at, reason FROM _quarantine").first
        == ["people", 1, .text(ScratchFile.noon.sql), "no key"])
    #expect(
      try file.rows("SELECT record FROM _quarantine ORDER BY record") == [
        [#"{"name":"N","_extra":{"id":"x","colour":"red"}}"#], [#"{"name":"other"}"#], ["{}"],
      ])
    #expect(try file.dump("people").isEmpty)
  }

  @Test func `what does not fit is kept beside`() throws {
    let file = try file(
      #"""
      {"id":1,"name":5,"active":"yes","born":"2023-02-29","value":{"amount":1.5,"tax":2},
       "phones":[{"id":5,"number":9},"none"],"colour":"r\u0065d"}
      """#)
    #expect(
      try file.rows("SELECT name, active, born, value_amount, _extra FROM people") == [
        [
          nil, nil, nil, nil,
          .text(
            #"{"name":5,"active":"yes","born":"2023-02-29","colour":"r\u0065d","#
              + #""value":{"amount":1.5,"tax":2},"phones":["none",{"id":5,"number":9}]}"#),
        ]
      ])
    #expect(try file.value("SELECT json_valid(_extra) FROM people") == 1)
    #expect(try file.dump("people_phones") == [[1, 5, nil]])
    #expect(try file.apply(#"[{"id":1,"colour":"blue"}]"#, to: "people", later()) == [.updated])
    #expect(
      try file.value("SELECT after FROM _history_values WHERE column_name = '_extra'")
        == #"{"colour":"blue"}"#)
  }

  @Test func `keys of two columns and of text find their rows`() throws {
    let file = try ScratchFile()
    for entity in ["party", "case"] {
      let given: [Int: PageDecoder.Given] = [0: .text(entity)]
      let record = #"[{"id":1,"label":"L","options":["a","b"]}]"#
      #expect(try file.apply(record, to: "fields", given: given) == [.inserted])
      #expect(try file.apply(record, to: "fields", given: given) == [.unchanged])
    }
    let changed = #"[{"id":1,"label":"L","options":["a","a"]}]"#
    let case1: [Int: PageDecoder.Given] = [0: .text("case")]
    #expect(try file.apply(changed, to: "fields", given: case1, later()) == [.updated])
    #expect(
      try file.dump("field_options") == [
        ["case", 1, 0, "a"], ["case", 1, 1, "a"], ["party", 1, 0, "a"], ["party", 1, 1, "b"],
      ])
    #expect(try file.value("SELECT row_key FROM _history") == "case/1")
    #expect(try file.apply(#"[{"code":"GB","name":"UK"}]"#, to: "countries") == [.inserted])
    #expect(try file.apply(#"[{"code":"GB","name":"GB"}]"#, to: "countries", later()) == [.updated])
    #expect(
      try file.rows("SELECT row_key FROM _history WHERE table_name = 'countries'") == [["GB"]])
  }

  @Test func `an excluded column is stored nowhere`() throws {
    let file = try ScratchFile([
      .people.excluding(["about", "value_amount", "owner_id", "phones", "other_names"])
    ])
    let records = #"""
      [{"id":1,"about":"SECRET","value":{"amount":"SECRET","currency":"GBP"},"owner":"SECRET",
        "phones":[{"id":1,"number":"SECRET"}],"otherNames":["SECRET"],"name":"Ada"},
       {"id":1,"about":["SECRET"],"name":"Eve"},{"about":"SECRET","name":"quarantined"},
       {"id":"x","owner":{"id":"SECRET"}}]
      """#
    try file.apply(records, to: "people")
    try file.apply(records.replacing("Ada", with: "Ida"), to: "people", later())
    #expect(try file.holds("quarantined") && file.holds("Ida"))
    #expect(try file.holds("SECRET") == false)
  }
}

@Suite struct TombstoneTests {
  private let noon = ScratchFile.noon

  private func bury(
    _ file: ScratchFile, _ reason: DeletionReason, _ key: [Value] = [1], at: Int64 = 0,
    _ writing: TableStore.Writing = ScratchFile.writing(),
    in table: String = "people"
  ) throws -> Bool {
    let tombstones = try Tombstones(file.store(table), file.connection)
    return try file.connection.transaction {
      try tombstones.apply(reason, at: noon + at, key: key, writing)
    }
  }

  private func file() throws -> ScratchFile {
    let file = try ScratchFile()
    try file.apply(
      #"[{"id":1,"name":"Ada","phones":[{"id":5,"number":"a"}]},{"id":2}]"#, to: "people")
    return file
  }

  @Test(arguments: [DeletionReason.deleted, .restricted, .absent])
  func `a row that is gone keeps its values and children`(reason: DeletionReason) throws {
    let file = try file()
    #expect(try bury(file, reason, at: -60, ScratchFile.writing(run: 2, after: 10)))
    #expect(
      try file.rows("SELECT name, _deleted_at, _deleted_reason, _synced_at FROM people") == [
        ["Ada", .text((noon + -60).sql), .text(reason.rawValue), .text((noon + 10).sql)],
        [nil, nil, nil, .text(noon.sql)],
      ])
    #expect(try file.dump("people_phones") == [[1, 5, "a"]])
    #expect(
      try file.rows("SELECT run_id, row_key, change, before, after FROM changes") == [
        [
          2, 1, "delete", #"{"_deleted_at":null,"_deleted_reason":null}"#,
          .text(
            "{\"_deleted_at\":\"\((noon + -60).sql)\",\"_deleted_reason\":\"\(reason.rawValue)\"}"),
        ]
      ])
  }

  @Test(
    arguments: [
      (.absent, .deleted, true), (.absent, .restricted, true), (.absent, .absent, false),
      (.deleted, .absent, false), (.deleted, .deleted, true), (.deleted, .restricted, false),
      (.restricted, .deleted, true), (.restricted, .absent, false),
    ] as [(DeletionReason, DeletionReason, Bool)])
  func `a row that was only missed learns the reason`(
    first: DeletionReason, second: DeletionReason, isWritten: Bool
  ) throws {
    let file = try file()
    #expect(try bury(file, first))
    let before = file.connection.totalChanges
    #expect(try bury(file, second, at: 60) == isWritten)
    #expect(file.connection.totalChanges == before + (isWritten ? 4 : 0))
    let expected: [[Value]] =
      isWritten
      ? [[.text((noon + 60).sql), .text(second.rawValue)]]
      : [[.text(noon.sql), .text(first.rawValue)]]
    #expect(
      try file.rows("SELECT _deleted_at, _deleted_reason FROM people WHERE id = 1") == expected)
    #expect(try !bury(file, .deleted, at: -60) || first != .deleted, "it is older")
  }

  @Test func `a row that is not known is no matter`() throws {
    let file = try file()
    let before = file.connection.totalChanges
    #expect(try bury(file, .deleted, [99]) == false)
    #expect(file.connection.totalChanges == before)
  }

  @Test func `keys of two columns are found`() throws {
    let file = try ScratchFile()
    for entity in ["party", "case"] {
      try file.apply(#"[{"id":1}]"#, to: "fields", given: [0: .text(entity)])
    }
    #expect(try bury(file, .absent, ["case", 1], in: "fields"))
    #expect(
      try file.rows("SELECT entity FROM fields WHERE _deleted_at IS NOT NULL") == [["case"]])
    #expect(try file.value("SELECT row_key FROM _history") == "case/1")
  }
}
