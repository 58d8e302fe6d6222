internal import Model

/// What a list has shown of itself while it was read, from its first page on.
struct ListEvidence: Equatable {
  /// How many records it held by the last reply that counted it.
  var length = 0
  /// The highest page of any of its parts: what one page shows, it shows at one moment.
  var pages = 1
  /// Whether it was left although the source names a next page.
  var isEndless = false
  /// Whether it has shown records that could not be stored: some row that it seems to lack may be
  /// one of them.
  private(set) var hasRefused = false
  /// Whether a page came without records amid others. That may be so for good, where a source takes
  /// rows out of the pages it has cut; or the page has lost them on its way.
  private(set) var hasHole = false
  private var isAtHole = false
  /// Whether a part of the list ended with a page without records, although the page before had
  /// said that it exists. Rows may have gone meanwhile; or the page has lost them on its way.
  var hasEmptyEnd = false
  /// Rows that were new on pages behind the first: nothing is added there, so they had been missed.
  var found = 0

  /// What this reading has shown, page by page, and the reading before; nil where one was no whole
  /// reading.
  private var reading: UInt64?
  private var formerReading: UInt64?

  init(isWhole: Bool = true) {
    reading = isWhole ? 0 : nil
  }

  /// Whether two readings in succession have shown the same records in the same order. Whatever
  /// then contradicts them is no accident, and no row moved meanwhile.
  var isSteady: Bool { reading != nil && reading == formerReading }

  /// Whether this reading has begun at the first page and goes on to the last.
  var isWhole: Bool { reading != nil }

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

  /// The list is not read to its end.
  mutating func breakOff() {
    reading = nil
  }

  /// The list is read again from its beginning.
  mutating func beginAgain() {
    (formerReading, reading) = (reading, 0)
    found = 0
    (isEndless, hasRefused, hasHole, isAtHole) = (false, false, false, false)
    hasEmptyEnd = false
  }
}
