internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// `purge`: what records held leaves the file for good. Asks the account nothing.
struct PurgeCommand: Command {
  let place: ReplicaPlace?
  let entity: String
  let ids: [String]
  let dryRun: Bool

  static let syntax = CommandSyntax(
    name: "purge", summary: "take what deleted records held out of the file for good",
    details: details,
    options: [.config, .dryRun],
    operands: [OperandSyntax(name: "ENTITY"), OperandSyntax(name: "ID", isRepeatable: true)])

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let place = try environment.place(place, of: Self.syntax.name)
    let configuration = try place.configuration()
    let settings = try ReplicaSettings(reading: configuration)
    // What a table held that is disabled by now is still in the file.
    let catalogue = settings.catalogue
    let table = try WhyCommand.table(
      named: entity, among: catalogue, settings.known.singulars)
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
            table, of: catalogue, in: Database.openCurrent(path: path)
          ).trial(keys)
        }
      }
      try environment.output.write("A purge would bare \(list(bared)). Nothing was changed.\n")
      return .success
    }
    // There is nothing to purge in a file that is not there, and none is to be made.
    _ = try naming(path) { try Database.openReadOnly(path: path) }
    let lock = try ReplicaLock(path)
    return try withExtendedLifetime(lock) {
      let connection = try naming(path) {
        try Database.open(path: path, tables: settings.tables, views: settings.views)
      }
      let (purge, bared) = try naming(path) {
        let purge = try Purge(table, of: catalogue, in: connection)
        return try (
          purge, refusing(in: table) { try purge.run(keys, at: SourceClock.now(in: connection)) }
        )
      }
      try finish(purge, settings, connection, environment)
      try environment.output.write(
        """
        Purged: \(list(bared)). Keys and tombstones are left.
        What the texts of other records say of it is left too, and so are participants of entries \
        under addresses that the file does not know to be its own, and tables of yours. Backups \
        and copies that were made before hold what they held.

        """)
      return .success
    }
  }

  /// Takes what was purged out of unused bytes and out of the published copy, as far as it can.
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

extension PurgeCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(
      place: try words.place(), entity: words.operands[0],
      ids: Array(words.operands.dropFirst()), dryRun: words.has(.dryRun))
  }
}

/// What its page of the help says.
private let details = """
  ENTITY is a table or one of its records (parties, party), ID its key. Only records that are gone
  from the account can be purged, as the next sync would bring back the others; all of them are, or
  none. Of each the key, "_deleted_at" and "_deleted_reason" are left. Its lists, its history, what
  was kept aside of it, the entries, tasks and tracks that belong to it, and the participants of
  other entries that have an e-mail address which the file knows to be its own go too; what texts of
  other records say of it stays. Then the whole file is written anew and its log emptied, so that
  nothing is left in unused bytes. That takes as much room as the file in the folder for temporary
  files (SQLITE_TMPDIR, or /var/tmp), and again beside the file. The published copy is made anew;
  backups are yours to purge. Exits with 1, 73 or 75 when something of it may be left: run it again
  then. Stop the daemon first. Asks the account nothing.
  """
