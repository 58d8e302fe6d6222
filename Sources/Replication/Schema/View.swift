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
    select =
      "  SELECT * FROM \(quoted(table))\n  WHERE \"_deleted_at\" IS NULL"
      + (condition.map { " AND \($0)" } ?? "")
    create = "CREATE VIEW \(quoted(name)) AS\n\(select)"
  }

  /// The views of a script, in which each follows those that it reads.
  ///
  /// A view begins with a line `CREATE VIEW name AS`. Lines of comment follow, which `ViewDocs` reads
  /// and SQLite keeps with the view. It ends with the first line that is no comment and ends in a
  /// semicolon. What stands between the views is for who reads the script.
  package static func all(in script: String, reading mirrored: Set<String>) -> [View] {
    var views: [View] = []
    var name: String?
    var lines: [Substring] = []
    // By bytes: every start of the program reads these texts, and by characters that takes four times as long.
    for bytes in script.utf8.split(separator: 10, omittingEmptySubsequences: false) {
      let line = Substring(bytes)
      guard let current = name else {
        let words = words(of: line)
        if words.count == 4, words[0] == "CREATE", words[1] == "VIEW" { name = String(words[2]) }
        continue
      }
      lines.append(line)
      guard !line.hasPrefix("--"), line.hasSuffix(";") else { continue }
      lines[lines.count - 1].removeLast()
      views.append(View(current, lines, reading: mirrored))
      (name, lines) = (nil, [])
    }
    return views
  }

  private static func words(of text: Substring) -> [Substring] {
    text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map { Substring($0) }
  }

  private init(_ name: String, _ lines: [Substring], reading mirrored: Set<String>) {
    let comment = lines.prefix { $0.hasPrefix("--") }
    let text = lines.dropFirst(comment.count).joined(separator: "\n")
    let docs = ViewDocs(comment)
    self.name = name
    self.docs = docs
    columns = []
    let words = Self.words(of: text[...])
    let reads = Set(
      zip(words, words.dropFirst()).filter { $0.0 == "FROM" || $0.0 == "JOIN" }.map { pair in
        String(pair.1.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
      })
    tables = reads.intersection(mirrored)
    views = reads.filter { $0.hasPrefix("v_") }
    select = docs.isTyped ? Self.typed(text, docs.columns) : text
    let head = "CREATE VIEW \(name) AS\n\(comment.joined(separator: "\n"))\n"
    create = head + (docs.isCommon ? select : Self.twofold(select, docs, name))
  }

  /// The same statement, with another in its place for DuckDB.
  ///
  /// DuckDB runs the texts of an attached file's views by its own rules, and lists no table of a file with
  /// a view that it can neither bind nor write out for SQLite. It nests comments as PostgreSQL does, and
  /// SQLite does not: to DuckDB the one line is the statement, and to SQLite a comment. There is no
  /// `pragma_user_version` in DuckDB, which therefore has SQLite run the line: the rows are those of the
  /// view itself.
  private static func twofold(_ select: String, _ docs: ViewDocs, _ name: String) -> String {
    let line = "/* /* */ -- */ SELECT v.* FROM pragma_user_version, \(name) AS v /*"
    let end = " AS \"*/--\""
    return "\(line)\n" + (docs.isTyped ? select + end : "SELECT * FROM (\n\(select)\n)" + end)
  }

  /// The same rows, in columns of declared types.
  ///
  /// A column of a view has a declared type only where it is a column of a table. In a compound SELECT
  /// the first part says it to `pragma_table_info` and the last to `sqlite3_column_decltype`: both are
  /// made to read `_types`, which has no rows.
  private static func typed(_ text: String, _ columns: [ViewDocs.Column]) -> String {
    let parts = columns.map { "\(quoted(ViewDocs.types[$0.type] ?? "word")) AS \(quoted($0.name))" }
    let types = "SELECT \(parts.joined(separator: ", ")) FROM \"_types\""
    return "\(types)\nUNION ALL SELECT * FROM (\n\(text)\n)\nUNION ALL \(types)"
  }

  /// Whether these tables hold what the view reads, as far as the declaration says it.
  func isPossible(in declared: [Table]) -> Bool {
    let names = Set(declared.flatMap { [$0.name] + $0.children.map(\.table) })
    let known = declared.filter { self.tables.contains($0.name) }.flatMap(\.columns).map(\.name)
    return self.tables.isSubset(of: names) && columns.isSubset(of: known)
  }
}
