import CapsuleSimulator
import FoundationEssentials
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// `report`: what the built program prints of the views of a file.
@Suite(.onWaitingThreads) struct EndToEndViewTests {
  private func filled() throws -> Stage {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    return stage
  }

  @Test func `views are listed with what the file says of them`() throws {
    let stage = try filled()
    try stage.execute(
      """
      CREATE VIEW [my "own"] AS SELECT 1 AS one;
      DELETE FROM _view_docs WHERE view_name IN ('employees', 'v_party_fields');
      INSERT INTO _view_docs (view_name, position, column_name, text) VALUES
        ('employees', 0, NULL, 'People of organisations.'), ('employees', 1, 'Id', 'The key.'),
        ('v_party_fields', 0, NULL, 'Fields of parties.');
      """)
    let list = try stage.run("report", "--csv")
    #expect(list.code == 0)
    #expect(list.requests.isEmpty)
    let lines = list.output.split(separator: "\r\n")
    #expect(lines.first == "view,meaning")
    #expect(lines.contains("employees,People of organisations."))
    #expect(lines.contains("v_party_fields,Fields of parties."))
    #expect(lines.contains { $0.hasPrefix("projects,") })
    #expect(lines.contains("\"my \"\"own\"\"\","))
    let columns = try stage.run("report", "employees", "--columns", "--csv")
    #expect(columns.output.hasPrefix("column,type,meaning\r\nid,INTEGER,The key.\r\n"))
    #expect(try stage.run("report", "my \"own\"").output == "one\n  1\n")
  }

