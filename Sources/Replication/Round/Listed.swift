internal import SQLite

/// The rows of one table that this run has seen alive, and since when they were.
///
/// A feed may repeat the deletion of a record that was restored. The row is alive when a list that
/// began after the deletion has shown it.
struct Listed {
  /// Keys kept at the most. Past it a feed is believed, and the next list that shows the row wins.
  static let bound = 131_072

  /// When a pass over everything began that ended in this run: it showed every living row.
  var everythingSince: Timestamp?
  /// When the question for changes was asked, and what it showed.
  var changesSince: Timestamp?
  private var changed: Set<[Value]> = []

  mutating func insert(_ key: [Value]) {
    if changed.count < Self.bound { changed.insert(key) }
  }

  /// Whether a list has shown the row after this instant.
  func isAlive(_ key: [Value], after instant: Timestamp) -> Bool {
    if let everythingSince, instant < everythingSince { return true }
    guard let changesSince, instant < changesSince else { return false }
    return changed.contains(key)
  }
}
