internal import Model

/// The full-text index of a mirrored table, derived from the declaration: an FTS5 table that takes
/// its text from the mirrored one (sqlite.org/fts5.html#external_content_tables), and the triggers
/// that keep it in step.
///
/// Only living rows are in it. The commands `rebuild` and `integrity-check` with rank 1 would have
/// every row in it, tombstones too, and are not for this table.
struct SearchSQL {
  let table: Table
  private let columns: [String]
  private let key: String

  /// nil when nobody searches the table.
  init?(_ table: Table) {
    guard !table.searchColumns.isEmpty else { return nil }
    guard table.key.count == 1, let key = table.key.first, key.type == .integer else {
      preconditionFailure("\(table.name) has no key that a full-text index can name")
    }
    self.table = table
    self.key = quoted(key.name)
    columns = table.searchColumns.map(quoted)
  }

  var name: String { "\(table.name)_search" }

  /// The triggers of a full-text index of that name.
  static func triggers(of name: String) -> [String] {
    ["insert", "update", "delete"].map { "\(name)_\($0)" }
  }

  /// The tables in which SQLite keeps a full-text index of that name
  /// (sqlite.org/fts5.html, section 9).
  static func shadows(of name: String) -> [String] {
    ["data", "idx", "content", "docsize", "config"].map { "\(name)_\($0)" }
  }

  /// What makes it, by name. SQLite keeps these texts as they are. Tools that look for the search
  /// of a table, such as Datasette, know it by the spelling of `content`.
  var creates: [(name: String, sql: String)] {
    let list = columns.joined(separator: ", ")
    let table = """
      CREATE VIRTUAL TABLE \(quoted(name)) USING fts5(
        \(list),
        content=\(quoted(table.name)), content_rowid=\(key), \
      tokenize="unicode61 remove_diacritics 2"
      )
      """
    return zip([name] + Self.triggers(of: name), [table, insertion, update, deletion])
      .map { ($0, $1) }
  }

  /// Puts every living row into an empty index.
  var fill: String {
    let list = columns.joined(separator: ", ")
    return """
      INSERT INTO \(quoted(name)) (rowid, \(list))
        SELECT \(key), \(list) FROM \(quoted(table.name)) WHERE "_deleted_at" IS NULL
      """
  }

  /// Takes everything out of the index, words that no row holds any more too.
  var clear: String { "INSERT INTO \(quoted(name)) (\(quoted(name))) VALUES ('delete-all')" }

  private var insertion: String {
    trigger("insert", "INSERT", when: "new.\"_deleted_at\" IS NULL", [addition("VALUES", "")])
  }

  /// A row that keeps its words writes nothing.
  private var update: String {
    let changes = columns.map { "old.\($0) IS NOT new.\($0)" }.joined(separator: " OR ")
    let fate = "(old.\"_deleted_at\" IS NULL) <> (new.\"_deleted_at\" IS NULL)"
    return trigger(
      "update", "UPDATE OF \((columns + ["\"_deleted_at\""]).joined(separator: ", "))",
      when: "\(changes) OR \(fate)",
      [
        removal("SELECT", " WHERE old.\"_deleted_at\" IS NULL"),
        addition("SELECT", " WHERE new.\"_deleted_at\" IS NULL"),
      ])
  }

  private var deletion: String {
    trigger("delete", "DELETE", when: "old.\"_deleted_at\" IS NULL", [removal("VALUES", "")])
  }

  private func trigger(
    _ suffix: String, _ event: String, when condition: String, _ statements: [String]
  ) -> String {
    """
    CREATE TRIGGER \(quoted("\(name)_\(suffix)")) AFTER \(event) ON \(quoted(table.name))
    WHEN \(condition)
    BEGIN
    \(statements.map { "  \($0);" }.joined(separator: "\n"))
    END
    """
  }

  private func addition(_ word: String, _ condition: String) -> String {
    let values = values("new", word)
    return "INSERT INTO \(quoted(name)) (rowid, \(columns.joined(separator: ", ")))\n    \(values)"
      + condition
  }

  /// A row leaves an index of this kind with the words it was put in with.
  private func removal(_ word: String, _ condition: String) -> String {
    let list = columns.joined(separator: ", ")
    return "INSERT INTO \(quoted(name)) (\(quoted(name)), rowid, \(list))\n    "
      + values("old", word, "'delete'") + condition
  }

  private func values(_ row: String, _ word: String, _ first: String...) -> String {
    let list = (first + ([key] + columns).map { "\(row).\($0)" }).joined(separator: ", ")
    return word == "VALUES" ? "VALUES (\(list))" : "\(word) \(list)"
  }
}
