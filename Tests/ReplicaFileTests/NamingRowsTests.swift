import SQLite
import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile

/// Which rows of a list name a row by its texts.
@Suite struct NamingRowsTests {
  /// Mails that name people by their numbers.
  static let mails = Table(
    "mails", .full, from: [Listing("mails", "list")], columns: [.integer("id", or: .key)],
    children: [
      Child(
        "mail_people", at: "people", of: "mail_id",
        elements: .objects([.integer("id"), .text("number")]),
        names: Child.Names("people", by: "number", in: "people_phones"))
    ])

  /// Swift takes the two for one text; each names the row in its own bytes.
  @Test func `texts that differ by normal form alone each name the row`() throws {
    let file = try ScratchFile([.people, Self.mails])
    let numbers = ["Zo\u{e9}", "Zoe\u{301}", "Zoe"].enumerated().map {
      #"{"id":\#($0.offset + 1),"number":"\#($0.element)"}"#
    }
    try file.apply(
      "[{\"id\":7,\"phones\":[\(numbers[0]),\(numbers[1])]}]", to: "people")
    try file.apply(
      "[{\"id\":8,\"people\":[\(numbers.joined(separator: ","))]}]", to: "mails")
    let rows = try #require(
      try NamingRows(
        Self.mails.children[0], of: Self.mails, naming: [[7]], of: .people, in: file.connection))
    #expect(try rows.count() == 2)
    try rows.delete(at: ScratchFile.noon)
    #expect(try file.rows("SELECT id, number FROM mail_people") == [[3, "Zoe"]])
  }

  /// The spelling that the row had and has not any more stands in the history alone.
  @Test(arguments: [false, true])
  func `a purge takes what the row has been spelt, and no other form`(wasSpelt: Bool) throws {
    let file = try ScratchFile([.people, Self.mails])
    let (composed, decomposed) = ("Zo\u{e9}", "Zoe\u{301}")
    for number in wasSpelt ? [composed, decomposed] : [decomposed] {
      try file.apply(
        "[{\"id\":7,\"phones\":[{\"id\":1,\"number\":\"\(number)\"}]}]", to: "people")
    }
    try file.apply(
      """
      [{"id":8,"people":[{"id":1,"number":"\(composed)"},{"id":2,"number":"\(decomposed)"}]}]
      """, to: "mails")
    try file.connection.execute(
      """
      UPDATE people SET _deleted_at = '\(ScratchFile.noon.sql)', _deleted_reason = 'deleted';
      INSERT INTO _quarantine (table_name, digest, run_id, seen_at, reason, record) VALUES
        ('mails', 1, 1, '\(ScratchFile.noon.sql)', '', '{"people":[{"number":"\(composed)"}]}');
      """)
    _ = try Purge(.people, of: [.people, Self.mails], in: file.connection)
      .run([[7]], at: ScratchFile.noon)
    #expect(try file.dump("mail_people") == (wasSpelt ? [] : [[8, 1, .text(composed)]]))
    #expect(try file.value("SELECT count(*) FROM _quarantine") == (wasSpelt ? 0 : 1))
    #expect(try file.value("SELECT count(*) FROM _history") == 0)
  }
}
