import CapsuleSimulator
import SQLite
import Simulation
import Testing

/// Custom fields as columns, in the replica of an account.
@Suite struct FieldColumnTests {
  private func columns(_ entity: String, _ replica: Replica) throws -> [String] {
    try replica.rows("SELECT name FROM pragma_table_info('v_\(entity)_fields')")
      .compactMap(\.[0].text)
  }

  @Test(arguments: [("party", "parties"), ("opportunity", "opportunities"), ("case", "cases")])
  func `every value stands in the column of its field`(entity: String, table: String) throws {
    let replica = try Replica(Account(seed: 3, size: .small, now: 1_760_000_000))
    try replica.sync()
    let fields = try replica.rows(
      "SELECT id, name, type FROM custom_fields WHERE entity = '\(entity)' ORDER BY display_order")
    #expect(try columns(entity, replica) == ["\(entity)_id"] + fields.compactMap(\.[1].text))
    var shown = 0
    for field in fields {
      let name = try #require(field[1].text)
      let type = try #require(field[2].text)
      let values = try replica.rows(
        """
        SELECT \(entity)_id, value FROM \(entity)_fields
          WHERE definition_id = \(field[0].integer ?? 0)
            AND \(entity)_id IN (SELECT id FROM \(table) WHERE _deleted_at IS NULL)
          ORDER BY 1
        """)
      let column = try replica.rows(
        """
        SELECT \(entity)_id, "\(name)" FROM v_\(entity)_fields
          WHERE "\(name)" IS NOT NULL AND "\(name)" IS NOT 0 ORDER BY 1
        """)
      let expected = values.map { [$0[0], Self.expected($0[1].text ?? "", type)] }
      #expect(column == expected, "\(name)")
      shown += column.count
    }
    #expect(shown > 10)
    let rows = try replica.value("SELECT count(*) FROM v_\(entity)_fields")
    let living = try replica.value("SELECT count(*) FROM \(table) WHERE _deleted_at IS NULL")
    #expect(rows == living)
  }

  /// A value as its column shows it, worked out apart from SQL.
  private static func expected(_ text: String, _ type: String) -> Value {
    switch type {
    case "number": .real(Double(text) ?? .nan)
    case "boolean": .integer(text == "true" ? 1 : 0)
    case "multiselectlist" where !text.hasPrefix("["):
      .text("[" + text.split(separator: ";").map { "\"\($0)\"" }.joined(separator: ",") + "]")
    default: .text(text)
    }
  }

  @Test func `fields that come, change their names and go change the columns`() throws {
    let account = Account(seed: 3, size: .small, now: 1_760_000_000)
    let replica = try Replica(account)
    try replica.sync()
    let before = try columns("party", replica)
    let first = try #require(
      try replica.value(
        "SELECT id FROM custom_fields WHERE entity = 'party' ORDER BY display_order LIMIT 1"
      ).integer)
    let values = "SELECT count(\"\(before[1])\") FROM v_party_fields"
    let count = try replica.value(values)
    let connection = try replica.open()
    try connection.execute(
      "CREATE VIEW mine AS SELECT count(*) AS people FROM v_party_fields")
    let cases = try columns("case", replica)

    account.rename(field: first, of: .parties, "New \"name\"")
    account.createField(before[2].uppercased(), type: "number", of: .parties)
    try replica.sync()
    let renamed = try columns("party", replica)
    #expect(renamed[1] == "New \"name\"")
    #expect(renamed.count == before.count + 1)
    #expect(try #require(renamed.last).hasPrefix("\(before[2].uppercased()) ("))
    #expect(try replica.value("SELECT count(\"New \"\"name\"\"\") FROM v_party_fields") == count)
    #expect(count != 0)

    account.delete(field: first, of: .parties)
    try replica.sync()
    #expect(try columns("party", replica) == Array(renamed.prefix(1) + renamed.dropFirst(2)))
    #expect(try replica.value("SELECT people FROM mine") != 0)
    #expect(try columns("case", replica) == cases)
  }
}
