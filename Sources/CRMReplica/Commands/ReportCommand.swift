internal import Model
internal import ReplicaFile
internal import SQLite

/// `report`: the views of the replica, or what one of them or a table shows. Reads the file alone.
struct ReportCommand: Command {
  let place: ReplicaPlace?
  /// A view or a table, or nil for the list of views.
  let view: String?
  let format: ReportFormat
  var days = ReportDays()
  /// Rows that are printed, or nil for all.
  let limit: Int?
  /// Whether the columns are told, not the rows.
  let columns: Bool

  static let syntax = CommandSyntax(
    name: "report", summary: "print what a view or a table holds, or list the views",
    details: """
      NAME is that of a view, with or without "v_", or of a table. Views of your own are listed too.
      Of a table it prints the living rows, without the columns that the replica adds. Prints an
      aligned table, in which long texts are cut off; --csv and --json print everything, as RFC 4180
      and RFC 8259 have it. --spreadsheet makes --csv fit for Excel and its kin: a byte order mark
      stands first, and an apostrophe before each text that would be taken for a formula. --since
      and --until pick the rows of some days, both included, which are spelt 2026-11-30. Where the
      column holds instants they are days of the reports' own zone, which "status" tells. It is that
      of --by, or else the one that says best when a row is of, such as created_at. Opens the file
      for reading alone and asks the account nothing.
      """,
    options: [
      .config, .replica, .csv, .spreadsheet, .rowsAsJSON, .since, .until, .by, .limit, .columns,
    ],
    operands: [OperandSyntax(name: "NAME", isRequired: false)], takesDatabase: true)

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
    let name = try views.relation(named: view)
    let rows = try readable(name, as: .stale) {
      try columns
        ? views.list(of: name)
        : views.rows(of: name, in: views.period(days, of: name), limit: limit)
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

/// The days whose rows are asked for, as `YYYY-MM-DD`; nil where there is no bound.
struct ReportDays: Sendable, Hashable {
  var first: String?
  var last: String?
  /// The column by which a row is of a day, or nil for the one that says it best.
  var column: String?
}

extension ViewCatalogue {
  /// The days of a view or table that are asked for, or nil for all.
  fileprivate func period(_ days: ReportDays, of name: String) throws -> Period? {
    guard days.first != nil || days.last != nil else { return nil }
    let dates = try dateColumns(of: name)
    let known =
      dates.isEmpty
      ? "\(name) has no column of dates"
      : "the columns of dates of \(name) are \(dates.joined(separator: ", "))"
    guard let wanted = days.column else {
      guard let best = dates.first else {
        let option = days.first == nil ? OptionSyntax.until : .since
        throw UsageError.badValue(
          option.name, complaint: "finds no day: \(known)", command: ReportCommand.syntax.name)
      }
      return Period(best, from: days.first, to: days.last)
    }
    guard let column = dates.first(where: { $0.lowercased() == wanted.lowercased() }) else {
      throw UsageError.badValue(
        OptionSyntax.by.name, complaint: "cannot be \(wanted.quoted()): \(known)",
        command: ReportCommand.syntax.name)
    }
    return Period(column, from: days.first, to: days.last)
  }
}

extension ReportCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(
      place: try words.place(), view: words.operands.first, format: try words.format(),
      days: try words.days(), limit: try words.count(.limit), columns: words.has(.columns))
  }
}

extension OptionSyntax {
  fileprivate static let csv = OptionSyntax(
    name: "--csv", value: nil, presence: .optional, help: "print comma-separated values")
  fileprivate static let spreadsheet = OptionSyntax(
    name: "--spreadsheet", value: nil, presence: .optional,
    help: "with --csv: fit to be opened by a spreadsheet")
  fileprivate static let since = OptionSyntax(
    name: "--since", value: "DAY", presence: .optional, help: "only rows of this day and later")
  fileprivate static let until = OptionSyntax(
    name: "--until", value: "DAY", presence: .optional, help: "only rows of this day and earlier")
  fileprivate static let by = OptionSyntax(
    name: "--by", value: "COLUMN", presence: .optional,
    help: "the column of dates that --since and --until go by")
  fileprivate static let rowsAsJSON = OptionSyntax(
    name: "--json", value: nil, presence: .optional, help: "print a JSON array of objects")
  fileprivate static let limit = OptionSyntax(
    name: "--limit", value: "N", presence: .optional, help: "print at most so many rows")
  fileprivate static let columns = OptionSyntax(
    name: "--columns", value: nil, presence: .optional,
    help: "tell the columns, not the rows")
}

extension ParsedWords {
  /// How rows are printed.
  fileprivate func format() throws(UsageError) -> ReportFormat {
    switch (has(.csv), has(.rowsAsJSON)) {
    case (true, true):
      throw .badValue(
        OptionSyntax.csv.name, complaint: "and --json exclude each other", command: command)
    case (true, false): has(.spreadsheet) ? .spreadsheet : .csv
    case (false, _) where has(.spreadsheet):
      throw .missingOption(OptionSyntax.csv.name, command: "\(command) --spreadsheet")
    case (false, true): .json
    case (false, false): .table
    }
  }

  /// The days of `--since`, `--until` and `--by`, if they stand.
  fileprivate func days() throws(UsageError) -> ReportDays {
    let days = ReportDays(
      first: try day(.since), last: try day(.until), column: optional(.by))
    if days == ReportDays() { return days }
    if operands.isEmpty { throw .missingOperand("NAME", command: command) }
    if has(.columns) {
      throw .badValue(
        OptionSyntax.columns.name, complaint: "tells no rows, and so none of some days",
        command: command)
    }
    guard let first = days.first ?? days.last, let last = days.last ?? days.first else {
      throw .missingOption("--since DAY or --until DAY", command: "\(command) --by")
    }
    if first > last {
      throw .badValue(
        OptionSyntax.until.name, complaint: "is before --since", command: command)
    }
    return days
  }

  private func day(_ option: OptionSyntax) throws(UsageError) -> String? {
    guard let day = optional(option) else { return nil }
    guard day.utf8.count == 10, Timestamp("\(day) 00:00:00")?.sql.hasPrefix(day) ?? false else {
      throw .badValue(
        option.name, complaint: "must be a day such as 2026-11-30", command: command)
    }
    return day
  }
}
