/// A view that the program makes and renews in each file.
package struct View: Sendable {
  package let name: String
  /// What it says of itself.
  package let docs: ViewDocs
  /// The statement behind the name.
  package let select: String
  /// The mirrored tables that it reads.
  package let tables: Set<String>
  /// Those of them whose records it shows. Without any of them there is no view.
  package let subjects: Set<String>
  /// The views that it reads. Without one of them there is no view.
  package let views: Set<String>
  /// The columns of those tables that it cannot do without, as far as SQLite would not miss them.
  private let columns: Set<String>
  /// What of a script it was made of, or nil for the rows of one table.
  private let script: Script?
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
    subjects = tables
    views = []
    supports = []
    script = nil
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
  /// A mirrored table behind FROM or JOIN is followed by `AS` and an alias, and each of its columns
  /// preceded by that alias: `made(in:)` puts NULL where a file lacks one. `ViewText` says what
  /// `today()`, `local_day(x)`, `local_time(x)` and `living_rows(x)` stand for.
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
          Script(
            name: current, comment: script[comment..<max(comment, text - 1)],
            text: script[text..<(line.endIndex - 1)], mirrored: mirrored, supports: supports)))
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

  /// Where a view stands in a script, and what its script has for it.
  private struct Script: Sendable {
    let name: String
    let comment: ArraySlice<UInt8>
    let text: ArraySlice<UInt8>
    let mirrored: Set<String>
    let supports: [Support]
  }

  /// `present` has the columns of the tables of a file; nil stands for one that lacks nothing.
  /// `mirrored` are all of its tables of records.
  private init(
    _ script: Script, in present: [String: Set<String>]? = nil, of mirrored: [String] = []
  ) {
    self.script = script
    (name, supports) = (script.name, script.supports)
    docs = ViewDocs(script.comment.split(separator: Self.newline))
    columns = []
    var text = ViewText(script.text)
    let reads = text.reads
    views = Set(reads.filter { $0.hasPrefix("v_") })
    let known = reads.filter(script.mirrored.contains)
    tables = Set(known)
    subjects = docs.subjects.isEmpty ? Set(known.prefix(1)) : Set(docs.subjects)
    if let present { text.adapt(reading: tables, in: present) }
    text.writeOut(mirrored)
    select = Self.typed(text.string, docs)
    create = """
      CREATE VIEW \(name) AS
      \(String(decoding: script.comment, as: UTF8.self))
      \(Self.twofold(select, docs, name))
      """
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
  /// A column of a view has a declared type only where it is a column of a table, and of a compound
  /// SELECT one part says it: the first to `pragma_table_info` and the last to
  /// `sqlite3_column_decltype`, but the last to both where it is a value. `_types` has a column of
  /// each type and no rows.
  private static func typed(_ text: String, _ docs: ViewDocs) -> String {
    func lender(_ column: ViewDocs.Column) -> String {
      quoted(ViewDocs.types[column.type] ?? "word")
    }
    if docs.areAllTyped {
      let parts = docs.columns.map { "\(lender($0)) AS \(quoted($0.name))" }
      let types = "SELECT \(parts.joined(separator: ", ")) FROM \"_types\""
      return "\(types)\nUNION ALL SELECT * FROM (\n\(text)\n)\nUNION ALL \(types)"
    }
    if docs.typed.isEmpty { return text }
    let parts = docs.columns.map { column in
      let name = quoted(column.name)
      if !docs.typed.contains(column.name) { return name }
      let lent = "SELECT \(lender(column)) FROM \"_types\" WHERE 0"
      return "(SELECT \(name) UNION ALL \(lent)) AS \(name)"
    }
    return "SELECT\n  \(parts.joined(separator: ",\n  "))\nFROM (\n\(text)\n)"
  }

  /// The view as a file has it that holds these tables and lists inside their records, or nil where
  /// it holds none of those that the view is about.
  package func made(in tables: [Table]) -> View? {
    var present: [String: Set<String>] = [:]
    for table in tables where self.tables.contains(table.name) {
      present[table.name] = Set(table.columns.map(\.name))
    }
    for child in tables.flatMap(\.children) where self.tables.contains(child.table) {
      present[child.table] = Set(child.parentColumns + child.columns.map(\.name))
    }
    if !subjects.isEmpty, subjects.isDisjoint(with: present.keys) { return nil }
    if let script { return View(script, in: present, of: tables.map(\.name)) }
    return present.values.allSatisfy(columns.isSubset) ? self : nil
  }
}
