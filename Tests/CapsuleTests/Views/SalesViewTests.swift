import Testing

/// The views on deals, each figure worked out by hand from `GoldenAccount`.
@Suite struct SalesViewTests {
  @Test(arguments: [
    (
      // A complete milestone of 100 is won, one of 0 lost. A lost deal counts for conversion unless
      // its reason says otherwise. 12 months of 100 are 1,200, 10 hours of 700 are 7,000.
      """
      SELECT id, state, counts_for_conversion, total_value, value_currency, weighted_value
        FROM v_opportunity ORDER BY id
      """,
      """
      1001|open||1000.0|GBP|500.0
      1002|won|1|1200.0|EUR|1200.0
      1003|lost|1|500.0|GBP|0.0
      1004|lost|0|300.0|EUR|0.0
      1005|open||||
      1006|won|1|2000.0|GBP|2000.0
      1007|open||7000.0|USD|1400.0
      1009|won|1|50.0|USD|50.0
      """
    ),
    (
      // 1,200 at 0.85, the rate of the day before closing; 300 at the later 0.8. The dollar's only
      // rate comes after all deals.
      "SELECT id, fx_rate, base_value FROM v_opportunity ORDER BY id",
      """
      1001|1.0|1000.0
      1002|0.85|1020.0
      1003|1.0|500.0
      1004|0.8|240.0
      1005||
      1006|1.0|2000.0
      1007||
      1009||
      """
    ),
    (
      // The day before it was made, by the calendar, is 0 days; February of 2024 has 29, and that
      // year 366.
      """
      SELECT id, is_overdue, days_to_close, is_stale, days_in_stage IS NOT NULL, days_until_stale
        FROM v_opportunity ORDER BY id
      """,
      """
      1001|1||1|1|14
      1002|0|0|0|0|
      1003|0|28|0|0|
      1004|0|10|0|0|
      1005|0||0|1|
      1006|0|19|0|0|
      1007|0||0|1|
      1009|0|366|0|0|
      """
    ),
    (
      """
      SELECT
          id, party, organisation_id, organisation, owner, pipeline, pipeline_archived, milestone,
          last_open_milestone, lost_reason
        FROM v_opportunity WHERE id IN (1001, 1004, 1007) ORDER BY id
      """,
      """
      1001|Ben Lee|101|Acme|Ada Doe|Sales|0|Bid|Bid|
      1004|Acme|101|Acme|Bob Roe|Sales|0|Lost|Lead|No answer
      1007|Acme|101|Acme|Bob Roe|Old sales|1|Old lead|Old lead|
      """
    ),
    ("SELECT id, days_over > 600 FROM v_stale_opportunities", "1001|1"),
    (
      """
      SELECT opportunity_id, changed_after, changed_by, expected_before, expected_after, days_moved
        FROM v_slippage
      """,
      "1001|2024-02-11 02:30:00|2024-02-12 02:30:00|2024-02-15|2024-02-29|14"
    ),
    (
      """
      SELECT pipeline, pipeline_archived, milestone, currency, deals, stale_deals, overdue_deals,
          total_value, weighted_value, base_value
        FROM v_pipeline_snapshot ORDER BY milestone_id
      """,
      """
      Sales|0|Lead||1|0|0|0.0|0.0|
      Sales|0|Bid|GBP|1|1|1|1000.0|500.0|1000.0
      Old sales|1|Old lead|USD|1|0|0|7000.0|1400.0|
      """
    ),
    (
      // February in pounds: lost without a reason, which counts. In euros: lost for a reason that
      // does not.
      """
      SELECT month, pipeline, owner, currency, won, lost, lost_not_counted, win_rate, won_value,
          lost_value, won_base_value
        FROM v_win_rate ORDER BY 1, 2, 3
      """,
      """
      2024-01-01|Sales|Ada Doe|EUR|1|0|0|1.0|1200.0|0.0|1020.0
      2024-02-01|Old sales|Ada Doe|USD|1|0|0|1.0|50.0|0.0|
      2024-02-01|Sales|Ada Doe|GBP|0|1|0|0.0|0.0|500.0|
      2024-02-01|Sales|Bob Roe|EUR|0|0|1||0.0|0.0|
      2024-03-01|Sales|Ada Doe|GBP|1|0|0|1.0|2000.0|0.0|2000.0
      """
    ),
    (
      """
      SELECT month, pipeline, lost_reason_id, lost_reason, counts_for_conversion, currency, deals,
          total_value, base_value
        FROM v_lost_reasons ORDER BY lost_reason_id
      """,
      """
      2024-02-01|Sales|||1|GBP|1|500.0|500.0
      2024-02-01|Sales|32|No answer|0|EUR|1|300.0|240.0
      """
    ),
    (
      """
      SELECT month, pipeline, state, deals, mean_days, median_days, shortest_days, longest_days
        FROM v_sales_cycle ORDER BY 1, 2
      """,
      """
      2024-01-01|Sales|won|1|0.0|0.0|0|0
      2024-02-01|Old sales|won|1|366.0|366.0|366|366
      2024-02-01|Sales|lost|2|19.0|19.0|10|28
      2024-03-01|Sales|won|1|19.0|19.0|19|19
      """
    ),
    (
      """
      SELECT month, pipeline, owner, currency, deals, overdue_deals, total_value, weighted_value,
          base_value, weighted_base_value
        FROM v_forecast ORDER BY 1
      """,
      """
      |Sales|Ada Doe||1|0|0.0|0.0||
      2024-02-01|Sales|Ada Doe|GBP|1|1|1000.0|500.0|1000.0|500.0
      2999-01-01|Old sales|Bob Roe|USD|1|0|7000.0|1400.0||
      """
    ),
    (
      // Shop was made on 31 January and Care an hour later, which is February in UTC. Boats was
      // lost for a reason that does not count. Twice belongs to Ada, who took it over from Bob.
      """
      SELECT month, owner, currency, created, created_value, won, won_value, won_base_value, lost,
          lost_value, win_rate, mean_days_to_win
        FROM v_owner_performance ORDER BY 1, 2, 3
      """,
      """
      2023-01-01|Bob Roe|USD|1|7000.0|0|0.0||0|0.0||
      2023-02-01|Ada Doe|USD|1|50.0|0|0.0||0|0.0||
      2024-01-01|Ada Doe|EUR|0|0.0|1|1200.0|1020.0|0|0.0|1.0|0.0
      2024-01-01|Ada Doe|GBP|1|1000.0|0|0.0||0|0.0||
      2024-02-01|Ada Doe|EUR|1|1200.0|0|0.0||0|0.0||
      2024-02-01|Ada Doe|GBP|1|500.0|0|0.0||1|500.0|0.0|
      2024-02-01|Ada Doe|USD|0|0.0|1|50.0||0|0.0|1.0|366.0
      2024-02-01|Bob Roe|EUR|1|300.0|0|0.0||0|0.0||
      2024-03-01|Ada Doe||1|0.0|0|0.0||0|0.0||
      2024-03-01|Ada Doe|GBP|1|2000.0|1|2000.0|2000.0|0|0.0|1.0|19.0
      """
    ),
  ])
  func `a view shows what was worked out by hand`(sql: String, expected: String) throws {
    #expect(try GoldenAccount().lines(sql) == expected)
  }

