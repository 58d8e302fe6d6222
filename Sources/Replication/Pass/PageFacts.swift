internal import Model

/// What the machines are told of a page that has been stored: numbers, no rows.
struct PageFacts: Equatable {
  /// Records in the reply, and those of them that stood in the list that was asked for.
  var records = 0
  var listed = 0
  /// Those that could not be stored.
  var refused = 0
  var next = Reply.Next.unknown
  /// How many records the list has, where the reply says so.
  var total: Int?
  /// The sum of the records' digests: equal for two pages that hold the same.
  var content: UInt64 = 0
  /// Rows that were new, and rows that had been taken for absent and have come after all.
  var inserted = 0
  var returned = 0
  /// Of a page that a former run has read already: records that it did not show then.
  var unmet = 0
  /// Records of the table that the file knows, whatever has become of them, where `Pager` wants to
  /// know: no list has more that differ.
  var known: Int?
  /// Whether the page holds only what is known, and something older than the lookback.
  var isKnownGround = false
}

/// What follows a page.
struct Step: Equatable {
  enum Next: Equatable {
    /// Another page of the same list.
    case more
    /// The list is at its end, or has shown what it was read for.
    case end
    /// The list is no longer the one that a former run has begun.
    case anew
    /// The table cannot be read.
    case fail(TableFailure.Kind)
  }

  var next: Next
  /// The pages of the whole list, where they are known.
  var pages: Int?
  /// Where the next page begins, where pages have no numbers.
  var position: Position?

  init(next: Next, pages: Int? = nil, position: Position? = nil) {
    (self.next, self.pages, self.position) = (next, pages, position)
  }

  /// What follows records that were asked for by their ids.
  init(behindRecords next: Reply.Next) {
    if case .moreAt(let position) = next {
      self.init(next: .more, position: position)
    } else {
      self.init(next: .end)
    }
  }
}
