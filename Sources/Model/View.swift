/// A view that the program makes and renews in each file.
package struct View: Sendable {
  package let name: String
  /// What it says of itself.
  package let docs: ViewDocs
  /// The statement behind the name.
  package let select: String
  /// The mirrored tables that it reads. Without one of them there is no view.
  package let tables: Set<String>
  /// The views that it reads. Without one of them there is no view.
  package let views: Set<String>
  /// The columns of those tables that it cannot do without, as far as SQLite would not miss them.
  package let columns: Set<String>
  /// The statement that makes it.
  package let create: String
  /// What the views of its script need: it is made before them where it is missing.
  package let supports: [Support]

  /// A table or an index that views need and the engine knows nothing of.
  package struct Support: Sendable, Hashable {
    package let name: String
    /// The statement that makes it.
    package let create: String
  }

  /// The living rows of a table, or those of them that meet a condition, with all their columns.
  package init(
    _ name: String, of table: String, where condition: String? = nil,
    reading columns: Set<String> = [], _ docs: ViewDocs = ViewDocs()
  ) {
    self.name = name
    self.docs = docs
    self.columns = columns
    tables = [table]
    views = []
    supports = []
    select =
      "  SELECT * FROM \(quoted(table))\n  WHERE \"_deleted_at\" IS NULL"
      + (condition.map { " AND \($0)" } ?? "")
    create = "CREATE VIEW \(quoted(name)) AS\n\(select)"
  }

  /// The views of a script, in which each follows those that it reads.
  ///
  /// A view begins with a line `CREATE VIEW name AS`. Lines of comment follow, which `ViewDocs`
  /// reads and SQLite keeps with the view. It ends with the first line that is no comment and ends
  /// in a semicolon. What stands between the views is for who reads the script.
  ///
  /// Every start of the program reads these texts, so they are taken as bytes.
  package static func all(
    in script: [UInt8], reading mirrored: Set<String>, supported supports: [Support] = []
  ) -> [View] {
    var views: [View] = []
    var name: String?
    // Where the lines of comment begin, and where the statement does behind them.
    var (comment, text) = (0, 0)
    for line in script.split(separator: newline, omittingEmptySubsequences: false) {
      guard let current = name else {
        guard line.starts(with: "CREATE VIEW ".utf8) else { continue }
        name = words(of: line).dropFirst(2).first.map { String(decoding: $0, as: UTF8.self) }
        (comment, text) = (line.endIndex + 1, line.endIndex + 1)
        continue
      }
      let isComment = line.starts(with: "--".utf8)
      if isComment, line.startIndex == text { text = line.endIndex + 1 }
      guard !isComment, line.last == UInt8(ascii: ";") else { continue }
      views.append(
        View(
          current, script[comment..<max(comment, text - 1)], script[text..<(line.endIndex - 1)],
          reading: mirrored, supports))
      name = nil
    }
    return views
  }

  /// The statements of a script that make tables and indices. Each begins with a line
  /// `CREATE TABLE IF NOT EXISTS "name"`, or `CREATE INDEX` likewise, and ends with the first line
  /// that ends in a semicolon.
  package static func supports(in script: [UInt8]) -> [Support] {
    var supports: [Support] = []
    var start: Int?
    for line in script.split(separator: newline, omittingEmptySubsequences: false) {
      let isFirst = ["CREATE TABLE IF ", "CREATE INDEX IF "].contains {
        line.starts(with: $0.utf8)
      }
      if isFirst { start = line.startIndex }
      guard let first = start, line.last == UInt8(ascii: ";") else { continue }
      let statement = script[first..<(line.endIndex - 1)]
      let name = words(of: statement).dropFirst(5).first?.filter { $0 != UInt8(ascii: "\"") } ?? []
      supports.append(
        Support(
          name: String(decoding: name, as: UTF8.self),
          create: String(decoding: statement, as: UTF8.self)))
      start = nil
    }
    return supports
  }

  private static let newline = UInt8(ascii: "\n")

  private static func words(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    text.split { $0 == UInt8(ascii: " ") || $0 == newline }
  }

  private init(
    _ name: String, _ comment: ArraySlice<UInt8>, _ bytes: ArraySlice<UInt8>,
    reading mirrored: Set<String>, _ supports: [Support]
  ) {
    self.supports = supports
    let docs = ViewDocs(comment.split(separator: Self.newline))
    self.name = name
    self.docs = docs
    columns = []
    let words = Self.words(of: bytes)
    let reads = Set(
      zip(words, words.dropFirst()).filter {
        $0.0.elementsEqual("FROM".utf8) || $0.0.elementsEqual("JOIN".utf8)
      }.map { pair in
        let name = pair.1.prefix { Self.isOfName($0) }
        return String(decoding: name, as: UTF8.self)
      })
    tables = reads.intersection(mirrored)
    views = reads.filter { $0.hasPrefix("v_") }
    let text = String(decoding: bytes, as: UTF8.self)
    select = docs.isTyped ? Self.typed(text, docs.columns) : text
    let head = "CREATE VIEW \(name) AS\n\(String(decoding: comment, as: UTF8.self))\n"
    create = head + (docs.isCommon ? select : Self.twofold(select, docs, name))
  }

  /// Whether a byte is one of a name that needs no quotation marks.
  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// The same statement, with another in its place for DuckDB.
  ///
  /// DuckDB runs the texts of an attached file's views by its own rules, and lists no table of a
  /// file with a view that it can neither bind nor write out for SQLite. It nests comments as
  /// PostgreSQL does, and SQLite does not: to DuckDB the one line is the statement, and to SQLite a
  /// comment. There is no `pragma_user_version` in DuckDB, which therefore has SQLite run the line:
  /// the rows are those of the view itself.
  private static func twofold(_ select: String, _ docs: ViewDocs, _ name: String) -> String {
    let line = "/* /* */ -- */ SELECT v.* FROM pragma_user_version, \(name) AS v /*"
    let end = " AS \"*/--\""
    return "\(line)\n" + (docs.isTyped ? select + end : "SELECT * FROM (\n\(select)\n)" + end)
  }

  /// The same rows, in columns of declared types.
  ///
  /// A column of a view has a declared type only where it is a column of a table. In a compound
  /// SELECT the first part says it to `pragma_table_info` and the last to
  /// `sqlite3_column_decltype`: both are made to read `_types`, which has no rows.
  private static func typed(_ text: String, _ columns: [ViewDocs.Column]) -> String {
    let parts = columns.map { "\(quoted(ViewDocs.types[$0.type] ?? "word")) AS \(quoted($0.name))" }
    let types = "SELECT \(parts.joined(separator: ", ")) FROM \"_types\""
    return "\(types)\nUNION ALL SELECT * FROM (\n\(text)\n)\nUNION ALL \(types)"
  }

  /// Whether these tables and lists inside their records, by name, hold what the view reads, as far
  /// as the declarations say it.
  package func isPossible(in names: Set<String>, of declared: [Table]) -> Bool {
    guard tables.isSubset(of: names) else { return false }
    if columns.isEmpty { return true }
    return columns.isSubset(
      of: declared.filter { tables.contains($0.name) }.flatMap(\.columns).map(\.name))
  }
}
