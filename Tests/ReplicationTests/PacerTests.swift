import TestSupport
import Testing

@testable import Model
@testable import Replication

@Suite struct PacerTests {
  private static let noon = Timestamp(1_770_000_000)

  /// What the source says: figures that hold for an hour from noon.
  private func said(_ remaining: Int?, of limit: Int? = 4_000, reset: Int64? = 3_600) -> Allowance {
    Allowance(limit: limit, remaining: remaining, reset: reset.map { Self.noon + $0 })
  }

  /// A pacer that has heard these figures at noon, which is second 0.
  private func pacer(_ remaining: Int?, of limit: Int? = 4_000, reserve: Int = 400) -> Pacer {
    var pacer = Pacer(reserve: reserve)
    pacer.sent(at: .zero)
    pacer.saw(said(remaining, of: limit), date: Self.noon, at: .zero)
    return pacer
  }

  @Test func `the first request goes alone and brings the figures`() {
    var pacer = Pacer(reserve: 400)
    #expect(pacer.permission(at: .zero, outstanding: 0) == .now)
    pacer.sent(at: .zero)
    #expect(pacer.permission(at: .zero, outstanding: 1) == .afterReply)
    #expect(pacer.permission(at: .zero, outstanding: 0) == .now)
    pacer.saw(said(3_999), date: Self.noon, at: .zero)
    #expect(pacer.permission(at: .zero, outstanding: 7) == .now)
  }

  @Test func `without figures the documented hour is counted here`() {
    var pacer = Pacer(reserve: 400)
    for _ in 0..<3_600 {
      #expect(pacer.permission(at: .seconds(10), outstanding: 0) == .now)
      pacer.sent(at: .seconds(10))
      pacer.saw(Allowance(), date: Self.noon, at: .seconds(10))
    }
    #expect(pacer.permission(at: .seconds(10), outstanding: 0) == .notBefore(.seconds(3_610)))
    #expect(pacer.permission(at: .seconds(3_610), outstanding: 0) == .now)
    pacer.sent(at: .seconds(3_610))
    pacer.saw(Allowance(), date: Self.noon, at: .seconds(3_610))
    #expect(pacer.permission(at: .seconds(3_611), outstanding: 0) == .now)
  }

  /// Remaining, limit, reserve and outstanding requests, and whether another may leave.
  @Test(arguments: [
    (401, 4_000, 400, 0, true), (400, 4_000, 400, 0, false), (402, 4_000, 400, 1, true),
    (401, 4_000, 400, 1, false), (408, 4_000, 400, 8, false), (409, 4_000, 400, 8, true),
    (1, 4_000, 0, 0, true), (0, 4_000, 0, 0, false), (-3, 4_000, 0, 0, false),
    (.min, 4_000, 400, 8, false), (.min, .max, .max, 8, false), (.max, .max, .max, 8, true),
    // The reserve is never more than half of what there is.
    (51, 100, 400, 0, true), (50, 100, 400, 0, false), (3, 5, 400, 0, true),
    (3, 5, 400, 1, false), (2, 5, 400, 0, false), (1, 1, 400, 0, true), (0, 1, 400, 0, false),
  ])
  func `requests stop above the reserve`(
    remaining: Int, limit: Int, reserve: Int, outstanding: Int, isAllowed: Bool
  ) {
    let permission = pacer(remaining, of: limit, reserve: reserve)
      .permission(at: .seconds(1), outstanding: outstanding)
    #expect(permission == (isAllowed ? .now : .notBefore(.seconds(3_601))))
  }

  @Test func `a limit of nothing is not believed`() {
    #expect(pacer(100, of: 0).held == 400)
    #expect(pacer(100, of: -5).held == 400)
    #expect(pacer(100, of: nil).held == 400)
    #expect(pacer(100, of: 5).held == 2)
  }

  @Test func `of replies out of order the lowest figure counts`() throws {
    var pacer = pacer(1_000)
    pacer.saw(said(990), date: Self.noon + 1, at: .seconds(1))
    pacer.saw(said(995), date: Self.noon + 1, at: .seconds(2))
    #expect(try #require(pacer.figures(at: .seconds(2))).remaining == 990)
    // Without a reset too, and however late the reply comes.
    pacer.saw(said(999, reset: nil), date: Self.noon + 2, at: .seconds(2))
    pacer.saw(said(998), date: Self.noon, at: .seconds(90))
    let figures = try #require(pacer.figures(at: .seconds(90)))
    #expect(figures == (4_000, 990, .seconds(3_601 - 90)))
  }

  @Test func `a late reply of a former window does not end the new one`() throws {
    var pacer = pacer(401)
    pacer.sent(at: .seconds(3_601))
    pacer.saw(said(3_999, reset: 7_200), date: Self.noon + 3_601, at: .seconds(3_601))
    pacer.saw(said(402), date: Self.noon + 3_599, at: .seconds(3_602))
    let figures = try #require(pacer.figures(at: .seconds(3_602)))
    #expect(figures == (4_000, 3_998, .seconds(3_599)))
    #expect(pacer.permission(at: .seconds(3_602), outstanding: 0) == .now)
  }

