import TestSupport
import Testing

@testable import Model
@testable import Replication

/// A server that counts requests in fixed windows, seen through slow and uneven wires.
///
/// Times are milliseconds from the start. Requests and replies overtake each other.
private struct CountingServer {
  struct Flight {
    let arrival: Int64
    let reply: Int64
    var answer:
      (isRefused: Bool, allowances: [AllowanceRule: Allowance], date: Timestamp, reset: Int64)?
  }

  struct Window {
    let rule: AllowanceRule
    let limit: Int
    /// Where the first one ends.
    let edge: Int64
    /// Requests counted, ours and those of others, by window.
    var ours: [Int64: Int] = [:]
    var others: [Int64: Int] = [:]

    private var length: Int64 { rule.seconds * 1_000 }
    func number(_ time: Int64) -> Int64 { (time - edge + length) / length }
    func end(_ time: Int64) -> Int64 { edge + number(time) * length }
    func used(_ time: Int64) -> Int { (ours[number(time)] ?? 0) + (others[number(time)] ?? 0) }
  }

  static let epoch = Timestamp(1_770_000_000)
  var windows: [Window]
  var generator: SeededGenerator
  var flights: [Flight] = []
  var now: Int64 = 0

  mutating func send() {
    // One in ten takes the slow road, up to forty seconds each way.
    let slowest: Int64 = generator.next() % 10 == 0 ? 40_000 : 400
    let arrival = now + 1 + .random(in: 0...slowest, using: &generator)
    let reply = arrival + 1 + .random(in: 0...slowest, using: &generator)
    flights.append(Flight(arrival: arrival, reply: reply))
  }

  /// Counts what has arrived by now, in the order of arrival.
  mutating func serve() {
    let due = flights.indices.filter { flights[$0].answer == nil && flights[$0].arrival <= now }
    for index in due.sorted(by: { flights[$0].arrival < flights[$1].arrival }) {
      let time = flights[index].arrival
      let usedUp = windows.filter { $0.used(time) >= $0.limit }
      var allowances: [AllowanceRule: Allowance] = [:]
      for place in windows.indices {
        let window = windows[place]
        if usedUp.isEmpty { windows[place].ours[window.number(time), default: 0] += 1 }
        allowances[window.rule] = Allowance(
          limit: window.limit,
          remaining: max(0, window.limit - window.used(time) - (usedUp.isEmpty ? 1 : 0)),
          reset: Self.epoch + window.end(time) / 1_000)
      }
      flights[index].answer = (
        !usedUp.isEmpty, allowances, Self.epoch + time / 1_000,
        usedUp.map { $0.end(time) }.max() ?? 0
      )
    }
  }

  /// The next instant at which anything happens, or nil.
  var next: Int64? {
    flights.map { $0.answer == nil ? $0.arrival : $0.reply }.min()
  }
}

@Suite struct PacerSimulationTests {
  /// Runs three hours. Returns what broke, or nil.
  private func run(
    seed: UInt64, limit: Int, aMinute: Int? = nil, reserve: Int, hasOthers: Bool
  ) -> String? {
    var generator = SeededGenerator(seed: seed)
    let limits = (aMinute.map { [(minute, $0)] } ?? []) + [(hour, limit)]
    let windows = limits.map { rule, limit in
      let edge = Int64.random(in: 1...rule.seconds, using: &generator) * 1_000
      return CountingServer.Window(rule: rule, limit: limit, edge: edge)
    }
    var server = CountingServer(windows: windows, generator: generator)
    var pacer = Pacer(windows.map(\.rule), reserve: reserve)
    // The reset of the last refusal that has come.
    var resetSeen: Int64 = 0
    while server.now < 3 * 3_600_000 {
      let elapsed = Duration.milliseconds(server.now)
      let outstanding = server.flights.count
      let permission = pacer.permission(at: elapsed, outstanding: outstanding)
      if permission == .now, outstanding < 8 {
        if server.now < resetSeen { return "sent at \(server.now), reset at \(resetSeen)" }
        pacer.sent(at: elapsed)
        server.send()
      }
      var next = server.next ?? .max
      if case .notBefore(let instant) = permission {
        let (seconds, attoseconds) = instant.components
        next = min(next, max(server.now + 1, seconds * 1_000 + attoseconds / 1_000_000_000_000_000))
      }
      if permission == .now, outstanding < 8 {
        next = min(next, server.now + .random(in: 0...9_000, using: &server.generator))
      }
      if next == .max { return "nothing can leave and nothing is on its way at \(server.now)" }
      server.now = max(server.now, next)
      server.serve()
      if hasOthers, server.generator.next() % 200 == 0 {
        for (place, window) in server.windows.enumerated() {
          server.windows[place].others[window.number(server.now), default: 0] += window.limit / 3
        }
      }
      let done = server.flights.filter { $0.answer != nil && $0.reply <= server.now }
      server.flights.removeAll { $0.answer != nil && $0.reply <= server.now }
      for answer in done.sorted(by: { $0.reply < $1.reply }).compactMap(\.answer) {
        let elapsed = Duration.milliseconds(server.now)
        if answer.isRefused {
          _ = pacer.refused(answer.allowances, retryAfter: nil, date: answer.date, at: elapsed)
          resetSeen = max(resetSeen, answer.reset)
          if !hasOthers { return "refused at \(server.now)" }
        } else {
          pacer.saw(answer.allowances, date: answer.date, at: elapsed)
        }
      }
    }
    guard !hasOthers else { return nil }
    for window in server.windows {
      let most = window.limit - min(reserve, window.limit / 2)
      let spent = window.ours.values.max() ?? 0
      if spent > most { return "\(spent) requests in \(window.rule.name) of \(most)" }
      // The second hour is whole: with time enough, all that may be used is used.
      if window.rule == hour, limit <= 200, window.ours[1] ?? 0 < most {
        return "only \(window.ours[1] ?? 0) requests in an hour of \(most)"
      }
    }
    return nil
  }

  @Test(arguments: [1, 2, 5, 40, 200, 900])
  func `alone the allowance is never overrun and the reserve is left`(limit: Int) {
    for seed in UInt64(0)..<15 {
      for reserve in [0, 3, 400] {
        let broken = run(seed: seed, limit: limit, reserve: reserve, hasOthers: false)
        #expect(broken == nil, "seed \(seed), reserve \(reserve)")
      }
    }
  }

  @Test(arguments: [(2, 60), (7, 200), (30, 900), (90, 900)])
  func `no window is overrun`(aMinute: Int, limit: Int) {
    for seed in UInt64(0)..<15 {
      for reserve in [0, 3, 400] {
        let broken = run(
          seed: seed, limit: limit, aMinute: aMinute, reserve: reserve, hasOthers: false)
        #expect(broken == nil, "seed \(seed), reserve \(reserve)")
      }
    }
  }

  @Test(arguments: [2, 7, 30]) func `no window is asked in before its reset`(aMinute: Int) {
    for seed in UInt64(0)..<15 {
      let broken = run(seed: seed, limit: 200, aMinute: aMinute, reserve: 0, hasOthers: true)
      #expect(broken == nil, "seed \(seed)")
    }
  }

  @Test(arguments: [5, 40, 200, 900])
  func `among others nothing leaves between a refusal and the reset`(limit: Int) {
    for seed in UInt64(0)..<15 {
      let broken = run(seed: seed, limit: limit, reserve: 0, hasOthers: true)
      #expect(broken == nil, "seed \(seed)")
    }
  }
}
