import Capsule
import Model
import ReplicaFile
import Testing

/// Reports on `GoldenAccount` and on a few records more, worked out by hand.
@Suite struct ReportViewTests {
  @Test func `a cohort is what became of the deals made in a month`() throws {
    // Boats was lost for a reason that does not count: one of one was won in euros. Leap took from
    // 28 February to 29 February of the next year.
    let lines = try GoldenAccount().lines(
      """
      SELECT month, pipeline, currency, created, "open", won, lost, win_rate, created_value,
          won_value, mean_days_to_win
        FROM v_win_rate_cohort ORDER BY month, currency
      """)
    #expect(
      lines == """
        2023-01-01|Old sales|USD|1|1|0|0||7000.0|0.0|
        2023-02-01|Old sales|USD|1|0|1|0|1.0|50.0|50.0|366.0
        2024-01-01|Sales|GBP|1|1|0|0||1000.0|0.0|
        2024-02-01|Sales|EUR|2|0|1|0|1.0|1500.0|1200.0|0.0
        2024-02-01|Sales|GBP|1|0|0|1|0.0|500.0|0.0|
        2024-03-01|Sales||1|1|0|0||0.0|0.0|
        2024-03-01|Sales|GBP|1|0|1|0|1.0|2000.0|2000.0|19.0
        """)
  }

  @Test func `a tag has the deals that bear it`() throws {
    // Shop is open, Twice is won and Bikes is lost; Twice has both tags. A deleted deal has none.
    let lines = try GoldenAccount(
      """
      INSERT INTO tag_definitions (entity, id, name, _synced_at) VALUES
        ('opportunity', 1, 'Fair', '2024-01-01 00:00:00'),
        ('opportunity', 2, 'Web', '2024-01-01 00:00:00'),
        ('party', 1, 'Press', '2024-01-01 00:00:00');
      INSERT INTO opportunity_tags VALUES (1001, 1), (1003, 1), (1006, 1), (1006, 2), (1008, 2);
      INSERT INTO party_tags VALUES (101, 1), (104, 1);
      """
    ).lines(
      """
      SELECT tag, pipeline, currency, "open", won, lost, win_rate, won_value FROM v_win_rate_by_tag
      UNION ALL SELECT tag, party_id, NULL, NULL, NULL, NULL, NULL, NULL FROM v_party_tag ORDER BY 1
      """)
    #expect(
      lines == """
        Fair|Sales|GBP|1|1|1|0.5|2000.0
        Press|101||||||
        Web|Sales|GBP|0|1|0|1.0|2000.0
        """)
  }

  @Test func `income is spread over the months of its periods`() throws {
    // Rent is 100 a month for three months from 31 January on, and one of those is February.
    let lines = try GoldenAccount(
      """
      INSERT INTO opportunities (id, name, milestone_id, value_amount, value_currency,
          duration_basis, duration, probability, expected_close_on, created_at, _synced_at)
        VALUES (1, 'Rent', 12, 100, 'EUR', 'MONTH', 3, 50, '2025-01-31', '2024-01-01 00:00:00',
          '2024-01-01 00:00:00'),
        (2, 'Year', 12, 120, 'EUR', 'QUARTER', 2, 10, '2025-02-01', '2024-01-01 00:00:00',
          '2024-01-01 00:00:00');
      """
    ).lines(
      """
      SELECT month, pipeline, currency, deals, value, weighted_value, recurring_value
        FROM v_forecast_spread ORDER BY month
      """)
    #expect(
      lines == """
        |Sales||1|0.0|0.0|0.0
        2024-02-01|Sales|GBP|1|1000.0|500.0|0.0
        2025-01-01|Sales|EUR|1|100.0|50.0|100.0
        2025-02-01|Sales|EUR|2|220.0|62.0|220.0
        2025-03-01|Sales|EUR|1|100.0|50.0|100.0
        2025-05-01|Sales|EUR|1|120.0|12.0|120.0
        2999-01-01|Old sales|USD|1|7000.0|1400.0|7000.0
        """)
  }

  @Test func `the owner at the close is the one of then`() throws {
    // Bikes was owned by Bob until April, a month after it was lost. Twice was handed to Ada before
    // it was won.
    let lines = try GoldenAccount(
      """
      INSERT INTO changes (run_id, table_name, row_key, change, synced_before, changed_at, "before",
          "after") VALUES
        (10, 'opportunities', 1003, 'update', '2024-03-01 02:30:00', '2024-04-01 02:30:00',
          '{"owner_id":8}', '{"owner_id":7}');
      """
    ).lines(
      """
      SELECT opportunity, state, owner, owner_at_close, precision FROM v_owner_at_close ORDER BY 1
      """)
    #expect(
      lines == """
        Bikes|lost|Ada Doe|Bob Roe|first seen
        Boats|lost|Bob Roe|Bob Roe|first seen
        Care|won|Ada Doe|Ada Doe|first seen
        Leap|won|Ada Doe|Ada Doe|first seen
        Twice|won|Ada Doe|Ada Doe|seen
        """)
  }

  @Test func `stays turn into what became of them`() throws {
    // In March Twice came to Lead twice, once exactly three days, and to Bid twice, from where it
    // went back once; Again stands at Lead since. What came before the replica is of no month.
    let lines = try GoldenAccount().lines(
      """
      SELECT month, milestone, entered, went_on, went_back, lost, left_otherwise, still_here,
          median_days, p90_days
        FROM v_stage_conversion ORDER BY month, milestone_id
      """)
    #expect(
      lines == """
        |Lead|2|0|0|2|0|0||
        |Bid|2|1|0|1|0|0||
        |Old lead|2|1|0|0|0|1||
        2024-02-01|Bid|1|0|0|0|0|1||
        2024-03-01|Lead|3|2|0|0|0|1|3.0|3.0
        2024-03-01|Bid|2|1|1|0|0|0|6.25|6.25
        """)
  }

  @Test func `an organisation has what its people have`() throws {
    // Acme's own deals and those of Ben, who works there. The dollar of Leap has no rate.
    let lines = try GoldenAccount(
      """
      INSERT INTO entries (id, type, entry_at, party_id, _synced_at) VALUES
        (1, 'note', '2024-03-01 10:00:00', 101, '2024-03-01 00:00:00'),
        (2, 'email', '2024-03-02 10:00:00', NULL, '2024-03-01 00:00:00'),
        (3, 'note', '2024-03-03 10:00:00', 103, '2024-03-01 00:00:00');
      INSERT INTO entry_parties VALUES (2, 102), (2, 103);
      """
    ).lines(
      """
      SELECT id, name, owner, people, entries, last_entry_at, days_silent > 600, open_deals,
          won_deals, lost_deals, won_base_value, first_won_on, last_won_on, customer
        FROM v_organisation
      """)
    #expect(
      lines
        == "101|Acme|Ada Doe|1|2|2024-03-02 10:00:00|1|3|3|2||2024-01-31|2024-03-20|repeat")
  }

  @Test func `tasks are done in time, late, or at no known time`() throws {
    let lines = try GoldenAccount(
      only: """
        INSERT INTO tasks (id, description, due_on, status, owner_id, completed_at, created_at,
            _synced_at) VALUES
          (1, 'In time', '2024-02-10', 'COMPLETED', 7, '2024-02-10 23:00:00',
            '2024-02-10 08:00:00', '2024-03-01 00:00:00'),
          (2, 'Late', '2024-02-10', 'COMPLETED', 7, '2024-02-14 01:00:00', '2024-02-04 08:00:00',
            '2024-03-01 00:00:00'),
          (3, 'Free', NULL, 'COMPLETED', 7, '2024-02-29 01:00:00', '2024-01-01 08:00:00',
            '2024-03-01 00:00:00'),
          (4, 'Some day', '2024-02-10', 'COMPLETED', 8, NULL, '2024-01-01 08:00:00',
            '2024-03-01 00:00:00'),
          (5, 'Open', '2024-02-10', 'OPEN', 7, NULL, '2024-01-01 08:00:00', '2024-03-01 00:00:00');
        """
    ).lines(
      """
      SELECT month, owner, completed, in_time, late, without_date, in_time_rate, mean_days_late,
          mean_age_days, within_1_day, within_7_days, within_30_days
        FROM v_task_performance ORDER BY month
      """)
    // Ages of 0, 10 and 59 days.
    #expect(
      lines == """
        |Bob Roe|1|0|0|0||||0|0|0
        2024-02-01|Ada Doe|3|1|1|1|0.5|4.0|23.0|1|1|2
        """)
  }

  @Test func `cases take days to close`() throws {
    let lines = try GoldenAccount(
      only: """
        INSERT INTO cases (id, name, status, stage_id, closed_on, created_at, _synced_at) VALUES
          (1, 'A', 'CLOSED', 51, '2024-02-10', '2024-02-01 08:00:00', '2024-03-01 00:00:00'),
          (2, 'B', 'CLOSED', 52, '2024-02-20', '2024-02-18 08:00:00', '2024-03-01 00:00:00'),
          (3, 'C', 'CLOSED', NULL, NULL, '2024-02-18 08:00:00', '2024-03-01 00:00:00'),
          (4, 'D', 'OPEN', 51, NULL, '2024-02-18 08:00:00', '2024-03-01 00:00:00');
        """
    ).lines("SELECT * FROM v_case_cycle ORDER BY month")
    #expect(lines == "|||1|||\n2024-02-01|41|Delivery|2|5.5|5.5|9")
  }

  @Test func `entries have an hour of the reports' clock`() throws {
    // A Sunday evening in UTC is a Monday morning ten hours further east.
    let account = try GoldenAccount(
      only: """
        INSERT INTO entries (id, type, entry_at, creator_id, _synced_at) VALUES
          (1, 'note', '2024-03-03 22:30:00', 7, '2024-03-01 00:00:00'),
          (2, 'note', '2024-03-03 13:59:59', 7, '2024-03-01 00:00:00'),
          (3, 'note', NULL, 7, '2024-03-01 00:00:00');
        """)
    let hourly = "SELECT weekday, hour, creator, type, entries FROM v_activity_hourly ORDER BY 1, 2"
    #expect(try account.lines(hourly) == "7|13|Ada Doe|note|1\n7|22|Ada Doe|note|1")
    try ReportClock(account.connection).set([(from: Timestamp(0), seconds: 36_000)])
    #expect(try account.lines(hourly) == "1|8|Ada Doe|note|1\n7|23|Ada Doe|note|1")
  }

  @Test func `a goal counts what was reached in each of its periods`() throws {
    // It is 15 March 2024. Ada's month of March has one deal won, of 2,000 pounds; two were made
    // then, of which one is in no currency. Bid was reached twice in March, and once in February
    // by a deal that stands there since.
    let account = try GoldenAccount(
      """
      INSERT INTO goals (id, name, frequency, start_on, end_on, type, value, currency, user_id,
          pipeline_id, milestone_id, _synced_at) VALUES
        (1, 'Pounds', 'MONTHLY', '2024-02-01', '2024-12-31',
          'bbc7a4b4-78eb-3bbd-85bb-9f20ec2e3f5d', 4000, 'GBP', 7, NULL, NULL,
          '2024-01-01 00:00:00'),
        (2, 'Made', 'FIXED', '2024-03-01', '2024-03-10', '18305eb9-2c50-35ba-88e5-876be543e055', 4,
          NULL, NULL, 1, NULL, '2024-01-01 00:00:00'),
        (3, 'Bids', 'YEARLY', '2024-01-01', NULL, '1659cb58-2401-30eb-aa82-c42771aea74e', 6, NULL,
          NULL, NULL, 12, '2024-01-01 00:00:00'),
        (4, 'Later', 'DAILY', '2025-01-01', NULL, '264be3b0-490b-3d73-ae0d-d02b488ba1eb', 6, NULL,
          NULL, NULL, NULL, '2024-01-01 00:00:00');
      """, at: Timestamp(1_710_504_000))
    let lines = try account.lines(
      """
      SELECT goal, type, user, begins_on, ends_on, is_current, target, reached, share, days_left
        FROM v_goal_progress ORDER BY goal_id, begins_on
      """)
    #expect(
      lines == """
        Pounds|won value|Ada Doe|2024-02-01|2024-02-29|0|4000.0|0.0|0.0|
        Pounds|won value|Ada Doe|2024-03-01|2024-03-31|1|4000.0|2000.0|0.5|16
        Made|created||2024-03-01|2024-03-10|0|4.0|2.0|0.5|
        Bids|reached||2024-01-01|2024-12-31|1|6.0|3.0|0.5|291
        """)
  }

  @Test func `a goal that is old has its last periods`() throws {
    // It is 15 March 2024. Each goal has 400 periods at most, and the present one among them; one
    // that is over has its last. The 531st month has the 31st as its first day.
    let account = try GoldenAccount(
      only: """
        INSERT INTO goals (id, name, frequency, start_on, end_on, type, value, _synced_at) VALUES
          (1, 'Days', 'DAILY', '2020-01-01', NULL, '264be3b0-490b-3d73-ae0d-d02b488ba1eb', 6,
            '2024-01-01 00:00:00'),
          (2, 'Weeks', 'WEEKLY', '2010-01-01', NULL, '264be3b0-490b-3d73-ae0d-d02b488ba1eb', 6,
            '2024-01-01 00:00:00'),
          (3, 'Months', 'MONTHLY', '1980-01-31', NULL, '264be3b0-490b-3d73-ae0d-d02b488ba1eb', 6,
            '2024-01-01 00:00:00'),
          (4, 'Over', 'DAILY', '2020-01-01', '2022-12-31', '264be3b0-490b-3d73-ae0d-d02b488ba1eb',
            6, '2024-01-01 00:00:00');
        """, at: Timestamp(1_710_504_000))
    let lines = try account.lines(
      """
      SELECT goal, min(begins_on), max(begins_on), max(ends_on), count(*), sum(is_current)
        FROM v_goal_progress GROUP BY goal_id
      """)
    #expect(
      lines == """
        Days|2023-02-10|2024-03-15|2024-03-15|400|1
        Weeks|2016-07-22|2024-03-15|2024-03-21|400|1
        Months|1990-12-31|2024-03-02|2024-03-30|399|1
        Over|2021-11-27|2022-12-31|2022-12-31|400|0
        """)
  }

  @Test func `the changes of a week add up`() throws {
    // Shop is worth 900 until Wednesday 14 February, then 1,000; Care is won on the Thursday of the
    // same week, and a deal of 70 euros is made on Friday.
    let account = try GoldenAccount(
      only: """
        INSERT INTO opportunities (id, name, milestone_id, value_amount, value_currency,
            duration_basis, probability, created_at, last_stage_changed_at, closed_on, _synced_at)
          VALUES
          (1, 'Shop', 12, 1000, 'EUR', 'FIXED', 50, '2024-01-01 09:00:00', '2024-01-01 09:00:00',
            NULL, '2024-01-02 00:00:00'),
          (2, 'Care', 13, 300, 'EUR', 'FIXED', 100, '2024-01-01 09:00:00', '2024-02-15 09:00:00',
            '2024-02-15', '2024-01-02 00:00:00'),
          (3, 'New', 11, 70, 'EUR', 'FIXED', 10, '2024-02-16 09:00:00', '2024-02-16 09:00:00', NULL,
            '2024-02-17 00:00:00');
        INSERT INTO changes (run_id, table_name, row_key, change, synced_before, changed_at,
            "before", "after") VALUES
          (1, 'opportunities', 1, 'update', '2024-01-02 00:00:00', '2024-02-14 02:30:00',
            '{"value_amount":900.0}', '{"value_amount":1000.0}'),
          (1, 'opportunities', 2, 'update', '2024-01-02 00:00:00', '2024-02-16 02:30:00',
            '{"milestone_id":12,"probability":50,"closed_on":null,\
        "last_stage_changed_at":"2024-01-01 09:00:00"}',
            '{"milestone_id":13,"probability":100,"closed_on":"2024-02-15",\
        "last_stage_changed_at":"2024-02-15 09:00:00"}');
        """, at: Timestamp(1_708_344_000))
    // It is Monday 19 February.
    let lines = try account.lines(
      """
      SELECT week, opening_value, made_value, raised_value, won_value, closing_value,
          opening_deals, closing_deals
        FROM v_pipeline_changes WHERE week >= '2024-02-05' OR made_value <> 0 ORDER BY week
      """)
    #expect(
      lines == """
        2024-01-01|0.0|1200.0|0.0|0.0|1200.0|0|2
        2024-02-05|1200.0|0.0|0.0|0.0|1200.0|2|2
        2024-02-12|1200.0|70.0|100.0|-300.0|1070.0|2|2
        2024-02-19|1070.0|0.0|0.0|0.0|1070.0|2|2
        """)
    // The day view says the same.
    #expect(
      try account.lines(
        "SELECT sum(total_value), sum(deals) FROM v_pipeline_daily WHERE day = '2024-02-18'")
        == "1070.0|2")
  }

  @Test func `a table has so many rows that live`() throws {
    // One party and one deal are tombstones; the file has no table of the last name.
    let account = try GoldenAccount(
      """
      INSERT INTO _cursors (table_name)
        VALUES ('parties'), ('opportunities'), ('teams'), ('others');
      """)
    #expect(
      try account.lines("SELECT table_name, living_rows FROM v_sync_freshness ORDER BY 1")
        == "opportunities|8\nothers|\nparties|3\nteams|0")
  }

  @Test func `a deal leaves the pipeline where its milestone is not known`() throws {
    // Each deal is made on Monday 5 February. Lost goes to a milestone that is not known on the
    // 12th, Found comes from one, Passing is there between the 8th and the 14th.
    let account = try GoldenAccount(
      only: """
        INSERT INTO opportunities (id, name, milestone_id, value_amount, value_currency,
            duration_basis, probability, created_at, last_stage_changed_at, _synced_at)
          VALUES
          (1, 'Lost', 99, 10, 'EUR', 'FIXED', 50, '2024-02-05 09:00:00', '2024-02-12 09:00:00',
            '2024-02-13 00:00:00'),
          (2, 'Found', 12, 200, 'EUR', 'FIXED', 50, '2024-02-05 09:00:00', '2024-02-12 09:00:00',
            '2024-02-13 00:00:00'),
          (3, 'Passing', 12, 3000, 'EUR', 'FIXED', 50, '2024-02-05 09:00:00',
            '2024-02-14 09:00:00', '2024-02-15 00:00:00');
        INSERT INTO changes (run_id, table_name, row_key, change, synced_before, changed_at,
            "before", "after") VALUES
          (1, 'opportunities', 1, 'update', '2024-02-06 00:00:00', '2024-02-13 00:00:00',
            '{"milestone_id":11,"last_stage_changed_at":"2024-02-05 09:00:00"}', '{}'),
          (1, 'opportunities', 2, 'update', '2024-02-06 00:00:00', '2024-02-13 00:00:00',
            '{"milestone_id":99,"last_stage_changed_at":"2024-02-05 09:00:00"}', '{}'),
          (1, 'opportunities', 3, 'update', '2024-02-06 00:00:00', '2024-02-09 00:00:00',
            '{"milestone_id":11,"last_stage_changed_at":"2024-02-05 09:00:00"}', '{}'),
          (2, 'opportunities', 3, 'update', '2024-02-09 00:00:00', '2024-02-15 00:00:00',
            '{"milestone_id":99,"last_stage_changed_at":"2024-02-08 09:00:00"}', '{}');
        """, at: Timestamp(1_708_344_000))
    let lines = try account.lines(
      """
      SELECT week, opening_value, made_value, reopened_value, closed_value, closing_value,
          closing_deals
        FROM v_pipeline_changes ORDER BY week
      """)
    #expect(
      lines == """
        2024-02-05|0.0|3010.0|0.0|-3000.0|10.0|1
        2024-02-12|10.0|0.0|3200.0|-10.0|3200.0|2
        2024-02-19|3200.0|0.0|0.0|0.0|3200.0|2
        """)
    // The day view says the same.
    #expect(
      try account.lines(
        """
        SELECT day, sum(total_value), sum(deals) FROM v_pipeline_daily
          WHERE day IN ('2024-02-11', '2024-02-18', '2024-02-19') GROUP BY day
        """) == "2024-02-11|10.0|1\n2024-02-18|3200.0|2\n2024-02-19|3200.0|2")
  }
}
