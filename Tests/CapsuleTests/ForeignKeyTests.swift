import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import SQLite
import Testing

/// Holds the foreign keys that tools read against the page that people read.
@Suite struct ForeignKeyTests {
  /// A column, and the column of another table that it holds.
  private struct Reference: Hashable {
    let table: String
    let column: String
    let target: String
    let key: String
  }

  @Test func `what the page says of references, the tables declare`() throws {
    let file = try Database.open(
      path: ":memory:", tables: CapsuleSource.catalogue, views: CapsuleSource.allViews)
    var told: Set<Reference> = []
    var declared: Set<Reference> = []
    for table in CapsuleSource.catalogue {
      for name in [table.name] + table.children.map(\.table) {
        for row in try file.rows("SELECT * FROM pragma_foreign_key_list(?)", [.text(name)]) {
          let texts = row.compactMap(\.text)
          declared.insert(
            Reference(table: name, column: texts[1], target: texts[0], key: texts[2]))
        }
        for row in try SchemaPage().section(name).rows {
          for match in row.meaning.matches(of: /→ `(\w+)\.(\w+)`/) {
            told.insert(
              Reference(
                table: name, column: row.column.name, target: "\(match.1)", key: "\(match.2)"))
          }
        }
      }
    }
    // Texts that are no key, and ids that repeat in each kind of records with no column beside.
    let loose = told.filter { reference in
      guard let target = CapsuleSource.catalogue.first(where: { $0.name == reference.target })
      else { return false }
      let key = target.key.map(\.name)
      return !key.contains(reference.key)
        || key.count > 1 && !reference.table.hasPrefix("custom_field")
          && !reference.table.hasPrefix("tag_definition")
    }
    #expect(
      Set(loose.map { "\($0.table).\($0.column)" }) == [
        "party_addresses.country", "tasks.completed_by", "party_tags.tag_id",
        "opportunity_tags.tag_id", "case_tags.tag_id", "party_fields.definition_id",
        "party_fields.tag_id", "opportunity_fields.definition_id", "opportunity_fields.tag_id",
        "case_fields.definition_id", "case_fields.tag_id",
      ])
    // The kind of records stands in both keys of a row, and is told of once.
    let kinds = declared.filter { $0.column == "entity" }
    #expect(kinds.isSuperset(of: told.filter { $0.column == "entity" }))
    let missing = told.subtracting(loose).subtracting(declared)
    let untold = declared.subtracting(kinds).subtracting(told)
    #expect(missing == [])
    #expect(untold == [])
    #expect(declared.count > 70)
  }

  @Test func `a check lists the rows that the account does not show`() throws {
    let replica = try Replica(Account(seed: 1, size: .small, now: 1_760_000_000))
    try replica.sync()
    let dangling = Set(try replica.rows("PRAGMA foreign_key_check").map { [$0[0], $0[2]] })
    // Rows that were deleted before the replica came.
    #expect(dangling.allSatisfy { $0[0].text?.hasPrefix("deleted_") == true }, "\(dangling)")
    try Connection(path: replica.path).execute(
      """
      PRAGMA foreign_keys = OFF;
      DELETE FROM users WHERE id = (SELECT min(owner_id) FROM opportunities);
      """)
    #expect(try replica.rows("PRAGMA foreign_key_check").contains { $0[0] == "opportunities" })
  }
}
