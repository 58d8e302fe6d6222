internal import Model

/// Whether another page follows the one that has come: by the reply, by the source's count, or by
/// how full the page is, in this order.
struct Pager: Equatable {
  /// What list it is, as far as that tells where it ends.
  struct List: Equatable {
    /// Whether its records count as delivered: the listing itself, and no question beside it.
    var isCounted = false
    /// Whether it holds all rows of the table, so that the source's count of those applies to it.
    var isWhole = true
    /// Whether it may end only where the source says so.
    var mustEnd = false
    /// The page that was asked for first.
    var first = 1
    /// Whether pages have numbers. Where they follow one another by key, a reply says where the
    /// next one begins, or there is none.
    var isNumbered = true
  }

  /// Records that are asked for in one page.
  let size: Int
  /// Records of a full page as the source serves it, which may be fewer, or nil before it has
  /// shown one.
  private(set) var length: Int?
  /// Records that the list at hand has delivered.
  private(set) var delivered = 0
  /// Whether the list at hand was left although the source names a next page.
  private(set) var isEndless = false
  /// Pages without a record that came last, in succession.
  private var emptyPages = 0
  private var lastContent: UInt64?
  private var repeats = 0

  init(size: Int, length: Int? = nil, delivered: Int = 0) {
    (self.size, self.length, self.delivered) = (size, length, delivered)
  }

  /// Begins with another list, or with the same one anew.
  mutating func restart() {
    self = Pager(size: size, length: length)
  }

  /// Takes the page of this number, from 1. `count` is set to the records that it adds to the list.
  mutating func page(_ facts: PageFacts, _ number: Int, of list: List, count: inout Int) -> Step {
    let next = next(facts, number, list)
    if case .fail = next { return Step(next: next) }
    var step = Step(next: next)
    if next == .more, case .moreAt(let position) = facts.next { step.position = position }
    // A server that ignores `page` has sent the same page three times: the two repetitions, of
    // which one was counted, are taken out of the count again.
    count = isUnpaged ? -facts.listed : facts.listed
    guard list.isCounted else { return step }
    delivered += count
    // A page that lacks rows is no shorter page: the longest one says what the source serves.
    if next == .more, count > length ?? 0 { length = count }
    // Only pages that have numbers can be asked for ahead.
    guard let total = facts.total, list.isWhole, step.position == nil else { return step }
    let size = length ?? size
    step.pages = (total + size - 1) / size
    return step
  }

  private mutating func next(_ facts: PageFacts, _ number: Int, _ list: List) -> Step.Next {
    switch facts.next {
    case .elsewhere: return .fail(.elsewhere)
    case .end: return .end
    case .more where !list.isNumbered: return .fail(.endless)
    case .more, .moreAt:
      guard number < Self.pagesLimit else { return .fail(.endless) }
      // A server that hides rows after it has cut the list into pages may send one without any.
      emptyPages = facts.records == 0 ? emptyPages + 1 : 0
      guard emptyPages == Self.emptyPagesLimit else { return .more }
      // Of changes, or of the end alone, no count is known: empty pages end them.
      isEndless = list.mustEnd && facts.total.map { $0 > delivered } ?? true
      return .end
    case .unknown:
      guard facts.records > 0, list.isNumbered else { return .end }
      if let total = facts.total, list.isWhole {
        let before = (list.first + number - 2) * (length ?? size)
        return before + facts.records < total ? .more : .end
      }
      // A full page may have another behind it.
      repeats = facts.content == lastContent ? repeats + 1 : 0
      lastContent = facts.content
      return isFull(facts.records) && !isUnpaged ? .more : .end
    }
  }

  /// Whether the source gives the same page whatever is asked for.
  ///
  /// A page that comes twice may have been pushed down by as many rows inserted above it; it counts
  /// as delivered, so that the pass knows what it misses. A page that comes three times says that
  /// the server does not page, and ends the list.
  private var isUnpaged: Bool { repeats > 1 }

  /// Whether so many records may be a full page. A server may serve less than it is asked for.
  private func isFull(_ count: Int) -> Bool {
    if let length { return count >= length }
    return count == size || count >= Self.leastPage && size.isMultiple(of: count)
  }

  /// Records that a server gives at the least when it is asked for more.
  private static let leastPage = 25
  /// Empty pages in succession that end a list, although the source names a next one.
  private static let emptyPagesLimit = 10
  /// More pages than any account has: ten million records.
  private static let pagesLimit = 100_000
}
