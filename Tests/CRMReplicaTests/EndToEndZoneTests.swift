import CapsuleSimulator
import SQLite
import TestSupport
import Testing

/// The zone of the reports, from the configuration or from the people, to the views of the file.
@Suite(.onWaitingThreads) struct EndToEndZoneTests {
  @Test func `the days of the reports are those of the zone that is configured`() throws {
    let stage = try Stage(.small)
    try stage.configure(["reports": #"{"time_zone": "Pacific/Auckland"}"#])
    try #require(try stage.run("sync").code == 0)
    // New Zealand put its clocks on at 14:00 UTC on 27 September 2025.
    let at = { (instant: String) in
      """
      SELECT seconds FROM _time_zone WHERE begins_at <= '\(instant)'
        ORDER BY begins_at DESC LIMIT 1
      """
    }
    #expect(try stage.value(at("2025-09-27 13:59:59")) == 43_200)
    #expect(try stage.value(at("2025-09-27 14:00:00")) == 46_800)
    let status = try stage.run("status")
    #expect(
      status.output.contains("Days of reports: Pacific/Auckland, as configured."),
      "\(status.output)")
    let kept = "SELECT * FROM _opportunity_periods"
    let before = try stage.rows(kept)
    #expect(!before.isEmpty)
    // What the first run kept is of that zone already: another run finds nothing to do.
    let mark = try stage.rows("SELECT * FROM _kept")
    try #require(try stage.run("sync").code == 0)
    #expect(try stage.rows("SELECT * FROM _kept") == mark)
    try stage.configure(["reports": #"{"time_zone": "UTC"}"#])
    try #require(try stage.run("sync").code == 0)
    #expect(try stage.value("SELECT count(*) FROM _time_zone") == 1)
    #expect(try stage.rows(kept) != before)
  }

  @Test func `rows of some days are those of the zone`() throws {
    let stage = try Stage(.small)
    try stage.configure(["reports": #"{"time_zone": "Pacific/Auckland"}"#])
    try #require(try stage.run("sync").code == 0)
    // At 11:00 UTC the second of January begins in New Zealand. What is due on a day is due then
    // everywhere.
    try stage.execute(
      """
      UPDATE tasks SET due_on = '2026-01-01', created_at = '2026-01-01 11:00:00';
      UPDATE tasks SET due_on = '2026-01-02', created_at = '2026-01-01 10:59:59'
        WHERE id = (SELECT min(id) FROM tasks);
      """)
    let all = try stage.rows("SELECT id FROM tasks WHERE _deleted_at IS NULL ORDER BY id")
      .compactMap(\.[0].integer)
    try #require(all.count > 1)
    func ids(_ words: String...) throws -> [Int64] {
      try stage.run("report", ["tasks", "--csv"] + words).output.split(separator: "\r\n")
        .compactMap { Int64($0.prefix { $0 != "," }) }
    }
    #expect(try ids("--since", "2026-01-02") == Array(all.dropFirst()))
    #expect(try ids("--until", "2026-01-01") == [all[0]])
    #expect(try ids("--since", "2026-01-02", "--by", "due_on") == [all[0]])
  }

  @Test func `without a configured zone it is that of most active people`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let zone = try #require(
      try stage.value(
        """
        SELECT timezone FROM users WHERE deleted IS NOT 1 AND _deleted_at IS NULL
          GROUP BY timezone ORDER BY count(*) DESC, timezone LIMIT 1
        """
      ).text)
    let status = try stage.run("status")
    #expect(
      status.output.contains("Days of reports: \(zone), which most active users have set."),
      "\(status.output)")
    let changes = try stage.value("SELECT count(*) > 1 FROM _time_zone")
    #expect(changes == .integer(zone == "UTC" ? 0 : 1))
  }
}
