package import Model
package import ReplicaFile

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
  /// This host's clock is so many seconds ahead of the source's.
  case clockDiffers(Int64)
}
