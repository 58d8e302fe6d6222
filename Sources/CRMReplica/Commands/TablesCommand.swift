internal import Model

/// `tables`: every table, how it is kept up to date, and where it is read.
struct TablesCommand: Command {
  /// Nil for what every account has of the product that is described.
  let place: ReplicaPlace?

  static let syntax = CommandSyntax(
    name: "tables", summary: "list the tables and how each is read",
    details: """
      Without a configuration or a replica they are those of a Capsule account. Of a Vtiger account
      the file itself knows them, once the first sync has begun. Asks the account nothing.
      """,
    options: [.config, .replica])

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let (kind, tables) = try DescribedTables.read(environment.foundPlace(place))
    try environment.output.write(Self.text(kind, tables))
    return .success
  }

  private static func text(_ kind: SourceKind, _ tables: [Table]) -> String {
    var table = TextTable([.left("table"), .left("key"), .left("how"), .left("from")])
    for entry in tables {
      table.append([
        entry.name, entry.key.map(\.name).joined(separator: ", "), how(entry.method),
        // What is declared is a path, and what is described the name of a list.
        entry.listings.map { kind.declaresTables ? "/\($0.path)" : $0.path }
          .joined(separator: " "),
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
    for view in kind.views {
      table.append([view.name, "", "view: \(view.docs.grain)", ""])
    }
    for entry in tables {
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
  init(_ words: ParsedWords) throws(UsageError) { self.init(place: try words.place()) }
}
