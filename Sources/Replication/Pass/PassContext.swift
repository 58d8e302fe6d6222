internal import Model
internal import ReplicaFile
internal import SQLite

/// What the passes of one run share.
final class PassContext {
  /// Rows of which list and feed disagree that are asked for in a run, and records that could not
  /// be stored before.
  static let conflictsLimit = 100

  let connection: Connection
  var source: any Source
  let options: RoundOptions
  let clock: any Clock
  var sourceClock: SourceClock
  let cursors: Cursors
  let log: RunLog
  /// The tables that are replicated, by name.
  let tables: [String: Table]
  private var mirrors: [String: Mirror] = [:]
  /// The feed of a table's deletions, by table.
  let feeds: [String: String]
  /// Requests that per-parent listings may still make in this run, by table and listing.
  var quotas: [ParentQuotas.Key: Int] = [:]

  /// What this run's lists have shown to be alive, by table: it decides between a list and a feed.
  var listed: [String: Listed] = [:]
  /// Rows of which a feed has told once more what was withdrawn, by table.
  var repeated: [String: Set<Int64>] = [:]
  /// Tables with keys of their records that were noted in this run.
  var unknownKeys: Set<[String]> = []
  /// Tables that have been read and wait for their feed.
  var settling: Set<String> = []
  /// The table whose rows are counted in this run, where not all are that are due.
  var counting: String?
  private var conflicts: [String: Int] = [:]

  init(
    _ connection: Connection, _ source: any Source, tables: [Table], _ options: RoundOptions,
    _ clock: any Clock
  ) throws {
    self.connection = connection
    self.source = source
    self.options = options
    self.clock = clock
    cursors = Cursors(connection)
    log = RunLog(connection)
    sourceClock = SourceClock(clock, after: try ClockStore(connection).last())
    var feeds: [String: String] = [:]
    for table in tables {
      if case .deletions(let name) = table.method { feeds[name] = table.name }
    }
    self.feeds = feeds
    self.tables = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })
  }

  /// What is done to one table of the file, its statements prepared. They are not before the table
  /// is read: three hundred of them would take longer than the way to the first request.
  final class Mirror {
    let store: TableStore
    let tombstones: Tombstones
    /// Living rows that a listing did not hold.
    let absent: Absent

    init(
      _ table: Table, _ connection: Connection, compares: Bool, among tables: [String: Table]
    ) throws {
      store = try TableStore(table, connection, compares: compares, among: tables)
      tombstones = try Tombstones(store, connection)
      absent = try Absent(store.sql, connection)
    }
  }

  /// Nil for a table that is not replicated.
  func mirror(of name: String) throws -> Mirror? {
    if let mirror = mirrors[name] { return mirror }
    guard let table = tables[name] else { return nil }
    let mirror = try Mirror(
      table, connection, compares: options.comparesValues, among: tables)
    mirrors[name] = mirror
    return mirror
  }

  var quotaSource: ParentQuotas {
    ParentQuotas(
      connection: connection, runID: log.runID, now: now, onlyRead: options.compares,
      rereads: options.rereads, isFull: options.full, restsFor: options.scrubEvery)
  }

  /// Whether a record of this table may be asked for by its id before it is believed to be gone.
  func mayAsk(about table: String) -> Bool {
    guard settling.contains(table), conflicts[table, default: 0] < Self.conflictsLimit,
      tables[table]?.listings.first?.record != nil
    else { return false }
    conflicts[table, default: 0] += 1
    return true
  }

  /// The source's clock, which stands beside everything that is written; see `SourceClock`.
  var now: Timestamp { sourceClock.now() }

  var writing: TableStore.Writing {
    TableStore.Writing(runID: log.runID, now: now, runStarted: sourceClock.started)
  }
}
