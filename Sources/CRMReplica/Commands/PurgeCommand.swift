internal import Capsule
internal import Replication
internal import SQLite

/// `purge`: what records held leaves the file for good. Asks the account nothing.
struct PurgeCommand {
  let config: String
  let entity: String
  let ids: [String]
  let dryRun: Bool

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let configuration = try ConfigurationReader.load(config, names: ReplicaSettings.names)
    let settings = ReplicaSettings(configuration)
    // What a table held that is disabled by now is still in the file.
    let table = try WhyCommand.table(named: entity, among: CapsuleSource.catalogue)
    if case .deletions(let other) = table.method { throw UsageError.feedRow(table.name, of: other) }
    var keys: [[Value]] = []
    for id in ids {
      let key = try WhyCommand.key(id, of: table, command: "purge")
      if !keys.contains(key) { keys.append(key) }
    }
    let path = configuration.database
    if dryRun {
      let bared = try naming(path) {
        try refusing(in: table) {
          try Purge(
            table, of: CapsuleSource.catalogue, in: Database.openCurrent(path: path)
          ).trial(keys)
        }
      }
      StandardStream.output.write("A purge would bare \(list(bared)). Nothing was changed.\n")
      return .success
    }
    // There is nothing to purge in a file that is not there, and none is to be made.
    _ = try naming(path) { try Database.openReadOnly(path: path) }
    let lock = try FileLock(database: path)
    return try withExtendedLifetime(lock) {
      let connection = try naming(path) {
        try Database.open(path: path, tables: settings.tables, views: settings.source.views)
      }
      let (purge, bared) = try naming(path) {
        let purge = try Purge(table, of: CapsuleSource.catalogue, in: connection)
        return try (
          purge, refusing(in: table) { try purge.run(keys, at: SystemClock().now()) }
        )
      }
      try finish(purge, settings, connection, environment)
      StandardStream.output.write(
        """
        Purged: \(list(bared)). Keys and tombstones are left.
        What the texts of other records say of it is left too, and so are participants of entries under \
        addresses that the file does not know to be its own, and tables of yours. Backups and copies that \
        were made before hold what they held.

        """)
      return .success
    }
  }

  /// Takes what was purged out of unused bytes and out of the published copy, each as far as it can be.
  private func finish(
    _ purge: Purge, _ settings: ReplicaSettings, _ connection: Connection,
    _ environment: ProgramEnvironment
  ) throws {
    let (configuration, tables) = (settings.configuration, settings.tables)
    let isStopped = { environment.stop.isAsked }
    var leftovers = PurgeLeftovers(database: configuration.database)
    do {
      leftovers.isLogRead = try !connection.interrupting(when: isStopped) {
        try purge.wipe(searching: tables)
      }
    } catch let error as SQLiteError {
      leftovers.wipeFailure = error
    }
    if !configuration.publishCopy(environment.log, isStopped: isStopped) {
      leftovers.copy = configuration.publishedCopy
    }
    if leftovers.isAny { throw leftovers }
  }

  private func refusing<Result>(in table: Table, _ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let refused as Purge.Refused {
      let names = { (obstacle: Purge.Obstacle) in
        refused.obstacles.filter { $0.value == obstacle }.map { key, _ in
          key.map { $0.text ?? $0.integer.map { "\($0)" } ?? "" }.joined(separator: "/")
        }.sorted { ($0.count, $0) < ($1.count, $1) }
      }
      throw PurgeRefusal(table: table.name, unknown: names(.unknown), living: names(.living))
    }
  }

  private func list(_ bared: [Purge.Bared]) -> String {
    bared.map { "\($0.rows.counted("row")) of \($0.table)" }.joined(separator: ", ")
  }
}
