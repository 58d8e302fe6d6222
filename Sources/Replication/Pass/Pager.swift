internal import Model

/// What ends a list, and what follows each page of it.
///
/// **A list ends where the source says so and nothing contradicts it.** What says that more follows
/// is obeyed, whatever the page holds: a server may take records out of a page after it has cut the
/// list. What speaks of no next page says nothing. An end is contradicted by a count that is larger
/// than what came, and, where nothing is counted, by a full page. Then the page behind the end is
/// asked for: what it holds belongs to the list; if it is empty or refused, the list has ended, and
/// a count that is still larger is the pass's to settle.
///
/// **Every list ends.** Pages without a record, and pages that repeat the one before, end it after
/// a while, whatever the source says; of pages by key those alone that repeat the one before. A
/// list that has given all that is counted ends where it begins anew, and a count of clearly less
/// than came says nothing of its end. Whatever a source counts and names, no list by number costs
/// more than twice the records that it has, and ten pages: each record is known to the file when
/// its page is stored, so what comes beyond is more repetition than list.
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
    /// Whether the page has been counted before.
    var isReadAgain = false
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
  /// Records that have come of the list at hand, whatever it is, and those of the table that the
  /// file knew when it was last asked.
  private var received = 0
  private var known = 0
  /// Pages that came last, in succession, without a record or with those of the page before.
  private var barrenPages = 0
  private var lastContent: UInt64?
  /// What the first page held, and the last one whose number is a power of two: a list that begins
  /// anew shows the first again, or, if that has changed meanwhile, the other.
  private var first: UInt64?
  private var landmark: UInt64?
  private var lastCount = 0
  private var repeats = 0
  /// Whether the page that came last holds the records of the one before, and no others.
  var isRepeating: Bool { repeats > 0 }
  /// Why the next page is asked for.
  private var reason = Reason.named
  /// Whether the page that came last was named by the one before it, and held no record.
  private(set) var isNamedInVain = false
  /// Whether the page that is asked for next is one behind the end that the source has said.
  var isBehindEnd: Bool { reason == .doubt }

  private enum Reason {
    /// The source says that it exists, by a link or a header.
    case named
    /// The source says nothing, but counts more, or the page before was full.
    case likely
    /// Something contradicts the end of the list.
    case doubt
  }

  init(size: Int, length: Int? = nil, delivered: Int = 0) {
    (self.size, self.length, self.delivered) = (size, length, delivered)
  }

  /// Begins with another list, or with the same one anew.
  mutating func restart() {
    self = Pager(size: size, length: length)
  }

  /// Takes the page of this number, from 1. `count` is set to the records that it adds to the list.
  mutating func page(_ facts: PageFacts, _ number: Int, of list: List, count: inout Int) -> Step {
    repeats = facts.records > 0 && facts.content == lastContent ? repeats + 1 : 0
    (lastContent, lastCount) = (facts.content, facts.records)
    barrenPages = facts.records == 0 || repeats > 0 ? barrenPages + 1 : 0
    let beginsAnew = barrenPages == 0 && (facts.content == first || facts.content == landmark)
    if number == 1 { first = facts.content }
    if number.nonzeroBitCount == 1 { landmark = facts.content }
    let listed = own(facts.listed, number, list)
    // A page that comes twice may have been pushed down by as many rows inserted above it, and
    // counts, so that the pass knows what it misses. One that comes three times says that the
    // server does not page: the repetitions, of which one was counted, are taken out of the count.
    count = repeats < 2 ? listed : repeats == 2 ? -listed : 0
    // A page behind all that is counted, and the same as the last one, is that page again.
    if repeats > 0, list.isWhole, delivered == facts.total { (count, repeats) = (0, 2) }
    if list.isReadAgain { count = 0 }
    if list.isCounted { delivered += count }
    received += facts.records
    known = facts.known ?? known
    isNamedInVain = list.isCounted && number > 1 && facts.records == 0 && reason == .named
    var next = next(facts, number, list, beginsAnew)
    if next == .more, list.isNumbered, facts.known != nil, isOverlong(received) {
      isEndless = list.mustEnd
      next = .end
    }
    if case .fail = next { return Step(next: next) }
    var step = Step(next: next)
    if next == .more, case .moreAt(let position) = facts.next { step.position = position }
    guard list.isCounted else { return step }
    // A page that lacks rows is no shorter page: the longest one says what the source serves.
    // No page is longer than was asked for, though it may repeat a record of the one before.
    if next == .more, reason != .doubt, count > length ?? 0 { length = min(count, size) }
    // Only pages that have numbers can be asked for ahead.
    guard let total = facts.total, list.isWhole, step.position == nil else { return step }
    step.pages = pages(total)
    return step
  }

  /// How many of a page's records stand on it: what it holds beyond what was asked for stood on the
  /// page before.
  private func own(_ count: Int, _ number: Int, _ list: List) -> Int {
    list.isNumbered && number > 1 ? min(count, size) : count
  }

  /// The page behind those that have come was refused. Returns whether the list ends before it: not
  /// where a full page has said that it exists, unless all have come that are counted.
  func endsBeforeRefusal(counted total: Int?) -> Bool {
    reason != .named || total.map { delivered >= $0 } ?? (lastCount < length ?? size)
  }

  /// Whether so many records more would be too many for what the file is known to know. As often
  /// as the answer is yes, a list has doubled: the file is asked seldom.
  func isOverlong(behind count: Int) -> Bool { isOverlong(received + count) }

  private func isOverlong(_ received: Int) -> Bool {
    received > 2 * known + Self.barrenLimit * size
  }

  private mutating func next(
    _ facts: PageFacts, _ number: Int, _ list: List, _ beginsAnew: Bool
  ) -> Step.Next {
    switch facts.next {
    case .elsewhere: return .fail(.elsewhere)
    case .more where !list.isNumbered: return .fail(.endless)
    case .end, .unknown: return end(facts, number, list)
    case .more, .moreAt: break
    }
    guard number < Self.pagesLimit else { return .fail(.endless) }
    if list.isNumbered, list.isWhole, list.isCounted, let total = facts.total, delivered >= total {
      // All has come that is counted; behind it nothing is expected, unless that was no count.
      let isCount = delivered - total <= SourceCount.tolerance
      if isCount && barrenPages > 0 || beginsAnew { return .end }
    }
    // A page by key may be empty though rows follow: it is another page as long as its key differs.
    guard (list.isNumbered ? barrenPages : repeats) < Self.barrenLimit else {
      // Of changes, or of the end alone, no count is known: such pages end them.
      isEndless = list.mustEnd
      return .end
    }
    reason = .named
    return .more
  }

  /// What follows a page that names no next one.
  private mutating func end(_ facts: PageFacts, _ number: Int, _ list: List) -> Step.Next {
    guard list.isNumbered, number < Self.pagesLimit, barrenPages < Self.barrenLimit, repeats < 2
    else { return .end }
    let isSilent = facts.next == .unknown
    let records = own(facts.records, number, list)
    // Where only the count says that more follows, records may have been taken out of whole pages.
    let patience = isSilent ? Self.silentLimit : 1
    if let total = facts.total, list.isWhole {
      let before = (list.first + number - 2) * (length ?? size)
      let isBefore = facts.records > 0 && before + facts.records < total
      if isSilent, list.isCounted ? number < pages(total) : isBefore {
        reason = .likely
        return .more
      }
      reason = .doubt
      // A full page is no end on the word of a count alone, which may be too small.
      let isFull = isSilent && delivered >= total && isFull(records)
      let falls =
        number < pages(total) || barrenPages < patience && delivered < total || isFull
      return list.isCounted && falls ? .more : .end
    }
    if isSilent, list.isCounted, let total = facts.total, delivered < total {
      reason = .doubt
      if barrenPages < patience { return .more }
    }
    // Changes may be counted by themselves. A source that does not say where its list ends may
    // serve less than it is asked for.
    // Of two lists in a reply each may be a full page, or both together.
    let lists = [facts.listed, facts.records - facts.listed].map { own($0, number, list) }
    let mayBeFull =
      isSilent ? isFull(records) || lists.contains(where: isFull) : records >= length ?? size
    guard mayBeFull, isSilent || facts.total != delivered else { return .end }
    reason = isSilent ? .likely : .doubt
    return .more
  }

  private func pages(_ total: Int) -> Int {
    let size = length ?? size
    return (total + size - 1) / size
  }

  /// Whether so many records may be a full page. A server may serve less than it is asked for.
  private func isFull(_ count: Int) -> Bool {
    if let length { return count >= length }
    return count == size || count >= Self.leastPage && size.isMultiple(of: count)
  }

  /// Records that a server gives at the least when it is asked for more.
  private static let leastPage = 25
  /// Pages without anything new, in succession, that end a list, although the source names a next
  /// one.
  private static let barrenLimit = 10
  /// The same where nothing but the count says that more follows.
  private static let silentLimit = 3
  /// More pages than any account has: ten million records.
  private static let pagesLimit = 100_000
}
