import Model
import ReplicaFile
import SQLite
import Testing

/// Days of the reports in three zones, worked out by hand.
@Suite struct ZoneViewTests {
  /// 1 was won at 09:30 on Sunday 1 December in Auckland, where that is its day, and made an hour
  /// before. 2 was made an hour before midnight UTC on the eve of the day on which London puts its
  /// clocks on, and 3 an hour later than that on the next evening. 4 was made an hour before
  /// midnight UTC in the night in which they are put back.
  private static let records = """
    INSERT INTO opportunities (id, name, owner_id, milestone_id, value_amount, value_currency,
        duration_basis, closed_on, expected_close_on, created_at, _synced_at) VALUES
      (1, 'Won', 7, 13, 100, 'GBP', 'FIXED', '2024-12-01', NULL, '2024-11-30 19:30:00',
        '2024-12-01 00:00:00'),
      (2, 'Eve', 7, 11, 100, 'GBP', 'FIXED', NULL, '2024-11-30', '2024-03-30 23:00:00',
        '2024-12-01 00:00:00'),
      (3, 'Spring', 7, 11, 100, 'GBP', 'FIXED', NULL, '2024-12-01', '2024-03-31 23:00:00',
        '2024-12-01 00:00:00'),
      (4, 'Autumn', 7, 11, 100, 'GBP', 'FIXED', NULL, '2024-12-02', '2024-10-26 23:00:00',
        '2024-12-01 00:00:00');
    INSERT INTO tasks
        (id, description, due_on, status, owner_id, completed_at, created_at, _synced_at)
      VALUES
      (1, 'Call', '2024-11-30', 'OPEN', 7, NULL, '2024-01-01 00:00:00', '2024-12-01 00:00:00'),
      (2, 'Write', '2024-12-01', 'OPEN', 7, NULL, '2024-01-01 00:00:00', '2024-12-01 00:00:00'),
      (3, 'Meet', '2024-11-30', 'COMPLETED', 7, '2024-11-30 20:00:00', '2024-01-01 00:00:00',
        '2024-12-01 00:00:00');
    INSERT INTO entries (id, type, entry_at, creator_id, _synced_at) VALUES
      (1, 'note', '2024-11-30 10:30:00', 7, '2024-12-01 00:00:00'),
      (2, 'note', '2024-11-30 11:30:00', 7, '2024-12-01 00:00:00'),
      (3, 'note', '2024-12-01 07:30:00', 7, '2024-12-01 00:00:00');
    """

  struct Zone: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Seconds ahead of UTC from instants of 2024 on.
    let offsets: [(String, Int64)]
    let made: String
    let overdue: String
    let dueToday: String
    let won: String
    let entries: String
  }

  private static let zones = [
    Zone(
      testDescription: "Europe/London",
      offsets: [
        ("2024-01-01 00:00:00", 0), ("2024-03-31 01:00:00", 3_600), ("2024-10-27 01:00:00", 0),
      ],
      made: "1|2024-11-30|1\n2|2024-03-30|\n3|2024-04-01|\n4|2024-10-27|",
      // It is half past eight in the evening of 30 November.
      overdue: "", dueToday: "1", won: "0",
      entries: "2024-11-30|2\n2024-12-01|1"),
    Zone(
      testDescription: "America/Los_Angeles",
      offsets: [
        ("2024-01-01 00:00:00", -28_800), ("2024-03-10 10:00:00", -25_200),
        ("2024-11-03 09:00:00", -28_800),
      ],
      made: "1|2024-11-30|1\n2|2024-03-30|\n3|2024-03-31|\n4|2024-10-26|",
      overdue: "", dueToday: "1", won: "0",
      entries: "2024-11-30|3"),
    Zone(
      testDescription: "Pacific/Auckland",
      offsets: [
        ("2024-01-01 00:00:00", 46_800), ("2024-04-06 14:00:00", 43_200),
        ("2024-09-28 14:00:00", 46_800),
      ],
      made: "1|2024-12-01|0\n2|2024-03-31|\n3|2024-04-01|\n4|2024-10-27|",
      // It is half past nine in the morning of 1 December.
      overdue: "1|1\nopportunity 2", dueToday: "1", won: "1",
      entries: "2024-11-30|1\n2024-12-01|2"),
  ]

  @Test(arguments: zones)
  func `days are those of the reports' zone`(_ zone: Zone) throws {
    // 2024-11-30 20:30 UTC.
    let account = try GoldenAccount(only: Self.records, at: Timestamp(1_732_998_600))
    try ReportClock(account.connection).set(
      zone.offsets.map { (from: try #require(Timestamp($0.0)), seconds: $0.1) })
    #expect(
      try account.lines("SELECT id, created_on, days_to_close FROM v_opportunity ORDER BY id")
        == zone.made)
    #expect(
      try account.lines(
        """
        SELECT id || '|' || days_overdue FROM v_task WHERE is_overdue
        UNION ALL SELECT 'opportunity ' || id FROM v_opportunity WHERE is_overdue
        """) == zone.overdue)
    #expect(try account.lines("SELECT due_today FROM v_task_load") == zone.dueToday)
    #expect(try account.lines("SELECT won FROM v_sales_velocity") == zone.won)
    #expect(
      try account.lines("SELECT day, entries FROM v_activity_daily ORDER BY day") == zone.entries)
  }

  @Test func `a file whose zone is not known has the days of UTC`() throws {
    let account = try GoldenAccount(only: Self.records, at: Timestamp(1_732_998_600))
    #expect(try account.lines("SELECT day FROM v_today") == "2024-11-30")
    #expect(
      try account.lines("SELECT day, entries FROM v_activity_daily ORDER BY day")
        == "2024-11-30|2\n2024-12-01|1")
  }

  @Test func `the zone is written once`() throws {
    let account = try GoldenAccount(only: "")
    let clock = ReportClock(account.connection)
    let offsets: [(from: Timestamp, seconds: Int64)] = [
      (Timestamp(0), 0), (Timestamp(700_000_000), 3_600), (Timestamp(710_000_000), 3_600),
      (Timestamp(2_900_000_000), 7_200),
    ]
    try clock.set(offsets)
    // The second change is none, and the last is beyond 2060.
    #expect(
      try account.lines("SELECT * FROM _time_zone")
        == "0001-01-01 00:00:00|0\n1992-03-07 20:26:40|3600")
    let before = account.connection.totalChanges
    try clock.set(offsets)
    #expect(account.connection.totalChanges == before)
  }
}
