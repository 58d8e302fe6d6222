internal import Model
internal import ReplicaFile
internal import SQLite

/// The views and tables as `report` finds and lists them.
extension ViewCatalogue {
  /// The view that a word means, or else the table: by its name, that of a view also without `v_`,
  /// in any case.
  func relation(named word: String) throws(UsageError) -> String {
    for (name, kind) in [(word, names), ("v_\(word)", names), (word, tables)] {
      let isIt = { (relation: String) in Value.text(relation) == .text(name) }
      let isSame = { (relation: String) in relation.lowercased() == name.lowercased() }
      if let found = kind.first(where: isIt) ?? kind.first(where: isSame) { return found }
    }
    let spellings = names.flatMap { $0.hasPrefix("v_") ? [String($0.dropFirst(2)), $0] : [$0] }
    throw .unknownView(word, nearest: nearestName(to: word, among: spellings + tables))
  }

  /// A row a view: its name and what it is for.
  func list() throws -> ReportRows {
    ReportRows(
      [.init(name: "view"), .init(name: "meaning")],
      try names.map { [.text($0), try meaning(of: $0)] })
  }

  /// A row a column of a view: its name, its type and what it means.
  func list(of view: String) throws -> ReportRows {
    ReportRows(
      [.init(name: "column"), .init(name: "type"), .init(name: "meaning")],
      try columns(of: view).map { [$0.name, $0.type, try meaning(of: view, column: $0.name)] })
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
      It does not fit what is in the file. A view of your own is for you to make anew; the \
      program's own are made by the next sync.
      """
    case .failing:
      """
      The view \(view.quoted()) cannot be read to its end: \(reason).
      It asks for what cannot be computed from the rows that the file holds.
      """
    }
  }
}
