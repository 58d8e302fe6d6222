import CapsuleSimulator
import ReplicaFile
import SQLite
import Testing

/// What records have been, one row a version.
@Suite struct VersionViewTests {
  /// 1 was seen first on the 2nd, renamed on the 3rd, moved on the 4th, deleted on the 5th and
  /// restored with another name on the 6th. 2 has never changed. 3 came on the 4th and went on the
  /// 5th, for a reason that was learnt on the 6th. 4 was changed by a program that did not note
  /// since when it had been as it was. 5 had only its tags changed.
  private static let records = """
    INSERT INTO opportunities (id, name, milestone_id, _synced_at, _deleted_at) VALUES
      (1, 'Shops', 12, '2024-03-06 02:30:00', NULL), (2, 'Care', 11, '2024-03-02 02:30:00', NULL),
      (3, 'Boats', 11, '2024-03-06 02:30:00', '2024-03-05 01:00:00'),
      (4, 'Leap', NULL, '2024-03-03 02:30:00', NULL), (5, 'Tags', 11, '2024-03-03 02:30:00', NULL);
    INSERT INTO changes (run_id, table_name, row_key, change, synced_before, changed_at, "before",
        "after") VALUES
      (2, 'opportunities', 1, 'update', '2024-03-02 02:30:00', '2024-03-03 02:30:00',
        '{"name":"Shp"}', '{"name":"Shop"}'),
      (2, 'opportunities', 4, 'update', NULL, '2024-03-03 02:30:00',
        '{"milestone_id":11}', '{"milestone_id":null}'),
      (2, 'opportunities', 5, 'update', '2024-03-02 02:30:00', '2024-03-03 02:30:00',
        '{"tags":[1,2]}', '{"tags":[1]}'),
      (3, 'opportunities', 1, 'update', '2024-03-03 02:30:00', '2024-03-04 02:30:00',
        '{"milestone_id":null}', '{"milestone_id":12}'),
      (3, 'opportunities', 3, 'insert', NULL, '2024-03-04 02:30:00', '{}', '{}'),
      (4, 'opportunities', 1, 'delete', '2024-03-04 02:30:00', '2024-03-05 02:30:00',
        '{"_deleted_at":null}', '{"_deleted_at":"2024-03-05 01:00:00"}'),
      (4, 'opportunities', 3, 'delete', '2024-03-04 02:30:00', '2024-03-05 02:30:00',
        '{"_deleted_at":null,"_deleted_reason":null}',
        '{"_deleted_at":"2024-03-05 02:30:00","_deleted_reason":"absent"}'),
      (5, 'opportunities', 1, 'restore', '2024-03-05 02:30:00', '2024-03-06 02:30:00',
        '{"_deleted_at":"2024-03-05 01:00:00","name":"Shop"}',
        '{"_deleted_at":null,"name":"Shops"}'),
      (5, 'opportunities', 3, 'delete', '2024-03-05 02:30:00', '2024-03-06 02:30:00',
        '{"_deleted_at":"2024-03-05 02:30:00","_deleted_reason":"absent"}',
        '{"_deleted_at":"2024-03-05 01:00:00","_deleted_reason":"deleted"}'),
      (5, 'tasks', 2, 'update', '2024-03-02 02:30:00', '2024-03-06 02:30:00',
        '{"name":"no deal"}', '{"name":"none"}');
    """

  @Test func `each change ends a version and begins the next`() throws {
    let lines = try GoldenAccount(only: Self.records).lines(
      """
      SELECT id, substr(valid_from, 6, 5), substr(valid_to, 6, 5), is_current, name, milestone_id
        FROM v_opportunity_versions ORDER BY id, valid_to IS NULL, valid_to
      """)
    #expect(
      lines == """
        1|03-02|03-03|0|Shp|
        1|03-03|03-04|0|Shop|
        1|03-04|03-05|0|Shop|12
        1|03-06||1|Shops|12
        2|03-02||1|Care|11
        3|03-04|03-05|0|Boats|11
        4||03-03|0|Leap|11
        4|03-03||1|Leap|
        5|03-02|03-03|0|Tags|11
        5|03-03||1|Tags|11
        """)
  }

  /// The same by another way: from what a record is now, its changes are undone one by one.
  @Test(arguments: [
    ("parties", "v_party_versions"), ("opportunities", "v_opportunity_versions"),
    ("cases", "v_case_versions"), ("tasks", "v_task_versions"),
  ])
  func `undoing the changes one by one gives the same`(table: String, view: String) throws {
    let account = Account(seed: 12, size: .small, now: 1_760_000_000)
    let replica = try Replica(account)
    for seed: UInt64 in 1...8 {
      try replica.sync(full: seed == 5)
      OlderFilesTests.edit(account, seed: seed)
    }
    let connection = try Database.openReadOnly(path: replica.path)
    let names = try connection.rows("SELECT name FROM pragma_table_info(?)", [.text(view)])
      .compactMap(\.[0].text)
    let columns = names.filter { !["id", "valid_from", "valid_to", "is_current"].contains($0) }
    let stored = (["id", "_synced_at", "_deleted_at"] + columns).map { "\"\($0)\"" }
    let records = try connection.rows("SELECT \(stored.joined(separator: ", ")) FROM \(table)")
    var expected: Set<[Value]> = []
    for record in records {
      var state = Dictionary(
        uniqueKeysWithValues: zip(["_deleted_at"] + columns, record.dropFirst(2)))
      let changes = try connection.rows(
        """
        SELECT id, change, changed_at, synced_before FROM _history
          WHERE table_name = ? AND row_key = ? ORDER BY id DESC
        """, [.text(table), record[0]])
      var end = Value.null
      func note(from begin: Value) {
        guard state["_deleted_at"] == .null else { return }
        let values = columns.map { state[$0] ?? .null }
        expected.insert([record[0], begin, end, end.isNull ? 1 : 0] + values)
      }
      for change in changes {
        note(from: change[2])
        end = change[2]
        for value in try connection.rows(
          "SELECT column_name, before FROM _history_values WHERE history_id = ?", [change[0]])
        { state[value[0].text ?? ""] = value[1] }
      }
      if changes.last?[1] != "insert" { note(from: changes.last?[3] ?? record[1]) }
    }
    let versions = try connection.rows("SELECT * FROM \(view)")
    #expect(Set(versions) == expected)
    #expect(versions.count == expected.count && versions.count > records.count)
    let living = try connection.value(
      "SELECT count(*) FROM \(table) WHERE _deleted_at IS NULL")
    #expect(try connection.value("SELECT sum(is_current) FROM \(view)") == living)
  }

  @Test func `versions follow one another without a gap`() throws {
    let account = Account(seed: 3, size: .small, now: 1_760_000_000)
    let replica = try Replica(account)
    for seed: UInt64 in 1...6 {
      try replica.sync()
      OlderFilesTests.edit(account, seed: seed)
    }
    let gaps = try replica.rows(
      """
      SELECT id, valid_to, next FROM (
          SELECT id, valid_to, lead(valid_from) OVER (
            PARTITION BY id ORDER BY valid_from, valid_to IS NULL, valid_to) AS next
          FROM v_party_versions)
        WHERE valid_to < next AND id NOT IN
          (SELECT row_key FROM _history WHERE table_name = 'parties' AND change = 'restore')
      """)
    #expect(gaps.isEmpty, "\(gaps)")
    #expect(try replica.value("SELECT max(is_current) FROM v_party_versions") == 1)
  }
}
