internal import SQLite

/// The keys that a pass has met, so that it can tell at its end how many records there were and which
/// rows are gone.
///
/// They gather in memory and go to `_seen` with the next transaction that writes anyway, for they
/// must survive with the position; a pass over an unchanged table writes none. Past a bound they are
/// written in any case, so that memory does not grow with the table.
struct Seen {
  /// Keys held in memory at the most: one megabyte of integers.
  static let bound = 131_072

  private let table: String
  private var integers: [Int64] = []
  private var texts: [String] = []
  /// Whether `_seen` may hold keys of this pass.
  private var hasSaved: Bool

  /// `isResumed` says that a former run has saved keys of the same pass.
  init(table: String, isResumed: Bool = false) {
    self.table = table
    hasSaved = isResumed
  }

  var isEmpty: Bool { integers.isEmpty && texts.isEmpty }
  var mustBeSaved: Bool { integers.count + texts.count >= Self.bound }

  mutating func insert(_ key: Value) {
    switch key {
    case .integer(let value): integers.append(value)
    case .text(let text): texts.append(text)
    default: break
    }
  }

  /// Writes the keys to `_seen` and forgets them.
  mutating func save(_ connection: Connection) throws {
    guard !isEmpty else { return }
    hasSaved = true
    try write(
      "INSERT INTO \"_seen\" VALUES (?, ?) ON CONFLICT DO NOTHING", connection, named: true)
    integers.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
  }

  /// How many different keys were met.
  mutating func count(_ connection: Connection) throws -> Int {
    guard hasSaved else {
      integers.sort()
      texts.sort()
      return Self.distinct(integers) + Self.distinct(texts)
    }
    try save(connection)
    let count = try connection.value(
      "SELECT count(*) FROM \"_seen\" WHERE \"table_name\" = ?", [.text(table)])
    return Int(count.integer ?? 0)
  }

  private static func distinct<Key: Equatable>(_ sorted: [Key]) -> Int {
    zip(sorted, sorted.dropFirst()).reduce(min(sorted.count, 1)) { $0 + ($1.0 == $1.1 ? 0 : 1) }
  }

  /// Has `temp.met` hold the keys that are still in memory, for the time of `work`: they are joined
  /// from the side, because a temporary table is no write to the file.
  func join<T>(_ connection: Connection, _ work: () throws -> T) throws -> T {
    try connection.execute("CREATE TEMP TABLE IF NOT EXISTS met (k PRIMARY KEY) WITHOUT ROWID")
    try connection.run("DELETE FROM temp.met")
    try write("INSERT INTO temp.met VALUES (?) ON CONFLICT DO NOTHING", connection, named: false)
    let result = try work()
    try connection.run("DELETE FROM temp.met")
    return result
  }

  /// Forgets what this and former transactions have saved.
  mutating func removeAll(_ connection: Connection) throws {
    if hasSaved {
      try connection.run("DELETE FROM \"_seen\" WHERE \"table_name\" = ?", [.text(table)])
    }
    hasSaved = false
    integers.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
  }

  private func write(_ sql: String, _ connection: Connection, named: Bool) throws {
    let statement = try connection.statement(sql)
    if named { try statement.bind(.text(table), at: 1) }
    let at = named ? 2 : 1
    for key in integers {
      try statement.bind(key, at: at)
      _ = try statement.step()
    }
    for key in texts {
      try statement.bind(.text(key), at: at)
      _ = try statement.step()
    }
  }
}
