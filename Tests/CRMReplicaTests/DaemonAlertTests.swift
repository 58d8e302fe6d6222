import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import Simulation
import Testing

@testable import CRMReplica

/// What somebody is told of in days of a daemon's life, in virtual time.
@Suite struct DaemonAlertTests {
  private func life(_ start: String = "2026-05-04 12:00:00") throws -> DaemonLife {
    let life = try DaemonLife(start)
    life.schedule.at = try TimeOfDay(spelling: "02:30")
    life.alerts = .init(
      command: ["/notify"], lateAfter: .seconds(26 * 3_600),
      pingURL: try CallAddress("http://127.0.0.1:1/ping"))
    return life
  }

  private func lines(_ life: DaemonLife) -> [String] { life.told.map(\.line) }

  /// The instant at which a line was told first.
  private func instant(_ line: String, _ life: DaemonLife) throws -> String {
    let found = life.told.first { $0.line == line }
    return Timestamp(try #require(found, "\(life.told)").at).sql
  }

  @Test func `calm days are told by pings alone`() throws {
    let life = try life()
    try life.live(until: "2026-05-08 12:00:00")
    #expect(lines(life) == [])
    #expect(life.pings.count == 5 && life.pings.count == life.rounds.count)
    #expect(!life.log.contains { $0.contains("alert") || $0.contains("ping") })
  }

  /// A day without the source: told when the first round fails and when it is late, and once each
  /// when it is over, however many rounds fail.
  @Test func `a source that is down is told once, and that it is back`() throws {
    let life = try life()
    try life.at("2026-05-05 00:00:00") { $0.isDown = true }
    try life.at("2026-05-06 00:00:00") { $0.isDown = false }
    try life.live(until: "2026-05-07 12:00:00")
    #expect(life.rounds.count { $0.outcome == .unavailable } > 10)
    #expect(
      lines(life) == [
        "unavailable begun", "late begun", "late resolved", "unavailable resolved",
      ])
    #expect(try instant("unavailable begun", life).hasPrefix("2026-05-05 00:3"))
    // 26 hours behind the last good round.
    #expect(try instant("late begun", life).hasPrefix("2026-05-05 14:0"))
    #expect(life.pings.count == life.rounds.count { $0.outcome == .good })
  }

  /// One round that waits and waits for the allowance: nothing has failed.
  @Test func `a round that only waits is told to be late`() throws {
    let life = try life()
    life.watchdog = .seconds(120)
    try life.at("2026-05-05 00:00:00") { life in
      life.account.faults.faults.append(
        .init(.rateLimited(resetIn: 3_000), on: .path("", times: 40)))
    }
    try life.live(until: "2026-05-08 12:00:00")
    #expect(lines(life) == ["late begun", "late resolved"])
    let late = try #require(life.told.first).at
    #expect(Timestamp(late).sql.hasPrefix("2026-05-05 14:0"))
    let round = try #require(life.rounds.first { $0.begun < late && $0.ended ?? .max > late })
    // What can wait gave way to the next one.
    #expect(round.outcome == .partial)
    #expect(life.complaints == [])
  }

  /// A table that fails stands; the rounds of others and restarts neither repeat nor end it.
  @Test func `a table that fails is told once, through restarts`() throws {
    let life = try life()
    life.tables["entries"]?.every = .seconds(21_600)
    try life.at("2026-05-05 06:00:00") { life in
      life.account.faults.faults.append(.init(.forbidden, on: .path("goals", times: 100_000)))
    }
    for hour in 1..<30 {
      life.at(life.account.now + Int64(hour) * 7_200) { $0.signals.append(.stop) }
    }
    try life.at("2026-05-07 06:00:00") { life in
      life.account.faults.faults.append(.init(.forbidden, on: .path("teams", times: 100_000)))
    }
    try life.at("2026-05-08 06:00:00") { $0.account.faults = FaultScript() }
    try life.live(until: "2026-05-09 12:00:00")
    // No round is good meanwhile.
    #expect(lines(life).filter { $0.hasPrefix("late") } == ["late begun", "late resolved"])
    let told = lines(life).filter { !$0.hasPrefix("late") }
    #expect(told.prefix(2) == ["failed begun goals", "failed begun teams"], "\(life.told)")
    let resolved = told.dropFirst(2)
    #expect(resolved.allSatisfy { $0.hasPrefix("failed resolved ") }, "\(life.told)")
    let tables = resolved.flatMap { $0.dropFirst(16).split(separator: ",") }
    #expect(tables.sorted() == ["goals", "teams"])
    #expect(life.exits == Array(repeating: .success, count: 30))
  }

