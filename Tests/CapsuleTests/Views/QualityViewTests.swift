import Testing

/// What is wrong with `GoldenAccount`, and with a few records more.
@Suite struct QualityViewTests {
  private static let account = """
    INSERT INTO parties (id, type, owner_id, missing_important_fields, _synced_at) VALUES
      (105, 'person', 8, 1, '2024-01-01 00:00:00');
    INSERT INTO party_email_addresses VALUES
      (105, 1, 'Work', 'BEN@acme.example'), (104, 1, 'Work', 'gone@acme.example'),
      (101, 1, 'Work', 'Gone@acme.example');
    INSERT INTO opportunities (id, name, owner_id, milestone_id, created_at, _synced_at) VALUES
      (1010, 'Won some day', 7, 13, '2024-01-01 00:00:00', '2024-01-01 00:00:00');
    INSERT INTO cases (id, name, owner_id, status, stage_id, expected_close_on, _synced_at) VALUES
      (301, 'Late', 7, 'OPEN', 53, '2024-02-29', '2024-01-01 00:00:00'),
      (302, 'Closed', 8, 'CLOSED', 53, '2024-02-29', '2024-01-01 00:00:00');
    INSERT INTO tasks (id, description, status, due_on, owner_id, _synced_at) VALUES
      (1, 'Some day', 'OPEN', NULL, 7, '2024-01-01 00:00:00'),
      (2, 'Late', 'OPEN', date('now', '-31 days'), 8, '2024-01-01 00:00:00'),
      (3, 'A little late', 'OPEN', date('now', '-30 days'), 7, '2024-01-01 00:00:00'),
      (4, 'Done', 'COMPLETED', NULL, 8, '2024-01-01 00:00:00');
    INSERT INTO tasks
        (id, description, status, due_on, owner_id, opportunity_id, case_id, _synced_at)
      VALUES
      (5, 'Ask', 'OPEN', '2999-01-01', 7, 1003, NULL, '2024-01-01 00:00:00'),
      (6, 'Call', 'OPEN', '2999-01-01', 7, 1005, NULL, '2024-01-01 00:00:00'),
      (7, 'Write', 'OPEN', '2999-01-01', 7, NULL, 302, '2024-01-01 00:00:00'),
      (8, 'Asked', 'COMPLETED', '2999-01-01', 7, 1001, NULL, '2024-01-01 00:00:00');
    """

