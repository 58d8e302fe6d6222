import Testing

/// What the past of a deal is known to have been, worked out by hand from `GoldenAccount`.
@Suite struct StageViewTests {
  @Test(arguments: [
    (
      // Twice: five stays. The second visit to Lead was seen between two runs and is not dated, so
      // the first stay at Bid has no exact end. The change of its owner is no stay.
      1006,
      """
      1|Lead|open|2024-03-01 10:00:00|||exact|2024-03-04 10:00:00|2024-03-04 10:00:00|3.0|0
      2|Bid|open|2024-03-04 10:00:00|||exact||2024-03-08 02:30:00||0
      3|Lead|open||2024-03-05 02:30:00|2024-03-08 02:30:00|between runs|2024-03-14 10:00:00|\
      2024-03-14 10:00:00||0
      4|Bid|open|2024-03-14 10:00:00|||exact|2024-03-20 16:00:00|2024-03-20 16:00:00|6.25|0
      5|Won|won|2024-03-20 16:00:00|||exact||||1
      """
    ),
    (
      // Closed before the replica saw it: where it was lost from is known, and not since when.
      1003,
      """
      1|Bid|open||||unknown|2024-02-29 09:00:00|2024-02-29 09:00:00||0
      2|Lost|lost|2024-02-29 09:00:00|||exact||||1
      """
    ),
    // Never seen to move, and Capsule does not say since when it stands there.
    (1007, "1|Old lead|open||||unknown||||1"),
    // Deleted deals have no stays.
    (1008, ""),
  ])
  func `a deal's stays are as exact as they are known`(id: Int, expected: String) throws {
    let lines = try GoldenAccount().lines(
      """
      SELECT
          stay, milestone, state, entered_at, entered_after, entered_by, precision, left_at,
          left_by, days, is_current
        FROM v_stage_history WHERE opportunity_id = \(id) ORDER BY stay
      """)
    #expect(lines == expected)
  }