  /// A file that is to get another table waits for the source with it, and says nothing until then.
  @Test func `a table that failed stands while the source is down`() throws {
    let life = try life()
    life.tables["countries"] = .init(isEnabled: false)
    try life.at("2026-05-05 06:00:00") { life in
      life.account.faults.faults.append(.init(.forbidden, on: .path("goals", times: 100_000)))
    }
    try life.at("2026-05-06 06:00:00") { life in
      life.tables["countries"] = nil
      (life.isDown, life.signals) = (true, life.signals + [.stop])
    }
    try life.at("2026-05-07 20:00:00") { $0.isDown = false }
    try life.live(until: "2026-05-08 20:00:00")
    #expect(
      lines(life).filter { !$0.hasPrefix("late") } == [
        "failed begun goals", "unavailable begun", "unavailable resolved",
      ])
  }

  /// What nobody took is told later, and not again and again.
  @Test func `what could not be sent is sent when it can be`() throws {
    let life = try life()
    life.isDeaf = true
    try life.at("2026-05-05 00:00:00") { $0.isDown = true }
    try life.at("2026-05-05 04:00:00") { $0.isDeaf = false }
    try life.live(until: "2026-05-05 10:00:00")
    #expect(lines(life) == ["unavailable begun"])
    let told = try instant("unavailable begun", life)
    #expect(told >= "2026-05-05 04:00:00" && told <= "2026-05-05 04:12:00")
    let tries = life.log.count { $0.contains("event=\"alert not sent\"") }
    #expect((18...24).contains(tries), "\(tries)")
    #expect(life.log.allSatisfy { !$0.contains("alert not sent") || $0.contains("level=warning") })
  }

  @Test func `a file that cannot be written is told`() throws {
    let life = try life()
    try life.at("2026-05-05 00:30:00") { $0.fullUntil = $0.account.now + 3_600 }
    try life.live(until: "2026-05-06 12:00:00")
    #expect(lines(life) == ["unwritten begun", "unwritten resolved"])
  }

  // MARK: The token at the start

  /// The round is due in four hours, and the daemon does not wait for it.
  @Test func `a token that is refused ends the daemon when it is started`() throws {
    let life = try life()
    try life.at("2026-05-05 20:00:00") { life in
      life.account.token = "another"
      life.signals.append(.stop)
    }
    try life.at("2026-05-05 21:45:00") { $0.token = "another" }
    try life.live(until: "2026-05-06 12:00:00")
    #expect(life.exits == [.success, .refused, .refused, .refused, .refused, .success])
    #expect(lines(life) == ["refused begun", "refused resolved"])
    #expect(try instant("refused begun", life).hasPrefix("2026-05-05 20:00:"))
    #expect(try instant("refused resolved", life).hasPrefix("2026-05-05 22:0"))
    #expect(life.notes.contains { $0.contains("STATUS=Ended, as somebody has to act: the source") })
    #expect(
      life.begun("parties") == [
        "2026-05-04 12:00:00", "2026-05-05 00:30:00", "2026-05-06 00:30:00",
      ])
    // One request each.
    #expect(life.account.log.count { $0.status == 401 } == 4)
    #expect(life.complaints == [])
  }
}
