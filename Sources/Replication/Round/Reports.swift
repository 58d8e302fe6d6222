/// What a run did with one table.
package struct TableReport: Sendable {
  package enum Outcome: String, Sendable, Hashable {
    case good
    case failed
    /// The delete guard held tombstones back.
    case held
    /// The run ended before the table's pass did; the next run goes on from there.
    case unfinished
  }

  package let table: String
  package var counts = Counts()
  package var requests = 0
  package var waited = Duration.zero
  package var outcome = Outcome.unfinished
  /// Why it failed, or nil.
  package var failure: TableFailure?
  /// The same, or what the guard holds back, as a sentence.
  package var error: String?

  package init(table: String) {
    self.table = table
  }
}

/// What a run did.
package struct RunSummary: Sendable {
  package enum Outcome: String, Sendable, Hashable {
    case good
    /// Some tables failed or were held.
    case partial
    /// A signal ended it.
    case stopped
    /// The allowance is spent and the wait would be too long.
    case deferred
    /// The token is not accepted, or it may see nothing.
    case refused
    /// The source cannot be reached.
    case unavailable
  }

  package let id: Int64
  package var outcome: Outcome
  package var tables: [TableReport]
  package var requests: Int
  package var waited: Duration
  /// Whether only work that can wait was left, and gave way to the next round.
  package var hasYielded = false
  /// When the next request may leave, for a run that was deferred.
  package var resumeAt: Timestamp?
  package var error: String?
}

/// What happens while a run is under way.
package enum RunEvent: Sendable {
  /// A page was stored: how many records the pass has read, and of how many, where that is known.
  case page(table: String, page: Int, pages: Int?, read: Int)
  case tableEnded(TableReport)
  /// A request failed and is made again after the delay.
  case retrying(table: String, TableFailure, after: Duration)
  /// The allowance is used up down to the reserve: nothing is asked before the instant.
  case waiting(until: Timestamp)
  /// The account is read as another user than before, by whose id: everything is compared anew.
  case anotherUser(Identity, former: String)
}
