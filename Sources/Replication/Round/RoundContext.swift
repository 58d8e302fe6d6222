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
  /// Requests that per-parent listings may still make in this run, by table and listing.
  var quotas: [ParentQuotas.Key: Int] = [:]

  /// What this run's lists have shown to be alive, by table: it decides between a list and a feed.
  var listed: [String: Listed] = [:]

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
    for table in tables {
      let store = try TableStore(table, connection)
      stores[table.name] = store
      tombstones[table.name] = try Tombstones(store, connection)
    }
    self.stores = stores
    self.tombstones = tombstones
  }

  var quotaSource: ParentQuotas { ParentQuotas(connection: connection, runID: log.runID) }

  var writing: TableStore.Writing {
    TableStore.Writing(runID: log.runID, now: clock.now(), runStarted: runStarted)
  }
}
