internal import FoundationEssentials
internal import Replication
internal import SQLite

/// `status`: how fresh and complete each table is. Reads the file alone.
struct StatusCommand {
  let config: String
  let json: Bool
  let maxAge: Duration?

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let configuration = try ConfigurationReader.load(config, names: ReplicaSettings.names)
    let now = SystemClock().now()
    let report = try naming(configuration.database) {
      try StatusReport(
        ReplicaSettings(configuration), in: Database.openReadOnly(path: configuration.database),
        config: config, maxAge: maxAge, at: now)
    }
    if json {
      StandardStream.output.write(try StandardStream.json(of: report))
    } else {
      StandardStream.output.write(StatusText(report: report, maxAge: maxAge, now: now).text)
    }
    return report.isWell ? .success : .incomplete
  }
}

extension StandardStream {
  /// A report as programs read it: sorted keys in snake_case, and a line feed at the end.
  static func json(of report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }
}
