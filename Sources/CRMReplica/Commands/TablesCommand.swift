internal import Model

/// `tables`: every table, how it is kept up to date, and where it is read.
struct TablesCommand: Command {
  /// Nil for what every account has of the product that is described.
  let place: ReplicaPlace?
  var json = false

  static let syntax = CommandSyntax(
    name: "tables", summary: "list the tables and how each is read",
    details: """
      Without a configuration or a replica they are those of a Capsule account. Of a Vtiger account
      the file itself knows them, once the first sync has begun. Asks the account nothing.
      """,
    options: [.config, .replica, .json])

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let (kind, tables) = try DescribedTables.read(environment.foundPlace(place))
    let rows = Self.rows(kind, tables)
    try environment.output.write(json ? Self.document(rows).text : Self.text(rows))
    return .success
  }

  /// A row a table or view: its name, its key, how it is kept up to date, and from where. What
  /// belongs to a table is indented.
  private static func rows(_ kind: SourceKind, _ tables: [Table]) -> [[String]] {
    var rows: [[String]] = []
    for entry in tables {
      rows.append([
        entry.name, entry.key.map(\.name).joined(separator: ", "), how(entry.method),
        // What is declared is a path, and what is described the name of a list.
        entry.listings.map { kind.declaresTables ? "/\($0.path)" : $0.path }
          .joined(separator: " "),
      ])
      for child in entry.children {
        let key = child.parentColumns + child.columns.prefix(1).map(\.name)
        rows.append(["  \(child.table)", key.joined(separator: ", "), "with \(entry.name)", ""])
      }
      if let name = entry.searchName {
        let columns = entry.searchable.joined(separator: ", ")
        rows.append(["  \(name)", "rowid", "full-text search, if it is on: \(columns)", ""])
      }
    }
    for view in kind.views {
      rows.append([view.name, "", "view: \(view.docs.grain)", ""])
    }
    for entry in tables {
      for child in entry.children {
        guard let view = child.view else { continue }
        let key = child.parentColumns.joined(separator: ", ")
        rows.append([view.name, key, "view of \(child.table), a column a field", ""])
      }
    }
    return rows
  }

  private static func text(_ rows: [[String]]) -> String {
    var table = TextTable([.left("table"), .left("key"), .left("how"), .left("from")])
    for row in rows { table.append(row) }
    return table.text
  }

  private static func document(_ rows: [[String]]) -> JSONDocument {
    .array(
      rows.map { row in
        let name = String(row[0].drop { $0 == " " })
        return .object([
          .init("table", .string(name)), .init("key", .string(row[1])),
          .init("how", .string(row[2])), .init("from", .string(row[3])),
        ])
      })
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
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(place: try words.place(), json: words.has(.json))
  }
}
