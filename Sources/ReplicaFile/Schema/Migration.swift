internal import SQLite

/// Takes the bookkeeping of a file one version further, and leaves what is the user's as it is.
///
/// The fifth script makes `_history` anew. The indices and triggers that the user has on it are
/// made again; a column of the user's is in the way, and so is what reads a column that goes.
struct Migration {
  private let connection: Connection
  private let script: String
  /// What the file holds before the first script.
  private let entries: [SchemaEntry]
  /// Whether the script makes `_history` anew.
  private let isAnew: Bool

  private static let history = "_history"
  private static let kept: Set = [
    "id", "run_id", "table_name", "row_key", "change", "changed_at", "synced_before",
  ]
  private static let gone: Set = ["before", "after"]

  /// `number` is that of the script, from 0.
  init(_ connection: Connection, _ number: Int, _ entries: [SchemaEntry]) {
    (self.connection, self.entries) = (connection, entries)
    script = Bookkeeping.scripts[number]
    isAnew = number == 4
  }

  func run() throws {
    let history = isAnew ? entries.filter { $0.isOn(Self.history) } : []
    if !history.isEmpty {
      for name in try connection.rows(
        "SELECT name FROM pragma_table_xinfo(?)", [.text(Self.history)]
      ).compactMap(\.[0].text) where !Self.kept.union(Self.gone).contains(name) {
        throw Clash(.column, name, of: Self.history, .isInTableThatGoes)
      }
    }
    let others = entries.filter { entry in !history.contains { $0.name == entry.name } }
    try Ownership.requireFree(script, among: others)
    try connection.execute(script)
    // Ours begin as the table does, those for the views of older programs too.
    let users = history.filter { !$0.name.hasPrefix(Self.history) }
    try ViewStore(connection, [], others: [], aside: users)
      .putBack(triggersOn: [Self.history: Self.kept])
  }
}
