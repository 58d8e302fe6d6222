internal import Model

/// What a list has shown of itself while it was read, from its first page on.
struct ListEvidence: Equatable {
  /// How many records it held by the last reply that counted it.
  var length = 0
  /// The highest page of any of its parts: what one page shows, it shows at one moment.
  var pages = 1
  /// By how much the source's count went down from page to page.
  var shrinkage = 0
  /// Rows by which it ended below the source's count, the most of any of its parts, and the count
  /// of the last part that did.
  var shortfall = 0
  private(set) var total = 0
  /// Whether it was left although the source names a next page.
  var isEndless = false

  /// Rows by which a source's count may be off all the time.
  private static let tolerance = 3

  var isShort: Bool { shortfall > Self.tolerance }

  /// Why its end is not believed, or nil.
  var doubt: TableFailure.Kind? {
    if isEndless { return .endless }
    return isShort ? .short(read: length, counted: length + shortfall) : nil
  }

  /// A list has ended below the source's count. Each list of a table has its own, and each count
  /// may be off by a little.
  mutating func fellShort(of total: Int, with delivered: Int) {
    shortfall = max(shortfall, total - delivered)
    self.total = total
  }
}
