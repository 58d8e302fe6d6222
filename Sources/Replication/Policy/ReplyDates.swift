internal import Model

/// The dates of the replies of a run, each held against the others.
///
/// Positions, periods and the ends of allowances are taken from it, so that a wrong clock of this
/// host does no harm. A reply's own date is not believed more than a minute ahead of the others:
/// where one server of several, or somebody on the way, is hours ahead, a position from its date
/// would pass over what is changed in those hours. A date that lies behind costs a second reading.
///
/// What the others say is the earliest of them, and time that has passed since; but the second
/// earliest from the third reply on, so that a single one that is years behind decides nothing.
struct ReplyDates {
  /// The two earliest beginnings of our own clock, on the source's, and how many were told.
  private var earliest: Timestamp?
  private var second: Timestamp?
  private var count = 0

  /// Seconds by which the clocks of several servers may differ without being noticed. What they
  /// cost, the lookback makes good.
  private static let tolerance: Int64 = 60

  /// The instant, as far as the others say; nil when no reply has told one.
  func now(at elapsed: Duration) -> Timestamp? {
    (count > 2 ? second : earliest).map { $0 + elapsed.components.seconds }
  }

  /// Learns what a reply says, and returns what is believed of it: of one without a date, what the
  /// others tell.
  mutating func read(_ date: Timestamp?, at elapsed: Duration) -> Timestamp? {
    if let date {
      let beginning = date + -elapsed.components.seconds
      count += 1
      if earliest.map({ beginning < $0 }) ?? true {
        (earliest, second) = (beginning, earliest)
      } else {
        second = second.map { min($0, beginning) } ?? beginning
      }
    }
    return believed(date, at: elapsed)
  }

  /// What is believed of an instant that was told before.
  func believed(_ date: Timestamp?, at elapsed: Duration) -> Timestamp? {
    guard let now = now(at: elapsed), let date, date <= now + Self.tolerance else {
      return now(at: elapsed)
    }
    return date
  }
}
