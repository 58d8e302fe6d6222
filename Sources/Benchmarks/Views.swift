internal import CReference
internal import Glibc
internal import Model
internal import SQLite

/// How long the reporting views take on a large account.
extension Benchmark {
  /// Milliseconds in which each view is to answer.
  private static let viewLimit = 200.0
  /// Tables that are read in the same way, so that a slow machine can be told from a slow view.
  /// Ratios are to the first.
  private static let yardsticks = [
    "opportunities", "parties", "cases", "tasks", "entries", "_history",
  ]
  /// Rows that a tool shows first, of a view that is too long to be read at once.
  private static let pageRows = 1_000
  private static func page(of view: String) -> String { "\(view), \(pageRows) rows" }
  /// Seconds that all rounds may take. Two are always made.
  private static let viewTime = 45.0

  mutating func views() throws {
    let database = "\(folder)/views.sqlite"
    Files.removeDatabase(database)
    defer { Files.removeDatabase(database) }
    let making = try child("account", .parties, database, "\(pages)").succeed()
    let views = try describe(database, making)
    let contenders =
      (Self.yardsticks + views).map { name in
        Contender(name: name) { Self.read("SELECT * FROM \"\(name)\"", database) }
      }
      + views.map { name in
        Contender(name: Self.page(of: name)) {
          Self.read("SELECT * FROM \"\(name)\" LIMIT \(Self.pageRows)", database)
        }
      }
    // What is read for the first time is read from the disk.
    let start = Child.now()
    _ = try Rounds(1, contenders)
    let count = min(Double(rounds), Self.viewTime / (Child.now() - start))
    let rounds = try Rounds(max(2, Int(count)), contenders)
    let yardstick = Self.yardsticks[0]
    var (slow, alwaysSlow): ([String], Int) = ([], 0)
    for name in Self.yardsticks + views {
      let time = rounds.figures(name) { $0.wall * 1_000 }
      let cpu = rounds.figures(name) { $0.cpu * 1_000 }
      let ratio = rounds.ratio(name, to: yardstick) { $0.wall }
      let rows = rounds.costs[name]?.first?.output ?? ""
      let isView = views.contains(name)
      report.line(
        "views",
        "\"\(isView ? "view" : "table")\":\"\(name)\",\"rows\":\(rows),\"ms\":\(time.text),"
          + "\"best_ms\":\(Figure.text(time.least)),\"cpu_ms\":\(cpu.text),"
          + "\"ratio\":\(ratio.text)")
      report.row(
        "views", "\(name): ms, \(rows) rows, \(ratio.text) x \(yardstick)", time,
        atMost: isView ? Self.viewLimit : nil)
      if isView, time.median > Self.viewLimit { slow.append(name) }
      if isView, time.least > Self.viewLimit { alwaysSlow += 1 }
    }
    for name in slow {
      let time = rounds.figures(Self.page(of: name)) { $0.wall * 1_000 }
      report.line("views", "\"view\":\"\(name)\",\"rows\":\(Self.pageRows),\"ms\":\(time.text)")
      report.row("views", "\(name): ms, the first \(Self.pageRows) rows", time)
    }
    let limit = Int(Self.viewLimit)
    report.close(
      slow.isEmpty
        ? "All \(views.count) views answer within \(limit) ms."
        : "\(slow.count) of \(views.count) views take longer than \(limit) ms, "
          + "\(alwaysSlow) of them in every round: " + slow.joined(separator: ", "))
  }

  /// As any program reads it: a connection of its own, every column of every row.
  private static func read(_ query: String, _ database: String) -> Child.Cost {
    var cost = Child.Cost()
    let (wall, cpu) = (Child.now(), clock())
    let rows = reference_read(database, query)
    cost.cpu = Double(clock() - cpu) / Double(CLOCKS_PER_SEC)
    cost.wall = Child.now() - wall
    cost.output = "\(rows)"
    return cost
  }

  /// Says what the file holds. Returns the names of its views.
  private func describe(_ database: String, _ making: Child.Cost) throws -> [String] {
    let connection = try Connection(path: database, mode: .readOnly)
    var members: [String] = []
    for (name, query) in Self.counts {
      members.append("\"\(name)\":\(try connection.value(query).integer ?? 0)")
    }
    report.line(
      "views",
      "\"made_in_s\":\(Figure.text(making.wall)),\"file_bytes\":\(Files.size(database)),"
        + members.joined(separator: ","))
    return try connection.rows(
      """
      SELECT name FROM sqlite_schema WHERE type = 'view' AND name LIKE 'v!_%' ESCAPE '!'
        ORDER BY name
      """
    ).compactMap(\.[0].text)
  }

  private static let counts = [
    ("parties", "SELECT count(*) FROM parties"),
    ("organisations", "SELECT count(*) FROM parties WHERE type = 'organisation'"),
    ("opportunities", "SELECT count(*) FROM opportunities"),
    ("tombstones", "SELECT count(_deleted_at) FROM opportunities"),
    ("open", "SELECT count(*) FROM v_opportunity WHERE state = 'open'"),
    ("stale", "SELECT count(*) FROM v_opportunity WHERE is_stale"),
    ("won", "SELECT count(*) FROM v_opportunity WHERE state = 'won'"),
    ("lost", "SELECT count(*) FROM v_opportunity WHERE state = 'lost'"),
    ("changes", "SELECT count(*) FROM _history WHERE \(opportunities)"),
    ("stage_changes", "SELECT count(*) FROM \(values("milestone_id"))"),
    ("owner_changes", "SELECT count(*) FROM \(values("owner_id"))"),
    ("history", "SELECT count(*) FROM _history"),
    ("cases", "SELECT count(*) FROM cases"),
    ("tasks", "SELECT count(*) FROM tasks"),
    ("entries", "SELECT count(*) FROM entries"),
    ("party_field_values", "SELECT count(*) FROM party_fields"),
    ("field_definitions", "SELECT count(*) FROM custom_fields"),
    ("fx_rates", "SELECT count(*) FROM fx_rates"),
    ("runs", "SELECT count(*) FROM _runs WHERE outcome = 'good'"),
    ("unstored", "SELECT count(*) FROM _quarantine"),
    ("measured", "SELECT count(DISTINCT tbl) FROM sqlite_stat1"),
  ]

  private static let opportunities = "table_name = 'opportunities'"
  private static func values(_ column: String) -> String {
    "_history JOIN _history_values ON history_id = id WHERE \(opportunities)"
      + " AND column_name = '\(column)'"
  }
}
