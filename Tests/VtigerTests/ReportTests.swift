import Model
import ReplicaFile
import SQLite
import TestSupport
import Testing
import VtigerSimulator

@testable import Vtiger

/// The reports of a Vtiger account, worked out by hand.
///
/// Shop, which a group owns, came to Prospecting twice. Care was won. Again was lost and reopened.
/// Gone went with its organisation, without a stamp of its own. A lead was converted. Two
/// currencies are known, and deals are in the base one. It is noon of 15 February 2024, and the
/// reports' clock is nine hours ahead.
@Suite struct ReportTests {
  private let connection: Connection

  init() throws {
    let source = try FollowedAccount(.init(.cloud)).source()
    connection = try Database.open(
      path: FixedClock.path(at: Timestamp(1_707_998_400)), tables: source.tables,
      views: source.views)
    try connection.execute(ChangesAsText.script + Self.lists + Self.records + Self.past)
    try ReportClock(connection).set([(from: Timestamp(0), seconds: 32_400)])
    try KeptRows(connection, source.workingViews, in: source.tables).renew()
  }

  private func lines(_ sql: String) throws -> String {
    try connection.rows(sql).map { row in
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

  private static let lists = """
    INSERT INTO users (id, user_name, first_name, last_name, status, time_zone, _synced_at) VALUES
      (1, 'ada', 'Ada', 'Doe', 'Active', 'Asia/Tokyo', '2024-01-01 00:00:00'),
      (2, 'bob', NULL, NULL, 'Inactive', 'UTC', '2024-01-01 00:00:00');
    INSERT INTO groups (id, groupname, _synced_at) VALUES (20, 'Sales', '2024-01-01 00:00:00');
    INSERT INTO currency (id, currency_code, conversion_rate, defaultid, _synced_at) VALUES
      (1, 'EUR', 1, '-11', '2024-01-01 00:00:00'), (2, 'NOK', 11.5, '0', '2024-01-01 00:00:00');
    INSERT INTO modules (name, table_name, label, _synced_at) VALUES
      ('Potentials', 'potentials', 'Deals', '2024-01-01 00:00:00');
    INSERT INTO picklist_values (module, field, position, value, _synced_at) VALUES
      ('Potentials', 'sales_stage', 0, 'Prospecting', '2024-01-01 00:00:00'),
      ('Potentials', 'sales_stage', 1, 'Qualification', '2024-01-01 00:00:00'),
      ('Potentials', 'sales_stage', 2, 'Negotiation', '2024-01-01 00:00:00'),
      ('Potentials', 'sales_stage', 3, 'Closed Won', '2024-01-01 00:00:00'),
      ('Potentials', 'sales_stage', 4, 'Closed Lost', '2024-01-01 00:00:00');
    """

  private static let records = """
    INSERT INTO accounts (id, accountname, phone, assigned_user_id, assigned_user_id_module,
        createdtime, _synced_at, _deleted_at) VALUES
      (101, 'Acme', '+49 1', 1, 'Users', '2024-01-01 09:00:00', '2024-01-01 00:00:00', NULL),
      (102, 'Bust', NULL, 1, 'Users', '2024-01-01 09:00:00', '2024-01-01 00:00:00',
        '2024-02-10 02:30:00');
    INSERT INTO contacts (id, firstname, lastname, account_id, email, assigned_user_id,
        assigned_user_id_module, createdtime, _synced_at) VALUES
      (201, 'Ben', 'Lee', 101, 'ben@acme.example', 2, 'Users', '2024-01-01 09:00:00',
        '2024-01-01 00:00:00');
    INSERT INTO leads (id, firstname, lastname, company, email, assigned_user_id,
        assigned_user_id_module, createdtime, _synced_at, _deleted_at) VALUES
      (301, NULL, NULL, 'Moe Ltd', 'moe@moe.example', 20, 'Groups', '2024-01-01 09:00:00',
        '2024-01-01 00:00:00', NULL),
      (302, 'Con', 'Verted', 'Acme', NULL, 1, 'Users', '2024-01-01 09:00:00',
        '2024-01-01 00:00:00', '2024-01-20 02:30:00');
    INSERT INTO potentials (id, potentialname, related_to, contact_id, amount, sales_stage,
        probability, closingdate, assigned_user_id, assigned_user_id_module, isclosed, createdtime,
        _synced_at, _deleted_at) VALUES
      (1001, 'Shop', 101, 201, 1000, 'Negotiation', 50, '2024-02-20', 20, 'Groups', 0,
        '2024-01-31 23:30:00', '2024-02-08 02:30:00', NULL),
      (1002, 'Care', 101, NULL, 500, 'Closed Won', 100, '2024-02-10', 1, 'Users', 1,
        '2024-01-20 09:00:00', '2024-02-11 02:30:00', NULL),
      (1003, 'Again', 101, NULL, 300, 'Qualification', 20, '2024-02-14', 1, 'Users', 0,
        '2024-01-20 09:00:00', '2024-02-09 02:30:00', NULL),
      (1005, 'Gone', 102, NULL, 900, 'Negotiation', 50, '2024-02-20', 1, 'Users', 0,
        '2024-01-20 09:00:00', '2024-02-10 02:30:00', '2024-02-10 02:30:00');
    INSERT INTO calendar (id, subject, taskstatus, due_date, parent_id, parent_id_module,
        assigned_user_id, assigned_user_id_module, createdtime, _synced_at) VALUES
      (401, 'Call', 'Not Started', '2024-02-14', 1001, 'Potentials', 1, 'Users',
        '2024-02-01 09:00:00', '2024-02-01 00:00:00'),
      (402, 'Ask', 'Completed', '2024-02-14', 1003, 'Potentials', 1, 'Users',
        '2024-02-01 09:00:00', '2024-02-01 00:00:00');
    """

  private static let past = """
    INSERT INTO changes (run_id, table_name, row_key, change, synced_before, changed_at, "before",
        "after") VALUES
      (1, 'potentials', 1001, 'update', '2024-02-01 02:30:00', '2024-02-02 02:30:00',
        '{"sales_stage":"Prospecting","probability":10}',
        '{"sales_stage":"Qualification","probability":20}'),
      (2, 'potentials', 1003, 'update', '2024-02-02 02:30:00', '2024-02-03 02:30:00',
        '{"sales_stage":"Negotiation","isclosed":0}', '{"sales_stage":"Closed Lost","isclosed":1}'),
      (3, 'potentials', 1001, 'update', '2024-02-02 02:30:00', '2024-02-05 02:30:00',
        '{"sales_stage":"Qualification","probability":20}',
        '{"sales_stage":"Prospecting","probability":10}'),
      (4, 'potentials', 1001, 'update', '2024-02-05 02:30:00', '2024-02-08 02:30:00',
        '{"sales_stage":"Prospecting","probability":10,"amount":800.0}',
        '{"sales_stage":"Negotiation","probability":50,"amount":1000.0}'),
      (5, 'potentials', 1003, 'update', '2024-02-03 02:30:00', '2024-02-09 02:30:00',
        '{"sales_stage":"Closed Lost","isclosed":1}',
        '{"sales_stage":"Qualification","isclosed":0}'),
      (6, 'potentials', 1002, 'update', '2024-02-02 02:30:00', '2024-02-11 02:30:00',
        '{"sales_stage":"Negotiation","isclosed":0}', '{"sales_stage":"Closed Won","isclosed":1}');
    """

  @Test func `a deal has names, a state, and the days of the reports' clock`() throws {
    #expect(
      try lines(
        """
        SELECT name, party, organisation, owner, team, pipeline, milestone, state, value_currency,
            weighted_value, created_on, is_overdue, closed_on, days_to_close, last_open_milestone,
            days_in_stage, open_tasks
          FROM v_opportunity ORDER BY id
        """) == """
          Shop|Ben Lee|Acme|Sales|Sales|Deals|Negotiation|open|EUR|500.0|2024-02-01|0||||7|1
          Care|Acme|Acme|Ada Doe||Deals|Closed Won|won|EUR|500.0|2024-01-20|0|2024-02-10|21|\
          Negotiation||0
          Again|Acme|Acme|Ada Doe||Deals|Qualification|open|EUR|60.0|2024-01-20|1||||6|0
          """)
  }

  @Test func `who is gone is no party, and an inactive user no owner`() throws {
    #expect(
      try lines("SELECT id, type, display_name, organisation, owner, team FROM v_party ORDER BY id")
        == """
        101|organisation|Acme||Ada Doe|
        201|person|Ben Lee|Acme|bob|
        301|lead|Moe Ltd|Moe Ltd|Sales|Sales
        """)
    #expect(
      try lines("SELECT entity, name, problem FROM v_data_quality ORDER BY 1, 2, 3")
        == """
        opportunity|Again|expected close has passed
        opportunity|Again|no open task
        party|Ben Lee|owner is gone
        """)
  }

  @Test func `a stage entered twice is two stays, seen between runs`() throws {
    #expect(
      try lines(
        """
        SELECT stay, milestone, state, entered_after, entered_by, precision, left_by, is_current
          FROM v_stage_history WHERE opportunity = 'Shop' ORDER BY stay
        """) == """
          1|Prospecting|open|||unknown|2024-02-02 02:30:00|0
          2|Qualification|open|2024-02-01 02:30:00|2024-02-02 02:30:00|between runs|\
          2024-02-05 02:30:00|0
          3|Prospecting|open|2024-02-02 02:30:00|2024-02-05 02:30:00|between runs|\
          2024-02-08 02:30:00|0
          4|Negotiation|open|2024-02-05 02:30:00|2024-02-08 02:30:00|between runs||1
          """)
  }

  @Test func `a deal that was reopened came as far as it ever was`() throws {
    #expect(
      try lines(
        """
        SELECT milestone, reached, won, lost, "open", standing FROM v_stage_funnel
          ORDER BY milestone_id
        """) == "Prospecting|3|1|0|2|0\nQualification|3|1|0|2|1\nNegotiation|3|1|0|2|1")
  }

  @Test func `the pipeline of each day is what the replica saw`() throws {
    // Again is away from 3 to 8 February; Shop is worth 1,000 from the 8th; Care is won on the
    // 11th.
    #expect(
      try lines(
        """
        SELECT day, sum(total_value), sum(deals) FROM v_pipeline_daily
          WHERE day >= '2024-02-02' AND day NOT IN ('2024-02-05', '2024-02-06')
          GROUP BY day ORDER BY day LIMIT 10
        """) == """
          2024-02-02|1600.0|3
          2024-02-03|1300.0|2
          2024-02-04|1300.0|2
          2024-02-07|1300.0|2
          2024-02-08|1500.0|2
          2024-02-09|1800.0|3
          2024-02-10|1800.0|3
          2024-02-11|1300.0|2
          2024-02-12|1300.0|2
          2024-02-13|1300.0|2
          """)
  }

  @Test func `what was won counts for who owns it`() throws {
    #expect(
      try lines("SELECT month, pipeline, owner, currency, won, lost, won_value FROM v_win_rate")
        == "2024-02-01|Deals|Ada Doe|EUR|1|0|500.0")
    #expect(
      try lines("SELECT owner, \"open\", overdue FROM v_task_load") == "Ada Doe|1|1")
  }

  /// Else each deal would go through the history of all.
  @Test func `the past of a deal is found by its key`() throws {
    let steps = try lines("EXPLAIN QUERY PLAN SELECT * FROM v_opportunity").split(separator: "\n")
    let past = steps.filter { $0.contains(" h ") }
    #expect(past.count > 1)
    #expect(past.allSatisfy { $0.hasSuffix("_history_row (table_name=? AND row_key=?)") })
  }

  @Test func `each version of a deal has what it was then`() throws {
    #expect(
      try lines(
        """
        SELECT id, valid_from, valid_to, is_current, sales_stage, probability, amount
          FROM v_opportunity_versions WHERE id IN (1001, 1005) ORDER BY id, valid_from
        """) == """
          1001|2024-02-01 02:30:00|2024-02-02 02:30:00|0|Prospecting|10.0|800.0
          1001|2024-02-02 02:30:00|2024-02-05 02:30:00|0|Qualification|20.0|800.0
          1001|2024-02-05 02:30:00|2024-02-08 02:30:00|0|Prospecting|10.0|800.0
          1001|2024-02-08 02:30:00||1|Negotiation|50.0|1000.0
          """)
    #expect(
      try lines("SELECT id, is_current, taskstatus FROM v_task_versions ORDER BY id")
        == "401|1|Not Started\n402|1|Completed")
  }
}
