/// Work of a run that can wait: many requests, and little harm if they come later.
///
/// Everything else is urgent and comes first. Kinds of patient work take turns, a request each, so
/// that none of them keeps another from ever being done, however short the runs are. A list without
/// a count is asked for one page at a time: the others go ahead of it by no more than what fits on
/// the wire, as the allowance that they would take is missing for it.
enum PatientWork: CaseIterable {
  /// A list of which the newest pages are enough in most runs, read to its end.
  case wholeList
  /// A request for each parent, or for each row of which no list tells all, within their budget.
  case parents
  /// Rows that are read again though nothing proves that they have changed, and keys that are
  /// compared where no feed says what is gone.
  case scrub

  /// What part of the allowance patient work leaves to a round that comes before the reset.
  static let share = 8

  /// The part of the allowance that is spread over the time that is left.
  static let low = 4

  /// The kinds in the order of their turns: the one that has had the fewest requests is next.
  static func turns(_ requests: [PatientWork: Int]) -> [PatientWork] {
    // The sort has to be stable for equal counts; the position makes it so.
    allCases.enumerated()
      .sorted { (requests[$0.element] ?? 0, $0.offset) < (requests[$1.element] ?? 0, $1.offset) }
      .map(\.element)
  }
}
