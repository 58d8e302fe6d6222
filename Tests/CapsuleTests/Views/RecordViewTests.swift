import Capsule
import Model
import ReplicaFile
import Replication
import SQLite
import Testing

/// The views on parties, entries, tasks, cases and runs, worked out by hand.
@Suite struct RecordViewTests {
  private static let account = """
    INSERT INTO entries
        (id, type, entry_at, creator_id, activity_type_id, party_id, opportunity_id, subject,
        _synced_at, _deleted_at)
      VALUES
      (1, 'note', '2024-02-28 23:59:59', 7, -1, 102, NULL, NULL, '2024-03-01 00:00:00', NULL),
      (2, 'note', '2024-02-29 00:00:00', 7, -1, 102, NULL, NULL, '2024-03-01 00:00:00', NULL),
      (3, 'note', '2024-02-29 23:59:59', 7, -1, NULL, 1001, NULL, '2024-03-01 00:00:00', NULL),
      (4, 'email', '2024-02-29 12:00:00', 8, -5, NULL, NULL, 'Offer', '2024-03-01 00:00:00', NULL),
      (5, 'note', '2024-02-29 12:00:00', 7, -1, 102, NULL, NULL, '2024-03-01 00:00:00',
        '2024-03-02 00:00:00'),
      (6, 'note', datetime('now', '-1 day'), 7, -1, 101, NULL, NULL, '2024-03-01 00:00:00', NULL);
    INSERT INTO entry_parties VALUES (4, 101), (4, 102), (1, 102);

    INSERT INTO tasks
        (id, description, category_id, status, due_on, owner_id, party_id, opportunity_id,
        completed_at, _synced_at, _deleted_at)
      VALUES
      (1, 'Old', 47, 'OPEN', '2024-02-29', 7, 102, NULL, NULL, '2024-03-01 00:00:00', NULL),
      (2, 'Today', NULL, 'OPEN', date('now'), 7, NULL, 1001, NULL, '2024-03-01 00:00:00', NULL),
      (3, 'Week', NULL, 'OPEN', date('now', '+7 days'), 7, 102, NULL, NULL,
        '2024-03-01 00:00:00', NULL),
      (4, 'Later', NULL, 'OPEN', date('now', '+8 days'), 7, 101, NULL, NULL,
        '2024-03-01 00:00:00', NULL),
      (5, 'Some day', NULL, 'OPEN', NULL, 8, 101, NULL, NULL, '2024-03-01 00:00:00', NULL),
      (6, 'Waits', NULL, 'PENDING', '2024-02-29', 8, 101, NULL, NULL, '2024-03-01 00:00:00', NULL),
      (7, 'Done', NULL, 'COMPLETED', '2024-02-29', 8, 101, NULL, datetime('now', '-29 days'),
        '2024-03-01 00:00:00', NULL),
      (8, 'Done long ago', NULL, 'COMPLETED', '2024-02-29', 8, 101, NULL, '2024-03-01 00:00:00',
        '2024-03-01 00:00:00', NULL),
      (9, 'Gone', NULL, 'OPEN', '2024-02-29', 8, 101, NULL, NULL, '2024-03-01 00:00:00',
        '2024-03-02 00:00:00');

    INSERT INTO cases
        (id, name, party_id, owner_id, status, stage_id, opportunity_id, expected_close_on,
        closed_on, created_at, _synced_at, _deleted_at)
      VALUES
      (301, 'Shop', 102, 7, 'OPEN', 51, 1001, '2024-02-29', NULL, datetime('now', '-10 days'),
        '2024-03-01 00:00:00', NULL),
      (302, 'Care', 101, NULL, 'OPEN', 51, NULL, '2999-01-01', NULL, datetime('now', '-20 days'),
        '2024-03-01 00:00:00', NULL),
      (303, 'Bikes', 101, 7, 'OPEN', NULL, NULL, NULL, NULL, datetime('now'),
        '2024-03-01 00:00:00', NULL),
      (304, 'Boats', 101, 7, 'OPEN', 53, NULL, NULL, NULL, datetime('now'),
        '2024-03-01 00:00:00', NULL),
      (305, 'Closed', 101, 7, 'CLOSED', 52, NULL, '2024-02-01', '2024-02-29', '2023-02-28 09:00:00',
        '2024-03-01 00:00:00', NULL),
      (306, 'Gone', 101, 7, 'OPEN', 52, NULL, NULL, NULL, '2023-02-28 09:00:00',
        '2024-03-01 00:00:00', '2024-03-02 00:00:00');
    """

