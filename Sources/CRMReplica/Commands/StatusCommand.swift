internal import FoundationEssentials
internal import Replication
internal import SQLite

/// `status`: how fresh and complete each table is. Reads the file alone.
struct StatusCommand {
  let config: String
  let json: Bool
  let maxAge: Duration?

  /// What `--json` prints.
  private struct Report: Encodable {
    struct Run: Encodable {
      let id: Int64
      let startedAt: String?
      let finishedAt: String?
      let outcome: String?
      let error: String?
    }
    struct Allowance: Encodable {
      let hourlyLimit: Int64?
      let remaining: Int64?
      let resetAt: String?
      let blockedUntil: String?
      let seenAt: String?
    }
    let database: String
    let isWell: Bool
    let lastRun: Run?
    let allowance: Allowance?
    let tables: [TableStatus]
  }

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let configuration = try ConfigurationReader.load(config, names: ReplicaSettings.names)
    let report = try naming(configuration.database) { try self.report(configuration) }
    if json {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
      StandardStream.output.write(
        String(decoding: try encoder.encode(report), as: UTF8.self) + "\n")
    } else {
      StandardStream.output.write(text(report))
    }
    return report.isWell ? .success : .incomplete
  }

  private func report(_ configuration: Configuration) throws -> Report {
    let settings = ReplicaSettings(configuration)
    let connection = try Database.openReadOnly(path: configuration.database)
    let now = SystemClock().now()
    let replicated = Set(settings.tables.map(\.name))
    let tables = try settings.tables.map {
      try TableStatus.read($0, in: connection, replicated: replicated, at: now, config: config)
    }
    let isWell = tables.allSatisfy { $0.complaint(maxAge: maxAge) == nil }
    return Report(
      database: configuration.database, isWell: isWell, lastRun: try lastRun(connection),
      allowance: try allowance(connection), tables: tables)
  }

  private func lastRun(_ connection: Connection) throws -> Report.Run? {
    try connection.rows(
      """
      SELECT "id", "started_at", "finished_at", "outcome", "error" FROM "_runs"
        ORDER BY "id" DESC LIMIT 1
      """
    ).first.map {
      Report.Run(
        id: $0[0].integer ?? 0, startedAt: $0[1].text, finishedAt: $0[2].text,
        outcome: $0[3].text, error: $0[4].text)
    }
  }

  private func allowance(_ connection: Connection) throws -> Report.Allowance? {
    try connection.rows(
      """
      SELECT "hourly_limit", "remaining", "reset_at", "blocked_until", "seen_at" FROM "_allowance"
      """
    ).first.map {
      Report.Allowance(
        hourlyLimit: $0[0].integer, remaining: $0[1].integer, resetAt: $0[2].text,
        blockedUntil: $0[3].text, seenAt: $0[4].text)
    }
  }

  private func text(_ report: Report) -> String {
    var table = TextTable([
      .left("table"), .right("rows"), .right("tombstones"), .right("age"), .left("coverage"),
      .left("state"),
    ])
    for status in report.tables {
      let coverage = status.parents.map {
        "\((status.parentsRead ?? 0).grouped) of \($0.grouped) parents"
      }
      let complaint = status.complaint(maxAge: maxAge)
      table.append([
        status.table, status.rows.grouped, status.tombstones.grouped,
        status.ageSeconds.map { Duration.seconds($0).spoken } ?? "-", coverage ?? "",
        complaint.map { [$0, status.error].compactMap { $0 }.joined(separator: ": ") } ?? "good",
      ])
    }
    let run = report.lastRun.map {
      "Last run \($0.id): \($0.outcome ?? "under way or killed"), began \($0.startedAt ?? "-") UTC"
        + ($0.error.map { ". \($0)" } ?? ".")
    }
    let findings = report.tables.flatMap { $0.findings.sentences(of: $0.table) }
      .map { $0.onOneLine() + "\n" }
    return table.text + "\n" + findings.joined() + "\(run ?? "No run yet.")\n"
  }
}
