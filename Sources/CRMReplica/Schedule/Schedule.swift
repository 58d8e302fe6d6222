internal import Model

/// When a table is due again.
struct Schedule: Sendable, Hashable {
  /// Seconds between two rounds of the table.
  let every: Int64
  /// The time of day that rounds are tied to, or nil.
  let at: TimeOfDay?
  /// Seconds of `every` by which the table is left alone for longer than others.
  let rest: Int64

  /// A table that `rests` is left alone for so long, in whole rounds, where rounds are more
  /// frequent. Daily ones, and rarer ones, read all there is.
  init(every: Int64, at: TimeOfDay?, rests: Int64 = 0) {
    rest = every < 86_400 ? max(rests / every * every - every, 0) : 0
    self.every = every + rest
    self.at = at
  }

  /// Seconds between two rounds that do what need not be done each time, see `RareWork`.
  static let rareEvery: Int64 = 6 * 3_600

  var roundsPerDay: Double { 86_400 / Double(every) }

  /// The same for a table that is not left alone.
  var restless: Schedule { Schedule(every: every - rest, at: at) }

  /// The first round after one that began at `last`. It may lie in the past: one was missed, or
  /// several, which one round makes up for.
  ///
  /// With a time of day, rounds of a day or more begin at that time by the local clock, whole days
  /// apart; shorter ones count from it anew each day. On a day on which the clock never shows that
  /// time, the round begins with the next that it shows; where it shows it twice, with the first.
  func next(after last: Timestamp, in zone: LocalZone) -> Timestamp {
    guard let at else { return last + every }
    let timeOfDay = Int64(at.hour * 3_600 + at.minute * 60)
    func start(of day: Int64) -> Timestamp { zone.first(showing: day * 86_400 + timeOfDay) }
    // The last day whose round has begun; a clock change may move its begin over midnight.
    var day = zone.day(of: last) + 1
    while start(of: day) > last { day -= 1 }
    let days = every / 86_400
    if days >= 1 { return start(of: day + days) }
    let first = start(of: day)
    let step = first + ((last - first) / every + 1) * every
    return min(step, start(of: day + 1))
  }
}
