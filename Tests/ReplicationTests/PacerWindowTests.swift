import TestSupport
import Testing

@testable import Model
@testable import ReplicaFile
@testable import Replication

/// A source that counts requests in several windows, and one that counts none.
@Suite struct PacerWindowTests {
  private static let noon = Timestamp(1_770_000_000)

  private func said(_ remaining: Int?, reset: Int64?) -> Allowance {
    Allowance(remaining: remaining, reset: reset.map { Self.noon + $0 })
  }

  /// A pacer that has heard at noon, which is second 0, what is left of the minute and of the day.
  private func pacer(minute left: Int, day leftToday: Int, reserve: Int = 400) -> Pacer {
    var pacer = Pacer([minute, day], reserve: reserve)
    pacer.sent(at: .zero)
    let allowances = [minute: said(left, reset: 50), day: said(leftToday, reset: 50_000)]
    pacer.saw(allowances, date: Self.noon, at: .zero)
    return pacer
  }

  /// What is left of the minute and of the day, and when another may leave with one on its way.
  @Test(
    arguments: [
      // The reserve is that of each window, and never more than half of it.
      (17, 402, .now), (16, 402, .notBefore(.seconds(51))), (17, 401, .notBefore(.seconds(50_001))),
      (16, 401, .notBefore(.seconds(50_001))),
    ] as [(Int, Int, Pacer.Permission)])
  func `a request leaves when all windows let it`(
    left: Int, leftToday: Int, permission: Pacer.Permission
  ) {
    let pacer = pacer(minute: left, day: leftToday)
    #expect(pacer.permission(at: .seconds(1), outstanding: 1) == permission)
  }

  /// What the refusal says is left of the minute and of the day; the wait in seconds.
  @Test(
    arguments: [
      (nil, nil, 1_801), (9, 100, 1_801), (0, 100, 51), (9, 0, 50_001), (0, 0, 50_001),
    ] as [(Int?, Int?, Int64)])
  func `only a window that is used up outweighs how long the source wants to be left alone`(
    left: Int?, leftToday: Int?, wait: Int64
  ) {
    var pacer = Pacer([day, minute], reserve: 0)
    let allowances = [minute: said(left, reset: 50), day: said(leftToday, reset: 50_000)]
    let until = pacer.refused(
      allowances, retryAfter: .seconds(1_800), date: Self.noon, at: .zero)
    #expect(until == .seconds(wait))
  }

  @Test func `the first request of each minute goes alone`() {
    var pacer = pacer(minute: 20, day: 5_000)
    #expect(pacer.permission(at: .seconds(50), outstanding: 3) == .now)
    #expect(pacer.permission(at: .seconds(51), outstanding: 3) == .afterReply)
    #expect(pacer.permission(at: .seconds(51), outstanding: 0) == .now)
    pacer.sent(at: .seconds(51))
    #expect(pacer.permission(at: .seconds(51), outstanding: 1) == .afterReply)
    pacer.saw([minute: said(29, reset: 110)], date: Self.noon + 51, at: .seconds(51))
    #expect(pacer.permission(at: .seconds(52), outstanding: 1) == .now)
  }

  @Test func `a reply that does not speak of a window counts in it`() {
    var pacer = pacer(minute: 20, day: 402)
    pacer.saw([minute: said(19, reset: 50)], date: Self.noon, at: .seconds(1))
    #expect(pacer.permission(at: .seconds(2), outstanding: 0) == .now)
    pacer.saw([:], date: Self.noon, at: .seconds(2))
    #expect(pacer.permission(at: .seconds(3), outstanding: 0) == .notBefore(.seconds(50_001)))
    pacer = self.pacer(minute: 16, day: 5_000)
    pacer.spent()
    #expect(pacer.permission(at: .seconds(3), outstanding: 0) == .notBefore(.seconds(51)))
  }

  /// What a refusal says is left of the minute and of the day, with their resets, and the wait.
  @Test(
    arguments: [
      (0, 40, 300, 50_000, 41), (12, 40, 0, 50_000, 50_001), (0, 40, 0, 50_000, 50_001),
      (nil, 40, nil, 50_000, 41), (12, 40, 300, 50_000, 41), (0, 40_000, 300, 50_000, 120),
      (12, 40, 0, 500_000, 86_460),
      // Neither reset: the end of the minute that is known.
      (0, nil, 0, nil, 51),
    ] as [(Int?, Int64?, Int?, Int64?, Int64)])
  func `a refusal waits for the window that is used up`(
    left: Int?, reset: Int64?, leftToday: Int?, resetToday: Int64?, wait: Int64
  ) {
    var pacer = pacer(minute: 20, day: 5_000)
    let until = pacer.refused(
      [minute: said(left, reset: reset), day: said(leftToday, reset: resetToday)],
      retryAfter: nil, date: Self.noon, at: .zero)
    #expect(until == .seconds(wait))
    #expect(pacer.permission(at: .zero, outstanding: 0) == .notBefore(until))
  }

  @Test func `refusals without a word wait a minute and then longer, not for the day`() {
    var pacer = pacer(minute: 20, day: 5_000)
    var (now, waits) = (Duration.seconds(60), [Int64]())
    for _ in 0..<3 {
      pacer.sent(at: now)
      let until = pacer.refused([:], retryAfter: nil, date: Self.noon, at: now)
      waits.append((until - now).components.seconds)
      now = until
    }
    #expect(waits == [60, 120, 240])
    pacer.sent(at: now)
    let until = pacer.refused([:], retryAfter: .seconds(90_000), date: Self.noon, at: now)
    #expect(until == now + .seconds(86_460))
  }

  @Test func `a source without windows is held up by refusals alone`() {
    var pacer = Pacer([], reserve: 400)
    for _ in 0..<100_000 { pacer.sent(at: .zero) }
    pacer.saw([hour: Allowance(remaining: 0)], date: Self.noon, at: .zero)
    pacer.resume(limit: 1, remaining: 0, until: .seconds(9))
    #expect(pacer.permission(at: .zero, outstanding: 100) == .now)
    #expect(pacer.figures(at: .zero) == nil && pacer.held == 0)
    for wait in [60, 120] as [Int64] {
      let until = pacer.refused([:], retryAfter: nil, date: Self.noon, at: .zero)
      #expect(until == .seconds(wait))
      #expect(pacer.permission(at: .seconds(1), outstanding: 0) == .notBefore(until))
      pacer.block(until: .zero)
    }
    let until = pacer.refused([:], retryAfter: .seconds(90_000), date: Self.noon, at: .zero)
    #expect(until == .seconds(3_660))
  }

  /// The file has one row, and a minute is over when the next process begins.
  @Test func `the longest window outlasts the process`() throws {
    let file = try ScratchFile()
    let store = AllowanceStore(file.connection)
    let figures = try #require(pacer(minute: 20, day: 5_000).figures(at: .zero))
    try store.note(figures, at: Self.noon)
    #expect(try store.figures(Self.noon, [minute]) == nil)
    let kept = try #require(try store.figures(Self.noon, [minute, day]))
    #expect(kept == (7_200, 5_000, Self.noon + 50_001))
    var pacer = Pacer([minute, day], reserve: 400)
    pacer.resume(limit: 7_200, remaining: 400, until: .seconds(50_001))
    #expect(pacer.permission(at: .seconds(60), outstanding: 0) == .notBefore(.seconds(50_001)))
  }
}
