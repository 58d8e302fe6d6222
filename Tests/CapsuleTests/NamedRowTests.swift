import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Rows that records name and that their lists do not show: the name is kept.
@Suite struct NamedRowTests {
  let account = Account(seed: 7, size: .small, now: 1_760_000_000)
  let replica: Replica

  init() throws { replica = try Replica(account) }

  /// An object that records of a list have under these keys, the first there is.
  private func named(_ target: String, _ keys: String...) throws -> (id: Int64, name: String) {
    let records = account.rows(target)
    let objects = keys.reduce(records) { found, key in
      found.flatMap { record in
        let value = record[key] ?? .null
        return value["id"] == nil ? value.items : [value]
      }
    }
    let object = try #require(objects.first { $0["id"]?.integer != nil && $0["name"] != nil })
    return (try #require(object["id"]?.integer), try #require(object["name"]?.string))
  }

  private func row(_ table: String, _ id: Int64, _ more: String = "1") throws -> [Value]? {
    try replica.rows(
      """
      SELECT name, _deleted_reason, _deleted_at IS NULL FROM \(table) WHERE id = \(id) AND \(more)
      """
    ).first
  }

  /// Everything but the logs of what was read when.
  private func stored() throws -> [String: [[Value]]] {
    try replica.content(
      without: ["_runs", "_run_tables", "_cursors", "_allowance", "_clock", "_parents"])
  }

  /// A list of the account, the table, and where records name its rows.
  struct Place: CustomTestStringConvertible, Sendable {
    let list: String
    let table: String
    let target: String
    let keys: [String]
    var condition = "1"

    var testDescription: String { "\(target) \(keys)" }
  }

  static let places = [
    Place(list: "users", table: "users", target: "parties?", keys: ["owner"]),
    Place(list: "users", table: "users", target: "entries?embed=creator", keys: ["creator"]),
    Place(list: "teams", table: "teams", target: "kases?", keys: ["team"]),
    Place(list: "milestones", table: "milestones", target: "opportunities?", keys: ["milestone"]),
    Place(
      list: "lostReasons", table: "lost_reasons", target: "opportunities?", keys: ["lostReason"]),
    Place(list: "stages", table: "stages", target: "kases?", keys: ["stage"]),
    Place(list: "boards", table: "boards", target: "stages?status=all", keys: ["board"]),
    Place(list: "categories", table: "task_categories", target: "tasks?", keys: ["category"]),
    Place(
      list: "activityTypes", table: "activity_types", target: "entries?embed=activityType",
      keys: ["activityType"]),
    Place(
      list: "tags", table: "tag_definitions", target: "parties?embed=tags", keys: ["tags"],
      condition: "entity = 'party'"),
    Place(
      list: "definitions", table: "custom_fields", target: "parties?embed=fields",
      keys: ["fields", "definition"], condition: "entity = 'party'"),
  ]

  @Test(arguments: places)
  func `what a list does not show has the name that records give it`(_ place: Place) throws {
    let target = "\(place.target)&perPage=100"
    let found =
      try place.keys.count == 1
      ? named(target, place.keys[0]) : named(target, place.keys[0], place.keys[1])
    account.unlist(found.id, of: place.list)
    #expect(try replica.sync().outcome == .good)
    #expect(
      try row(place.table, found.id, place.condition) == [.text(found.name), "absent", 0])
    #expect(try replica.value("SELECT count(*) FROM _named") == 0)
    #expect(try replica.value("SELECT count(*) FROM _history") == 0)
    #expect(try replica.value("SELECT count(*) FROM _schema_changes") == 0)
    #expect(try Oracle(replica: replica).differences() == [])
    // It is neither living nor a difference, and nothing is written for it again.
    let before = try stored()
    account.now += 3_600
    let second = try replica.sync()
    #expect(second.tables.allSatisfy { $0.counts.inserted + $0.counts.updated == 0 })
    #expect(try stored() == before)
    #expect(try replica.verify().report.outcome == .equal)
    #expect(try stored() == before)
  }

  @Test func `a row of a record's own members keeps all that it tells`() throws {
    let owner = try named("parties?perPage=100", "owner")
    account.switches.listsRemovedUsers = false
    #expect(account.remove(user: owner.id))
    try replica.sync()
    let row = try replica.rows(
      """
      SELECT name, username IS NOT NULL, deleted, picture_url IS NOT NULL, status, _digest, _extra
        FROM users WHERE id = \(owner.id)
      """)
    #expect(row == [[.text(owner.name), 1, 1, 1, .null, .null, .null]])
  }

  @Test func `a row that was listed keeps its own name`() throws {
    let reason = try named("opportunities?perPage=100", "milestone")
    try replica.sync()
    account.now += 3_600
    account.unlist(reason.id, of: "milestones")
    try replica.sync()
    account.rename(milestone: reason.id, "Another")
    for id in account.visibleIDs(.opportunities) { account.describe(.opportunities, id, "new") }
    account.now += 3_600
    try replica.sync()
    #expect(try row("milestones", reason.id) == [.text(reason.name), "absent", 0])
  }

