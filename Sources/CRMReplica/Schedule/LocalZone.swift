internal import Glibc
internal import Model

/// A time zone, as a schedule needs it: what the local clock shows, and when it shows a time.
struct LocalZone: Sendable {
  /// Seconds by which local time is ahead of UTC at an instant.
  let offset: @Sendable (Timestamp) -> Int64

  /// The zone of this host. It is looked up anew each time, for a daemon outlives the rules of its
  /// zone (tzset(3), localtime(3)).
  static let host = LocalZone { instant in
    var time = time_t(instant.seconds)
    var local = tm()
    tzset()
    localtime_r(&time, &local)
    return Int64(local.tm_gmtoff)
  }

  /// What the local clock shows at an instant, as seconds since it showed 1970-01-01 00:00.
  func shown(at instant: Timestamp) -> Int64 {
    instant.seconds + offset(instant)
  }

  /// The local day of an instant, counted from 1970-01-01.
  func day(of instant: Timestamp) -> Int64 {
    let shown = shown(at: instant)
    let inDay = (shown % 86_400 + 86_400) % 86_400
    return (shown - inDay) / 86_400
  }

  /// The first instant at which the local clock shows this or more, which is the end of the gap for
  /// a time that a clock change leaves out, and the first of two for one that comes twice.
  ///
  /// Relied on: local time is less than a day from UTC, and changes at most once in two days.
  func first(showing wanted: Int64) -> Timestamp {
    let offsets = [-86_400, 86_400].map { offset(Timestamp(wanted + $0)) }
    let early = wanted - max(offsets[0], offsets[1])
    let late = wanted - min(offsets[0], offsets[1])
    if shown(at: Timestamp(early)) == wanted { return Timestamp(early) }
    var (before, after) = (early, late)
    while after - before > 1 {
      let middle = before + (after - before) / 2
      if shown(at: Timestamp(middle)) < wanted { before = middle } else { after = middle }
    }
    return Timestamp(after)
  }
}
