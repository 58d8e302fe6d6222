import SQLite
import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile

/// Records that the file refuses are kept aside, and nothing else suffers.
@Suite struct RefusedRecordTests {
  private static let tables = ["people", "people_phones", "people_tags", "people_names"]
  private static let counts = "SELECT count(*) FROM _quarantine"

  /// An index that somebody has made, and that one record violates.
  @Test func `a new record that an index refuses leaves no trace but its quarantine`() throws {
    let file = try ScratchFile()
    try file.connection.execute("CREATE UNIQUE INDEX theirs ON people (name)")
    let outcomes = try file.apply(
      """
      [{"id":1,"name":"Ada","tags":[{"id":3}]},
       {"id":2,"name":"Ada","tags":[{"id":4},{"id":5}],"otherNames":["A"],"colour":"red"},
       {"id":3,"name":"Eve","tags":[{"id":6}]}]
      """, to: "people")
    #expect(outcomes == [.inserted, .quarantined, .inserted])
    #expect(try file.rows("SELECT id FROM people") == [[1], [3]])
    #expect(try file.dump("people_tags") == [[1, 3], [3, 6]])
    #expect(
      try file.rows("SELECT table_name, run_id, seen_at, reason, record FROM _quarantine") == [
        [
          "people", 1, .text(ScratchFile.noon.sql), "UNIQUE constraint failed: people.name",
          #"{"id":2,"name":"Ada","tags":[4,5],"other_names":["A"],"_extra":{"colour":"red"}}"#,
        ]
      ])
    // Once what stands against it is gone, it is stored as any other.
    try file.connection.execute("DROP INDEX theirs")
    #expect(
      try file.apply(
        #"[{"id":2,"name":"Ada","tags":[{"id":4},{"id":5}]}]"#, to: "people") == [.inserted])
  }

  /// The row is in place when one of its children is refused.
  @Test(arguments: ["people_phones", "people_tags", "people_names"])
  func `a new record with a child that is refused is not stored by halves`(child: String) throws {
    let file = try ScratchFile()
    try refuse(child, file)
    let outcomes = try file.apply("[\(Self.record(1)),\(Self.record(2))]", to: "people")
    #expect(outcomes == [.quarantined, .inserted])
    for table in Self.tables {
      let key = table == "people" ? "id" : "people_id"
      #expect(try file.value("SELECT count(*) FROM \(table) WHERE \(key) = 1") == 0)
      #expect(try file.value("SELECT count(*) FROM \(table) WHERE \(key) = 2") != 0)
    }
    #expect(try file.rows("SELECT reason FROM _quarantine") == [["not here"]])
  }

