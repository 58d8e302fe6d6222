/// The statement of a view as a script has it, by bytes: every start of the program reads them all.
struct ViewText {
  private(set) var bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var string: String { String(decoding: bytes, as: UTF8.self) }

  /// The names behind FROM and JOIN, in their order.
  var reads: [String] {
    var words = Words(bytes)
    var (found, last): ([String], ArraySlice<UInt8>) = ([], [])
    while let word = words.next() {
      if last.elementsEqual("FROM".utf8) || last.elementsEqual("JOIN".utf8) {
        found.append(String(decoding: word, as: UTF8.self))
      }
      last = word
    }
    return found
  }

  // MARK: What a file lacks

  /// Has NULL for what a file lacks. In the place of a table that is not there stands one without
  /// rows, and of one that lacks columns, one with NULL in them.
  ///
  /// `present` has the columns of each table that is there. Those of `tables` that are looked at
  /// are followed by `AS` and an alias; another name of that spelling is not theirs.
  mutating func adapt(reading tables: Set<String>, in present: [String: Set<String>]) {
    var result: [UInt8] = []
    var words = Words(bytes)
    var (copied, last) = (bytes.startIndex, bytes[..<bytes.startIndex])
    while let word = words.next() {
      defer { last = word }
      guard last.elementsEqual("FROM".utf8) || last.elementsEqual("JOIN".utf8) else { continue }
      let name = String(decoding: word, as: UTF8.self)
      guard tables.contains(name) else { continue }
      var behind = words
      guard let link = behind.next(), link.elementsEqual("AS".utf8), let alias = behind.next()
      else { continue }
      let there = present[name]
      // What the replica adds is in each table.
      let lacking = columns(of: alias).filter { column in
        there.map { !$0.contains(column) && !column.hasPrefix("_") } ?? true
      }
      if there != nil, lacking.isEmpty { continue }
      let nulls = lacking.map { "NULL AS \(quoted($0))" }.joined(separator: ", ")
      let stand =
        there == nil
        ? "(SELECT \(nulls.isEmpty ? "NULL" : nulls) WHERE 0)"
        : "(SELECT *, \(nulls) FROM \(quoted(name)))"
      result += bytes[copied..<word.startIndex]
      result += stand.utf8
      copied = word.endIndex
    }
    bytes = (result + bytes[copied...])[...]
  }

  /// The columns that are read by an alias, each once.
  private func columns(of alias: ArraySlice<UInt8>) -> [String] {
    var words = Words(bytes)
    var found: [String] = []
    while let word = words.next() {
      guard word.elementsEqual(alias), word.endIndex < bytes.endIndex,
        bytes[word.endIndex] == UInt8(ascii: "."), let column = words.next()
      else { continue }
      let name = String(decoding: column, as: UTF8.self)
      if !found.contains(name) { found.append(name) }
    }
    return found
  }

  // MARK: What is written out

  /// Writes out `today()`, `local_day(x)` and `local_time(x)`, whose argument is a column that
  /// holds an instant, and `living_rows(x)`, whose argument is one that names a table: how many
  /// records of it live.
  ///
  /// `_time_zone` says how far the clock of the reports is ahead of UTC, and since when. Before its
  /// first row, and without one, it is UTC. `tables` are those of records that the file has.
  mutating func writeOut(_ tables: [String]) {
    var result: [UInt8] = []
    var words = Words(bytes)
    var copied = bytes.startIndex
    while let word = words.next() {
      guard word.endIndex < bytes.endIndex, bytes[word.endIndex] == UInt8(ascii: "("),
        let end = bytes[word.endIndex...].firstIndex(of: UInt8(ascii: ")"))
      else { continue }
      let column = String(decoding: bytes[(word.endIndex + 1)..<end], as: UTF8.self)
      let text: String
      switch String(decoding: word, as: UTF8.self) {
      case "today": text = "(SELECT day FROM v_today)"
      case "local_day": text = Self.localDay(of: column)
      case "local_time": text = "datetime(\(column), \(Self.offset(at: column)))"
      case "living_rows": text = Self.livingRows(of: tables, by: column)
      default: continue
      }
      result += bytes[copied..<word.startIndex]
      result += text.utf8
      copied = end + 1
    }
    bytes = (result + bytes[copied...])[...]
  }

  /// The day of an instant by the clock of the reports.
  static func localDay(of instant: String) -> String {
    "date(\(instant), \(offset(at: instant)))"
  }

  /// Counts the table alone that a row names. Without tables there is nothing to count.
  private static func livingRows(of tables: [String], by name: String) -> String {
    if tables.isEmpty { return "NULL" }
    let counts = tables.map { table in
      "WHEN \(table.sqlLiteral) THEN"
        + " (SELECT count(*) FROM \(quoted(table)) WHERE \"_deleted_at\" IS NULL)"
    }
    return "CASE \(name)\n    \(counts.joined(separator: "\n    "))\n  END"
  }

  private static func offset(at instant: String) -> String {
    "ifnull((SELECT seconds FROM _time_zone WHERE begins_at <= \(instant)"
      + " ORDER BY begins_at DESC LIMIT 1), 0) || ' seconds'"
  }
}

/// The words of a statement: what needs no quotation marks to be a name, or a key word.
private struct Words: IteratorProtocol {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func next() -> ArraySlice<UInt8>? {
    guard let start = rest.firstIndex(where: Self.isOfName) else { return nil }
    let word = rest[start...].prefix(while: Self.isOfName)
    rest = rest[word.endIndex...]
    return word
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
