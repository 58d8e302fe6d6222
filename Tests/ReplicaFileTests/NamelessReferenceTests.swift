import SQLite
import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile

/// Rows that some records name by their ids alone, and others by their names too.
@Suite struct NamelessReferenceTests {
  /// Notes that name the people who wrote them.
  private static let notes = Table(
    "notes", .full, from: [Listing("notes", "list")],
    columns: [.integer("id", or: .key), .reference("owner_id", to: "people")])

  @Test(arguments: [[1, 2], [2, 1], [1, 2, 1]])
  func `a row has the name that any of the records tells`(order: [Int]) throws {
    let file = try ScratchFile([.people, Self.notes])
    let owners = [1: #"{"id":7}"#, 2: #"{"id":7,"name":"Ada"}"#]
    let records = order.enumerated().map { index, owner in
      "{\"id\":\(index),\"owner\":\(owners[owner] ?? "null")}"
    }
    try file.apply("[\(records.joined(separator: ","))]", to: "notes")
    #expect(try file.rows("SELECT record ->> 'name' FROM _named") == [["Ada"]])
    try NamedStore(file.connection).settle([.people], kept: ["people"], ScratchFile.writing())
    #expect(try file.rows("SELECT id, name FROM people") == [[7, "Ada"]])
  }
}
