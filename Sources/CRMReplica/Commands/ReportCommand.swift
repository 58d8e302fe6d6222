internal import ReplicaFile
internal import SQLite

/// `report`: the views of the replica, or what one of them shows. Reads the file alone.
struct ReportCommand: Command {
  let place: ReplicaPlace?
  let view: String?
  let format: ReportFormat
  /// Rows that are printed, or nil for all.
  let limit: Int?
  /// Whether the columns of the view are told, not its rows.
  let columns: Bool

  static let syntax = CommandSyntax(
    name: "report", summary: "print what a view of the file shows, or list the views",
    details: """
      VIEW is the name of a view, with or without "v_". Views of your own are listed too. Prints an
      aligned table, in which long texts are cut off; --csv and --json print everything, as RFC 4180
      and RFC 8259 have it. Opens the file for reading alone and asks the account nothing.
      """,
    options: [.config, .replica, .csv, .rowsAsJSON, .limit, .columns],
    operands: [OperandSyntax(name: "VIEW", isRequired: false)], takesDatabase: true)

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let path = try environment.place(place, of: Self.syntax.name).configuration().database
    return try naming(path) {
      let connection = try Database.openReadOnly(path: path)
      do {
        return try connection.interrupting(when: { environment.stop.isAsked }) {
          try connection.snapshot {
            try print(from: ViewCatalogue(connection)) { try environment.output.write($0) }
          }
        }
      } catch let error as SQLiteError where error.isInterrupted {
        throw OutputError.stopped(environment.stop.exitCode)
      }
    }
  }

  private func print(
    from views: ViewCatalogue, to write: @escaping (String) throws -> Bool
  ) throws -> ExitCode {
    guard let view else {
      try format.print(views.list(), to: write)
      return .success
    }
    let name = try views.view(named: view)
    let rows = try readable(name, as: .stale) {
      try columns ? views.list(of: name) : views.rows(of: name, limit: limit)
    }
    try readable(name, as: .failing) { try format.print(rows, to: write) }
    return .success
  }

  /// Says of an error that is the statement's own that the view is at fault.
  private func readable<Result>(
    _ view: String, as fault: UnreadableView.Fault, _ work: () throws -> Result
  ) throws -> Result {
    do {
      return try work()
    } catch let error as SQLiteError where error.isMeaningless {
      throw UnreadableView(view: view, fault: fault, reason: error.message)
    }
  }
}

extension ReportCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(
      place: try words.place(), view: words.operands.first, format: try words.format(),
      limit: try words.count(.limit), columns: words.has(.columns))
  }
}

extension OptionSyntax {
  fileprivate static let csv = OptionSyntax(
    name: "--csv", value: nil, presence: .optional, help: "print comma-separated values")
  fileprivate static let rowsAsJSON = OptionSyntax(
    name: "--json", value: nil, presence: .optional, help: "print a JSON array of objects")
  fileprivate static let limit = OptionSyntax(
    name: "--limit", value: "N", presence: .optional, help: "print at most so many rows")
  fileprivate static let columns = OptionSyntax(
    name: "--columns", value: nil, presence: .optional,
    help: "tell the columns of the view, not its rows")
}

extension ParsedWords {
  /// How rows are printed.
  fileprivate func format() throws(UsageError) -> ReportFormat {
    switch (has(.csv), has(.rowsAsJSON)) {
    case (true, true):
      throw .badValue(
        OptionSyntax.csv.name, complaint: "and --json exclude each other", command: command)
    case (true, false): .csv
    case (false, true): .json
    case (false, false): .table
    }
  }
}
