/// What the command line asks for.
enum Command: Sendable, Hashable {
  case demo(database: String)
  case check(config: String)
  /// `tables` names each table once; empty means all.
  case sync(config: String, tables: [String], full: Bool)
  case run(config: String)
  /// Without `maxAge` the age of the data is told, not judged.
  case status(config: String, json: Bool, maxAge: Duration?)
  case tables
  case schema
  /// The overview, or the page of one command; `topic` is always a known command.
  case help(topic: String?)
  case version
}
