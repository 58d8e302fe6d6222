internal import Model
internal import SQLite

/// The rows of one table that this run has seen alive, and since when they were.
///
/// A feed may repeat the deletion of a restored record. A list that began after that deletion and
/// shows the row wins.
struct Listed {
  /// Keys kept at the most. Past it a feed is believed, and the next list that shows the row wins.
  static let bound = 131_072

  /// When a pass over everything began that this run has read to its end: it showed every living
  /// row but the absent ones.
  var everythingSince: Timestamp?
  /// When the last question for changes was asked, and what it showed.
  private var changesSince: Timestamp?
  private var changesBegan: Timestamp?
  private var changed: Set<[Value]> = []
  /// The source's clock at the last completed pass before this run.
  var lastRunDate: Timestamp?
  /// Rows that the feed has reported deleted since the list was begun.
  var reportedDeleted = 0

  /// A question for changes begins, at this instant of the source's clock.
  mutating func beginChanges(at instant: Timestamp? = nil) {
    (changesSince, changesBegan) = (nil, instant)
    changed.removeAll(keepingCapacity: true)
  }

  mutating func insert(_ key: [Value]) {
    if changed.count < Self.bound { changed.insert(key) }
  }

  /// The question for changes has been answered to its end. It began at this instant, or when it
  /// was said to.
  mutating func endChanges(since instant: Timestamp? = nil) {
    changesSince = instant ?? changesBegan
  }

  /// Whether a list of this run has shown the row, and when that list was begun.
  func shown(_ key: [Value], isAbsent: @autoclosure () throws -> Bool) rethrows -> Timestamp? {
    if let changesSince, changed.contains(key) { return changesSince }
    guard let everythingSince else { return nil }
    return try isAbsent() ? nil : everythingSince
  }

  /// When the list that the feed is read behind was begun.
  var began: Timestamp? { everythingSince ?? changesSince }

  /// Whether what was deleted at this instant may have been there when the list was begun.
  func isRecent(_ deletedAt: Timestamp) -> Bool { began.map { deletedAt >= $0 } ?? true }

  /// A row that the feed reports deleted is alive. It was away for a while, so others may have slid
  /// meanwhile; as one of the list's rows it is not what a shrinking of the list has taken away.
  mutating func isBack(deletedAt: Timestamp?) {
    if reportedDeleted > 0, deletedAt.map(isRecent) ?? true { reportedDeleted -= 1 }
  }
}
