/// How a command finds the replica that it reads.
enum ReplicaPlace: Sendable, Hashable {
  case configured(by: String)
  case file(String)
}

/// What the command line asks for.
enum Command: Sendable, Hashable {
  case demo(database: String)
  /// With `printConfig` the configuration is printed and nothing else tested.
  case check(config: String, printConfig: Bool)
  /// Port 0 is any free one.
  case authorise(config: String, port: UInt16)
  /// `tables` names each table once; empty means all.
  case sync(config: String, tables: [String], full: Bool)
  case run(config: String)
  /// What the next round, or a full one, will ask for; `offline` asks the account nothing.
  case plan(config: String, full: Bool, offline: Bool, json: Bool)
  /// Without `maxAge` the age of the data is told, not judged.
  case status(config: String, json: Bool, maxAge: Duration?)
  /// What a view shows, or which views there are.
  case report(
    of: ReplicaPlace, view: String?, format: ReportFormat, limit: Int?, columns: Bool)
  /// One table, in full and at once.
  case resync(config: String, table: String)
  /// What the replica knows of one row; `entity` and `key` as spelt.
  case why(config: String, entity: String, key: String, json: Bool)
  /// Tombstones for the rows of a table that the delete guard holds.
  case accept(config: String, table: String, dryRun: Bool)
  /// What rows held leaves the file for good; `entity` and `ids` as spelt.
  case purge(config: String, entity: String, ids: [String], dryRun: Bool)
  /// `requests` is the most that may be made, or nil for as many as the allowance lets it.
  case verify(config: String, tables: [String], requests: Int?, json: Bool)
  case tables
  case schema
  case generate(GeneratedText)
  /// The overview, or the page of one command; `topic` is always a known command.
  case help(topic: String?)
  case version
}
