package import SQLite

/// The keys that a pass has met, so that it can tell at its end how many records there were and
/// which rows are gone.
///
/// They gather in memory and go to `_seen` with the next transaction that writes anyway, for they
/// must survive with the position; a pass over an unchanged table writes none. Past a bound they
/// are written in any case, so that memory does not grow with the table.
package struct Seen {
  /// Keys held in memory at the most: one megabyte of integers.
  static let bound = 131_072

  private let table: String
  private var integers: [Int64] = []
  private var texts: [String] = []
  /// Whether `_seen` may hold keys of this pass.
  private(set) var hasSaved: Bool

  /// `isResumed` says that a former run has saved keys of the same pass.
  package init(table: String, isResumed: Bool = false) {
    self.table = table
    hasSaved = isResumed
  }

  var isEmpty: Bool { integers.isEmpty && texts.isEmpty }
  package var mustBeSaved: Bool { integers.count + texts.count >= Self.bound }

  package mutating func insert(_ key: Value) {
    switch key {
    case .integer(let value): integers.append(value)
    case .text(let text): texts.append(text)
    default: break
    }
  }

  /// Writes the keys to `_seen` and forgets them.
  package mutating func save(_ connection: Connection) throws {
    guard !isEmpty else { return }
    hasSaved = true
    let statement = try connection.statement(
      "INSERT INTO \"_seen\" VALUES (?, ?) ON CONFLICT DO NOTHING")
    try statement.bind(.text(table), at: 1)
    for key in integers {
      try statement.bind(key, at: 2)
      _ = try statement.step()
    }
    for key in texts {
      try statement.bind(.text(key), at: 2)
      _ = try statement.step()
    }
    integers.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
  }

  /// How many different keys were met.
  package mutating func count(_ connection: Connection) throws -> Int {
    guard hasSaved else {
      sort()
      return Self.distinct(integers, by: <) + Self.distinct(texts, by: Self.precedes)
    }
    try save(connection)
    let count = try connection.value(
      "SELECT count(*) FROM \"_seen\" WHERE \"table_name\" = ?", [.text(table)])
    return Int(count.integer ?? 0)
  }

  /// Puts the keys in memory in order, as `contains` wants them.
  mutating func sort() {
    integers.sort()
    texts.sort(by: Self.precedes)
  }

  /// Whether the key is among those in memory, which are in order.
  func contains(_ key: Value) -> Bool {
    switch key {
    case .integer(let value): Self.contains(value, in: integers, by: <)
    case .text(let text): Self.contains(text, in: texts, by: Self.precedes)
    default: false
    }
  }

  /// Byte for byte, as SQLite has it: to Swift two spellings of one letter are equal.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private static func distinct<Key>(_ sorted: [Key], by precedes: (Key, Key) -> Bool) -> Int {
    zip(sorted, sorted.dropFirst()).reduce(min(sorted.count, 1)) {
      $0 + (precedes($1.0, $1.1) ? 1 : 0)
    }
  }

  private static func contains<Key>(
    _ key: Key, in sorted: [Key], by precedes: (Key, Key) -> Bool
  ) -> Bool {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if precedes(sorted[middle], key) { low = middle + 1 } else { high = middle }
    }
    return low < sorted.count && !precedes(key, sorted[low])
  }

  /// Forgets what this and former transactions have saved.
  package mutating func removeAll(_ connection: Connection) throws {
    if hasSaved {
      try connection.run("DELETE FROM \"_seen\" WHERE \"table_name\" = ?", [.text(table)])
    }
    hasSaved = false
    integers.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
  }
}
