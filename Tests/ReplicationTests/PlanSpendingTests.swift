import Testing

@testable import Model
@testable import Replication

/// How long requests take under an allowance, and in what order what can wait takes its turns.
@Suite struct PlanSpendingTests {
  private static let noon = Timestamp(1_770_000_000)

  /// Ten requests a second.
  private func spending(
    _ rules: [AllowanceRule], _ said: [AllowanceRule: Allowance] = [:], reserve: Int = 400
  ) -> Spending {
    Spending(
      perRequest: .milliseconds(100),
      rules.map { .init($0, said[$0], reserve: reserve, at: Self.noon) })
  }

  /// Requests, and the seconds they take and wait, at ten a second, of 4,000 an hour less 400.
  @Test(
    arguments: [
      (0, 0, 0), (1, 0, 0), (10, 1, 0), (3_600, 360, 0),
      // The next one waits for the hour.
      (3_601, 3_601, 3_241), (7_200, 3_961, 3_241), (7_201, 7_202, 6_482),
      (36_000, 9 * 3_601 + 360, 9 * 3_241),
    ] as [(Int, Int64, Int64)])
  func `a whole hour is used and then waited for`(requests: Int, total: Int64, waited: Int64) {
    let spending = spending([hour])
    let time = spending.time(for: requests)
    #expect(time.total.components.seconds == total)
    #expect(time.waited.components.seconds == waited)
  }

  @Test func `what is left of the hour comes first`() {
    var spending = spending([hour], [hour: Allowance(remaining: 500, reset: Self.noon + 600)])
    #expect(spending.time(for: 100) == (.seconds(10), .zero))
    #expect(spending.time(for: 110) == (.seconds(601), .seconds(590)))
    spending = self.spending([hour], [hour: Allowance(remaining: 100, reset: Self.noon + 600)])
    #expect(spending.time(for: 10) == (.seconds(601), .seconds(600)))
    // A window that ends before a block does says nothing.
    spending.blocked = .seconds(700)
    #expect(spending.time(for: 10) == (.seconds(701), .seconds(700)))
  }

  /// Fifteen a minute and 6,800 a day, the running windows apart.
  @Test func `every window is waited for`() {
    var spending = spending([minute, day])
    #expect(spending.time(for: 15) == (.milliseconds(1_500), .zero))
    #expect(spending.time(for: 16).total == .milliseconds(61_100))
    #expect(spending.time(for: 6_800).waited == (.seconds(453 * 61) - .milliseconds(453 * 1_500)))
    #expect(spending.time(for: 6_801).total == .milliseconds(86_401_100))
    let said = [
      minute: Allowance(remaining: 20, reset: Self.noon + 30),
      day: Allowance(remaining: 410, reset: Self.noon + 7_000),
    ]
    spending = self.spending([minute, day], said)
    #expect(spending.time(for: 5).waited == .zero)
    #expect(spending.time(for: 6).total == .milliseconds(30_100))
    #expect(spending.time(for: 11).total == .milliseconds(7_000_100))
  }

  @Test func `without windows nothing is waited for`() {
    #expect(spending([]).time(for: 100_000) == (.seconds(10_000), .zero))
  }

  @Test(arguments: [0, 1, 2, 3]) func `a tiny allowance ends too`(limit: Int) {
    var spending = spending([hour], [hour: Allowance(limit: limit)], reserve: 1_000)
    spending.perRequest = .zero
    #expect(spending.windows[0].usable >= 1)
    #expect(spending.time(for: 100).total <= .seconds(100 * 3_601))
  }

  @Test func `kinds of patient work take turns`() {
    #expect(PatientWork.turns([:]) == [.wholeList, .parents, .scrub])
    #expect(PatientWork.turns([.wholeList: 1]) == [.parents, .scrub, .wholeList])
    #expect(PatientWork.turns([.wholeList: 1, .parents: 1]) == [.scrub, .wholeList, .parents])
    #expect(
      PatientWork.turns([.wholeList: 9, .parents: 3, .scrub: 4]) == [.parents, .scrub, .wholeList])
  }
}
