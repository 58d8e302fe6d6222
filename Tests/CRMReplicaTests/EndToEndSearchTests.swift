import CapsuleSimulator
import FoundationEssentials
import SQLite
import Simulation
import TestSupport
import Testing

/// The full-text search, through the program.
@Suite(.onWaitingThreads) struct EndToEndSearchTests {
  private func stage(_ search: String = "true") throws -> (stage: Stage, person: Int64) {
    let stage = try Stage(.small)
    try stage.configure(["search": search])
    let person = stage.server.withAccount { $0.createPerson("Zaphodine", "Beeblebroxia") }
    stage.server.withAccount { _ = $0.describe(.parties, person, "Presidentially hoopy") }
    let ending = try stage.run("sync")
    try #require(ending.code == 0, "\(ending.log)")
    return (stage, person)
  }

  private static let found = """
    SELECT p.id FROM parties_search JOIN parties AS p ON p.id = parties_search.rowid
      WHERE parties_search MATCH 'zaph*' ORDER BY rank
    """

  private func parts(_ stage: Stage) throws -> Value {
    try stage.value("SELECT count(*) FROM sqlite_schema WHERE name LIKE '%\\_search%' ESCAPE '\\'")
  }

  /// What Datasette 0.65 asks for the search of a table, by `content`.
  private func recognised(_ table: String, _ stage: Stage) throws -> [[Value]] {
    try stage.rows(
      """
      SELECT name FROM sqlite_schema WHERE rootpage = 0
        AND sql LIKE '%VIRTUAL TABLE%USING FTS%content="\(table)"%'
      """)
  }

  @Test func `a person is found until it is deleted and again when it is back`() throws {
    let (stage, person) = try stage()
    #expect(try stage.rows(Self.found) == [[.integer(person)]])
    #expect(try recognised("parties", stage) == [["parties_search"]])
    #expect(try recognised("entries", stage) == [["entries_search"]])
    _ = stage.server.withAccount { $0.delete(.parties, person) }
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.rows(Self.found) == [])
    #expect(try stage.value("SELECT last_name FROM parties WHERE id = \(person)") == "Beeblebroxia")
    _ = stage.server.withAccount { $0.restore(.parties, person) }
    #expect(try stage.run("sync", "--full").code == 0)
    #expect(try stage.rows(Self.found) == [[.integer(person)]])
    let index = try stage.rows("SELECT * FROM parties_search_data")
    #expect(try stage.run("sync", "--full").code == 0)
    #expect(try stage.rows("SELECT * FROM parties_search_data") == index)
    #expect(try stage.run("verify").code == 0)
    #expect(try stage.run("status").code == 0)
    #expect(try stage.isWhole())
  }

  @Test func `it is switched on for a full file and off again`() throws {
    let (stage, person) = try stage("false")
    #expect(try parts(stage) == 0)
    try stage.configure(["search": "true"])
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.rows(Self.found) == [[.integer(person)]])
    try stage.configure(["tables": #"{"parties": {"exclude_columns": ["about"]}}"#])
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.rows(Self.found.replacing("zaph*", with: "hoopy")) == [])
    #expect(try stage.rows(Self.found) == [[.integer(person)]])
    #expect(try !bytes(of: stage.database).contains("hoopy"))
    try stage.configure(["tables": #"{"entries": {"enabled": false}}"#])
    #expect(try stage.run("sync").code == 0)
    #expect(try recognised("entries", stage) == [])
    #expect(try recognised("parties", stage) == [["parties_search"]])
    try stage.configure(["search": "false"])
    #expect(try stage.run("sync").code == 0)
    #expect(try parts(stage) == 0)
    #expect(try stage.isWhole())
  }

  @Test func `a purged person leaves no word and the copy can be searched`() throws {
    let (stage, person) = try stage()
    let copy = stage.folder + "/copy.sqlite"
    try stage.configure(["published_copy": "\"\(copy)\""])
    #expect(try stage.run("sync").code == 0)
    let reader = try Connection(path: copy, mode: .readOnly)
    #expect(try reader.rows(Self.found) == [[.integer(person)]])
    _ = stage.server.withAccount { $0.delete(.parties, person) }
    #expect(try stage.run("sync").code == 0)
    let words = ["Zaphodine", "zaphodine", "Presidentially", "presidentially"]
    #expect(try bytes(of: stage.database).contains("presidentially"))
    #expect(try stage.run("purge", "party", "\(person)").code == 0)
    for path in [stage.database, stage.database + "-wal", copy] {
      for word in words { #expect(try !bytes(of: path).contains(word), "\(word) in \(path)") }
    }
    let others = Self.found.replacing("zaph*", with: "a*")
    #expect(try !stage.rows(others).isEmpty)
    #expect(try Connection(path: copy, mode: .readOnly).rows(others) == stage.rows(others))
  }
}

extension [UInt8] {
  /// Whether a text stands anywhere in these bytes.
  fileprivate func contains(_ text: String) -> Bool {
    String(decoding: self, as: UTF8.self).contains(text)
  }
}
