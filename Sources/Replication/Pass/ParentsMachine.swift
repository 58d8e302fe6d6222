internal import Model

/// What a pass does that makes a request for each parent: the pages of a parent's list, and what
/// its end means.
///
/// A value, as `PassMachine` is. It reads whatever parents it is given; which they are, the file
/// and the budget decide.
struct ParentsMachine: Equatable {
  /// What is known when a parent's list is at its end.
  struct End: Equatable {
    /// Whether what it does not hold is gone.
    var isWhole: Bool
    /// Whether the parent has been read; otherwise it is asked again in the next run.
    var isRead: Bool
    /// Whether the list came to no end.
    var isEndless = false
  }

  private(set) var pager: Pager
  /// The source's clock at the first reply.
  private(set) var date: Timestamp?
  private var hasReply = false

  private let isNumbered: Bool

  init(_ pager: Pager, isNumbered: Bool = true) {
    (self.pager, self.isNumbered) = (pager, isNumbered)
  }

  /// A reply has come, at this instant of the source's clock.
  mutating func replied(at instant: Timestamp?) {
    date = date.map { min($0, instant ?? $0) } ?? (hasReply ? nil : instant)
    hasReply = true
  }

  /// A page of a parent's list has been stored.
  mutating func page(_ facts: PageFacts, _ number: Int) -> Step {
    var count = 0
    let list = Pager.List(isCounted: true, mustEnd: true, isNumbered: isNumbered)
    return pager.page(facts, number, of: list, count: &count)
  }

  /// A parent's list is at its end.
  ///
  /// That it is not there does not prove the parent deleted; only its own table may say so. A
  /// record that could not be stored may be any of those that it lacks.
  mutating func listEnded(_ answer: Arrival.Answer, hasRefused: Bool) -> End {
    let isEndless = pager.isEndless
    pager.restart()
    return End(
      isWhole: answer == .page && !hasRefused && !isEndless,
      isRead: answer != .skipped && !hasRefused && !isEndless, isEndless: isEndless)
  }
}