  @Test func `a new window brings a new allowance`() throws {
    var pacer = pacer(400)
    #expect(pacer.permission(at: .seconds(3_600), outstanding: 0) == .notBefore(.seconds(3_601)))
    #expect(pacer.permission(at: .seconds(3_601), outstanding: 0) == .now)
    #expect(pacer.figures(at: .seconds(3_601)) == nil)
    pacer.sent(at: .seconds(3_601))
    #expect(try #require(pacer.figures(at: .seconds(3_601))).remaining == 4_000)
    pacer.saw(said(3_000, reset: 7_200), date: Self.noon + 3_601, at: .seconds(3_601))
    #expect(try #require(pacer.figures(at: .seconds(3_601))).remaining == 3_000)
  }

  @Test func `an absurd reset holds nothing up for longer than an hour and a minute`() throws {
    for reset in [Int64(4_000_000), .max - Self.noon.seconds, -4_000_000, .min] {
      var pacer = Pacer(reserve: 400)
      pacer.sent(at: .zero)
      let allowance = Allowance(limit: 4_000, remaining: 5, reset: Timestamp(reset))
      for date in [Timestamp(-62_000_000_000), Self.noon] {
        pacer.saw(allowance, date: date, at: .zero)
        let figures = try #require(pacer.figures(at: .zero))
        #expect(figures.reset >= .seconds(1) && figures.reset <= .seconds(3_660))
        let until = pacer.refused(allowance, retryAfter: nil, date: date, at: .zero)
        #expect(until >= .seconds(1) && until <= .seconds(3_660))
      }
    }
  }
}

/// What follows a 429.
@Suite struct PacerRefusalTests {
  private static let noon = Timestamp(1_770_000_000)

  private func refuse(
    _ pacer: inout Pacer, reset: Int64? = nil, retryAfter: Int64? = nil, limit: Int? = nil,
    at now: Duration = .zero
  ) -> Duration {
    pacer.refused(
      Allowance(limit: limit, reset: reset.map { Self.noon + $0 }),
      retryAfter: retryAfter.map { .seconds($0) }, date: Self.noon, at: now)
  }

  /// Reset and Retry-After, in seconds from the answer, and the wait.
  @Test(
    arguments: [
      (900, nil, 901), (900, 5, 901), (0, nil, 1), (nil, 30, 31), (nil, 0, 1), (nil, -50, 1),
      (nil, nil, 60), (-900, 30, 31), (-900, nil, 60), (90_000, nil, 3_660), (nil, 90_000, 3_660),
      (nil, Int64.max, 3_660),
    ] as [(Int64?, Int64?, Int64)])
  func `nothing leaves before the reset`(reset: Int64?, retryAfter: Int64?, wait: Int64) {
    var pacer = Pacer(reserve: 400)
    let until = refuse(&pacer, reset: reset, retryAfter: retryAfter, at: .seconds(7))
    #expect(until == .seconds(7 + wait))
    for outstanding in [0, 3] {
      let permission = pacer.permission(
        at: until - .milliseconds(1), outstanding: outstanding)
      #expect(permission == .notBefore(until))
    }
    #expect(pacer.permission(at: until, outstanding: 0) == .now)
  }

  @Test func `a refusal with a limit and no reset waits for the known window`() {
    var pacer = Pacer(reserve: 400)
    pacer.sent(at: .zero)
    let known = Allowance(limit: 4_000, remaining: 3_000, reset: Self.noon + 600)
    pacer.saw(known, date: Self.noon, at: .zero)
    #expect(refuse(&pacer, limit: 4_000, at: .seconds(100)) == .seconds(601))
  }

  @Test func `refusals without a word make the waits grow to an hour`() {
    var pacer = Pacer(reserve: 400)
    var now = Duration.zero
    var waits: [Int64] = []
    for _ in 0..<8 {
      let until = refuse(&pacer, at: now)
      waits.append((until - now).components.seconds)
      now = until
      pacer.sent(at: now)
    }
    #expect(waits == [60, 120, 240, 480, 960, 1_920, 3_660, 3_660])
    pacer.saw(Allowance(), date: Self.noon, at: now)
    #expect(refuse(&pacer, at: now) == now + .seconds(60))
  }

  @Test func `requests refused together count once`() {
    var pacer = Pacer(reserve: 400)
    for second in 0..<8 {
      #expect(refuse(&pacer, at: .seconds(second)) == .seconds(60))
    }
    // An answer to what had left before does not take the refusal back.
    pacer.saw(Allowance(remaining: 3_000), date: Self.noon, at: .seconds(9))
    #expect(pacer.permission(at: .seconds(10), outstanding: 0) == .notBefore(.seconds(60)))
    pacer.sent(at: .seconds(60))
    #expect(refuse(&pacer, at: .seconds(60)) == .seconds(180))
  }

  @Test func `a longer word prolongs the wait and a shorter one does not end it`() {
    var pacer = Pacer(reserve: 400)
    #expect(refuse(&pacer, retryAfter: 99) == .seconds(100))
    #expect(refuse(&pacer, reset: 10) == .seconds(100))
    #expect(refuse(&pacer, reset: 199) == .seconds(200))
  }

  @Test func `a block that a former process was told of holds`() {
    var pacer = Pacer(reserve: 400)
    pacer.block(until: .seconds(500))
    #expect(pacer.permission(at: .seconds(499), outstanding: 0) == .notBefore(.seconds(500)))
    #expect(pacer.permission(at: .seconds(500), outstanding: 0) == .now)
  }
}
