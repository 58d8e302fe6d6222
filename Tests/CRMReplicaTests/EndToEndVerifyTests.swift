import CapsuleSimulator
import FoundationEssentials
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// `verify` of the built program.
@Suite(.onWaitingThreads) struct EndToEndVerifyTests {
  private struct Report: Decodable {
    struct Table: Decodable {
      struct Row: Decodable {
        let key: Key
        let kind: String
        let columns: [String]
      }
      let table: String
      let compared: Int
      let missing: Int
      let extra: Int
      let differing: Int
      let pending: Int
      let error: String?
      let differences: [Row]
    }
    enum Key: Decodable, Hashable {
      case number(Int64)
      case text(String)

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
          self = .number(number)
        } else {
          self = .text(try container.decode(String.self))
        }
      }
    }
    let outcome: String
    let requests: Int
    let asOf: String
    let tables: [Table]
  }

  private func report(_ ending: Ending) throws -> Report {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Report.self, from: Data(ending.output.utf8))
  }

  @Test func `an equal replica is told so`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let before = try stage.content()
    let ending = try stage.run("verify")
    #expect(ending.code == 0, "\(ending.output)\(ending.log)")
    #expect(ending.output.contains("The replica equals the account"))
    #expect(ending.log.contains("event=\"verification equal\""))
    #expect(try stage.content() == before)
    #expect(
      try stage.rows("SELECT id, outcome, requests FROM _verifications")
        == [[1, "equal", .integer(Int64(ending.requests.count))]])
    #expect(try stage.value("SELECT count(*) FROM _verified_tables") == 30)
    #expect(access(stage.database + ".verify", F_OK) != 0)
  }

  @Test func `what differs is told by key and column`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    try stage.execute(
      """
      UPDATE parties SET about = 'a secret' WHERE id = (SELECT max(id) FROM parties);
      DELETE FROM countries WHERE alpha2_code = 'DE';
      """)
    let id = try #require(try stage.value("SELECT max(id) FROM parties").integer)
    let content = try stage.content()
    let ending = try stage.run("verify", "--json")
    #expect(ending.code == 1)
    let report = try report(ending)
    #expect(report.outcome == "different")
    #expect(report.requests == ending.requests.count)
    let parties = try #require(report.tables.first { $0.table == "parties" })
    #expect(parties.differing == 1 && parties.compared == 25)
    #expect(parties.differences.map(\.key) == [.number(id)])
    #expect(parties.differences.map(\.columns) == [["about"]])
    let countries = try #require(report.tables.first { $0.table == "countries" })
    #expect(countries.differences.map(\.key) == [.text("DE")])
    #expect(countries.differences.map(\.kind) == ["missing"])
    #expect(try stage.content() == content)
    let text = try stage.run("verify")
    #expect(text.code == 1)
    #expect(text.output.contains("\(id)") && text.output.contains("about"))
    #expect(!(text.output + text.log + ending.output).contains("secret"))
    #expect(
      try stage.rows("SELECT table_name, kind FROM _differences WHERE verification_id = 2")
        == [["countries", "missing"], ["parties", "differing"]])
  }

  @Test func `named tables are compared alone`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let ending = try stage.run("verify", "--json", "--table", "users", "--table", "parties")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(
      try report(ending).tables.map(\.table).sorted() == ["deleted_parties", "parties", "users"])
    #expect(try stage.run("verify", "--table", "partys").code == 64)
  }

  @Test func `a limit of requests is kept`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let ending = try stage.run("verify", "--json", "--requests", "7")
    #expect(ending.code == 75)
    #expect(ending.requests.count == 7)
    #expect(try report(ending).outcome == "unfinished")
    #expect(try stage.value("SELECT outcome FROM _verifications") == "unfinished")
    #expect(
      try stage.value("SELECT count(*) FROM _verified_tables WHERE error IS NOT NULL") != 0)
    #expect(try stage.run("verify", "--requests", "0").code == 64)
  }

  @Test func `the daemon may be at work`() throws {
    let stage = try Stage(.small)
    let daemon = try stage.start("run")
    try #require(
      poll(seconds: 60) {
        (try? stage.value("SELECT count(*) FROM _runs WHERE outcome = 'good'")) == 1
      })
    let ending = try stage.run("verify")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.output.contains("The replica equals the account"))
    #expect(ending.log.contains("result not noted"))
    daemon.signal(SIGTERM)
    #expect(try daemon.wait(seconds: 10).code == 0)
    #expect(try stage.value("SELECT count(*) FROM _verifications") == 0)
  }

  @Test func `a signal ends it and no copy stays`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    stage.trouble(.slowBody, at: "parties?page=3")
    let before = stage.requests().count
    let child = try stage.start("verify")
    try #require(
      poll(seconds: 20) {
        stage.requests(since: before).contains { $0.hasPrefix("parties?page=3") }
      })
    child.signal(SIGTERM)
    let ending = try child.wait(seconds: 10)
    #expect(ending.code == 143)
    #expect(ending.log.contains("event=\"verification stopped\""), "\(ending.log)")
    #expect(ending.output.isEmpty)
    let names = try FileManager.default.contentsOfDirectory(atPath: stage.folder)
    #expect(names.filter { $0.contains("verify") } == ["replica.sqlite.verify.lock"])
    #expect(try stage.value("SELECT count(*) FROM _verifications") == 0)
  }

  /// The copy has no name while the account is read, so that not even a kill leaves it behind.
  @Test func `a kill leaves no copy`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    try stage.file("replica.sqlite.verify", "left by a kill in the middle of copying")
    stage.trouble(.slowBody, at: "parties?page=3")
    let before = stage.requests().count
    let child = try stage.start("verify")
    try #require(
      poll(seconds: 20) {
        stage.requests(since: before).contains { $0.hasPrefix("parties?page=3") }
      })
    child.signal(SIGKILL)
    #expect(try child.wait(seconds: 10).code == -SIGKILL)
    #expect(access(stage.database + ".verify", F_OK) != 0)
    stage.endTrouble()
    #expect(try stage.run("verify").code == 0)
  }

  @Test func `trouble has the exit codes of a sync`() throws {
    let stage = try Stage()
    #expect(try stage.run("verify").code == 73)
    try #require(try stage.run("sync").code == 0)
    stage.trouble(.forbidden, at: "goals")
    #expect(try stage.run("verify").code == 1)
    stage.endTrouble()
    stage.trouble(.serverError(503, html: true), at: "")
    #expect(try stage.run("verify").code == 69)
    stage.endTrouble()
    stage.trouble(.rateLimited(resetIn: 3_000), at: "parties", times: 1)
    #expect(try stage.run("verify").code == 75)
    // The refusal is kept for the next process.
    let next = try stage.run("sync")
    #expect(next.code == 75 && next.requests.isEmpty)
    stage.server.withAccount { $0.token = "another" }
    try stage.execute("DELETE FROM _allowance")
    #expect(try stage.run("verify").code == 77)
  }
}
