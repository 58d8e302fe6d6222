internal import Model

/// `tables`: every table, how it is kept up to date, and where it is read.
struct TablesCommand: Command {
  static let syntax = CommandSyntax(
    name: "tables", summary: "list the tables and how each is read")

  func run(_ environment: ProgramEnvironment) -> ExitCode {
    StandardStream.output.write(Self.text)
    return .success
  }

  private static var text: String {
    var table = TextTable([.left("table"), .left("key"), .left("how"), .left("from")])
    for entry in SourceKind.described.catalogue() {
      table.append([
        entry.name, entry.key.map(\.name).joined(separator: ", "), how(entry.method),
        entry.listings.map { "/\($0.path)" }.joined(separator: " "),
      ])
      for child in entry.children {
        let key = child.parentColumns + child.columns.prefix(1).map(\.name)
        table.append(["  \(child.table)", key.joined(separator: ", "), "with \(entry.name)", ""])
      }
      if let name = entry.searchName {
        let columns = entry.searchable.joined(separator: ", ")
        table.append(["  \(name)", "rowid", "full-text search, if it is on: \(columns)", ""])
      }
    }
    for view in SourceKind.described.views {
      table.append([view.name, "", "view: \(view.docs.grain)", ""])
    }
    for entry in SourceKind.described.catalogue() {
      for child in entry.children {
        guard let view = child.view else { continue }
        let key = child.parentColumns.joined(separator: ", ")
        table.append([view.name, key, "view of \(child.table), a column a field", ""])
      }
    }
    return table.text
  }

  private static func how(_ method: Table.Method) -> String {
    switch method {
    case .incremental: "incremental"
    case .full: "full"
    case .newestFirst: "newest first, full at intervals"
    case .deletions(let table): "deletions of \(table)"
    case .perParent: "per parent"
    }
  }
}

extension TablesCommand {
  init(_ words: ParsedWords) { self.init() }
}
