/// What a row is ordered by: a text, then a number, then the id in one direction or the other.
struct RowKey: Comparable {
  var text = ""
  var number: Int64 = 0
  let id: Int64
  /// Of two otherwise equal rows the one with the larger id comes first.
  var prefersLarge = false

  static func < (left: RowKey, right: RowKey) -> Bool {
    if left.number != right.number { return left.number < right.number }
    if left.text != right.text { return left.text < right.text }
    return left.prefersLarge ? left.id > right.id : left.id < right.id
  }
}

/// Rows selected and ordered for recent listings.
struct ListingCache {
  private struct Entry {
    var keys: [RowKey]
    /// The account's version it was computed at.
    let version: UInt64
    /// The shelf's revision it was computed at.
    var revision: Int
  }

  private var entries: [String: Entry] = [:]

  mutating func forget() {
    entries = [:]
  }

  /// A listing whose selection may depend on anything: good until the account changes.
  mutating func keys(
    _ name: String, version: UInt64, _ compute: () -> [RowKey]
  ) -> [RowKey] {
    if let known = entries[name], known.version == version { return known.keys }
    let keys = compute()
    store(Entry(keys: keys, version: version, revision: 0), name)
    return keys
  }

  /// A listing whose selection and order depend on each record alone: it follows the changes of
  /// the shelf one by one, so that a page of a large account stays cheap after an edit.
  mutating func keys<Record: Listed>(
    _ name: String, following shelf: Shelf<Record>, by key: (Record) -> RowKey,
    where matches: (Record) -> Bool
  ) -> [RowKey] {
    let revision = shelf.journal.revision
    if var known = entries.removeValue(forKey: name),
      let changes = shelf.journal.changes(since: known.revision), changes.count <= 256
    {
      let changed = Set(changes)
      if !changed.isEmpty { known.keys.removeAll { changed.contains($0.id) } }
      for id in changed {
        guard let record = shelf[id], matches(record) else { continue }
        known.keys.insertInOrder(key(record))
      }
      known.revision = revision
      entries[name] = known
      return known.keys
    }
    var keys: [RowKey] = []
    for record in shelf.rows where matches(record) { keys.append(key(record)) }
    keys.sort()
    store(Entry(keys: keys, version: 0, revision: revision), name)
    return keys
  }

  private mutating func store(_ entry: Entry, _ name: String) {
    if entries.count >= 64 { entries = [:] }
    entries[name] = entry
  }
}

extension [RowKey] {
  /// Puts a key where it belongs in an ordered array.
  fileprivate mutating func insertInOrder(_ key: RowKey) {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < key { low = middle + 1 } else { high = middle }
    }
    insert(key, at: low)
  }
}
