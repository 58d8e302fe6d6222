import Testing

@testable import Replication

/// How long requests take under an allowance, and in what order what can wait takes its turns.
@Suite struct PlanSpendingTests {
  /// Requests, and the seconds they take and wait, at ten a second, of 4,000 an hour less 400.
  @Test(
    arguments: [
      (0, 0, 0), (1, 0, 0), (10, 1, 0), (3_600, 360, 0),
      // The next one waits for the hour.
      (3_601, 3_601, 3_241), (7_200, 3_961, 3_241), (7_201, 7_202, 6_482),
      (36_000, 9 * 3_601 + 360, 9 * 3_241),
    ] as [(Int, Int64, Int64)])
  func `a whole hour is used and then waited for`(requests: Int, total: Int64, waited: Int64) {
    let spending = Spending(perRequest: .milliseconds(100), limit: 4_000, reserve: 400)
    let time = spending.time(for: requests)
    #expect(time.total.components.seconds == total)
    #expect(time.waited.components.seconds == waited)
  }

  @Test func `what is left of the hour comes first`() {
    var spending = Spending(perRequest: .milliseconds(100), limit: 4_000, reserve: 400)
    spending.window = .init(remaining: 500, reset: .seconds(600))
    #expect(spending.time(for: 100) == (.seconds(10), .zero))
    #expect(spending.time(for: 110) == (.seconds(601), .seconds(590)))
    spending.window = .init(remaining: 100, reset: .seconds(600))
    #expect(spending.time(for: 10) == (.seconds(601), .seconds(600)))
    // A window that ends before a block does says nothing.
    spending.blocked = .seconds(700)
    #expect(spending.time(for: 10) == (.seconds(701), .seconds(700)))
  }

  @Test(arguments: [0, 1, 2, 3]) func `a tiny allowance ends too`(limit: Int) {
    let spending = Spending(perRequest: .zero, limit: limit, reserve: 1_000)
    #expect(spending.usable >= 1)
    #expect(spending.time(for: 100).total <= .seconds(100 * 3_601))
  }

  @Test func `kinds of patient work take turns`() {
    #expect(PatientWork.turns([:]) == [.wholeList, .parents, .sweep])
    #expect(PatientWork.turns([.wholeList: 1]) == [.parents, .sweep, .wholeList])
    #expect(PatientWork.turns([.wholeList: 1, .parents: 1]) == [.sweep, .wholeList, .parents])
    #expect(
      PatientWork.turns([.wholeList: 9, .parents: 3, .sweep: 4]) == [.parents, .sweep, .wholeList])
  }
}
