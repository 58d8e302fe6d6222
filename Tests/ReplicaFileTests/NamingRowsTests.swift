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
}