  @Test func `a reopened deal was lost in between`() throws {
    // Lost on 5 March from Lead, its last open milestone then and now, and reopened five days
    // later. What it is at an open milestone grows with the days.
    let lines = try GoldenAccount().lines(
      """
      SELECT stay, milestone, entered_at, left_at, iif(is_current, days > 600, days)
        FROM v_stage_history WHERE opportunity_id = 1005 ORDER BY stay
      """)
    #expect(
      lines == """
        1|Lead||2024-03-05 09:00:00|
        2|Lost|2024-03-05 09:00:00|2024-03-10 09:00:00|5.0
        3|Lead|2024-03-10 09:00:00||1
        """)
  }

  @Test func `the funnel counts deals by how far they came`() throws {
    // Six deals were in Sales. All came as far as Lead; Boats was lost there, and Again stands
    // there. Shop, Care, Bikes and Twice came as far as Bid, and two of them were won. Boats was
    // lost for a reason that does not count: the rate of both milestones is two of three.
    let lines = try GoldenAccount().lines(
      """
      SELECT pipeline, milestone, probability, reached, won, lost, "open", standing, share, win_rate
        FROM v_stage_funnel ORDER BY milestone_id
      """)
    #expect(
      lines == """
        Sales|Lead|10|6|2|2|2|1|1.0|0.6667
        Sales|Bid|50|4|2|1|1|1|0.6667|0.6667
        Old sales|Old lead|20|2|1|0|1|1|1.0|1.0
        """)
  }

  /// 1: left Bid and came back to it between two runs. 2: had no milestone at first, and 3 has none
  /// now. 4: moved twice while one run read. 5: deleted, and restored at another milestone.
  private static let odd = """
    INSERT INTO opportunities
        (id, milestone_id, created_at, last_stage_changed_at, _synced_at)
      VALUES
      (1, 12, '2024-03-01 09:00:00', '2024-03-10 09:00:00', '2024-03-11 02:30:00'),
      (2, 11, '2024-03-01 09:00:00', '2024-03-04 09:00:00', '2024-03-11 02:30:00'),
      (3, NULL, '2024-03-01 09:00:00', '2024-03-01 09:00:00', '2024-03-11 02:30:00'),
      (4, 14, '2024-03-01 09:00:00', '2024-03-05 09:00:00', '2024-03-11 02:30:00'),
      (5, 14, '2024-03-01 09:00:00', '2024-03-07 09:00:00', '2024-03-11 02:30:00');
    INSERT INTO changes
        (run_id, table_name, row_key, change, synced_before, changed_at, "before", "after")
      VALUES
      (1, 'opportunities', 1, 'update', '2024-03-02 02:30:00', '2024-03-11 02:30:00',
        '{"last_stage_changed_at":"2024-03-01 09:00:00"}',
        '{"last_stage_changed_at":"2024-03-10 09:00:00"}'),
      (1, 'opportunities', 2, 'update', '2024-03-02 02:30:00', '2024-03-11 02:30:00',
        '{"milestone_id":null,"last_stage_changed_at":null}',
        '{"milestone_id":11,"last_stage_changed_at":"2024-03-04 09:00:00"}'),
      (1, 'opportunities', 3, 'update', '2024-03-02 02:30:00', '2024-03-11 02:30:00',
        '{"milestone_id":11}', '{"milestone_id":null}'),
      (1, 'opportunities', 4, 'update', '2024-03-02 02:30:00', '2024-03-11 02:30:00',
        '{"milestone_id":11,"last_stage_changed_at":"2024-03-01 09:00:00"}',
        '{"milestone_id":12,"last_stage_changed_at":"2024-03-04 09:00:00"}'),
      (1, 'opportunities', 4, 'update', '2024-03-11 02:30:00', '2024-03-11 02:30:00',
        '{"milestone_id":12,"last_stage_changed_at":"2024-03-04 09:00:00"}',
        '{"milestone_id":14,"last_stage_changed_at":"2024-03-05 09:00:00"}'),
      (1, 'opportunities', 5, 'delete', '2024-03-02 02:30:00', '2024-03-03 02:30:00',
        '{"_deleted_at":null}', '{"_deleted_at":"2024-03-03 01:00:00"}'),
      (2, 'opportunities', 5, 'restore', '2024-03-03 02:30:00', '2024-03-11 02:30:00',
        '{"milestone_id":11,"last_stage_changed_at":"2024-03-01 09:00:00",'
          || '"_deleted_at":"2024-03-03 01:00:00"}',
        '{"milestone_id":14,"last_stage_changed_at":"2024-03-07 09:00:00","_deleted_at":null}');
    """

  @Test(arguments: [
    // It was elsewhere between the two stays: neither the end of the first nor its days are known.
    (
      1,
      """
      1|12|exact|2024-03-01 09:00:00|||2024-03-11 02:30:00||0
      2|12|exact|2024-03-10 09:00:00|||||1
      """
    ),
    (
      2,
      """
      1||unknown|||2024-03-04 09:00:00|2024-03-04 09:00:00||0
      2|11|exact|2024-03-04 09:00:00|||||1
      """
    ),
    (
      3,
      """
      1|11|exact|2024-03-01 09:00:00|||2024-03-11 02:30:00||0
      2||between runs||2024-03-11 02:30:00||||1
      """
    ),
    (
      4,
      """
      1|11|exact|2024-03-01 09:00:00||2024-03-04 09:00:00|2024-03-04 09:00:00|3.0|0
      2|12|exact|2024-03-04 09:00:00||2024-03-05 09:00:00|2024-03-05 09:00:00|1.0|0
      3|14|exact|2024-03-05 09:00:00|||||1
      """
    ),
    (
      5,
      """
      1|11|exact|2024-03-01 09:00:00||2024-03-07 09:00:00|2024-03-07 09:00:00|6.0|0
      2|14|exact|2024-03-07 09:00:00|||||1
      """
    ),
  ])
  func `odd pasts are told apart`(id: Int, expected: String) throws {
    let lines = try GoldenAccount(only: Self.odd).lines(
      """
      SELECT stay, milestone_id, precision, entered_at, entered_by, left_at, left_by,
          iif(is_current, NULL, days), is_current
        FROM v_stage_history WHERE opportunity_id = \(id) ORDER BY stay
      """)
    #expect(lines == expected)
  }

  @Test func `the funnel knows the open milestone before the first that was seen`() throws {
    // First seen won in Sales, where it came from Old lead in the other pipeline; then reopened at
    // Lead. It was won once, and so came as far as Bid too.
    let lines = try GoldenAccount(
      only: """
        INSERT INTO opportunities (id, milestone_id, last_open_milestone_id, _synced_at) VALUES
          (1, 11, 11, '2024-03-11 02:30:00');
        INSERT INTO changes
            (run_id, table_name, row_key, change, changed_at, "before", "after")
          VALUES
          (1, 'opportunities', 1, 'update', '2024-03-11 02:30:00',
            '{"milestone_id":13,"last_open_milestone_id":21}',
            '{"milestone_id":11,"last_open_milestone_id":11}');
        """
    ).lines(
      """
      SELECT milestone, reached, won, lost, "open", standing, share, win_rate
        FROM v_stage_funnel ORDER BY milestone_id
      """)
    #expect(
      lines == """
        Lead|1|0|0|1|1|1.0|
        Bid|1|0|0|1|0|1.0|
        Old lead|1|0|0|0|0|1.0|
        """)
  }
}
