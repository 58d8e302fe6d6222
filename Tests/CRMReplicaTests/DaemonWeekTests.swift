import CapsuleSimulator
import Glibc
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

@testable import CRMReplica

/// Weeks of daemon life, each in a second or so.
@Suite struct DaemonWeekTests {
  private static let daily = "02:30"

  private func life(
    _ start: String, at time: String? = daily, seed: UInt64 = 1
  ) throws -> DaemonLife {
    let life = try DaemonLife(start, seed: seed)
    life.schedule = Configuration.Schedule(
      every: .seconds(86_400),
      at: try time.map { spelling throws(Complaint) in
        try TimeOfDay(spelling: spelling)
      }, overlap: .seconds(300), sweepEvery: .seconds(86_400))
    return life
  }

  private func expectWell(
    _ life: DaemonLife, maxAge: Int64 = 86_400 + 3_600,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(life.complaints == [], sourceLocation: location)
    let differences = try life.differences(maxAge: maxAge)
    #expect(differences == [], "\(life.log.suffix(30).joined())", sourceLocation: location)
  }

  // MARK: Calm weeks

  /// Rounds at the local time on both sides of the clock change; the first one is due at once.
  @Test func `a calm week into summer time`() throws {
    let life = try life("2026-03-26 12:00:00")
    try life.live(until: "2026-04-02 12:00:00")
    #expect(
      life.begun("parties") == [
        "2026-03-26 12:00:00", "2026-03-27 01:30:00", "2026-03-28 01:30:00", "2026-03-29 01:00:00",
        "2026-03-30 00:30:00", "2026-03-31 00:30:00", "2026-04-01 00:30:00", "2026-04-02 00:30:00",
      ])
    #expect(life.exits == [.success])
    try expectWell(life)
  }

  @Test func `a calm week into winter time`() throws {
    let life = try life("2026-10-22 12:00:00")
    life.tables["entries"]?.every = .seconds(21_600)
    try life.live(until: "2026-10-27 12:00:00")
    #expect(
      life.begun("parties") == [
        "2026-10-22 12:00:00", "2026-10-23 00:30:00", "2026-10-24 00:30:00", "2026-10-25 00:30:00",
        "2026-10-26 01:30:00", "2026-10-27 01:30:00",
      ])
    #expect(
      life.begun("entries").filter { $0 >= "2026-10-24 06" && $0 < "2026-10-26 12" } == [
        "2026-10-24 06:30:00", "2026-10-24 12:30:00", "2026-10-24 18:30:00", "2026-10-25 00:30:00",
        "2026-10-25 06:30:00", "2026-10-25 12:30:00", "2026-10-25 18:30:00", "2026-10-26 00:30:00",
        "2026-10-26 01:30:00", "2026-10-26 07:30:00",
      ])
    try expectWell(life)
  }

  /// In an account that takes hours to be read, what can wait gives way to the rounds of a table
  /// that is read often, and goes on behind each of them.
  @Test func `work that can wait goes on behind each round`() throws {
    let life = try DaemonLife("2026-05-04 12:00:00", size: .small)
    life.latency = .seconds(30)
    life.tables["tasks"] = .init(every: .seconds(900))
    try life.live(until: "2026-05-04 20:00:00")
    let gaveWay = life.rounds.count { !$0.leftOver.isEmpty }
    #expect(gaveWay >= 3, "\(life.rounds)")
    for (round, next) in zip(life.rounds, life.rounds.dropFirst()) {
      #expect(next.tables.isSuperset(of: round.leftOver))
    }
    let tasks = life.rounds.filter { $0.tables.contains("tasks") }.map(\.begun)
    for (first, second) in zip(tasks, tasks.dropFirst()) {
      // What is on its way when the next round is due is waited for.
      #expect(second - first <= 900 + 8 * 30)
    }
    #expect(life.rounds.suffix(8).allSatisfy { $0.leftOver.isEmpty }, "\(life.rounds.suffix(8))")
    life.latency = .milliseconds(120)
    try expectWell(life)
  }

  // MARK: Missed rounds

  @Test(arguments: [nil, Self.daily])
  func `restarts change nothing`(time: String?) throws {
    let calm = try life("2026-05-04 12:00:00", at: time)
    try calm.live(until: "2026-05-08 12:30:00")
    let restless = try life("2026-05-04 12:00:00", at: time)
    for hour in 1..<95 {
      restless.at(restless.account.now + Int64(hour) * 3_600 + 600) { $0.signals.append(.stop) }
    }
    try restless.live(until: "2026-05-08 12:30:00")
    #expect(restless.exits.count == 95)
    #expect(restless.begun("parties") == calm.begun("parties"))
    #expect(calm.begun("parties").count == 5)
  }

  /// Whether the process was away or the host asleep: what was missed is made up once, soon.
  @Test(arguments: [true, false])
  func `missed rounds are made up once`(isAsleep: Bool) throws {
    let life = try life("2026-05-04 12:00:00")
    try life.at("2026-05-05 20:00:00") { life in
      if isAsleep { return life.sleep(3 * 86_400) }
      life.downtime = 3 * 86_400
      life.signals.append(.stop)
    }
    try life.live(until: "2026-05-10 12:00:00")
    let begun = life.begun("parties")
    #expect(begun.prefix(2) == ["2026-05-04 12:00:00", "2026-05-05 00:30:00"])
    #expect(begun[2] >= "2026-05-08 20:00:00" && begun[2] <= "2026-05-08 20:01:00", "\(begun)")
    #expect(begun.dropFirst(3) == ["2026-05-09 00:30:00", "2026-05-10 00:30:00"])
    try expectWell(life)
  }

  /// A clock that runs ahead for a day, and one that was put back.
  @Test(arguments: [86_400, -86_400, 400 * 86_400] as [Int64])
  func `a host clock that is set`(error: Int64) throws {
    let life = try life("2026-05-04 12:00:00")
    try life.at("2026-05-05 20:00:00") { $0.hostError = error }
    try life.at("2026-05-06 20:00:00") { $0.hostError = 0 }
    try life.live(until: "2026-05-10 12:00:00")
    let begun = life.begun("parties")
    // One round more for each time that the clock was set, at the most.
    #expect((7...9).contains(begun.count), "\(begun)")
    #expect(
      begun.suffix(4) == [
        "2026-05-07 00:30:00", "2026-05-08 00:30:00", "2026-05-09 00:30:00", "2026-05-10 00:30:00",
      ])
    try expectWell(life)
  }

  // MARK: Trouble

  @Test func `a source that is down for a day`() throws {
    let life = try life("2026-05-04 12:00:00")
    try life.at("2026-05-05 00:00:00") { $0.isDown = true }
    try life.at("2026-05-06 00:00:00") { $0.isDown = false }
    try life.live(until: "2026-05-08 12:00:00")
    let attempts = life.rounds.filter { $0.outcome == .unavailable }.map(\.begun)
    #expect((12...18).contains(attempts.count), "\(attempts.count)")
    for (first, second) in zip(attempts, attempts.dropFirst()) {
      #expect((600...7_300).contains(second - first))
    }
    let good = life.rounds.filter { $0.outcome == .good }.map { Timestamp($0.begun).sql }
    #expect(good.count { $0 > "2026-05-06 00:00:00" && $0 < "2026-05-06 02:05:00" } >= 1, "\(good)")
    #expect(good.suffix(2) == ["2026-05-07 00:30:00", "2026-05-08 00:30:00"])
    try expectWell(life)
  }

  /// Refusals for the allowance, day after day, some while the process is stopped or killed.
  @Test func `storms of refusals are outlasted`() throws {
    let life = try life("2026-05-04 12:00:00")
    life.watchdog = .seconds(120)
    for day in 5...9 {
      let storm: (DaemonLife) -> Void = { life in
        life.account.faults.faults.append(
          .init(.rateLimited(resetIn: 1_800 + Int64(day)), on: .path("", times: 4)))
      }
      try life.at("2026-05-0\(day) 00:30:00", storm)
      try life.at("2026-05-0\(day) 00:45:00") { if day % 2 == 0 { $0.signals.append(.stop) } }
      try life.at("2026-05-0\(day) 00:55:00") { if day == 7 { $0.statementsLeft = 4 } }
      try life.at("2026-05-0\(day) 01:00:00") { $0.signals.append(.round) }
    }
    try life.live(until: "2026-05-11 12:00:00")
    let refusals = life.account.log.count { $0.status == 429 }
    #expect(refusals >= 15)
    #expect(life.notes.contains { $0.hasPrefix("STATUS=Waiting for the allowance until ") })
    try expectWell(life)
  }

  /// The file cannot tell the next round, so the process remembers the longest wait there is.
  @Test func `a refusal that could not be noted is obeyed all the same`() throws {
    let life = try life("2026-05-04 12:00:00")
    // The disk is full from the request on that is refused.
    let begin = try #require(Timestamp("2026-05-05 00:30:00")).seconds
    let before = life.account.beforeRequest
    var isRefused = false
    life.account.beforeRequest = { [unowned life] account, number in
      before?(account, number)
      guard account.now > begin, !isRefused else { return }
      isRefused = true
      account.faults.faults.append(.init(.rateLimited(resetIn: 60), on: .path("", times: 1)))
      life.fullUntil = account.now + 60
    }
    try life.live(until: "2026-05-06 12:00:00")
    let refusal = try #require(life.account.log.firstIndex { $0.status == 429 })
    let (refused, next) = (life.account.log[refusal], life.account.log[refusal + 1])
    #expect((3_661...3_663).contains(next.time - refused.time), "\(next.time - refused.time)")
    try expectWell(life)
  }

  @Test func `a token that expires`() throws {
    let life = try life("2026-05-04 12:00:00")
    try life.at("2026-05-05 20:00:00") { $0.account.token = "another" }
    // Somebody sees that the unit has failed, and puts the new token in its place.
    try life.at("2026-05-06 00:29:00") { $0.downtime = 6 * 3_600 }
    try life.at("2026-05-06 06:00:00") { $0.token = "another" }
    try life.live(until: "2026-05-08 12:00:00")
    #expect(life.exits == [.refused, .success])
    let begun = life.begun("parties")
    #expect(begun.dropFirst(3).first?.hasPrefix("2026-05-06 06:30:") == true, "\(begun)")
    #expect(begun.dropFirst(4) == ["2026-05-07 00:30:00", "2026-05-08 00:30:00"])
    try expectWell(life)
  }

  @Test func `a disk that is full for an hour`() throws {
    let life = try life("2026-05-04 12:00:00")
    try life.at("2026-05-05 00:30:00") { $0.fullUntil = $0.account.now + 3_600 }
    try life.live(until: "2026-05-06 12:00:00")
    #expect(life.exits == [.success])
    let begun = life.begun("parties")
    let tries = begun.filter { $0 >= "2026-05-05 00:30:00" && $0 < "2026-05-05 01:30:00" }
    #expect((6...12).contains(tries.count), "\(tries)")
    #expect(
      begun.contains { $0 >= "2026-05-05 01:30:00" && $0 <= "2026-05-05 01:41:00" }, "\(begun)")
    #expect(life.notes.contains { $0.hasPrefix("STATUS=The replica cannot be written.") })
    #expect(life.log.contains { $0.contains("event=\"replica not written\"") })
    try expectWell(life)
  }

  // MARK: Signals

  @Test func `a round that is asked for`() throws {
    let life = try life("2026-05-04 12:00:00")
    try life.at("2026-05-04 18:00:00") { $0.signals.append(.round) }
    // In the midst of a round of all tables it is that round.
    try life.at("2026-05-05 00:30:01") { $0.signals += [.round, .round] }
    try life.live(until: "2026-05-05 12:00:00")
    #expect(
      life.begun("parties") == [
        "2026-05-04 12:00:00", "2026-05-04 18:00:00", "2026-05-05 00:30:00",
      ])
    #expect(life.log.contains { $0.contains("the one under way is it") })
  }

  @Test func `a round that is asked for during one of some tables`() throws {
    let life = try life("2026-05-04 12:00:00")
    life.tables["entries"]?.every = .seconds(21_600)
    try life.at("2026-05-04 18:30:01") { $0.signals += [.round, .round] }
    try life.at("2026-05-04 18:30:00") { life in
      life.account.faults.faults.append(.init(.slowBody, on: .path("entries", times: 1)))
    }
    try life.live(until: "2026-05-05 00:00:00")
    #expect(
      life.begun("entries").prefix(3) == [
        "2026-05-04 12:00:00", "2026-05-04 12:30:00", "2026-05-04 18:30:00",
      ])
    // The one that was asked for.
    #expect(life.begun("entries").count == 4)
    #expect(life.begun("parties").count == 2)
    #expect(life.log.contains { $0.contains("follows the one under way") })
  }

  @Test func `a configuration that is read again`() throws {
    let life = try life("2026-05-04 12:00:00")
    try life.at("2026-05-05 06:00:00") { life in
      life.schedule = Configuration.Schedule(
        every: .seconds(3_600), at: nil, overlap: .seconds(300), sweepEvery: .seconds(86_400))
      life.tables["countries"] = .init(isEnabled: false)
      life.signals.append(.reload)
    }
    try life.at("2026-05-05 09:30:00") { life in
      life.brokenConfiguration = ConfigurationError(
        file: "config.json", problems: [.init(place: nil, text: "the file does not exist")])
      life.signals.append(.reload)
    }
    try life.live(until: "2026-05-05 12:30:00")
    let begun = life.begun("parties").dropFirst(2)
    #expect(begun.first == "2026-05-05 06:00:00")
    #expect(begun.count == 7, "\(begun)")
    #expect(!life.rounds.suffix(4).contains { $0.tables.contains("countries") })
    #expect(life.log.contains { $0.contains("event=\"configuration reloaded\" tables=29") })
    let refused = life.log.filter { $0.contains("event=\"configuration refused\"") }
    #expect(refused.count == 1 && refused[0].contains("config.json: the file does not exist"))
    let reloads = life.notes.filter { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") }
    #expect(reloads.count == 2)
    #expect(life.notes.count { $0 == "READY=1" } == 3)
  }

  /// What arrives in the midst of a round leaves it alone and is in force behind it: the table goes
  /// from the file in a round that follows at once.
  @Test func `a configuration that is read again in a round`() throws {
    let life = try life("2026-05-04 12:00:00")
    try life.at("2026-05-05 00:30:01") { life in
      life.tables["parties"] = .init(isEnabled: false)
      life.signals.append(.reload)
    }
    try life.live(until: "2026-05-07 00:00:00")
    #expect(life.begun("parties") == ["2026-05-04 12:00:00", "2026-05-05 00:30:00"])
    let begun = life.begun("tasks")
    #expect(begun.count == 4 && begun[2].hasPrefix("2026-05-05 00:3"), "\(begun)")
    #expect(life.rounds.allSatisfy { $0.outcome == .good })
    #expect(life.log.contains { $0.contains("in force after the round under way") })
  }

  /// A table that the token may not read is tried alone between the rounds, and all others go on.
  @Test func `a table that is forbidden for good`() throws {
    let life = try life("2026-05-04 12:00:00")
    life.account.faults.faults.append(.init(.forbidden, on: .path("goals", times: 100_000)))
    try life.live(until: "2026-05-07 12:00:00")
    #expect(life.exits == [.success])
    #expect(life.rounds.allSatisfy { $0.outcome == .partial })
    #expect(life.begun("parties").count == 4)
    #expect(life.begun("goals").count > 8)
  }

  // MARK: Everything at once

  /// A week drawn by a seed: all of this in any order, with edits all along until it calms down.
  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `a restless week keeps its rounds`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let start = seed.isMultiple(of: 2) ? "2026-03-26 12:00:00" : "2026-10-22 12:00:00"
    let life = try life(start, at: random.chance(70) ? Self.daily : nil, seed: seed)
    life.watchdog = random.chance(50) ? .seconds(random.int(20...600)) : nil
    if random.chance(50) { life.tables["tasks"] = .init(every: .seconds(random.int(600...30_000))) }
    let begin = life.account.now
    var editor = SplitMix64(seed: seed &+ 1_000)
    for hour in 0..<(4 * 24) {
      life.at(begin + Int64(hour) * 3_600 + Int64(random.int(0...3_599))) { life in
        _ = life.account.edit(using: &editor, count: 2)
      }
    }
    for _ in 0..<14 {
      // Mostly when there is a round to disturb.
      let night = begin + Int64(random.int(0...4)) * 86_400 + 45_000 + Int64(random.int(0...6_000))
      let any = begin + Int64(random.int(0...(5 * 86_400)))
      trouble(life, at: random.chance(60) ? night : any, using: &random)
    }
    let end = Timestamp(begin + 7 * 86_400)
    life.at(begin + 5 * 86_400 + 40_000) { life in
      (life.hostError, life.isDown, life.token) = (0, false, life.account.token)
      (life.fullUntil, life.brokenConfiguration) = (0, nil)
      life.account.faults = FaultScript()
    }
    try life.live(until: end.sql)
    #expect(life.exits.last == .success)
    try expectWell(life)
  }

  private func trouble(
    _ life: DaemonLife, at instant: Int64, using random: inout SplitMix64
  ) {
    let length = Int64(random.int(1...30_000))
    let count = random.int(1...6)
    switch random.int(0...9) {
    case 0:
      life.at(instant) { life in
        life.downtime = length
        life.signals.append(.stop)
      }
    case 1: life.at(instant) { $0.statementsLeft = count * 50 }
    case 2:
      life.at(instant) { $0.isDown = true }
      life.at(instant + length) { $0.isDown = false }
    case 3:
      life.at(instant) { life in
        let effect = FaultScript.Effect.rateLimited(resetIn: 60 + length % 3_000)
        life.account.faults.faults.append(.init(effect, on: .path("", times: count)))
      }
    case 4: life.at(instant) { $0.sleep(length) }
    case 5:
      life.at(instant) { $0.account.token = "token-\(instant)" }
      life.at(instant + length) { $0.token = $0.account.token }
    case 6: life.at(instant) { $0.fullUntil = instant + length / 4 }
    case 7: life.at(instant) { $0.signals.append(count % 2 == 0 ? .round : .reload) }
    case 8:
      life.at(instant) { $0.hostError = length - 15_000 }
    default:
      life.at(instant) { life in
        let effect = FaultScript.passing[count]
        life.account.faults.faults.append(.init(effect, on: .path("", times: count * 4)))
      }
    }
  }
}
