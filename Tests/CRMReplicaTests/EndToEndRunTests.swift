import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// The built program as a daemon.
@Suite(.onWaitingThreads) struct EndToEndRunTests {
  private func everySecond(_ prepare: @Sendable (Account) -> Void = { _ in }) throws -> Stage {
    let stage = try Stage(prepare: prepare)
    try stage.configure(["schedule": #"{"every": "1s"}"#])
    return stage
  }

  /// The rounds that have ended.
  private func rounds(_ stage: Stage) -> Int64 {
    let sql = "SELECT count(*) FROM _runs WHERE finished_at IS NOT NULL"
    return (try? stage.value(sql))?.integer ?? 0
  }

  @Test func `rounds follow each other until a signal`() throws {
    let stage = try everySecond()
    let child = try stage.start("run")
    try #require(poll(seconds: 20) { rounds(stage) >= 1 }, "\(child.text(of: 2))")
    stage.server.withAccount { _ = $0.createPerson("Zora", "Quist") }
    let arrived = try poll(seconds: 20) {
      try stage.value("SELECT count(*) FROM parties WHERE last_name = 'Quist'") == 1
    }
    #expect(arrived, "\(child.text(of: 2))")
    #expect(poll(seconds: 20) { rounds(stage) >= 3 })
    child.signal(SIGTERM)
    let ending = try child.wait(seconds: 10)
    #expect(ending.code == 0)
    #expect(ending.log.contains("waiting for the next round"))
    #expect(try stage.rows("SELECT DISTINCT outcome FROM _runs WHERE id <= 3") == [["good"]])
    #expect(try stage.isWhole())
  }

  @Test func `a table that fails ends no daemon`() throws {
    let stage = try everySecond {
      $0.faults = .init([.init(.forbidden, on: .path("goals", times: 2))])
    }
    let child = try stage.start("run")
    try #require(poll(seconds: 20) { rounds(stage) >= 1 })
    #expect(try stage.value("SELECT outcome FROM _runs WHERE id = 1") == "partial")
    #expect(
      try poll(seconds: 20) {
        try stage.value("SELECT count(*) FROM _runs WHERE outcome = 'good'") != 0
      }, "\(child.text(of: 2))")
    child.signal(SIGINT)
    #expect(try child.wait(seconds: 10).code == 0)
    #expect(try stage.value("SELECT count(*) FROM goals") == 1)
  }

  @Test func `a refused token ends the daemon`() throws {
    let stage = try everySecond()
    let child = try stage.start("run")
    try #require(poll(seconds: 20) { rounds(stage) >= 1 })
    stage.server.withAccount { $0.token = "another" }
    let ending = try child.wait(seconds: 20)
    #expect(ending.code == 77)
    #expect(ending.log.contains("refused the token (401)"))
    #expect(try stage.isWhole())
  }
}
