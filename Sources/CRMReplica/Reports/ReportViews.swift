internal import Replication
internal import SQLite

/// The views of a replica: their names, what they are for, and their rows.
struct ReportViews {
  /// In the order of their names.
  let names: [String]
  private let connection: Connection
  /// Whether the file says what its views mean.
  private let isDocumented: Bool

  init(_ connection: Connection) throws {
    self.connection = connection
    names = try connection.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name"
    ).compactMap(\.[0].text)
    let documented = try connection.rows(
      "SELECT name FROM pragma_table_info('_view_docs')"
    ).compactMap(\.[0].text)
    isDocumented = Set(documented).isSuperset(of: ["view_name", "column_name", "text"])
  }

  /// The view that a word means: by its name, or by that without `v_`, in any case.
  func view(named word: String) throws(UsageError) -> String {
    for name in [word, "v_\(word)"] {
      let isSame = { (view: String) in view.lowercased() == name.lowercased() }
      if let view = names.first(where: { $0 == name }) ?? names.first(where: isSame) { return view }
    }
    let spellings = names.flatMap { $0.hasPrefix("v_") ? [String($0.dropFirst(2)), $0] : [$0] }
    throw .unknownView(word, nearest: nearestName(to: word, among: spellings))
  }

  /// A row a view: its name and what it is for.
  func list() throws -> ReportRows {
    ReportRows(
      [.init(name: "view"), .init(name: "meaning")],
      try names.map { [.text($0), try text(of: $0, column: nil)] })
  }

  /// A row a column of a view: its name, its type and what it means.
  func columns(of view: String) throws -> ReportRows {
    let columns = try connection.rows(
      "SELECT name, type FROM pragma_table_info(?)", [.text(view)])
    return ReportRows(
      [.init(name: "column"), .init(name: "type"), .init(name: "meaning")],
      try columns.map { [$0[0], $0[1], try text(of: view, column: $0[0].text)] })
  }

  /// The rows of a view, all or so many.
  func rows(of view: String, limit: Int?) throws -> ReportRows {
    let statement = try Statement(
      "SELECT * FROM \(quoted(view)) LIMIT ?", on: connection)
    try statement.bind(.integer(Int64(limit ?? -1)), at: 1)
    return ReportRows(statement)
  }

  private func text(of view: String, column: String?) throws -> Value {
    guard isDocumented else { return .null }
    return try connection.value(
      """
      SELECT "text" FROM "_view_docs"
        WHERE "view_name" = ? AND coalesce("column_name", '') = ? COLLATE NOCASE
      """, [.text(view), .text(column ?? "")])
  }
}

/// A view of the replica cannot be read.
struct UnreadableView: OperatorError, Hashable {
  /// What is wrong with it.
  enum Fault {
    /// SQLite does not understand its statement.
    case stale
    /// SQLite cannot compute what it asks for.
    case failing
  }
  let view: String
  let fault: Fault
  /// SQLite's own sentence.
  let reason: String

  var exitCode: ExitCode { .incomplete }

  var message: String {
    let reason = reason.onOneLine()
    return switch fault {
    case .stale:
      """
      The view \(view.quoted()) cannot be read: \(reason).
      It does not fit what is in the file. A view of your own is for you to make anew; the program's own \
      are made by the next sync.
      """
    case .failing:
      """
      The view \(view.quoted()) cannot be read to its end: \(reason).
      It asks for what cannot be computed from the rows that the file holds.
      """
    }
  }
}
