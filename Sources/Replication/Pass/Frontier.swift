internal import Model

/// One list that a pass reads page by page: a listing of its table, that of one parent where it has
/// parents, or some of its records.
struct Scan: Hashable {
  let listing: Int
  var parent: Int64?
  /// The records that are asked for by their ids; empty for a list.
  var ids: [Int64] = []
  /// A record that is asked for with them although it is known to exist.
  var control: Int64?
  /// Whether only what the source says of the one record itself counts.
  var isAlone = false
  /// Whether the keys alone are asked for.
  var isCensus = false
  /// The range of keys that is compared or counted; nil for all.
  var keys: KeyRange?
  /// Whether it is only asked how many records there are.
  var isCount = false

  /// All records that are asked for.
  var asked: [Int64] { ids + (control.map { [$0] } ?? []) }
}

/// A page of a scan. Addresses are applied in order.
struct PageAddress: Hashable, Comparable {
  /// Counts the scans of the pass.
  var scan: Int
  /// From 1.
  var page: Int

  static let start = PageAddress(scan: 0, page: 1)

  static func < (left: PageAddress, right: PageAddress) -> Bool {
    (left.scan, left.page) < (right.scan, right.page)
  }
}

/// Which pages of a pass are to be asked for next.
///
/// Pages are applied in order and may be asked for ahead: the first page of each scan is always
/// needed, a page behind it once the reply before it, or the count of all, says that it exists.
/// Nothing is asked for that may not exist. The last page of a list is asked for when all others
/// have come: how many records it holds then says how long the list is, see `Completeness`.
struct Frontier {
  /// The scans that are not over, and some that are: the first of them is that of index `dropped`.
  private var scans: [Scan]
  private var dropped = 0
  /// The page to be applied next. Its scan is past the last one when all is done.
  private(set) var next: PageAddress
  /// Where `next` begins, if the page before it had to say so.
  private var position: Position?
  /// How far ahead of `next` pages are asked for.
  private let window: Int
  /// The highest page asked for, by scan.
  private var asked: [Int: Int] = [:]
  /// The highest page known to exist, by scan.
  private var known: [Int: Int] = [:]

  /// `known` is how many pages the scan at hand certainly has.
  init(
    _ scans: [Scan], from start: PageAddress, at position: Position? = nil, known: Int = 0,
    window: Int
  ) {
    self.scans = scans
    next = start
    self.position = position
    self.window = window
    self.known[start.scan] = known + 1
  }

  /// The pages of the scan at hand, where a reply gave a count.
  private(set) var pages: Int?

  /// How many scans there are, those that are over included.
  var count: Int { dropped + scans.count }
  /// How many of them are kept.
  var kept: Int { scans.count }
  var isDone: Bool { next.scan >= count }

  /// A scan that is not over.
  subscript(scan: Int) -> Scan { scans[scan - dropped] }

  /// Where a page begins, if the page before it said so.
  func position(of address: PageAddress) -> Position? {
    address == next ? position : nil
  }

  mutating func append(_ more: [Scan]) {
    scans += more
  }

  /// The next page to ask for, or nil when replies have to be waited for.
  mutating func ask() -> PageAddress? {
    for scan in next.scan..<min(count, next.scan + window) {
      let first = scan == next.scan ? next.page : 1
      let page = asked[scan].map { $0 + 1 } ?? first
      let isFirst = asked[scan] == nil
      let mayBeAsked = isFirst || page < known[scan] ?? 0 || isNext(page, scan)
      guard mayBeAsked, page < first + window else { continue }
      asked[scan] = page
      return PageAddress(scan: scan, page: page)
    }
    return nil
  }

  private func isNext(_ page: Int, _ scan: Int) -> Bool {
    scan == next.scan && page == next.page && page <= known[scan] ?? 0
  }

  /// The reply to `next` has been applied: another page follows, or the scan is over.
  ///
  /// `pages` is the number of pages of the whole scan, where the reply gave a count; `position` is
  /// where the next one begins, where pages have no numbers.
  mutating func advance(hasMore: Bool, pages: Int?, at position: Position? = nil) {
    self.pages = pages
    self.position = position
    guard hasMore else {
      (asked[next.scan], known[next.scan]) = (nil, nil)
      next = PageAddress(scan: next.scan + 1, page: 1)
      dropScans()
      return
    }
    known[next.scan] = max(next.page + 1, pages ?? 0)
    next.page += 1
  }

  /// A table may have a scan for each of a million parents: those that are over go by the hundred.
  private mutating func dropScans() {
    guard next.scan - dropped >= 100 else { return }
    scans.removeFirst(next.scan - dropped)
    dropped = next.scan
  }
}