  @Test func `children that are left of a deleted row are in nobody's way`() throws {
    let file = try ScratchFile()
    try file.apply("[\(Self.record(1)),\(Self.record(2))]", to: "people")
    let before = try Self.tables.map(file.dump)
    try file.connection.run("DELETE FROM people WHERE id = 1")
    #expect(
      try file.apply("[\(Self.record(1)),\(Self.record(2))]", to: "people")
        == [.inserted, .unchanged])
    #expect(try Self.tables.map(file.dump) == before)
    #expect(try file.value(Self.counts) == 0)
  }

  /// The version that was there stays whole, with its children and its digest.
  @Test(arguments: tables)
  func `a change that is refused leaves what was there`(table: String) throws {
    let file = try ScratchFile()
    try file.apply("[\(Self.record(1)),\(Self.record(2))]", to: "people")
    try refuse(table, file)
    let before = try (Self.tables + ["_history", "_history_values"]).map(file.dump)
    let changed = Self.record(1, name: "New", more: 9)
    let later = ScratchFile.writing(run: 2, after: 60, began: 60)
    #expect(try file.apply("[\(changed)]", to: "people", later) == [.quarantined])
    #expect(try (Self.tables + ["_history", "_history_values"]).map(file.dump) == before)
    let other = Self.record(2, name: "New", more: 9)
    #expect(
      try file.apply("[\(changed),\(other)]", to: "people", later) == [.quarantined, .updated])
    #expect(try file.value(Self.counts) == 1)
    #expect(try file.value("SELECT count(*) FROM _history") == 1)
  }

  /// What is excluded is in the quarantine no more than anywhere else.
  @Test func `a quarantine holds nothing that is excluded`() throws {
    let table = Table.people.excluding(["about", "phones", "value_amount"])
    let file = try ScratchFile([table])
    try file.connection.execute("CREATE UNIQUE INDEX theirs ON people (name)")
    try file.apply(
      """
      [{"id":1,"name":"Ada"},
       {"id":2,"name":"Ada","about":"SECRET","phones":[{"id":5,"number":"SECRET"}],
        "value":{"amount":"SECRET","currency":"GBP"}},
       {"name":"Eve","about":"SECRET","phones":["SECRET"],"value":"SECRET"}]
      """, to: "people")
    #expect(try file.value(Self.counts) == 2)
    #expect(try !file.holds("SECRET"))
  }

  @Test func `an error of another kind is no matter of the record`() throws {
    let file = try ScratchFile()
    try file.connection.execute(
      "CREATE TRIGGER theirs BEFORE INSERT ON people BEGIN SELECT * FROM missing; END")
    #expect(throws: SQLiteError.self) { try file.apply(#"[{"id":1}]"#, to: "people") }
    #expect(try file.value(Self.counts) == 0)
  }

  /// Whatever a source sends in a record's members, the decoder keeps the file from having to
  /// refuse it: it fits its column, or stands in `_extra`, or there is no key.
  @Test(arguments: [
    "null", "true", "0", "-0", "-1", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "-9223372036854775809", "1e18", "1e19", "1e400", "-1e400", "1e-400",
    "0.1", "12.0", "12.50", #""""#, #"" ""#, #""12""#, #""\u0000""#, #""a\u0000b""#, #""\ud800""#,
    #""\udfff\ud800""#, #""2026-02-30""#, #""2024-02-29""#, #""0000-01-01""#, #""0000-00-00""#,
    #""9999-12-31""#, #""10000-01-01""#, #""-001-01-01""#, #""2026-01-01T00:00:00Z""#,
    #""0000-01-01T00:00:00Z""#, #""0000-01-01T00:00:00+14:00""#, #""9999-12-31T23:59:59Z""#,
    #""9999-12-31T23:59:59-14:00""#, #""2026-01-01T24:00:00Z""#, #""2026-06-30T23:59:60Z""#,
    #""2026-01-01T23:59:59.999999999Z""#, #""2026-01-01 10:00:00Z""#, #""2026-01-01t10:00:00z""#,
    #""2026-01-01T10:00:00+0530""#, #""1582-10-10T00:00:00Z""#, #""1900-02-29""#, "[]", "{}",
    "[[]]", #"{"id":1}"#, #"{"id":null}"#, #"{"id":"x"}"#, #"[{"id":1},{"id":1}]"#,
    #"[{"id":1},{"id":1,"number":"b"}]"#, #"[{"id":"1"},{"id":1.0},{"id":1}]"#,
    #"[{"id":9223372036854775808},{"id":-1},null,1,"x"]"#, #"["a","a",null,1,true,{},[]]"#,
    #"[null,null]"#, #"[{"id":1,"id":2},{"id":2,"id":1}]"#, #"[1,1.0,"1"]"#,
  ])
  func `no value is refused`(value: String) throws {
    let file = try ScratchFile()
    let keys = [
      "id", "name", "about", "rate", "active", "born", "updatedAt", "value", "owner", "phones",
      "tags", "otherNames", "other",
    ]
    let members = keys.dropFirst().map { "\"\($0)\":\(value)" }.joined(separator: ",")
    let single = keys.enumerated().map { number, key in
      key == "id" ? "{\"id\":\(value)}" : "{\"id\":\(number + 100),\"\(key)\":\(value)}"
    }
    let nested = "{\"id\":99,\"value\":{\"amount\":\(value),\"currency\":\(value)}}"
    let records = [single[0], nested, "{\"id\":98,\(members)}"] + single.dropFirst()
    let outcomes = try file.apply("[\(records.joined(separator: ","))]", to: "people")
    #expect(outcomes.dropFirst().allSatisfy { $0 == .inserted })
    // As changes of rows that are there, too.
    let old = records.indices.map { "{\"id\":\($0 + 500),\"name\":\"old\"}" }
    try file.apply("[\(old.joined(separator: ","))]", to: "people")
    let changes = records.indices.map { number in
      let key = keys[number % keys.count == 0 ? 1 : number % keys.count]
      return "{\"id\":\(number + 500),\"\(key)\":\(value)}"
    }
    #expect(
      try file.apply("[\(changes.joined(separator: ","))]", to: "people").allSatisfy {
        $0 != .quarantined
      })
    #expect(
      try file.rows("SELECT DISTINCT reason FROM _quarantine").allSatisfy { $0 == ["no key"] })
    let keyed = try file.apply("[{\"code\":\(value),\"name\":\(value)}]", to: "countries")
    let options = "[{\"id\":1,\"label\":\(value),\"options\":\(value)},{\"id\":\(value)}]"
    #expect(try file.apply(options, to: "fields", given: [0: .text("party")])[0] == .inserted)
    #expect(keyed.count == 1)
    #expect(try file.value("SELECT min(json_valid(record)) IS NOT 0 FROM _quarantine") == 1)
  }

  // MARK: Records

  private static func record(_ id: Int, name: String = "Old", more: Int = 0) -> String {
    """
    {"id":\(id),"name":"\(name)","phones":[{"id":5,"number":"\(more)"}],\
    "tags":[{"id":\(3 + more)}],\
    "otherNames":["N\(more)"]}
    """
  }

  /// Has the file refuse what belongs to the person with the key 1.
  private func refuse(_ table: String, _ file: ScratchFile) throws {
    let key = table == "people" ? "id" : "people_id"
    for event in ["INSERT", "UPDATE"] {
      try file.connection.execute(
        """
        CREATE TRIGGER theirs_\(event) BEFORE \(event) ON \(table) WHEN NEW.\(key) = 1
          BEGIN SELECT raise(ABORT, 'not here'); END
        """)
    }
  }
}