  @Test func `velocity is deals by rate by value over days`() throws {
    // Two open, three won of 100, 200 and 300 in 10, 20 and 30 days, one lost that counts and one
    // that does not, and one won too long ago: 2 * 3/4 * 200 / 20 = 15 a day.
    let deals = """
      INSERT INTO opportunities
          (id, milestone_id, lost_reason_id, value_amount, value_currency, created_at, closed_on,
          _synced_at)
        VALUES
        (1, 11, NULL, 10, 'GBP', '2024-01-01 09:00:00', NULL, '2024-01-01 09:00:00'),
        (2, 12, NULL, 10, 'GBP', '2024-01-01 09:00:00', NULL, '2024-01-01 09:00:00'),
        (3, 13, NULL, 100, 'GBP', datetime('now', '-40 days'), date('now', '-30 days'),
          '2024-01-01 09:00:00'),
        (4, 13, NULL, 200, 'GBP', datetime('now', '-50 days'), date('now', '-30 days'),
          '2024-01-01 09:00:00'),
        (5, 13, NULL, 300, 'GBP', datetime('now', '-60 days'), date('now', '-30 days'),
          '2024-01-01 09:00:00'),
        (6, 14, 31, 900, 'GBP', datetime('now', '-60 days'), date('now', '-30 days'),
          '2024-01-01 09:00:00'),
        (7, 14, 32, 900, 'GBP', datetime('now', '-60 days'), date('now', '-30 days'),
          '2024-01-01 09:00:00'),
        (8, 13, NULL, 900, 'GBP', '2024-01-01 09:00:00', date('now', '-366 days'),
          '2024-01-01 09:00:00'),
        (9, 11, NULL, 10, 'EUR', '2024-01-01 09:00:00', NULL, '2024-01-01 09:00:00');
      """
    let result = try GoldenAccount(only: deals).lines(
      """
      SELECT pipeline, currency, open_deals, won, lost, win_rate, mean_won_value, mean_days_to_win,
          value_per_day
        FROM v_sales_velocity ORDER BY currency
      """)
    #expect(result == "Sales|EUR|1|0|0||||\nSales|GBP|2|3|1|0.75|200.0|20.0|15.0")
  }

