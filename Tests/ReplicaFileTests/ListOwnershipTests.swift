import SQLite
import TestSupport
import Testing

@testable import ReplicaFile

/// What is the user's at the lists of records, while the source changes the lists.
@Suite struct ListOwnershipTests {
  private static let lists: [(table: String, key: String)] = [
    ("people_phones", "id"), ("people_tags", "tag_id"), ("people_names", "position"),
  ]

  @Test func `a column of the user's keeps its values for what stays in it`() throws {
    let file = try ScratchFile()
    try file.apply(
      """
      [{"id":1,"phones":[{"id":5,"number":"1"},{"id":6,"number":"2"},{"id":7,"number":"3"}],
        "tags":[{"id":3},{"id":4}],"otherNames":["A","B","C"]},
       {"id":2,"phones":[{"id":5,"number":"1"},{"id":8,"number":"4"}]}]
      """, to: "people")
    for (table, key) in Self.lists {
      try file.connection.execute(
        "ALTER TABLE \(table) ADD COLUMN mine; UPDATE \(table) SET mine = 10 * \(key)")
    }
    let outcomes = try file.apply(
      """
      [{"id":1,"phones":[{"id":8,"number":"4"},{"id":6,"number":"new"},{"id":5,"number":"1"}],
        "tags":[{"id":2},{"id":4}],"otherNames":["A","X"]}]
      """, to: "people")
    #expect(outcomes == [.updated])
    #expect(
      try file.dump("people_phones") == [
        [1, 5, "1", 50], [1, 6, "new", 60], [1, 8, "4", nil], [2, 5, "1", 50], [2, 8, "4", 80],
      ])
    #expect(try file.dump("people_tags") == [[1, 2, nil], [1, 4, 40]])
    #expect(try file.dump("people_names") == [[1, 0, "A", 0], [1, 1, "X", 10]])
    #expect(
      try file.rows("SELECT before, after FROM changes") == [
        [
          .text(
            #"{"other_names":["A","B","C"],"phones":[{"id":5,"number":"1"},"#
              + #"{"id":6,"number":"2"},{"id":7,"number":"3"}],"tags":[3,4]}"#),
          .text(
            #"{"other_names":["A","X"],"phones":[{"id":5,"number":"1"},"#
              + #"{"id":6,"number":"new"},{"id":8,"number":"4"}],"tags":[2,4]}"#),
        ]
      ])
  }

  /// An index of the user's sees each step, and must refuse none on the way to what it accepts.
  @Test(arguments: [
    ["2", "1", "3"], ["2", "3", "1"], ["3", "1", "2"], ["2", "3", "4"], ["2", nil, "3"],
    ["2", nil, nil, "3", "1"], [nil, nil, "1"],
  ])
  func `a list under an index of the user's trades its values`(numbers: [String?]) throws {
    let file = try ScratchFile()
    func record(_ numbers: [String?]) -> String {
      let phones = numbers.enumerated().compactMap { id, number in
        number.map { "{\"id\":\(id),\"number\":\"\($0)\"}" }
      }
      return "[{\"id\":1,\"phones\":[\(phones.joined(separator: ","))]}]"
    }
    try file.apply(record(["1", "2", "3"]), to: "people")
    try file.connection.execute("CREATE UNIQUE INDEX mine ON people_phones (people_id, number)")
    #expect(try file.apply(record(numbers), to: "people") == [.updated])
    let expected = numbers.enumerated().compactMap { id, number in
      number.map { [1, Value(id), .text($0)] }
    }
    #expect(try file.dump("people_phones") == expected)
    #expect(try file.apply(record(["1", "1"]), to: "people") == [.quarantined])
    #expect(try file.dump("people_phones") == expected)
  }
}
