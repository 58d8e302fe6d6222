internal import Model

/// The foreign keys of the tables of one file. Tools read from them what joins what.
///
/// No connection of ours enforces them (`Database.connect`): records come in any order, and may
/// name one that the source shows to nobody. Only tables of the same file are named, by their whole
/// key: SQLite cannot check anything else (sqlite.org/foreignkeys.html).
struct ForeignKeys {
  /// The columns of the key of each table that may be named.
  private let keys: [String: [String]]

  init(among tables: [Table]) {
    keys = Dictionary(tables.map { ($0.name, $0.key.map(\.name)) }) { first, _ in first }
  }

  /// Behind the definition of a column that holds a whole key; empty for any other. It comes and
  /// goes with the column.
  func clause(of column: Column) -> String {
    guard let target = column.target, target.others.isEmpty, let clause = clause(target) else {
      return ""
    }
    return " \(clause)"
  }

  /// Behind the columns of a table: keys of several of them, one a line.
  func lines(of columns: [Column]) -> [String] {
    columns.compactMap { column in
      guard let target = column.target, !target.others.isEmpty, let clause = clause(target) else {
        return nil
      }
      return "\(Self.start)\(Self.list(target.others + [column.name])) \(clause)"
    }
  }

  private func clause(_ target: Column.Target) -> String? {
    guard let key = keys[target.table], key.count == target.others.count + 1 else { return nil }
    return "REFERENCES \(quoted(target.table)) \(Self.list(key))"
  }

  private static func list(_ names: [String]) -> String {
    "(\(names.map(quoted).joined(separator: ", ")))"
  }

  private static let start = "FOREIGN KEY "

  /// The text of a table without the keys of several columns that a column is part of, or nil where
  /// there is none.
  static func text(_ create: String, without column: String) -> String? {
    let lines = create.split(separator: "\n", omittingEmptySubsequences: false)
    var kept = lines.filter { line in
      !(line.hasPrefix("  \(start)(") && line.prefix { $0 != ")" }.contains(quoted(column)))
    }
    guard kept.count < lines.count, let end = kept.indices.last else { return nil }
    // They stand behind everything else, and no comma behind the last line.
    if end > 0, kept[end - 1].hasSuffix(",") { kept[end - 1].removeLast() }
    return kept.joined(separator: "\n")
  }
}
