internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// `accept`: what keeps a table from being good is as it should be. Asks the account nothing.
struct AcceptCommand: Command {
  let place: ReplicaPlace?
  let table: String
  let dryRun: Bool

  static let syntax = CommandSyntax(
    name: "accept", summary: "make tombstones of the rows that the delete guard holds back",
    details: """
      A list that suddenly lacks many rows is not believed at once: the guard holds them back. This
      says that they are gone indeed. It also says that the replica is to do without the records of
      the table that could not be stored, and that the source's count is wrong where its list ends
      before it. "status" shows all three. Asks the account nothing.
      """,
    options: [.config, .dryRun],
    operands: [OperandSyntax(name: "TABLE")])

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let place = try environment.place(place, of: Self.syntax.name)
    let configuration = try place.configuration()
    let settings = try ReplicaSettings(reading: configuration)
    let table = try settings.table(named: table)
    let path = configuration.database
    let accepted = try naming(path) {
      if dryRun { return try Accepted(table, Database.openCurrent(path: path)) }
      // There is nothing to accept in a file that is not there, and none is to be made.
      _ = try Database.openReadOnly(path: path)
      let lock = try ReplicaLock(path)
      return try withExtendedLifetime(lock) {
        let connection = try Database.open(
          path: path, tables: settings.tables, views: settings.views)
        let accepted = try Accepted(table, connection)
        _ = try Held(table, connection).accept(at: SourceClock.now(in: connection))
        try connection.transaction {
          try Quarantine(table, connection).accept()
          try Shortfall(table, connection).accept()
        }
        return accepted
      }
    }
    for sentence in accepted.sentences(table.name, dryRun: dryRun) {
      try environment.output.write(sentence + "\n")
    }
    return .success
  }
}

/// What there is to accept in a table.
private struct Accepted {
  let held: Int
  let refused: Int64
  let shortfall: Int?

  init(_ table: Table, _ connection: Connection) throws {
    held = try Held(table, connection).count()?.rows ?? 0
    refused = try Quarantine(table, connection).count().waiting
    shortfall = try Shortfall(table, connection).rows()
  }

  func sentences(_ table: String, dryRun: Bool) -> [String] {
    var sentences: [String] = []
    if held > 0 {
      let what = held == 1 ? "a tombstone" : "tombstones"
      sentences.append(
        "\(held.counted("row")) of \(table) \(dryRun ? "would become" : "became") \(what).")
    }
    if refused > 0 {
      sentences.append(
        "\(refused.counted("record")) of \(table) that could not be stored "
          + "\(dryRun ? "would be" : refused == 1 ? "is" : "are") done without.")
    }
    if let shortfall {
      sentences.append(
        "The source's count of \(table) \(dryRun ? "would be" : "is") taken for wrong by "
          + "\(shortfall.counted("row")).")
    }
    return sentences.isEmpty ? ["The delete guard holds no row of \(table)."] : sentences
  }
}

extension AcceptCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(
      place: try words.place(), table: words.operands[0], dryRun: words.has(.dryRun))
  }
}
