import Capsule
import Model
import ReplicaFile
import Replication
import SQLite
import TestSupport
import Testing

/// A small account, made by hand, on which every figure of a view can be worked out with a pencil.
///
/// Two currencies and a third without a rate; a deal reopened; one lost without a reason and one
/// for a reason that does not count; an archived pipeline; an owner changed midway; a milestone
/// entered twice; a deal closed, by the calendar of its owner, on the day before it was made in
/// UTC; a leap day.
struct GoldenAccount {
  let connection: Connection

  /// `further` are statements behind its own; at an instant, if it matters.
  init(_ further: String = "", at instant: Timestamp? = nil) throws {
    connection = try Database.open(
      path: instant.map(FixedClock.path) ?? ":memory:", tables: CapsuleSource.catalogue,
      views: CapsuleSource.allViews)
    try connection.execute(ChangesAsText.script + Self.lists + Self.records + further)
  }

  /// Only what the records refer to, and these records; at an instant, if it matters.
  init(only records: String, at instant: Timestamp? = nil) throws {
    connection = try Database.open(
      path: instant.map(FixedClock.path) ?? ":memory:", tables: CapsuleSource.catalogue,
      views: CapsuleSource.allViews)
    try connection.execute(ChangesAsText.script + Self.lists + records)
  }

