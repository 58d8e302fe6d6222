internal import Replication
internal import SQLite

/// How a replica is, from its file alone: what `status --json` prints and the metrics say.
struct StatusReport: Encodable {
  struct Run: Encodable {
    let id: Int64
    let startedAt: String?
    let finishedAt: String?
    let outcome: String?
    let error: String?
    let requests: Int64?
    /// Seconds of waiting for the allowance.
    let waitedSeconds: Double?

    /// Seconds from its begin to its end; nil while it is under way.
    var duration: Int64? {
      guard let start = startedAt.flatMap({ Timestamp($0) }),
        let end = finishedAt.flatMap({ Timestamp($0) })
      else { return nil }
      return end - start
    }
  }
  struct Allowance: Encodable {
    let hourlyLimit: Int64?
    let remaining: Int64?
    let resetAt: String?
    let blockedUntil: String?
    let seenAt: String?
    /// Requests of each hour that are left to others.
    let reserve: Int
  }
  /// The instants of the source's clock between which the passes began that the tables are as of. A
  /// reader who joins two tables may see them that far apart.
  struct ConsistencyWindow: Encodable {
    let from: String
    let until: String
    let seconds: Int64
    /// Tables that have been read to the end, and so count.
    let tables: Int
  }
  struct NextRound: Encodable {
    let dueAt: String
    let inSeconds: Int64
    /// The tables that are due then.
    let tables: [String]
  }

  let database: String
  let isWell: Bool
  let lastRun: Run?
  let nextRound: NextRound?
  let allowance: Allowance?
  let consistencyWindow: ConsistencyWindow?
  let tables: [TableStatus]

  /// Reads the file that `connection` has open. `config` is the configuration as the command line
  /// names it. Throws `SQLiteError`.
  init(
    _ settings: ReplicaSettings, in connection: Connection, config: String, maxAge: Duration?,
    at now: Timestamp
  ) throws {
    let configuration = settings.configuration
    let replicated = Set(settings.tables.map(\.name))
    let due = try TableDue(settings, in: connection, at: now)
    var tables = try settings.tables.map {
      try TableStatus.read($0, in: connection, replicated: replicated, at: now, config: config)
    }
    let pace = SweepCoverage.pace(
      zip(settings.tables, tables).map { ($0, $1.rows) }, configuration,
      perRequest: settings.source.recordsPerRequest)
    for (index, table) in settings.tables.enumerated() {
      tables[index].nextDueAt = due.tables[table.name]?.sql
      tables[index].sweepCoverage = try SweepCoverage.read(
        table, rows: tables[index].rows, in: connection, configuration, pace: pace, at: now)
    }
    database = configuration.database
    isWell = tables.allSatisfy { $0.complaint(maxAge: maxAge) == nil }
    lastRun = try Self.lastRun(connection)
    allowance = try Self.allowance(connection, configuration.requests.reserve)
    consistencyWindow = Self.window(tables)
    nextRound = due.next.map { next in
      NextRound(
        dueAt: next.sql, inSeconds: next - now,
        tables: settings.tables.map(\.name).filter {
          due.tables[$0].map { $0 <= max(next, now) } ?? false
        })
    }
    self.tables = tables
  }

  private static func window(_ tables: [TableStatus]) -> ConsistencyWindow? {
    let instants = tables.compactMap { $0.lastRunDate.flatMap { Timestamp($0) } }.sorted()
    guard let first = instants.first, let last = instants.last else { return nil }
    return ConsistencyWindow(
      from: first.sql, until: last.sql, seconds: last - first, tables: instants.count)
  }

  private static func lastRun(_ connection: Connection) throws -> Run? {
    try connection.rows(
      """
      SELECT "id", "started_at", "finished_at", "outcome", "error", "requests", "waited"
        FROM "_runs" ORDER BY "id" DESC LIMIT 1
      """
    ).first.map {
      Run(
        id: $0[0].integer ?? 0, startedAt: $0[1].text, finishedAt: $0[2].text,
        outcome: $0[3].text, error: $0[4].text, requests: $0[5].integer,
        waitedSeconds: $0[6].number)
    }
  }

  private static func allowance(_ connection: Connection, _ reserve: Int) throws -> Allowance? {
    try connection.rows(
      """
      SELECT "hourly_limit", "remaining", "reset_at", "blocked_until", "seen_at" FROM "_allowance"
      """
    ).first.map {
      Allowance(
        hourlyLimit: $0[0].integer, remaining: $0[1].integer, resetAt: $0[2].text,
        blockedUntil: $0[3].text, seenAt: $0[4].text, reserve: reserve)
    }
  }
}
