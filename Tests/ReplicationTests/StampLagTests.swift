import Model
import ReplicaFile
import Testing

@testable import Replication

/// How far a question for changes looks back for the sake of the stamps.
@Suite struct StampLagTests {
  private let now = Timestamp(1_795_000_000)

  private func lag(_ stamps: Int64?..., ahead: Bool = false) -> StampLag {
    var lag = StampLag()
    for behind in stamps {
      var reply = Reply(.accept, date: now)
      (reply.stamp, reply.isStampAhead) = (behind.map { now + -$0 }, ahead)
      lag.saw(reply)
    }
    return lag
  }

  private func seen(_ seconds: Int64, hoursAgo: Int64) -> Cursor.Lag {
    Cursor.Lag(seconds, seenAt: now + -3_600 * hoursAgo)
  }

  @Test func `the newest stamp says how far stamps lie behind the clock`() {
    #expect(lag(7_200, 600, 5_000).kept(after: nil, at: now) == seen(600, hoursAgo: 0))
    #expect(lag(-40).kept(after: nil, at: now) == seen(0, hoursAgo: 0))
  }

  @Test func `what a former pass has seen holds for a day`() {
    let (young, old) = (seen(60, hoursAgo: 24), seen(60, hoursAgo: 25))
    #expect(lag(600).kept(after: young, at: now) == young)
    #expect(lag(nil).kept(after: young, at: now) == young)
    #expect(lag(600).kept(after: old, at: now) == seen(600, hoursAgo: 0))
    #expect(lag(nil).kept(after: old, at: now) == nil)
    #expect(lag(86_401).kept(after: nil, at: now) == nil)
  }

  @Test func `a stamp ahead of the clock puts the zone in doubt`() {
    let young = seen(60, hoursAgo: 1)
    #expect(lag(600, ahead: true).kept(after: young, at: now) == nil)
    // The source has judged by a date that is not believed.
    #expect(lag(-61).kept(after: young, at: now) == nil)
  }

  /// From where the next pass asks, in seconds before `now`, where this one did an hour ago.
  private func unshown(_ stamps: Int64?..., isFull: Bool = false) -> Int64? {
    var cursor = Cursor()
    cursor.unshownSince = now + -90_000
    var lag = StampLag()
    for behind in stamps {
      var reply = Reply(.accept, date: now)
      reply.stamp = behind.map { now + -$0 }
      lag.saw(reply)
    }
    lag.note(in: &cursor, asked: isFull ? nil : now + -3_600, at: now)
    return cursor.unshownSince.map { now - $0 }
  }

  @Test func `an answer without records does not end what is shown`() {
    #expect(unshown() == 3_600)
    #expect(unshown(nil) == 3_600)
    #expect(unshown(2_400, 600) == nil)
    #expect(unshown(600, nil) == 600)
    #expect(unshown(3_700, nil) == 3_600)
    // The stamps may be those of another zone, whose clocks may be put back.
    #expect(unshown(2_000, nil) == 3_600)
    #expect(unshown(nil, isFull: true) == nil)
  }

  @Test(arguments: [true, false])
  func `only where changes are asked for by stamps is there a reach`(followsStamps: Bool) {
    let table = Table(
      "t", .incremental, from: [Listing("t", "t")], columns: [.integer("id", or: .key)],
      followsStamps: followsStamps)
    var cursor = Cursor()
    #expect(StampLag.reach(table, cursor) == (followsStamps ? 93_600 : 0))
    cursor.lag = seen(60, hoursAgo: 1)
    #expect(StampLag.reach(table, cursor) == (followsStamps ? 60 : 0))
    // It may be that of a zone, whose clocks may be put back.
    cursor.lag = seen(4 * 3_600, hoursAgo: 1)
    #expect(StampLag.reach(table, cursor) == (followsStamps ? 5 * 3_600 : 0))
  }
}