  /// The result of a query, a row a line, its values between bars, NULL as nothing.
  func lines(_ sql: String) throws -> String {
    // Written by hand, no change says that the past is another.
    try connection.run("DELETE FROM _kept")
    try KeptRows(connection, CapsuleSource.workingViews, in: CapsuleSource.catalogue).renew()
    return try connection.rows(sql).map { row in
      row.map { value in
        switch value {
        case .null: ""
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): text
        case .blob: "blob"
        }
      }.joined(separator: "|")
    }.joined(separator: "\n")
  }

  /// Users, pipelines, reasons, boards: what changes seldom.
  static let lists = """
    INSERT INTO users (id, username, name, deleted, _synced_at) VALUES
      (7, 'ada', 'Ada Doe', 0, '2024-01-01 00:00:00'),
      (8, 'bob', 'Bob Roe', 1, '2024-01-01 00:00:00');
    INSERT INTO pipelines (id, name, deleted, _synced_at) VALUES
      (1, 'Sales', 0, '2024-01-01 00:00:00'), (2, 'Old sales', 1, '2024-01-01 00:00:00');
    INSERT INTO milestones
      (id, name, complete, probability, pipeline_id, days_until_stale, _synced_at) VALUES
      (11, 'Lead', 0, 10, 1, NULL, '2024-01-01 00:00:00'),
      (12, 'Bid', 0, 50, 1, 14, '2024-01-01 00:00:00'),
      (13, 'Won', 1, 100, 1, NULL, '2024-01-01 00:00:00'),
      (14, 'Lost', 1, 0, 1, NULL, '2024-01-01 00:00:00'),
      (21, 'Old lead', 0, 20, 2, NULL, '2024-01-01 00:00:00'),
      (23, 'Old won', 1, 100, 2, NULL, '2024-01-01 00:00:00');
    INSERT INTO lost_reasons (id, name, included_for_conversion, _synced_at) VALUES
      (31, 'Too expensive', 1, '2024-01-01 00:00:00'), (32, 'No answer', 0, '2024-01-01 00:00:00');
    INSERT INTO boards (id, name, deleted, _synced_at) VALUES
      (41, 'Delivery', 0, '2024-01-01 00:00:00'), (42, 'Old board', 1, '2024-01-01 00:00:00');
    INSERT INTO stages (id, name, board_id, display_order, _synced_at) VALUES
      (51, 'Planning', 41, 1, '2024-01-01 00:00:00'), (52, 'Doing', 41, 2, '2024-01-01 00:00:00'),
      (53, 'Old stage', 42, 1, '2024-01-01 00:00:00'),
      (54, 'Old unused', 42, 2, '2024-01-01 00:00:00');
    INSERT INTO activity_types (id, name, _synced_at) VALUES
      (-1, 'Note', '2024-01-01 00:00:00'), (-5, 'Email sent', '2024-01-01 00:00:00');
    INSERT INTO task_categories (id, name, _synced_at) VALUES
      (47, 'Billing', '2024-01-01 00:00:00');
    """

  static let records = """
    INSERT INTO parties (id, type, name, first_name, last_name, organisation_id, owner_id,
        created_at, _synced_at, _deleted_at) VALUES
      (101, 'organisation', 'Acme', NULL, NULL, NULL, 7, '2024-01-01 09:00:00',
        '2024-01-01 00:00:00', NULL),
      (102, 'person', NULL, 'Ben', 'Lee', 101, 7, '2024-01-01 09:00:00',
        '2024-01-01 00:00:00', NULL),
      (103, 'person', NULL, NULL, 'Cho', NULL, NULL, '2024-01-01 09:00:00',
        '2024-01-01 00:00:00', NULL),
      (104, 'person', NULL, 'Gone', 'Long', NULL, 7, '2024-01-01 09:00:00',
        '2024-01-01 00:00:00', '2024-02-01 00:00:00');
    INSERT INTO party_email_addresses VALUES
      (102, 2, 'Work', 'second@acme.example'), (102, 1, 'Work', 'ben@acme.example');
    INSERT INTO party_phone_numbers VALUES (101, 1, 'Work', '+44 1');
    INSERT INTO party_addresses VALUES
      (101, 1, 'Office', '1 Road', 'Leeds', NULL, 'United Kingdom', 'L1');

    INSERT INTO opportunities (id, name, party_id, owner_id, milestone_id, last_open_milestone_id,
        lost_reason_id, value_amount, value_currency, duration_basis, duration, probability,
        expected_close_on, closed_on, created_at, last_stage_changed_at, _synced_at, _deleted_at)
      VALUES
      (1001, 'Shop', 102, 7, 12, 12, NULL, 1000, 'GBP', 'FIXED', NULL, 50, '2024-02-29', NULL,
        '2024-01-31 23:30:00', '2024-02-10 09:00:00', '2024-02-12 02:30:00', NULL),
      (1002, 'Care', 101, 7, 13, 12, NULL, 100, 'EUR', 'MONTH', 12, 100, NULL, '2024-01-31',
        '2024-02-01 00:30:00', '2024-02-01 01:30:00', '2024-02-02 02:30:00', NULL),
      (1003, 'Bikes', 101, 7, 14, 12, NULL, 500, 'GBP', 'FIXED', NULL, 0, NULL, '2024-02-29',
        '2024-02-01 09:00:00', '2024-02-29 09:00:00', '2024-03-01 02:30:00', NULL),
      (1004, 'Boats', 101, 8, 14, 11, 32, 300, 'EUR', 'FIXED', NULL, 0, NULL, '2024-02-15',
        '2024-02-05 09:00:00', '2024-02-15 09:00:00', '2024-03-01 02:30:00', NULL),
      (1005, 'Again', 102, 7, 11, 11, NULL, NULL, NULL, 'FIXED', NULL, 10, NULL, NULL,
        '2024-03-01 09:00:00', '2024-03-10 09:00:00', '2024-03-11 02:30:00', NULL),
      (1006, 'Twice', 102, 7, 13, 12, NULL, 2000, 'GBP', 'FIXED', NULL, 100, NULL, '2024-03-20',
        '2024-03-01 10:00:00', '2024-03-20 16:00:00', '2024-03-21 02:30:00', NULL),
      (1007, 'Old', 101, 8, 21, 21, NULL, 700, 'USD', 'HOUR', 10, 20, '2999-01-15', NULL,
        '2023-01-01 09:00:00', NULL, '2024-01-01 00:00:00', NULL),
      (1008, 'Deleted', 101, 7, 13, 12, NULL, 9999, 'GBP', 'FIXED', NULL, 100, NULL, '2024-02-01',
        '2024-01-05 09:00:00', '2024-02-01 09:00:00', '2024-02-02 02:30:00', '2024-02-10 02:30:00'),
      (1009, 'Leap', 101, 7, 23, 21, NULL, 50, 'USD', 'FIXED', NULL, 100, NULL, '2024-02-29',
        '2023-02-28 09:00:00', '2024-02-29 09:00:00', '2024-03-01 02:30:00', NULL);

    INSERT INTO fx_rates VALUES
      ('GBP', '2000-01-01', 1), ('EUR', '2024-01-30', 0.85), ('EUR', '2024-02-10', 0.8),
      ('USD', '2999-01-01', 0.5);

    INSERT INTO changes (run_id, table_name, row_key, change, synced_before, changed_at, "before",
        "after") VALUES
      (1, 'opportunities', 1001, 'update', '2024-02-11 02:30:00', '2024-02-12 02:30:00',
        '{"expected_close_on":"2024-02-15"}', '{"expected_close_on":"2024-02-29"}'),
      (2, 'opportunities', 1006, 'update', '2024-03-02 02:30:00', '2024-03-05 02:30:00',
        '{"milestone_id":11,"last_stage_changed_at":"2024-03-01 10:00:00"}',
        '{"milestone_id":12,"last_stage_changed_at":"2024-03-04 10:00:00"}'),
      (3, 'opportunities', 1006, 'update', '2024-03-05 02:30:00', '2024-03-08 02:30:00',
        '{"milestone_id":12}', '{"milestone_id":11}'),
      (4, 'opportunities', 1006, 'update', '2024-03-08 02:30:00', '2024-03-09 02:30:00',
        '{"description":"\\"milestone_id\\":99,","owner_id":8}',
          '{"description":null,"owner_id":7}'),
      (5, 'opportunities', 1005, 'update', '2024-03-06 02:30:00', '2024-03-11 02:30:00',
        '{"milestone_id":14,"closed_on":"2024-03-05",\
    "last_stage_changed_at":"2024-03-05 09:00:00"}',
        '{"milestone_id":11,"closed_on":null,"last_stage_changed_at":"2024-03-10 09:00:00"}'),
      (6, 'opportunities', 1006, 'update', '2024-03-09 02:30:00', '2024-03-15 02:30:00',
        '{"milestone_id":11,"last_stage_changed_at":"2024-03-04 10:00:00"}',
        '{"milestone_id":12,"last_stage_changed_at":"2024-03-14 10:00:00"}'),
      (7, 'opportunities', 1006, 'update', '2024-03-15 02:30:00', '2024-03-21 02:30:00',
        '{"milestone_id":12,"closed_on":null,"last_stage_changed_at":"2024-03-14 10:00:00"}',
        '{"milestone_id":13,"closed_on":"2024-03-20",\
    "last_stage_changed_at":"2024-03-20 16:00:00"}'),
      (8, 'opportunities', 1008, 'update', '2024-02-01 02:30:00', '2024-02-02 02:30:00',
        '{"milestone_id":12,"expected_close_on":null}',
        '{"milestone_id":13,"expected_close_on":"2024-02-01"}'),
      (9, 'tasks', 1006, 'update', '2024-02-01 02:30:00', '2024-02-02 02:30:00',
        '{"milestone_id":12}', '{"milestone_id":13}');
    """
}
