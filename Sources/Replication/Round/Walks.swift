internal import Model

/// One listing of a pass, of one parent where it has parents, and what is asked of it.
struct Walk: Hashable {
  enum Question: Hashable {
    /// What the pass is there for: page after page, to the end or to known ground.
    case list
    /// The same list again, until the rows that the count says are missing have been found.
    case missing
    /// What has changed since an instant.
    case changes(since: Timestamp)
    /// The newest pages again, down to what is older than an instant.
    case recent(since: Timestamp)
    /// The one page on which a list of so many rows ends.
    case end(page: Int)
    /// Some records, by their ids.
    case records([Int64])
  }

  let listing: Int
  let parent: Int64?
  var question = Question.list
}

/// A page of a walk. Addresses are applied in order.
struct PageAddress: Hashable, Comparable {
  /// Counts the walks of the pass.
  var walk: Int
  /// From 1.
  var page: Int

  static func < (left: PageAddress, right: PageAddress) -> Bool {
    (left.walk, left.page) < (right.walk, right.page)
  }
}

/// Which pages of a pass are to be asked for next.
///
/// Pages are applied in order and may be asked for ahead: the first page of each walk is always
/// needed, a page behind it once the reply before it, or the count of all, says that it exists.
/// Nothing is asked for that may not exist. The last page of a list is asked for when all others
/// have come: how many records it holds then says how long the list is, see `Completeness`.
struct Frontier {
  /// The walks that are not over, and some that are: the first of them is that of index `dropped`.
  private var walks: [Walk]
  private var dropped = 0
  /// The page to be applied next. Its walk is past the last one when all is done.
  private(set) var next: PageAddress
  /// How far ahead of `next` pages are asked for.
  private let window: Int
  /// The highest page asked for, by walk.
  private var asked: [Int: Int] = [:]
  /// The highest page known to exist, by walk.
  private var known: [Int: Int] = [:]

  init(_ walks: [Walk], from start: PageAddress, window: Int) {
    self.walks = walks
    next = start
    self.window = window
  }

  /// The pages of the walk at hand, where a reply gave a count.
  private(set) var pages: Int?

  /// How many walks there are, those that are over included.
  var count: Int { dropped + walks.count }
  /// How many of them are kept.
  var kept: Int { walks.count }
  var isDone: Bool { next.walk >= count }

  /// A walk that is not over.
  subscript(walk: Int) -> Walk { walks[walk - dropped] }

  mutating func append(_ more: [Walk]) {
    walks += more
  }

  /// The next page to ask for, or nil when replies have to be waited for.
  mutating func ask() -> PageAddress? {
    for walk in next.walk..<min(count, next.walk + window) {
      let first = walk == next.walk ? next.page : 1
      let page = asked[walk].map { $0 + 1 } ?? first
      let isFirst = asked[walk] == nil
      let mayBeAsked = isFirst || page < known[walk] ?? 0 || isNext(page, walk)
      guard mayBeAsked, page < first + window else { continue }
      asked[walk] = page
      return PageAddress(walk: walk, page: page)
    }
    return nil
  }

  private func isNext(_ page: Int, _ walk: Int) -> Bool {
    walk == next.walk && page == next.page && page <= known[walk] ?? 0
  }

  /// The reply to `next` has been applied: another page follows, or the walk is over.
  ///
  /// `pages` is the number of pages of the whole walk, where the reply gave a count.
  mutating func advance(hasMore: Bool, pages: Int?) {
    self.pages = pages
    guard hasMore else {
      (asked[next.walk], known[next.walk]) = (nil, nil)
      next = PageAddress(walk: next.walk + 1, page: 1)
      dropWalks()
      return
    }
    known[next.walk] = max(next.page + 1, pages ?? 0)
    next.page += 1
  }

  /// A table may have a walk for each of a million parents: those that are over go by the hundred.
  private mutating func dropWalks() {
    guard next.walk - dropped >= 100 else { return }
    walks.removeFirst(next.walk - dropped)
    dropped = next.walk
  }
}
