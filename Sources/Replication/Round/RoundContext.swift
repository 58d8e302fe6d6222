internal import SQLite

/// What the passes of one run share.
final class RoundContext {
  let connection: Connection
  let source: any Source
  let options: RoundOptions
  let clock: any Clock
  let cursors: Cursors
  let log: RunLog
  let runStarted: Timestamp
  let stores: [String: TableStore]
  let tombstones: [String: Tombstones]
  /// Living rows that a listing did not hold, by table.
  let absent: [String: Absent]
  /// The feed of a table's deletions, by table.
  let feeds: [String: String]
  /// Requests that per-parent listings may still make in this run, by table and listing.
  var quotas: [ParentQuotas.Key: Int] = [:]

  /// What this run's lists have shown to be alive, by table: it decides between a list and a feed.
  var listed: [String: Listed] = [:]
  /// Tables that have been walked and wait for their feed.
  var settling: Set<String> = []
  private var doubts: [String: Int] = [:]

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
    runStarted = clock.now()
    var stores: [String: TableStore] = [:]
    var tombstones: [String: Tombstones] = [:]
    var absent: [String: Absent] = [:]
    var feeds: [String: String] = [:]
    for table in tables {
      let store = try TableStore(table, connection, compares: options.compares)
      stores[table.name] = store
      tombstones[table.name] = try Tombstones(store, connection)
      absent[table.name] = try Absent(store.sql, connection)
      if case .deletions(let name) = table.method { feeds[name] = table.name }
    }
    (self.absent, self.feeds) = (absent, feeds)
    self.stores = stores
    self.tombstones = tombstones
  }

  var quotaSource: ParentQuotas {
    ParentQuotas(connection: connection, runID: log.runID, onlyRead: options.compares)
  }

  /// Whether a record of this table may be asked for by its id before it is believed to be gone.
  func mayAsk(about table: String) -> Bool {
    guard settling.contains(table), doubts[table, default: 0] < Pass.suspectsLimit,
      stores[table]?.table.listings.first?.record != nil
    else { return false }
    doubts[table, default: 0] += 1
    return true
  }

  var writing: TableStore.Writing {
    TableStore.Writing(runID: log.runID, now: clock.now(), runStarted: runStarted)
  }
}
