internal import Model

/// What a list has shown of itself while it was read, from its first page on.
struct ListEvidence: Equatable {
  /// How many records it held by the last reply that counted it.
  var length = 0
  /// The highest page of any of its parts: what one page shows, it shows at one moment.
  var pages = 1
  /// By how much the source's count went down from page to page, in all and at the most at once.
  private(set) var shrinkage = 0
  private(set) var largestDrop = 0
  /// Rows by which it ended below the source's count, the most of any of its parts, and the count
  /// of the last part that did.
  private(set) var shortfall = 0
  private(set) var total = 0
  /// Whether a part of it held more than the source counts.
  private var isExceeded = false
  /// Whether it was left although the source names a next page.
  var isEndless = false
  /// Whether a part of it came without a count.
  var isUncounted = false
  /// Whether it has shown records that could not be stored: some row that it seems to lack may be
  /// one of them.
  private var hasRefused = false
  /// Whether a page came without records amid others. That may be so for good, where a source takes
  /// rows out of the pages it has cut; or the page has lost them on its way.
  private(set) var hasHole = false
  private var isAtHole = false
  /// Rows that were new on pages behind the first: nothing is added there, so they had been missed.
  var found = 0

  /// What this reading has shown, page by page, and the reading before; nil where one was no whole
  /// reading.
  private var reading: UInt64?
  private var formerReading: UInt64?

  /// Rows by which a count may be wrong, or hide others, in a list that is the same twice.
  static let tolerance = 3

  init(isWhole: Bool = true) {
    reading = isWhole ? 0 : nil
  }

  /// Whether two readings in succession have shown the same records in the same order. Whatever
  /// then contradicts them is no accident, and no row moved meanwhile.
  var isSteady: Bool { reading != nil && reading == formerReading }

  /// Whether each part of it has come with a count, and with as many records. A count that is taken
  /// for wrong confirms nothing.
  var agreesWithCount: Bool { !isUncounted && shortfall == 0 && !isExceeded && !hasRefused }

  /// A list has ended elsewhere than at the source's count. Each list of a table has its own, and
  /// each count may be off by a little.
  mutating func disagreed(with total: Int, delivered: Int) {
    guard delivered < total else { return isExceeded = true }
    shortfall = max(shortfall, total - delivered)
    self.total = total
  }

  /// A page has come; `isBehind` says that it was asked for behind an end that the source has said,
  /// `isRepeating` that it holds the records of the page before.
  mutating func add(_ facts: PageFacts, _ number: Int, isBehind: Bool, isRepeating: Bool) {
    if facts.records > 0 || !isBehind { pages = max(pages, number) }
    if number > 1 { found += facts.inserted }
    if facts.refused > 0 { hasRefused = true }
    if facts.records > 0, isAtHole { hasHole = true }
    isAtHole = facts.records == 0
    // Whether an empty page is asked for, or the last one again, depends on the count.
    if facts.records == 0 || isRepeating { return }
    reading = reading.map {
      ($0 &+ facts.content &+ UInt64(facts.records)) &* 0x9E37_79B9_7F4A_7C15
    }
  }

  /// The source's count went down from one page to the next. Where it is known to waver, that is no
  /// sign of a row that has gone.
  mutating func shrank(by count: Int, expected: Int) {
    guard count > expected else { return }
    shrinkage += count
    largestDrop = max(largestDrop, count)
  }

  mutating func forgetShrinkage() {
    (shrinkage, largestDrop) = (0, 0)
  }

  /// The count at hand is that of something else.
  mutating func ignoreShortfall() {
    shortfall = 0
  }

  /// The list is not read to its end.
  mutating func breakOff() {
    reading = nil
  }

  /// The list is read again from its beginning.
  mutating func beginAgain() {
    (formerReading, reading) = (reading, 0)
    (shortfall, found) = (0, 0)
    (isUncounted, isEndless) = (false, false)
    (isExceeded, hasRefused) = (false, false)
    (hasHole, isAtHole) = (false, false)
  }
}
