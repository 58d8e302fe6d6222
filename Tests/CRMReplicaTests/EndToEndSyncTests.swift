import CapsuleSimulator
import FoundationEssentials
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// The built program against a server on loopback: what a sync reads, writes, says and returns.
@Suite(.onWaitingThreads) struct EndToEndSyncTests {
  @Test func `a first sync fills the file and says so`() throws {
    let stage = try Stage()
    let ending = try stage.run("sync", "-v")
    #expect(ending.code == 0)
    let lines = ending.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.first?.prefix(3) == ["table", "read", "inserted"])
    #expect(lines.count == 31)
    #expect(
      lines.first { $0[0] == "parties" }?.dropFirst() == ["5", "5", "0", "0", "0", "1", "good"])
    #expect(ending.log.contains("level=info event=\"run good\" run=1"))
    #expect(!ending.log.contains("level=error"))
    #expect(try stage.value("SELECT count(*) FROM parties") == 5)
    #expect(try stage.value("SELECT outcome FROM _runs") == "good")
    #expect(try stage.isWhole())
  }

  @Test func `who is no person is told what changed or failed, and the sum`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let quiet = try stage.run("sync")
    #expect(quiet.output.hasPrefix("All is well: 30 tables are up to date, nothing changed in "))
    #expect(quiet.output.split(separator: "\n").count == 1)
    stage.server.withAccount { _ = $0.createPerson("Zora", "Quist") }
    stage.trouble(.forbidden, at: "goals")
    let ending = try stage.run("sync")
    #expect(ending.code == 1)
    let lines = ending.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(Set(lines.dropFirst().dropLast().map { $0[0] }) == ["parties", "goals"], "\(lines)")
    #expect(lines.last?.prefix(4) == ["Not", "up", "to", "date:"])
  }

  @Test func `tables that fail for one reason are told of together`() throws {
    let stage = try Stage()
    for path in ["goals", "teams", "users"] { stage.trouble(.forbidden, at: path) }
    stage.trouble(.redirect, at: "boards")
    let ending = try stage.run("sync")
    #expect(ending.code == 1)
    let errors = ending.log.split(separator: "\n").filter { $0.contains(" event=\"table") }
    #expect(errors.count == 2, "\(ending.log)")
    // In the order in which the answers came.
    let together = try #require(errors.first { $0.contains("\"tables failed\" tables=\"") })
    for name in ["users", "teams", "goals"] { #expect(together.contains(name), "\(errors)") }
    #expect(errors.contains { $0.contains("\"table failed\" table=boards error=") }, "\(errors)")
  }

  /// A run that came to no table has nothing to say of each.
  @Test func `a run that is refused says so once`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    stage.trouble(.unauthorised, at: "")
    let ending = try stage.run("sync")
    #expect(ending.code == 77)
    #expect(ending.output.hasPrefix("Refused: ") && ending.output.last == "\n")
    #expect(ending.output.split(separator: "\n").count == 1, "\(ending.output)")
    let last = try #require(ending.log.split(separator: "\n").last)
    #expect(last.split(separator: "GET users/current").count == 2, "\(last)")
  }

  /// What the file says that a round will take is what it takes, in an account that is quiet.
  @Test func `progress is of the whole round`() throws {
    let stage = try Stage()
    let first = try stage.run("sync", "-v")
    #expect(first.log.contains(" of_at_least="), "\(first.log)")
    let second = try stage.run("sync", "--full", "-v")
    let progress = second.log.split(separator: "\n").filter { $0.contains("event=progress") }
      .compactMap { line -> (made: Int, of: Int)? in
        func number(_ key: String) -> Int? {
          line.split(separator: " ").first { $0.hasPrefix("\(key)=") }
            .flatMap { Int($0.dropFirst(key.count + 1)) }
        }
        guard let made = number("requests"), let all = number("of") else { return nil }
        return (made, all)
      }
    let (start, end) = (try #require(progress.first), try #require(progress.last))
    #expect(end.made == end.of, "\(progress)")
    #expect(start.of == end.of, "\(progress)")
  }

  @Test func `a terminal shows in colours what is wrong, unless somebody minds`() throws {
    let stage = try Stage()
    stage.trouble(.forbidden, at: "goals")
    try #require(try stage.run("sync").code == 1)
    func shown(_ environment: [String]) throws -> String {
      let terminal = try Terminal()
      let child = try Child(
        ["status", "--config", stage.config], in: stage.folder, environment: environment,
        output: .descriptor(terminal.line))
      try terminal.await("Days of reports")
      _ = try child.wait()
      return terminal.screen
    }
    let red = "\u{1B}[31mfailed\u{1B}[0m\r\n"
    #expect(try shown(["TERM=xterm"]).contains(red))
    for plain in [["TERM=xterm", "NO_COLOR=1"], ["TERM=dumb"]] {
      let screen = try shown(plain)
      #expect(!screen.contains("\u{1B}") && screen.contains("failed\r\n"), "\(screen)")
    }
    #expect(!(try stage.run("status").output.contains("\u{1B}")))
  }

  @Test func `a run is one JSON object to a program`() throws {
    let stage = try Stage()
    stage.trouble(.forbidden, at: "goals")
    let ending = try stage.run("sync", "--json")
    #expect(ending.code == 1)
    struct Run: Decodable {
      struct Table: Decodable {
        let table: String
        let outcome: String
        let inserted: Int
        let error: String?
      }
      let run: Int
      let outcome: String
      let is_well: Bool
      let changed_rows: Int
      let requests: Int
      let summary: String
      let tables: [Table]
    }
    let run = try JSONDecoder().decode(Run.self, from: Data(ending.output.utf8))
    #expect(run.run == 1 && run.outcome == "partial" && !run.is_well)
    #expect(run.requests == ending.requests.count && run.changed_rows > 5)
    #expect(run.tables.count == 30)
    #expect(run.tables.first { $0.table == "parties" }?.inserted == 5)
    let goals = run.tables.first { $0.table == "goals" }
    #expect(goals?.outcome == "failed" && goals?.error?.contains("403") == true)
    #expect(ending.log.contains(run.summary))
  }

  @Test func `what needs nobody can be left out`() throws {
    let stage = try Stage()
    let good = try stage.run("sync", "--quiet")
    #expect(good.code == 0 && good.output.isEmpty && good.log.isEmpty, "\(good.log)")
    stage.trouble(.forbidden, at: "goals")
    let bad = try stage.run("sync", "-q")
    #expect(bad.code == 1 && bad.output.isEmpty)
    #expect(bad.log.contains("table=goals") && bad.log.contains("run partial"))
    #expect(bad.log.split(separator: "\n").allSatisfy { $0.contains(" level=error ") })
    #expect(try stage.run("sync", "-q", "-v").code == 64)
    // Each page is told of whom everything is told.
    stage.endTrouble()
    let all = try stage.run("sync", "--full", "--verbose")
    #expect(all.log.contains("event=progress table=parties"))
  }

  @Test func `the log can be objects`() throws {
    let stage = try Stage()
    stage.trouble(.forbidden, at: "goals")
    let ending = try stage.run("sync", "--log-format", "json")
    #expect(ending.code == 1)
    let lines = try ending.log.split(separator: "\n").map {
      try JSONDecoder().decode([String: String].self, from: Data($0.utf8))
    }
    #expect(lines.allSatisfy { $0["time"]?.count == 20 && $0["event"] != nil })
    #expect(lines.contains { $0["event"] == "table failed" && $0["table"] == "goals" })
    #expect(lines.last?["summary"]?.hasPrefix("Not up to date: goals failed.") == true)
    // What ends the program is one of them, too.
    unlink(stage.tokenFile)
    let failed = try stage.run("sync", "--log-format=json")
    #expect(failed.code == 78)
    let said = try JSONDecoder().decode([String: String].self, from: Data(failed.log.utf8))
    #expect(said["level"] == "error" && said["text"]?.hasPrefix("The token cannot be read") == true)
    #expect(try stage.run("sync", "--log-format", "xml").code == 64)
  }

  @Test func `a spent allowance is waited for, however long`() throws {
    let stage = try Stage()
    stage.trouble(.rateLimited(resetIn: 3_000), at: "parties", times: 1)
    let child = try stage.start("sync", "--wait")
    let isWaiting = poll(seconds: 60) {
      child.hasEnded || child.text(of: 2).contains("waiting for the allowance")
    }
    try #require(isWaiting && !child.hasEnded, "\(child.text(of: 2))")
    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 20).code == 143)
  }

  @Test func `a check and the tables are JSON to a program`() throws {
    struct Check: Decodable {
      struct Line: Decodable {
        let subject: String
        let is_ok: Bool
        let text: String
      }
      let is_well: Bool
      let checks: [Line]
    }
    struct Row: Decodable {
      let table: String
      let key: String
      let how: String
    }
    let stage = try Stage()
    let decoder = JSONDecoder()
    let ending = try stage.run("check", "--json")
    #expect(ending.code == 0)
    let check = try decoder.decode(Check.self, from: Data(ending.output.utf8))
    #expect(check.is_well && check.checks.allSatisfy(\.is_ok))
    #expect(
      check.checks.map(\.subject) == ["configuration", "token", "source", "quota", "database"])
    stage.server.withAccount { $0.token = "another" }
    let refused = try stage.run("check", "--json")
    #expect(refused.code == 77)
    let failed = try decoder.decode(Check.self, from: Data(refused.output.utf8))
    #expect(!failed.is_well && failed.checks.first { !$0.is_ok }?.subject == "source")
    let tables = try stage.run("tables", "--json")
    let rows = try decoder.decode([Row].self, from: Data(tables.output.utf8))
    #expect(rows.contains { $0.table == "parties" && $0.key == "id" && $0.how == "incremental" })
    #expect(rows.contains { $0.table == "party_tags" && $0.how == "with parties" })
  }

  @Test func `a second sync of a quiet account changes nothing`() throws {
    let stage = try Stage(.small)
    try stage.configure([
      "requests": #"{"page_size": 100, "reserve": 0, "per_parent_budget": 0}"#
    ])
    try #require(try stage.run("sync").code == 0)
    let before = try stage.content()
    let ending = try stage.run("sync")
    #expect(ending.code == 0)
    #expect(try stage.content() == before)
    #expect(try stage.value("SELECT count(*) FROM _history") == 0)
    // One request a listing, and nothing is asked twice.
    let paths = ending.requests.map { String($0.split(separator: "?")[0]) }
    #expect(Set(paths).count == paths.count, "\(paths.sorted())")
    for list in ["parties", "opportunities", "kases", "parties/deleted"] {
      #expect(ending.requests.contains { $0.hasPrefix("\(list)?") && $0.contains("since=20") })
    }
    #expect(!paths.contains { $0.hasSuffix("/parties") || $0.hasSuffix("/tracks") })
  }

  @Test func `changes arrive with history`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let (renamed, deleted) = stage.server.withAccount { account in
      let ids = account.visibleIDs(.parties)
      account.describe(.parties, ids[0], "Plays the oboe")
      account.delete(.parties, ids[1])
      return (ids[0], ids[1])
    }
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.value("SELECT about FROM parties WHERE id = \(renamed)") == "Plays the oboe")
    #expect(
      try stage.rows("SELECT _deleted_reason FROM parties WHERE id = \(deleted)") == [["deleted"]])
    #expect(
      try stage.rows(
        "SELECT row_key, change FROM _history WHERE table_name = 'parties' ORDER BY change")
        == [[.integer(deleted), "delete"], [.integer(renamed), "update"]])
  }

  @Test func `named tables alone are read with their deletions`() throws {
    let stage = try Stage(.small)
    let ending = try stage.run("sync", "--table", "parties", "--table", "site")
    #expect(ending.code == 0)
    let words = ending.output.split(separator: "\n").map { $0.split(separator: " ")[0] }
    #expect(
      words == ["table", "site", "parties", "All"] || words == ["table", "parties", "site", "All"])
    let paths = Set(ending.requests.map { String($0.split(separator: "?")[0]) })
    #expect(paths == ["users/current", "site", "parties", "parties/deleted"])
    #expect(try stage.value("SELECT count(*) FROM parties") == 25)
    #expect(try stage.value("SELECT count(*) FROM opportunities") == 0)
  }

  @Test(arguments: [
    ("partys", "did you mean \"parties\"?"), ("goals", "\"goals\" is no table"),
    ("_runs", "\"_runs\" is no table"),
  ])
  func `a name that is not replicated is a usage error`(name: String, words: String) throws {
    let stage = try Stage()
    try stage.configure(["tables": #"{"goals": {"enabled": false}}"#])
    let ending = try stage.run("sync", "--table", name)
    #expect(ending.code == 64)
    #expect(access(stage.database, F_OK) != 0)
    #expect(ending.log.contains(words), "\(ending.log)")
    #expect(ending.log.contains("crm-replica tables"))
    #expect(ending.output.isEmpty)
    #expect(ending.requests.isEmpty)
  }

  @Test func `a full sync reads everything once more`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let before = try stage.content()
    let ending = try stage.run("sync", "--full")
    #expect(ending.code == 0)
    #expect(ending.requests.count { $0.hasPrefix("parties?") && !$0.contains("since=") } == 5)
    // Four full pages and the one behind: where nothing is counted, a full page may have a next.
    #expect(try stage.value("SELECT count(*) FROM entries") == 20)
    #expect(ending.requests.count { $0.hasPrefix("entries?") } == 5)
    #expect(
      ending.requests.count { $0.hasPrefix("opportunities/") && $0.contains("/tracks?") } == 12)
    #expect(try stage.content() == before)
  }

  @Test func `a disabled table is neither asked for nor made`() throws {
    let stage = try Stage(.small)
    try stage.configure([
      "tables": #"{"entries": {"enabled": false}, "tracks": {"enabled": false}}"#
    ])
    let ending = try stage.run("sync")
    #expect(ending.code == 0)
    #expect(!ending.requests.contains { $0.hasPrefix("entries") || $0.contains("/tracks?") })
    #expect(
      try stage.rows(
        """
        SELECT name FROM sqlite_schema WHERE name LIKE 'entr%'
          OR name IN ('tracks', 'track_tasks')
        """
      ).isEmpty)
  }
}