  /// Swift takes the two for one name. Who types neither form means the first.
  @Test func `views whose names differ by normal form alone are told apart`() throws {
    let stage = try filled()
    let names = ["\u{1e69}", "s\u{323}\u{307}", "s\u{307}\u{323}"]
    for name in names.dropFirst() {
      try stage.execute("CREATE VIEW \"\(name)\" AS SELECT hex('\(name)') AS name")
    }
    let found = try names.map { try stage.run("report", $0, "--csv").output }
    #expect(
      found == ["name\r\n73CC87CCA3\r\n", "name\r\n73CCA3CC87\r\n", "name\r\n73CC87CCA3\r\n"])
  }

  @Test func `a view is printed in three forms`() throws {
    let stage = try filled()
    let before = try stage.content()
    let ids = try stage.rows("SELECT id FROM cases WHERE _deleted_at IS NULL ORDER BY id LIMIT 2")
    let table = try stage.run("report", "v_case_fields", "--limit", "2")
    #expect(table.code == 0, "\(table.log)")
    let lines = table.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("case_id  "))
    #expect(lines[1].contains("\(ids[0][0].integer ?? 0)"))
    let csv = try stage.run("report", "case_fields", "--limit", "2", "--csv")
    #expect(csv.output.split(separator: "\r\n").count == 3)
    #expect(
      csv.output.split(separator: "\r\n").map { $0.split(separator: ",")[0] }
        == ["case_id"] + ids.map { "\($0[0].integer ?? 0)" })
    let json = try stage.run("report", "CASE_FIELDS", "--json")
    struct Row: Decodable {
      let case_id: Int64
      let Newsletter: Bool?
      let Employees: Double?
    }
    let rows = try JSONDecoder().decode([Row].self, from: Data(json.output.utf8))
    #expect(Int64(rows.count) == (try stage.value("SELECT count(*) FROM v_case_fields")).integer)
    #expect(rows.map(\.case_id).prefix(2) == ids.compactMap(\.[0].integer)[...])
    #expect(rows.contains { $0.Newsletter == true } && rows.contains { $0.Newsletter == false })
    #expect(rows.contains { $0.Employees != nil })
    #expect(try stage.content() == before)
  }

  @Test(arguments: [
    ("party_field", "did you mean \"party_fields\"?"), ("proyects", "did you mean \"projects\"?"),
    ("milestons", "did you mean \"milestone\"?"), ("\u{1B}[2J", "is no view or table"),
  ])
  func `a name that is no view and no table is a usage error`(name: String, words: String) throws {
    let stage = try filled()
    let ending = try stage.run("report", name)
    #expect(ending.code == 64)
    #expect(ending.log.contains(words), "\(ending.log)")
    #expect(ending.log.contains("crm-replica report --database FILE"))
    #expect(!ending.log.contains("\u{1B}"))
    #expect(ending.output.isEmpty)
  }

  @Test func `a table is printed without tombstones and what the replica adds`() throws {
    let stage = try filled()
    try stage.execute(
      """
      UPDATE parties SET _deleted_at = _synced_at, _deleted_reason = 'absent'
        WHERE id = (SELECT min(id) FROM parties)
      """)
    struct Row: Decodable {
      let id: Int64
      let _synced_at: String?
    }
    let json = try stage.run("report", "Parties", "--json").output
    let rows = try JSONDecoder().decode([Row].self, from: Data(json.utf8))
    let living = try stage.rows("SELECT id FROM parties WHERE _deleted_at IS NULL ORDER BY id")
    #expect(rows.map(\.id) == living.compactMap(\.[0].integer) && living.count > 3)
    #expect(rows.allSatisfy { $0._synced_at == nil })
    let tags = try stage.run("report", "party_tags", "--csv").output.split(separator: "\r\n")
    #expect(Value(tags.count - 1) == (try stage.value("SELECT count(*) FROM party_tags")))
    #expect(try stage.run("report", "_runs", "--csv").output.hasPrefix("id,started_at,"))
    let columns = try stage.run("report", "teams", "--columns", "--csv").output
    #expect(columns.hasPrefix("column,type,meaning\r\nid,INTEGER,\r\n"))
  }

  @Test func `rows of some days are picked by a column of dates`() throws {
    let stage = try Stage(.small)
    try stage.configure(["reports": #"{"time_zone": "UTC"}"#])
    try #require(try stage.run("sync").code == 0)
    let days = try stage.rows(
      "SELECT DISTINCT date(created_at) FROM opportunities ORDER BY 1"
    ).compactMap(\.[0].text)
    try #require(days.count > 4)
    let (first, last) = (days[1], days[3])
    func ids(_ words: String...) throws -> [String] {
      let command = ["report"] + words + ["--csv", "--database", stage.database]
      let ending = try Child(command, in: stage.folder).wait()
      #expect(ending.code == 0, "\(ending.log)")
      return ending.output.split(separator: "\r\n").dropFirst()
        .map { String($0.prefix { $0 != "," }) }
    }
    func expected(_ table: String, _ condition: String) throws -> [String] {
      try stage.rows("SELECT id FROM \(table) WHERE \(condition) ORDER BY id")
        .map { "\($0[0].integer ?? 0)" }
    }
    let between = "date(created_at) BETWEEN '\(first)' AND '\(last)'"
    let found = try ids("opportunities", "--since", first, "--until", last)
    #expect(try found == expected("opportunities", between) && !found.isEmpty)
    #expect(
      try ids("opportunities", "--since", first)
        == expected("opportunities", "date(created_at) >= '\(first)'"))
    #expect(
      try ids("opportunities", "--until", first)
        == expected("opportunities", "date(created_at) <= '\(first)'"))
    let due = try #require(try stage.value("SELECT max(due_on) FROM tasks").text)
    #expect(
      try ids("tasks", "--since", due, "--by", "DUE_ON") == expected("tasks", "due_on = '\(due)'"))
    #expect(try ids("entries", "--since", due) == expected("entries", "entry_at >= '\(due)'"))
    #expect(
      try ids("v_opportunity", "--since", first, "--until", last).sorted() == found.sorted())
  }

  @Test(arguments: [
    (["party_tags", "--since", "2026-01-01"], "--since finds no day: party_tags has no column of"),
    (
      ["tasks", "--since", "2026-01-01", "--by", "status"],
      "--by cannot be \"status\": the columns of dates of tasks are created_at, due_on,"
    ),
    (["tasks", "--since", "yesterday"], "--since must be a day such as 2026-11-30."),
    (["tasks", "--until", "2026-02-30"], "--until must be a day such as 2026-11-30."),
    (["tasks", "--since", "2026-02-02", "--until", "2026-02-01"], "--until is before --since."),
    (["tasks", "--by", "due_on"], "needs --since DAY or --until DAY."),
    (["--since", "2026-02-02"], "\"report\" needs NAME."),
    (["tasks", "--since", "2026-02-02", "--columns"], "--columns tells no rows"),
    (["tasks", "--spreadsheet"], "\"report --spreadsheet\" needs --csv."),
  ])
  func `days that cannot be told are usage errors`(words: [String], said: String) throws {
    let stage = try filled()
    let ending = try Child(
      ["report"] + words + ["--database", stage.database], in: stage.folder
    ).wait()
    #expect(ending.code == 64 && ending.output.isEmpty)
    #expect(ending.log.contains(said), "\(ending.log)")
  }

  @Test func `a spreadsheet is given text and numbers, and no formulas`() throws {
    let stage = try filled()
    try stage.execute(
      """
      UPDATE users SET name = '=HYPERLINK("http://x","y")' WHERE id = (SELECT min(id) FROM users)
      """)
    let plain = try stage.run("report", "users", "--csv", "--limit", "1").output
    let safe = try stage.run("report", "users", "--csv", "--limit", "1", "--spreadsheet").output
    #expect(plain.contains(#","=HYPERLINK(""http://x"",""y"")","#) && !plain.hasPrefix("\u{FEFF}"))
    #expect(safe.contains(#","'=HYPERLINK(""http://x"",""y"")","#))
    #expect(Array(safe.utf8.prefix(5)) == [0xEF, 0xBB, 0xBF] + Array("id".utf8))
  }

  @Test func `a replica is read without a configuration`() throws {
    let stage = try filled()
    let command = ["report", "v_pipeline_snapshot", "--csv", "--database", stage.database]
    let ending = try Child(command, in: stage.folder).wait()
    #expect(ending.code == 0, "\(ending.log)")
    #expect(try ending.output == stage.run("report", "pipeline_snapshot", "--csv").output)
    #expect(ending.output.split(separator: "\r\n").count > 2)
  }

  @Test func `a view that cannot be read says why`() throws {
    let stage = try filled()
    try stage.execute("CREATE VIEW mine AS SELECT nowhere FROM parties")
    let ending = try stage.run("report", "mine")
    #expect(ending.code == 1)
    #expect(ending.log.contains("The view \"mine\" cannot be read: no such column: nowhere."))
    #expect(ending.log.contains("for you to make anew"))
    #expect(ending.output.isEmpty)
    try stage.execute(
      """
      DROP VIEW mine;
      CREATE VIEW mine AS
        SELECT sum(n) AS n FROM (SELECT 9223372036854775807 AS n UNION ALL SELECT 1);
      """)
    let failing = try stage.run("report", "mine", "--csv")
    #expect(failing.code == 1)
    #expect(failing.log.contains("to its end: integer overflow."), "\(failing.log)")
    #expect(!failing.log.contains("make anew"))
  }

  /// A mark and what combines with it are two characters to SQLite.
  @Test(arguments: ["\"", "\"\u{301}", "\u{600}\"", "\"\u{200D}\"", "\u{200D}\""])
  func `a view is read by any name`(name: String) throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let spelt = name.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
    try stage.execute("CREATE VIEW \"\(spelt)\" AS SELECT 1 AS one")
    let ending = try stage.run("report", name, "--csv")
    #expect(ending.output == "one\r\n1\r\n", "\(ending.log)")
  }

  @Test func `without a file there is nothing to report and none is made`() throws {
    let stage = try Stage()
    #expect(try stage.run("report").code == 73)
    #expect(!FileManager.default.fileExists(atPath: stage.database))
  }

  @Test func `a reader that has enough ends the report`() throws {
    let stage = try filled()
    try stage.execute(
      """
      CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT i FROM n
      """)
    let child = try Child(
      ["report", "endless", "--csv", "--config", stage.config], in: stage.folder,
      output: .brokenPipe)
    #expect(try child.wait().code == 0)
  }

  @Test func `a signal ends a report`() throws {
    let stage = try filled()
    try stage.execute(
      """
      CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT i FROM n
      """)
    let child = try stage.start("report", "endless", "--csv")
    #expect(poll(seconds: 60) { child.text(of: 1).hasPrefix("i\r\n1\r\n") })
    child.signal(SIGTERM)
    #expect(try child.wait().code == 143)
  }

  @Test func `a signal ends a report that nobody reads`() throws {
    let stage = try filled()
    try stage.execute(
      """
      CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT i FROM n
      """)
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { ends.forEach { close($0) } }
    let child = try Child(
      ["report", "endless", "--csv", "--config", stage.config], in: stage.folder,
      output: .descriptor(ends[1]))
    var waiting = pollfd(fd: ends[1], events: Int16(POLLOUT), revents: 0)
    // The pipe is full when it takes no more.
    try #require(poll(seconds: 60) { Glibc.poll(&waiting, 1, 0) == 0 })
    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 20).code == 143)
  }
}
