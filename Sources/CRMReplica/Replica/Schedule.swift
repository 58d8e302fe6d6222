internal import Glibc
internal import Replication

/// When a table is due again.
struct Schedule {
  /// Seconds between two rounds.
  let every: Int64
  /// The time of day that rounds are tied to, in this host's zone, or nil.
  let at: TimeOfDay?

  /// The first round after one that began at `last`. It may lie in the past: one was missed.
  ///
  /// With a time of day, rounds of a day or more begin at that time, and shorter ones count from it
  /// anew each day. Local time comes from mktime(3), which knows the clock changes.
  func next(after last: Timestamp) -> Timestamp {
    guard let at else { return last + every }
    let days = every / 86_400
    for day in -1...Int(days + 2) {
      let anchor = Self.instant(at, days: day, from: last)
      if days >= 1 {
        if anchor > last { return Self.instant(at, days: day + Int(days) - 1, from: last) }
        continue
      }
      let end = Self.instant(at, days: day + 1, from: last)
      let steps = max(0, (last - anchor) / every + (last >= anchor ? 1 : 0))
      let candidate = anchor + steps * every
      if candidate > last, candidate < end { return candidate }
    }
    return last + every
  }

  /// The time of day on the local day that is `days` after that of `instant`.
  private static func instant(_ at: TimeOfDay, days: Int, from instant: Timestamp) -> Timestamp {
    var time = time_t(instant.seconds)
    var local = tm()
    localtime_r(&time, &local)
    local.tm_mday += Int32(days)
    (local.tm_hour, local.tm_min, local.tm_sec) = (Int32(at.hour), Int32(at.minute), 0)
    local.tm_isdst = -1
    return Timestamp(Int64(mktime(&local)))
  }
}
