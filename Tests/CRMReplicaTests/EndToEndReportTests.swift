import CapsuleSimulator
import FoundationEssentials
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// The commands that report: `status`, `check`, `demo`, and those that need no file.
@Suite(.onWaitingThreads) struct EndToEndReportTests {
  @Test func `status of a good replica`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let ending = try stage.run("status", "--max-age", "1h")
    #expect(ending.code == 0, "\(ending.output)")
    #expect(ending.log.isEmpty && ending.requests.isEmpty)
    #expect(ending.output.contains("Last run 1: good"))
    try stage.execute(
      """
      UPDATE _cursors SET completed_at = datetime('now', '-2 hours') WHERE table_name = 'users'
      """)
    let stale = try stage.run("status", "--max-age", "1h")
    #expect(stale.code == 1)
    #expect(stale.output.split(separator: "\n").filter { $0.hasSuffix("stale") }.count == 1)
    #expect(try stage.run("status").code == 0)
  }

  @Test func `status is JSON for programs`() throws {
    struct Report: Decodable {
      struct Table: Decodable {
        let table: String
        let rows: Int
        let outcome: String?
      }
      let isWell: Bool
      let tables: [Table]
    }
    let stage = try Stage()
    stage.trouble(.forbidden, at: "goals", times: 1)
    try #require(try stage.run("sync").code == 1)
    let ending = try stage.run("status", "--json")
    #expect(ending.code == 1)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let report = try decoder.decode(Report.self, from: Data(ending.output.utf8))
    #expect(!report.isWell)
    #expect(report.tables.count == 30)
    #expect(report.tables.first { $0.table == "parties" }?.rows == 5)
    #expect(report.tables.filter { $0.outcome != "good" }.map(\.table) == ["goals"])
  }

  @Test func `status without a file says so`() throws {
    let stage = try Stage()
    let ending = try stage.run("status")
    #expect(ending.code == 73)
    #expect(ending.log.contains(stage.database), "\(ending.log)")
    #expect(access(stage.database, F_OK) != 0)
  }

  @Test func `check says one line each`() throws {
    let stage = try Stage()
    let first = try stage.run("check")
    #expect(first.code == 0)
    let subjects = first.output.split(separator: "\n").map { $0.split(separator: ":")[0] }
    #expect(subjects == ["configuration", "token", "source", "quota", "database"])
    #expect(first.output.contains("will be made by the first sync"))
    #expect(first.requests == ["users/current"])
    #expect(access(stage.database, F_OK) != 0)
    try #require(try stage.run("sync").code == 0)
    #expect(try stage.run("check").output.contains("replica.sqlite, 1 runs so far"))
  }

  /// Not even one request leaves before the reset.
  @Test func `check asks nothing while the allowance is used up`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    try stage.execute("UPDATE _allowance SET blocked_until = datetime('now', '+30 minutes')")
    let ending = try stage.run("check")
    #expect(ending.code == 75)
    #expect(ending.requests == [])
    #expect(ending.output.contains("source: failed, not asked: its allowance is used up until "))
    #expect(ending.output.contains("database: ok"))
  }

  @Test func `check names what is wrong`() throws {
    let stage = try Stage()
    stage.trouble(.serverError(503, html: true), at: "users/current", times: 1)
    let trouble = try stage.run("check")
    #expect(trouble.code == 69)
    #expect(trouble.output.contains("source: failed, \(stage.server.baseURL) answers 503"))
    stage.server.withAccount { $0.token = "another" }
    let refused = try stage.run("check")
    #expect(refused.code == 77)
    #expect(refused.output.contains("answers 401: Requires authentication"))
    stage.server.stop()
    let silent = try stage.run("check")
    #expect(silent.code == 69)
    #expect(silent.output.contains("source: failed, no answer"))
    try stage.configure(["database": "\"\(stage.folder)/missing/replica.sqlite\""])
    #expect(try stage.run("check").output.contains("database: failed, \(stage.folder)/missing"))
  }

  @Test(
    arguments: [
      (["help"], 0, "usage: crm-replica COMMAND"), (["--version"], 0, "crm-replica 0."),
      (["tables"], 0, "parties"), (["schema"], 0, "CREATE TABLE"),
      ([], 64, "A command is missing."),
      (["snyc"], 64, "did you mean \"sync\"?"), (["sync"], 64, "\"sync\" needs --config FILE"),
    ] as [([String], Int32, String)])
  func `commands that need no file`(arguments: [String], code: Int32, words: String) throws {
    let directory = try TemporaryDirectory()
    let ending = try Child(arguments, in: directory.path).wait()
    #expect(ending.code == code)
    #expect((code == 0 ? ending.output : ending.log).contains(words))
    #expect((code == 0 ? ending.log : ending.output).isEmpty)
  }

  @Test func `a demo leaves its file and replaces no other`() throws {
    let directory = try TemporaryDirectory()
    let database = directory.path + "/demo.sqlite"
    for _ in 1...2 {
      let ending = try Child(["demo", "--database", database], in: directory.path).wait(seconds: 60)
      #expect(ending.code == 0, "\(ending.log)")
      #expect(ending.output.contains("Open deals in GBP by milestone"))
      let connection = try Connection(path: database, mode: .readOnly)
      #expect(try connection.value("SELECT count(*) FROM _runs") == 2)
      #expect(try connection.value("PRAGMA integrity_check") == "ok")
    }
    let letter = try directory.file("letter", Array("Dear reader, ".utf8))
    let foreign = try Child(["demo", "--database", letter], in: directory.path).wait()
    #expect(foreign.code == 73)
    #expect(foreign.log.contains(letter))
    #expect(try bytes(of: letter) == Array("Dear reader, ".utf8))
    #expect(access(letter + ".lock", F_OK) != 0)
  }

  @Test func `a demo does not replace a real replica`() throws {
    let stage = try Stage()
    try stage.configure(["tables": #"{"site": {"enabled": false}}"#])
    try #require(try stage.run("sync").code == 0)
    let before = try stage.content()
    let ending = try Child(["demo", "--database", stage.database], in: stage.folder).wait()
    #expect(ending.code == 73)
    #expect(ending.log.contains("holds no demo"), "\(ending.log)")
    #expect(try stage.content() == before)
  }
}