  @Test func `each finding is a row`() throws {
    // An address of somebody who is gone is not a second one.
    let lines = try GoldenAccount(Self.account).lines(
      "SELECT entity, id, name, owner_id, problem FROM v_data_quality ORDER BY 1, 2, 5")
    #expect(
      lines == """
        case|301|Late|7|expected close has passed
        case|301|Late|7|on an archived board
        case|302|Closed|8|closed with open tasks
        opportunity|1001|Shop|7|expected close has passed
        opportunity|1001|Shop|7|no open task
        opportunity|1003|Bikes|7|closed with open tasks
        opportunity|1003|Bikes|7|no lost reason
        opportunity|1005|Again|7|no expected close
        opportunity|1005|Again|7|no value
        opportunity|1007|Old|8|at an archived pipeline
        opportunity|1007|Old|8|no open task
        opportunity|1007|Old|8|owner is gone
        opportunity|1010|Won some day|7|closed without a day
        party|102|Ben Lee|7|same e-mail address as another
        party|103|Cho||no e-mail address or phone number
        party|103|Cho||no owner
        party|105||8|missing important fields
        party|105||8|no name
        party|105||8|owner is gone
        party|105||8|same e-mail address as another
        task|1|Some day|7|no due date
        task|2|Late|8|overdue for more than 30 days
        task|2|Late|8|owner is gone
        """)
  }

  @Test func `an owner is gone who is deactivated, deleted or unknown`() throws {
    // 7 is there, 8 is deactivated, 9 was deleted, 99 was never seen. What is closed is not looked
    // at, nor are cases and tasks without an owner; a team is owner enough.
    let records = """
      INSERT INTO users (id, username, name, deleted, _synced_at, _deleted_at) VALUES
        (9, 'cy', 'Cy Poe', 0, '2024-01-01 00:00:00', '2024-02-01 00:00:00');
      INSERT INTO parties (id, type, name, owner_id, team_id, _synced_at) VALUES
        (1, 'organisation', 'Acme', 7, NULL, '2024-01-01 00:00:00'),
        (2, 'organisation', 'Bell', 9, NULL, '2024-01-01 00:00:00'),
        (3, 'organisation', 'Cost', 99, NULL, '2024-01-01 00:00:00'),
        (4, 'organisation', 'Dell', NULL, 5, '2024-01-01 00:00:00');
      INSERT INTO party_phone_numbers VALUES
        (1, 1, 'Work', '1'), (2, 2, 'Work', '2'), (3, 3, 'Work', '3'), (4, 4, 'Work', '4');
      INSERT INTO opportunities (id, name, owner_id, team_id, milestone_id, value_amount,
          expected_close_on, closed_on, lost_reason_id, _synced_at) VALUES
        (1, 'Open', 9, NULL, 11, 1, '2999-01-01', NULL, NULL, '2024-01-01 00:00:00'),
        (2, 'Shop', 99, NULL, 11, 1, '2999-01-01', NULL, NULL, '2024-01-01 00:00:00'),
        (3, 'Team', NULL, 5, 11, 1, '2999-01-01', NULL, NULL, '2024-01-01 00:00:00'),
        (4, 'None', NULL, NULL, 11, 1, '2999-01-01', NULL, NULL, '2024-01-01 00:00:00'),
        (5, 'Lost', 9, NULL, 14, 1, NULL, '2024-02-01', 31, '2024-01-01 00:00:00');
      INSERT INTO cases (id, name, owner_id, status, _synced_at) VALUES
        (1, 'Open', 9, 'OPEN', '2024-01-01 00:00:00'), (2, 'Shop', 99, 'OPEN',
          '2024-01-01 00:00:00'),
        (3, 'None', NULL, 'OPEN', '2024-01-01 00:00:00'),
        (4, 'Done', 9, 'CLOSED', '2024-01-01 00:00:00');
      INSERT INTO tasks (id, description, owner_id, status, due_on, _synced_at) VALUES
        (1, 'Open', 9, 'OPEN', '2999-01-01', '2024-01-01 00:00:00'),
        (2, 'Call', 99, 'OPEN', '2999-01-01', '2024-01-01 00:00:00'),
        (3, 'None', NULL, 'OPEN', '2999-01-01', '2024-01-01 00:00:00'),
        (4, 'Done', 9, 'COMPLETED', '2999-01-01', '2024-01-01 00:00:00');
      """
    let lines = try GoldenAccount(only: records).lines(
      """
      SELECT entity, id, name, owner_id, problem FROM v_data_quality
        WHERE problem <> 'no open task' ORDER BY 1, 2, 5
      """)
    #expect(
      lines == """
        case|1|Open|9|owner is gone
        case|2|Shop|99|owner is gone
        opportunity|1|Open|9|owner is gone
        opportunity|2|Shop|99|owner is gone
        opportunity|4|None||no owner
        party|2|Bell|9|owner is gone
        party|3|Cost|99|owner is gone
        task|1|Open|9|owner is gone
        task|2|Call|99|owner is gone
        """)
  }

  @Test func `blanks are no name, and nothing is no address`() throws {
    let records = """
      INSERT INTO parties (id, type, name, first_name, last_name, owner_id, _synced_at, _deleted_at)
        VALUES
        (1, 'organisation', '  ', NULL, NULL, 7, '2024-01-01 00:00:00', NULL),
        (2, 'person', NULL, ' ', ' ', 7, '2024-01-01 00:00:00', NULL),
        (3, 'person', NULL, ' ', 'Lee', 7, '2024-01-01 00:00:00', NULL),
        (4, 'person', NULL, 'Ann', NULL, 7, '2024-01-01 00:00:00', NULL),
        (5, 'person', NULL, 'Gone', NULL, 7, '2024-01-01 00:00:00', '2024-02-01 00:00:00');
      INSERT INTO party_email_addresses VALUES
        (1, 1, 'Work', ''), (2, 2, 'Work', ''), (3, 3, 'Work', 'a@b.example'), (3, 4, 'Home',
          'c@d.example'),
        (4, 5, 'Work', 'C@d.example'), (5, 6, 'Work', 'a@b.example');
      """
    let lines = try GoldenAccount(only: records).lines(
      "SELECT id, name, problem FROM v_data_quality ORDER BY 1, 3")
    #expect(
      lines == """
        1|  |no name
        2||no name
        3|Lee|same e-mail address as another
        4|Ann|same e-mail address as another
        """)
  }
}
