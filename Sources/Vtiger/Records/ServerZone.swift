package import Model

/// The zone in which a server writes its instants: how far its clock is ahead of UTC, and since
/// when. Where the clocks were put back, an hour comes twice; where forward, one is left out.
package struct ServerZone: Sendable, Hashable {
  /// From an instant on, the clock is so many seconds ahead of UTC.
  package struct Offset: Sendable, Hashable {
    package let from: Timestamp
    package let seconds: Int64

    package init(from: Timestamp, seconds: Int64) { (self.from, self.seconds) = (from, seconds) }
  }

  /// The first one holds for all time before it too.
  private let offsets: [Offset]
  let isUTC: Bool

  package static let utc = ServerZone([])

  package init(_ offsets: [Offset]) {
    self.offsets = offsets.sorted { $0.from < $1.from }
    isUTC = offsets.allSatisfy { $0.seconds == 0 }
  }

  private func seconds(at instant: Int64) -> Int64 {
    var (low, high) = (0, offsets.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if offsets[middle].from.seconds <= instant { low = middle } else { high = middle }
    }
    return offsets.isEmpty ? 0 : offsets[low].seconds
  }

  /// The instant at which the clock shows this. Of two it is the first; of a time that was left out
  /// it is told by the clock as it was before.
  func instant(ofLocal local: Int64) -> Timestamp {
    // A day before and a day behind, the offset is one of the two that may hold.
    let before = seconds(at: local - 86_400)
    let early = local - before
    if seconds(at: early) == before { return Timestamp(early) }
    let late = local - seconds(at: local + 86_400)
    return Timestamp(seconds(at: late) == seconds(at: local + 86_400) ? late : early)
  }

  /// What the clock shows at an instant, in seconds as of UTC.
  func local(_ instant: Timestamp) -> Int64 {
    instant.seconds + seconds(at: instant.seconds)
  }

  /// What the clock showed at an instant, or an earlier time that it shows behind it, so that
  /// whatever was stamped since then is stamped no earlier than that: `2026-03-01 08:00:00`.
  package func stamp(since instant: Timestamp) -> String {
    Timestamp(local(instant) - setBack(behind: instant)).sql
  }

  /// By how many seconds the clock is put back right behind an instant; 0 on most days. No clock is
  /// by more than three hours.
  func setBack(behind instant: Timestamp) -> Int64 {
    max(0, seconds(at: instant.seconds) - seconds(at: instant.seconds + 10_800))
  }
}
