internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// How this host's clock stands to the source's.
struct ClockStatus: Encodable {
  /// The source's clock, as far as it can be told.
  let sourceAt: String
  /// Seconds by which this host's clock is ahead; nil where they agree.
  let hostAheadSeconds: Int64?
  /// Whether the time since the last run is known; if not, no age is.
  let isKnown: Bool

  init(_ clock: SourceClock) {
    (sourceAt, hostAheadSeconds, isKnown) = (clock.now().sql, clock.hostError, clock.isKnown)
  }

  /// What is wrong, or nil.
  var sentence: String? { hostAheadSeconds.map(SourceClock.sentence(ofHostAhead:)) }
}

/// The state of a replica, from its file alone, for `status --json` and the metrics.
struct StatusReport: Encodable {
  struct Allowance: Encodable {
    let hourlyLimit: Int?
    let remaining: Int?
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
  /// A change in what the account sends or defines.
  struct SchemaNews: Encodable {
    let run: Int64
    let at: String
    let table: String
    let column: String?
    let kind: String
    let detail: String?
    /// The same in words.
    let phrase: String

    init(_ change: SchemaChange) {
      (run, at, table, column) = (change.run, change.at, change.table, change.column)
      (kind, detail, phrase) = (change.kind.rawValue, change.detail, change.phrase)
    }
  }
  struct NextRound: Encodable {
    /// By this host's clock.
    let dueAt: String
    let inSeconds: Int64
    /// The tables that are due then.
    let tables: [String]
  }

  let database: String
  let isWell: Bool
  let lastRun: RunHistory.Run?
  let nextRound: NextRound?
  let allowance: Allowance?
  let clock: ClockStatus
  let consistencyWindow: ConsistencyWindow?
  let reports: ReportZone
  /// Of the last days, the newest first.
  let schemaChanges: [SchemaNews]
  let tables: [TableStatus]

  /// Reads the file that `connection` has open. `config` are the words of a command line that
  /// name the replica. Throws `SQLiteError`.
  init(
    _ settings: ReplicaSettings, in connection: Connection, config: String, maxAge: Duration?,
    _ hostClock: any Clock = SystemClock()
  ) throws {
    let now = hostClock.now()
    let clock = SourceClock(hostClock, after: try ClockStore(connection).last())
    let configuration = settings.configuration
    let replicated = Set(settings.tables.map(\.name))
    let allowances = AllowanceStore(connection)
    // Nothing is due before the allowance lets a request leave.
    let blocked = try allowances.blockedUntil(clock.now(), settings.source.allowanceRules)
      .map { now + ($0 - clock.now()) }
    let schedules = settings.schedules
    let dues = try Agenda.read(connection).dues(schedules, at: now, in: .host)
      .mapValues { max($0, blocked ?? $0) }
    var tables = try settings.tables.map {
      try TableStatus.read($0, in: connection, replicated: replicated, by: clock, config: config)
    }
    let pace = ScrubCoverage.pace(
      zip(settings.tables, tables).map { ($0, $1.rows) }, configuration,
      perRequest: settings.source.recordsPerRequest)
    for (index, table) in settings.tables.enumerated() {
      tables[index].everySeconds = schedules[table.name]?.every
      tables[index].restSeconds = schedules[table.name]?.rest ?? 0
      tables[index].nextDueAt = dues[table.name]?.sql
      tables[index].sweepCoverage = try ScrubCoverage.read(
        table, rows: tables[index].rows, in: connection, configuration, pace: pace,
        at: clock.now())
    }
    database = configuration.database
    isWell = tables.allSatisfy { $0.complaint(maxAge: maxAge) == nil }
    lastRun = try RunHistory(connection).last()
    allowance = try allowances.last().map {
      Allowance(
        hourlyLimit: $0.allowance.limit, remaining: $0.allowance.remaining,
        resetAt: $0.allowance.reset?.sql, blockedUntil: $0.blockedUntil?.sql,
        seenAt: $0.seenAt?.sql, reserve: configuration.requests.reserve)
    }
    self.clock = ClockStatus(clock)
    consistencyWindow = Self.window(tables)
    reports = try ReportZone(configuration, in: connection)
    schemaChanges = try SchemaChanges(connection).since(clock.now() + -Self.newsAge)
      .map(SchemaNews.init)
    nextRound = dues.values.min().map { next in
      NextRound(
        dueAt: next.sql, inSeconds: next - now,
        tables: settings.tables.map(\.name).filter {
          dues[$0].map { $0 <= max(next, now) } ?? false
        })
    }
    self.tables = tables
  }

  /// Seconds for which a change of the schema is news: a week.
  private static let newsAge: Int64 = 7 * 86_400

  private static func window(_ tables: [TableStatus]) -> ConsistencyWindow? {
    let instants = tables.compactMap { $0.lastRunDate.flatMap { Timestamp($0) } }.sorted()
    guard let first = instants.first, let last = instants.last else { return nil }
    return ConsistencyWindow(
      from: first.sql, until: last.sql, seconds: last - first, tables: instants.count)
  }
}
