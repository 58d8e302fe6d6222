import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// What `_schema_changes` tells of an account whose records and custom fields change their form.
@Suite struct SchemaChangeTests {
  let account = Account(seed: 3, size: .small, now: 1_760_000_000)
  let replica: Replica

  init() throws {
    replica = try Replica(account, tables: CapsuleSource.catalogue)
    try replica.sync()
    account.now += 3_600
  }

  /// `table column kind detail`, a line each.
  private func changes() throws -> [String] {
    try replica.rows(
      "SELECT table_name, column_name, kind, detail FROM _schema_changes ORDER BY id"
    ).map { row in row.map { $0.text ?? "-" }.joined(separator: " ") }
  }

  private func definition(_ name: String, _ entity: Entity) throws -> Int64 {
    let constant = [Entity.parties: "party", .opportunities: "opportunity", .kases: "case"][entity]
    let found = try replica.value(
      "SELECT id FROM custom_fields WHERE name = '\(name)' AND entity = '\(constant ?? "")'")
    return try #require(found.integer)
  }

  @Test func `what is there at a first sync is no change`() throws {
    #expect(try changes() == [])
    #expect(try replica.value("SELECT count(*) FROM custom_fields") != 0)
  }

  @Test func `a custom field that comes, changes and goes is told once each time`() throws {
    account.createField("Budget", type: "text", of: .opportunities)
    let first = try replica.sync()
    #expect(try changes() == ["opportunities Budget field_new text"])
    #expect(first.schemaChanges.map(\.kind) == [.fieldNew])
    let budget = try definition("Budget", .opportunities)
    account.now += 3_600
    account.rename(field: budget, of: .opportunities, "Spend")
    account.retype(field: budget, of: .opportunities, "number")
    try replica.sync()
    account.now += 3_600
    account.delete(field: budget, of: .opportunities)
    let last = try replica.sync()
    #expect(
      try changes() == [
        "opportunities Budget field_new text",
        "opportunities Spend field_renamed Budget -> Spend",
        "opportunities Spend field_type text -> number",
        "opportunities Spend field_removed number",
      ])
    #expect(
      try replica.value("SELECT run_id FROM _schema_changes ORDER BY id DESC LIMIT 1")
        == .integer(last.id))
    account.now += 3_600
    #expect(try replica.sync().schemaChanges == [])
  }

  @Test func `a field that the guard holds is not told to be gone`() throws {
    let ids = try replica.rows("SELECT id FROM custom_fields WHERE entity = 'party'")
      .compactMap { $0[0].integer }
    replica.options.guardRows = 1
    replica.options.guardShare = 0
    for id in ids { account.delete(field: id, of: .parties) }
    #expect(try replica.sync().tables.first { $0.table == "custom_fields" }?.outcome == .held)
    #expect(try changes() == [])
  }

  @Test func `a key that the API begins to send is told once`() throws {
    account.switches.addsUnknownKeys = true
    for id in account.visibleIDs(.parties) { account.describe(.parties, id, "one") }
    try replica.sync(only: ["parties"])
    let told = try changes()
    let keys = told.filter { $0.hasPrefix("parties ") && !$0.contains(".") }
    #expect(
      keys.sorted() == [
        "parties newArray key_new list", "parties newFlag key_new boolean",
        "parties newObject key_new object", "parties newScalar key_new number",
        "parties newText key_new text",
      ])
    #expect(told.contains("parties emailAddresses.newText key_new text"))
    #expect(Set(told).count == told.count)
    account.now += 3_600
    for id in account.visibleIDs(.parties) { account.describe(.parties, id, "two") }
    let second = try replica.sync(only: ["parties"])
    #expect(second.schemaChanges == [])
    #expect(try changes() == told)
  }

  @Test func `a value that no longer fits is told once for each column, and never kept`() throws {
    account.switches.mistypesValues = true
    for round in ["one", "two"] {
      for id in account.visibleIDs(.parties) { account.describe(.parties, id, round) }
      account.now += 3_600
      try replica.sync(full: true)
    }
    let misfits = try replica.rows(
      "SELECT table_name, column_name, detail FROM _schema_changes WHERE kind = 'type_misfit'")
    #expect(misfits.count > 5 && Set(misfits.map { $0.prefix(2) }).count == misfits.count)
    let details = Set(misfits.compactMap { $0[2].text })
    #expect(
      details.isSubset(of: [
        "number that is no TEXT", "text that is no DATETIME", "number that is no INTEGER",
        "text that is no INTEGER", "text that is no REAL", "text that is no BOOLEAN",
        "number that is no DATE", "number that is no DATETIME", "number that is no REAL",
      ]), "\(details)")
    // It stands where it is told, and there alone.
    for row in misfits.prefix(20) {
      let (table, column) = (row[0].text ?? "", row[1].text ?? "")
      let isThere = try replica.value(
        """
        SELECT count(*) FROM "\(table)" WHERE "\(column)" IS NULL AND _extra IS NOT NULL
        """)
      #expect(isThere != 0, "\(table).\(column)")
    }
  }

  @Test func `keys that an older program kept in _extra are not new`() throws {
    account.switches.addsUnknownKeys = true
    for id in account.visibleIDs(.parties) { account.describe(.parties, id, "one") }
    try replica.sync()
    try Connection(path: replica.path).execute(
      "DROP TABLE _schema_changes; DELETE FROM _unknown_keys")
    account.now += 3_600
    for id in account.visibleIDs(.parties) { account.describe(.parties, id, "two") }
    try replica.sync()
    #expect(try changes() == [])
  }

  @Test func `what is told goes with what has shown it`() throws {
    struct Crash: Error {}
    account.createField("Budget", type: "text", of: .parties)
    account.switches.addsUnknownKeys = true
    for id in account.visibleIDs(.parties).prefix(3) { account.describe(.parties, id, "new") }
    let count = "SELECT count(*) FROM _schema_changes"
    for statement in 0... {
      var left = statement
      replica.beforeStatement = {
        if left == 0 { throw Crash() }
        left -= 1
      }
      do {
        try replica.sync(only: ["custom_fields", "parties"])
        break
      } catch is Crash {
        let isShown = try replica.value("SELECT count(*) FROM custom_fields WHERE name = 'Budget'")
        #expect(
          try replica.value("\(count) WHERE kind = 'field_new'") == isShown, "\(statement)")
        let keys = try replica.value("SELECT count(*) FROM parties WHERE _extra IS NOT NULL") != 0
        let told = "\(count) WHERE kind = 'key_new' AND table_name = 'parties'"
        #expect(try keys == (replica.value(told) != 0), "\(statement)")
      }
    }
    #expect(try replica.value("\(count) WHERE kind = 'field_new'") == 1)
  }
}