  @Test func `a row that is listed later lives, and is then seen first`() throws {
    let milestone = try named("opportunities?perPage=100", "milestone")
    account.unlist(milestone.id, of: "milestones")
    try replica.sync()
    account.now += 3_600
    account.unlist(milestone.id, of: "milestones", false)
    // Until then the replica lacks it.
    let found = try replica.verify()
    #expect(found.all == ["milestones \(milestone.id) missing "])
    account.now += 3_600
    let summary = try replica.sync()
    #expect(summary.tables.first { $0.table == "milestones" }?.counts.inserted == 1)
    #expect(try row("milestones", milestone.id) == [.text(milestone.name), .null, 1])
    let history = try replica.rows(
      "SELECT change, synced_before, row_key FROM _history WHERE table_name = 'milestones'")
    #expect(history == [["insert", .null, .integer(milestone.id)]])
    #expect(try replica.value("SELECT count(*) FROM _history_values") == 0)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `a list that is read behind the records is asked first`() throws {
    let milestone = try named("opportunities?perPage=100", "milestone")
    account.unlist(milestone.id, of: "milestones")
    try replica.sync(only: ["opportunities"])
    let noted = "SELECT count(*) FROM _named WHERE table_name = 'milestones'"
    #expect(
      try replica.value(noted)
        == replica.value(
          """
          SELECT count(*) FROM (SELECT milestone_id FROM opportunities
            UNION SELECT last_open_milestone_id FROM opportunities
              WHERE last_open_milestone_id IS NOT NULL)
          """))
    #expect(try replica.value("SELECT count(*) FROM milestones") == 0)
    // A list that fails has not said that it lacks anything.
    account.faults = FaultScript([.init(.forbidden, on: .path("pipelines/", times: 99))])
    try replica.sync()
    #expect(try replica.value("SELECT count(*) FROM milestones") == 0)
    account.faults = FaultScript()
    account.now += 3_600
    try replica.sync()
    #expect(
      try replica.rows("SELECT id FROM milestones WHERE _deleted_at IS NOT NULL")
        == [[.integer(milestone.id)]])
    #expect(try replica.value("SELECT count(*) FROM _named") == 0)
    #expect(try replica.value("SELECT count(*) FROM _history WHERE table_name = 'milestones'") == 0)
  }

  @Test func `an excluded column is stored nowhere`() throws {
    let owner = try named("parties?perPage=100", "owner")
    account.unlist(owner.id, of: "users")
    replica.tables = CapsuleSource.catalogue.map {
      $0.name == "users" ? $0.excluding(["username"]) : $0
    }
    try replica.sync(only: ["parties"])
    let record = try replica.value(
      "SELECT record FROM _named WHERE table_name = 'users' AND row_key = \(owner.id)")
    #expect(record.text?.contains("\"name\":\"\(owner.name)\"") == true)
    #expect(record.text?.contains("username") == false)
    try replica.sync()
    #expect(try row("users", owner.id) == [.text(owner.name), "absent", 0])
  }

  @Test func `nothing is noted of a table that is no longer kept`() throws {
    try replica.sync(only: ["parties"])
    #expect(try replica.value("SELECT count(*) FROM _named WHERE table_name = 'users'") != 0)
    replica.tables = CapsuleSource.catalogue.filter { $0.name != "users" }
    account.now += 60
    try replica.sync(only: ["parties"])
    #expect(try replica.value("SELECT count(*) FROM _named WHERE table_name = 'users'") == 0)
    #expect(try replica.value("SELECT count(*) FROM _named") != 0)
  }

  @Test func `a full sync finds the names that an older program let go`() throws {
    let owner = try named("parties?perPage=100", "owner")
    account.unlist(owner.id, of: "users")
    try replica.sync()
    try replica.execute("DELETE FROM users WHERE id = \(owner.id)")
    account.now += 3_600
    try replica.sync()
    #expect(try row("users", owner.id) == nil)
    try replica.sync(full: true)
    #expect(try row("users", owner.id) == [.text(owner.name), "absent", 0])
  }

  @Test func `a name is not lost when the run is`() throws {
    struct Crash: Error {}
    let milestone = try named("opportunities?perPage=100", "milestone")
    account.unlist(milestone.id, of: "milestones")
    for statement in 0... {
      var left = statement * 5
      replica.beforeStatement = {
        if left == 0 { throw Crash() }
        left -= 1
      }
      do {
        try replica.sync(only: ["pipelines", "milestones", "opportunities"])
        break
      } catch is Crash {}
    }
    #expect(try row("milestones", milestone.id) == [.text(milestone.name), "absent", 0])
  }
}