  /// What seldom happens. 1: an amount without a currency, at a fixed price with a duration. 2: a
  /// duration without a basis. 3: a basis without a duration. 4: at a complete milestone of 50
  /// percent. 5: reopened, with its old day of closing. 6 and 7: closed without a day. 8: at its
  /// milestone since tomorrow, as when the clocks differ. 9 and 10: lost for a reason that does not
  /// count, or none that is known.
  static let odd = """
    INSERT INTO milestones (id, name, complete, probability, pipeline_id, _synced_at) VALUES
      (15, 'Half', 1, 50, 1, '2024-01-01 00:00:00');
    INSERT INTO fx_rates VALUES ('EUR', '2024-01-30', 0.85), ('EUR', '2024-02-10', 0.8);
    INSERT INTO opportunities
        (id, milestone_id, owner_id, lost_reason_id, value_amount, value_currency, duration_basis,
        duration, created_at, closed_on, last_stage_changed_at, _synced_at)
      VALUES
      (1, 12, 7, NULL, 100, NULL, 'FIXED', 12, '2024-01-01 09:00:00', NULL,
        datetime('now', '-14 days'), '2024-01-01 00:00:00'),
      (2, 12, 7, NULL, 100, 'EUR', NULL, 3, '2024-01-01 09:00:00', NULL,
        datetime('now', '-13 days'), '2024-01-01 00:00:00'),
      (3, 12, 7, NULL, 100, 'EUR', 'MONTH', NULL, '2024-01-01 09:00:00', NULL,
        datetime('now', '-15 days'), '2024-01-01 00:00:00'),
      (4, 15, 7, NULL, 100, 'EUR', 'FIXED', NULL, '2024-01-01 09:00:00', '2024-01-31', NULL,
        '2024-01-01 00:00:00'),
      (5, 11, 7, NULL, 100, 'EUR', 'DAY', 2, '2024-01-01 09:00:00', '2024-01-31',
        datetime('now', '-1 day'), '2024-01-01 00:00:00'),
      (6, 13, 7, NULL, 100, 'EUR', 'FIXED', NULL, '2024-01-01 09:00:00', NULL, NULL,
        '2024-01-01 00:00:00'),
      (7, 14, 8, NULL, 100, 'EUR', 'FIXED', NULL, '2024-01-01 09:00:00', NULL, NULL,
        '2024-01-01 00:00:00'),
      (8, 12, 7, NULL, NULL, 'EUR', 'FIXED', NULL, datetime('now', '+2 days'), NULL,
        datetime('now', '+1 day', '+1 hour'), '2024-01-01 00:00:00'),
      (9, 14, 8, 32, 100, 'EUR', 'FIXED', NULL, NULL, '2024-01-31', NULL, '2024-01-01 00:00:00'),
      (10, 14, 8, 99, 100, NULL, 'FIXED', NULL, '2024-01-01 09:00:00', '2024-01-31', NULL,
        '2024-01-01 00:00:00');
    """

  @Test(arguments: [
    (
      // A fixed price, and one without a basis, is not multiplied; a basis without a duration
      // counts one period. Without a probability of its own, a deal has that of its milestone. Half
      // is neither won nor lost. The reopened deal has today's rate of 0.8, not the 0.85 of the day
      // it was once closed.
      """
      SELECT id, state, counts_for_conversion, total_value, weighted_value, fx_rate, base_value,
          days_to_close, days_in_stage, is_stale
        FROM v_opportunity ORDER BY id
      """,
      """
      1|open||100.0|50.0||||14|1
      2|open||100.0|50.0|0.8|80.0||13|0
      3|open||100.0|50.0|0.8|80.0||15|1
      4|||100.0|50.0|0.85|85.0|||0
      5|open||200.0|20.0|0.8|160.0||1|0
      6|won|1|100.0|100.0|0.8|80.0|||0
      7|lost|1|100.0|0.0|0.8|80.0|||0
      8|open||||0.8|||0|0
      9|lost|0|100.0|0.0|0.85|85.0|||0
      10|lost|1|100.0|0.0|||30||0
      """
    ),
    (
      // Closed without a day is a row without a month.
      """
      SELECT month, owner, currency, won, lost, lost_not_counted, win_rate, won_value, lost_value,
          won_base_value
        FROM v_win_rate ORDER BY 1, 2, 3
      """,
      """
      |Ada Doe|EUR|1|0|0|1.0|100.0|0.0|80.0
      |Bob Roe|EUR|0|1|0|0.0|0.0|100.0|
      2024-01-01|Bob Roe||0|1|0|0.0|0.0|100.0|
      2024-01-01|Bob Roe|EUR|0|0|1||0.0|0.0|
      """
    ),
    (
      """
      SELECT
          month, lost_reason_id, lost_reason, counts_for_conversion, currency, deals, total_value,
          base_value
        FROM v_lost_reasons ORDER BY 1, 2
      """,
      """
      |||1|EUR|1|100.0|80.0
      2024-01-01|32|No answer|0|EUR|1|100.0|85.0
      2024-01-01|99||1||1|100.0|
      """
    ),
    (
      // Deal 9 was made on no known day; no other of its month and currency was closed.
      """
      SELECT month, owner, currency, created, won, lost, lost_value, win_rate, mean_days_to_win
        FROM v_owner_performance WHERE month IS NULL OR month < '2025-01-01' ORDER BY 1, 2, 3
      """,
      """
      |Bob Roe|EUR|1|0|0|0.0||
      2024-01-01|Ada Doe||1|0|0|0.0||
      2024-01-01|Ada Doe|EUR|5|0|0|0.0||
      2024-01-01|Bob Roe||1|0|1|100.0|0.0|
      2024-01-01|Bob Roe|EUR|1|0|0|0.0||
      """
    ),
    (
      // Open: one without a currency, and four in euros of 100, 100, 200 and nothing.
      """
      SELECT currency, deals, total_value, weighted_value, base_value, weighted_base_value
        FROM v_forecast ORDER BY 1
      """,
      """
      |1|100.0|50.0||
      EUR|4|400.0|120.0|320.0|96.0
      """
    ),
    (
      "SELECT currency, open_deals, won, lost, win_rate, value_per_day FROM v_sales_velocity",
      "EUR|4|0|0||"
    ),
  ])
  func `what seldom happens is worked out by hand too`(sql: String, expected: String) throws {
    #expect(try GoldenAccount(only: Self.odd).lines(sql) == expected)
  }

