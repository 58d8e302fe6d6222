@testable import Model
@testable import Replication

let minute = AllowanceRule("a minute", seconds: 60, limit: 30)
let hour = AllowanceRule("an hour", seconds: 3_600, limit: 4_000)
let day = AllowanceRule("a day", seconds: 86_400, limit: 7_200)

/// A pacer of a source that counts requests by the hour alone.
extension Pacer {
  init(reserve: Int) {
    self.init([hour], reserve: reserve)
  }

  mutating func saw(_ allowance: Allowance, date: Timestamp, at now: Duration) {
    saw([hour: allowance], date: date, at: now)
  }

  mutating func refused(
    _ allowance: Allowance, retryAfter: Duration?, date: Timestamp, at now: Duration
  ) -> Duration {
    refused([hour: allowance], retryAfter: retryAfter, date: date, at: now)
  }
}