  @Test(arguments: [
    (
      """
      SELECT id, display_name, organisation, owner, email_address, phone_number, city
        FROM v_party
      """,
      """
      101|Acme||Ada Doe||+44 1|Leeds
      102|Ben Lee|Acme|Ada Doe|ben@acme.example||
      103|Cho|||||
      """
    ),
    (
      "SELECT id, activity_type, creator, party, opportunity, subject FROM v_activity WHERE id < 6",
      """
      1|Note|Ada Doe|Ben Lee||
      2|Note|Ada Doe|Ben Lee||
      3|Note|Ada Doe||Shop|
      4|Email sent|Bob Roe|||Offer
      """
    ),
    (
      // The leap day begins at midnight in UTC and has two notes.
      """
      SELECT day, creator, type, activity_type, entries FROM v_activity_daily
        WHERE day < '2025-01-01' ORDER BY 1, 2
      """,
      """
      2024-02-28|Ada Doe|note|Note|1
      2024-02-29|Ada Doe|note|Note|2
      2024-02-29|Bob Roe|email|Email sent|1
      """
    ),
    (
      "SELECT id, category, is_overdue, days_overdue > 600, owner, party, opportunity FROM v_task",
      """
      1|Billing|1|1|Ada Doe|Ben Lee|
      2||0||Ada Doe||Shop
      3||0||Ada Doe|Ben Lee|
      4||0||Ada Doe|Acme|
      5||0||Bob Roe|Acme|
      6||0||Bob Roe|Acme|
      7||0||Bob Roe|Acme|
      8||0||Bob Roe|Acme|
      """
    ),
    (
      """
      SELECT
          owner, "open", overdue, due_today, due_in_7_days, without_date, pending,
          completed_30_days, oldest_due_on
        FROM v_task_load ORDER BY owner_id
      """,
      """
      Ada Doe|4|1|1|1|0|0|0|2024-02-29
      Bob Roe|1|0|0|0|1|1|1|
      """
    ),
    (
      "SELECT id, party, owner, board, stage, opportunity, is_overdue, days_open FROM v_case",
      """
      301|Ben Lee|Ada Doe|Delivery|Planning|Shop|1|10
      302|Acme||Delivery|Planning||0|20
      303|Acme|Ada Doe||||0|0
      304|Acme|Ada Doe|Old board|Old stage||0|0
      305|Acme|Ada Doe|Delivery|Doing||0|366
      """
    ),
    (
      """
      SELECT board, board_archived, stage, open_cases, overdue_cases, without_owner, mean_days_open
        FROM v_case_board ORDER BY stage_id
      """,
      """
      |||1|0|0|0.0
      Delivery|0|Planning|2|1|1|15.0
      Delivery|0|Doing|0|0|0|
      Old board|1|Old stage|1|0|0|0.0
      """
    ),
    (
      // The e-mail counts for both its parties, and the note that lists its own party counts once.
      """
      SELECT
          display_name, entries, entries_90_days, open_tasks, open_deals, won_deals, lost_deals,
          open_cases
        FROM v_party_engagement ORDER BY id
      """,
      """
      Acme|2|1|2|1|2|2|3
      Ben Lee|3|0|2|2|1|0|1
      Cho|0|0|0|0|0|0|0
      """
    ),
  ])
  func `a view shows what was worked out by hand`(sql: String, expected: String) throws {
    #expect(try GoldenAccount(Self.account).lines(sql) == expected)
  }

  @Test func `freshness is that of the last reading, and of its last run`() throws {
    let runs = """
      INSERT INTO _cursors
          (table_name, last_run_date, full_run_date, completed_at, pass_kind)
        VALUES
        ('parties', datetime('now', '-90 minutes'), '2024-02-29 02:30:00',
          '2024-02-29 02:31:00', NULL),
        ('tasks', NULL, NULL, NULL, 'full');
      INSERT INTO _run_tables
          (run_id, table_name, read, inserted, updated, unchanged, deleted, misfits, requests,
          waited, outcome, error)
        VALUES
        (1, 'parties', 0, 0, 0, 0, 0, 0, 1, 0, 'failed', 'It was down.'),
        (2, 'parties', 0, 0, 0, 0, 0, 0, 1, 0, 'good', NULL),
        (2, 'tasks', 0, 0, 0, 0, 0, 0, 1, 0, 'failed', 'It is down.');
      """
    let lines = try GoldenAccount(runs).lines(
      """
      SELECT
          table_name, round(hours_behind, 1), full_run_date, is_under_way, last_run_id,
          last_outcome, last_error
        FROM v_sync_freshness ORDER BY table_name
      """)
    #expect(
      lines == """
        parties|1.5|2024-02-29 02:30:00|0|2|good|
        tasks|||1|2|failed|It is down.
        """)
  }

  @Test func `what was done tomorrow, by another clock, was done today`() throws {
    let lines = try GoldenAccount(
      """
      UPDATE parties SET last_contacted_at = datetime('now', '+1 day', '+1 hour') WHERE id = 101;
      UPDATE parties SET last_contacted_at = datetime('now', '-2 days', '-1 hour') WHERE id = 102;
      """
    ).lines("SELECT id, days_since_contact FROM v_party ORDER BY id")
    #expect(lines == "101|0\n102|2\n103|")
  }

  @Test func `an entry without a date is an entry, and of no day`() throws {
    let entries = """
      INSERT INTO entries (id, type, entry_at, creator_id, party_id, _synced_at) VALUES
        (1, 'note', NULL, 7, 103, '2024-03-01 00:00:00'),
        (2, 'email', NULL, 7, NULL, '2024-03-01 00:00:00');
      INSERT INTO entry_parties VALUES (2, 103), (2, 102);
      """
    let account = try GoldenAccount(entries)
    #expect(
      try account.lines("SELECT id, entries, entries_90_days FROM v_party_engagement ORDER BY id")
        == "101|0|0\n102|1|0\n103|2|0")
    #expect(
      try account.lines("SELECT day, creator, type, entries FROM v_activity_daily ORDER BY type")
        == "|Ada Doe|email|1\n|Ada Doe|note|1")
  }

  @Test(arguments: [
    ("v_activity_daily", 1), ("v_party_engagement", 2),
  ])
  func `entries are counted without reading them`(view: String, times: Int) throws {
    let account = try GoldenAccount(Self.account)
    for index in TableSQL(.entries).createIndices { try account.connection.execute(index) }
    let plan = try account.lines("EXPLAIN QUERY PLAN SELECT * FROM \(view)")
    let steps = plan.split(separator: "\n").filter { $0.contains("SCAN e ") }
    #expect(steps.count == times)
    #expect(steps.allSatisfy { $0.hasSuffix("USING COVERING INDEX entries_entry_at_counted") })
  }
}