  @Test func `the middle is that of the deals whose days are known`() throws {
    // 10, 20 and 40 days, and two deals whose making has no day. Their mean is 70 / 3. Lost: not a
    // day known.
    let deals = """
      INSERT INTO opportunities (id, milestone_id, created_at, closed_on, _synced_at) VALUES
        (1, 13, '2024-02-19 09:00:00', '2024-02-29', '2024-03-01 00:00:00'),
        (2, 13, '2024-02-09 09:00:00', '2024-02-29', '2024-03-01 00:00:00'),
        (3, 13, '2024-01-20 09:00:00', '2024-02-29', '2024-03-01 00:00:00'),
        (4, 13, NULL, '2024-02-29', '2024-03-01 00:00:00'),
        (5, 13, NULL, '2024-02-01', '2024-03-01 00:00:00'),
        (6, 14, NULL, '2024-02-01', '2024-03-01 00:00:00');
      """
    let result = try GoldenAccount(only: deals).lines(
      """
      SELECT month, state, deals, mean_days, median_days, shortest_days, longest_days
        FROM v_sales_cycle ORDER BY state DESC
      """)
    #expect(
      result == """
        2024-02-01|won|5|23.33|20.0|10|40
        2024-02-01|lost|1||||
        """)
  }

  @Test func `a close that moved while a deal was away is seen too`() throws {
    // The date of Old, 15 January 2999, was taken away, came again as 1 March of a leap year when
    // the deleted deal came back, and moved over the leap day: 2 days. Deleting moved nothing.
    let changes = """
      INSERT INTO changes
          (run_id, table_name, row_key, change, synced_before, changed_at, "before", "after")
        VALUES
        (9, 'opportunities', 1007, 'update', '2024-01-01 00:00:00', '2024-04-02 02:30:00',
          '{"expected_close_on":"2999-01-15"}', '{"expected_close_on":null}'),
        (10, 'opportunities', 1007, 'delete', '2024-04-02 02:30:00', '2024-04-03 02:30:00',
          '{"_deleted_at":null}', '{"_deleted_at":"2024-04-03 02:30:00"}'),
        (11, 'opportunities', 1007, 'restore', '2024-04-03 02:30:00', '2024-04-04 02:30:00',
          '{"expected_close_on":null,"_deleted_at":"2024-04-03 02:30:00"}',
          '{"expected_close_on":"2024-03-01","_deleted_at":null}'),
        (12, 'opportunities', 1007, 'update', '2024-04-04 02:30:00', '2024-04-05 02:30:00',
          '{"expected_close_on":"2024-03-01"}', '{"expected_close_on":"2024-02-28"}');
      """
    let result = try GoldenAccount(changes).lines(
      """
      SELECT
          changed_after, changed_by, expected_before, expected_after, days_moved, state, total_value
        FROM v_slippage WHERE opportunity_id = 1007 ORDER BY changed_by
      """)
    #expect(
      result == """
        2024-01-01 00:00:00|2024-04-02 02:30:00|2999-01-15|||open|7000.0
        2024-04-03 02:30:00|2024-04-04 02:30:00||2024-03-01||open|7000.0
        2024-04-04 02:30:00|2024-04-05 02:30:00|2024-03-01|2024-02-28|-2|open|7000.0
        """)
  }
}
