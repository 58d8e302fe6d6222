internal import ReplicaFile
internal import Replication

/// `status`: how fresh and complete each table is. Reads the file alone.
struct StatusCommand: Command {
  let place: ReplicaPlace?
  let json: Bool
  let maxAge: Duration?

  static let syntax = CommandSyntax(
    name: "status", summary: "tell how fresh and complete each table is",
    details: """
      Reads the file alone and asks the account nothing.
      """,
    options: [.config, .replica, .json, .maxAge], takesDatabase: true)

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let place = try environment.place(place, of: Self.syntax.name)
    let configuration = try place.configuration()
    let now = SystemClock().now()
    let settings = try ReplicaSettings(reading: configuration)
    let report = try naming(configuration.database) {
      try StatusReport(
        settings, in: Database.openReadOnly(path: configuration.database),
        config: place.words, maxAge: maxAge)
    }
    if json {
      try environment.output.write(StandardStream.json(of: report))
    } else {
      let isPainted = StandardStream.output.isPainted
      try environment.output.write(
        StatusText(report: report, maxAge: maxAge, now: now, isPainted: isPainted).text)
    }
    return report.isWell ? .success : .incomplete
  }
}

extension StatusCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(
      place: try words.place(), json: words.has(.json), maxAge: try words.maxAge())
  }
}

extension OptionSyntax {
  fileprivate static let maxAge = OptionSyntax(
    name: "--max-age", value: "DURATION", presence: .optional,
    help: "exit 1 if a table is older than this, such as 26h")
}

extension ParsedWords {
  /// The value of `--max-age`, if it stands.
  fileprivate func maxAge() throws(UsageError) -> Duration? {
    guard let spelling = optional(.maxAge) else { return nil }
    do {
      return try Duration(spelling: spelling)
    } catch {
      throw .badValue(OptionSyntax.maxAge.name, complaint: error.text, command: command)
    }
  }
}
