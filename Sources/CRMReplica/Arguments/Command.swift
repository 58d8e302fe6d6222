/// What the command line asks for.
enum Command: Sendable, Hashable {
  case demo(database: String)
  case check(config: String)
  /// `tables` names each table once; empty means all.
  case sync(config: String, tables: [String], full: Bool)
  case run(config: String)
  /// Without `maxAge` the age of the data is told, not judged.
  case status(config: String, json: Bool, maxAge: Duration?)
  /// One table, in full and at once.
  case resync(config: String, table: String)
  /// What the replica knows of one row; `entity` and `key` as spelt.
  case why(config: String, entity: String, key: String, json: Bool)
  /// Tombstones for the rows of a table that the delete guard holds.
  case accept(config: String, table: String, dryRun: Bool)
  /// `requests` is the most that may be made, or nil for as many as the allowance lets it.
  case verify(config: String, tables: [String], requests: Int?, json: Bool)
  case tables
  case schema
  /// The overview, or the page of one command; `topic` is always a known command.
  case help(topic: String?)
  case version
}
