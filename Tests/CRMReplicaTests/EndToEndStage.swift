import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import Testing

/// A folder with a configuration, a token and a replica, and a simulated account behind a server on
/// loopback, for the built program to work on.
final class Stage {
  static let token = "sesame-4711-opens-the-account"

  let server: LoopbackServer<Account>
  let folder: String
  private let directory: TemporaryDirectory
  /// The members of the configuration, each as JSON.
  var members: [String: String] = [:]

  var database: String { folder + "/replica.sqlite" }
  var config: String { folder + "/config.json" }
  var tokenFile: String { folder + "/token" }
  /// What `init` asks for.
  var answers: String { "capsule\n\(server.baseURL)\n\(Self.token)\n" }

  /// Starts the server and writes the files. `prepare` sees the account before anybody asks it.
  init(
    _ size: AccountSize = .tiny, seed: UInt64 = 1, latency: Duration = .zero,
    prepare: @Sendable (Account) -> Void = { _ in }
  ) throws {
    server = LoopbackServer(
      Account(seed: seed, size: size, now: Int64(time(nil)) - 600), latency: latency)
    directory = try TemporaryDirectory()
    folder = directory.path
    try server.start()
    server.withAccount {
      $0.token = Self.token
      prepare($0)
    }
    members = [
      "database": "\"\(database)\"",
      "source": """
      {"kind": "capsule", "base_url": "\(server.baseURL)", "token_file": "\(tokenFile)"}
      """,
      "requests": #"{"page_size": 5, "reserve": 0}"#,
    ]
    _ = try directory.file("token", Array("\(Self.token)\n".utf8))
    try configure([:])
  }

  deinit { server.stop() }

  /// Writes the configuration with other members.
  func configure(_ changes: [String: String]) throws {
    members.merge(changes) { $1 }
    let text = members.map { "\"\($0)\": \($1)" }.sorted().joined(separator: ",\n")
    _ = try file("config.json", "{\(text)}\n")
  }

  /// Writes a file of the folder and returns its path.
  @discardableResult
  func file(_ name: String, _ text: String, permissions: mode_t = 0o600) throws -> String {
    unlink("\(folder)/\(name)")
    return try directory.file(name, Array(text.utf8), permissions: permissions)
  }

  /// Starts a command that needs the configuration.
  func start(_ command: String, _ more: String...) throws -> Child {
    try Child([command, "--config", config] + more, in: folder)
  }

  /// Runs a command that needs the configuration to its end.
  @discardableResult
  func run(_ command: String, _ more: String...) throws -> Ending { try run(command, more) }

  @discardableResult
  func run(_ command: String, _ more: [String]) throws -> Ending {
    let before = server.withAccount { $0.log.count }
    var ending = try Child([command, "--config", config] + more, in: folder).wait()
    ending.requests = requests(since: before)
    return ending
  }

  // MARK: The account

  /// The targets that were asked for after the first so many.
  func requests(since count: Int = 0) -> [String] {
    server.withAccount { $0.log[count...].map(\.target) }
  }

  /// Orders trouble for the next so many requests below a path.
  func trouble(_ effect: FaultScript.Effect, at path: String, times: Int = 1_000_000) {
    server.withAccount { $0.faults.faults.append(.init(effect, on: .path(path, times: times))) }
  }

  func endTrouble() {
    server.withAccount { $0.faults = FaultScript() }
  }

  // MARK: The file

  func rows(_ sql: String) throws -> [[Value]] {
    try Connection(path: database, mode: .readOnly).rows(sql)
  }

  func value(_ sql: String) throws -> Value {
    try Connection(path: database, mode: .readOnly).value(sql)
  }

  func execute(_ sql: String) throws {
    try Connection(path: database).execute(sql)
  }

  /// Every row of every mirrored table, and of the history, as text.
  func content(
    of database: String? = nil, without: Set<String> = [], history: Bool = true
  ) throws -> String {
    let connection = try Connection(path: database ?? self.database, mode: .readOnly)
    let tables = try connection.rows(
      """
      SELECT name FROM sqlite_schema WHERE type = 'table'
        AND (name NOT LIKE '\\_%' ESCAPE '\\' OR name IN ('_history', '_history_values'))
        AND name NOT LIKE 'sqlite%' ORDER BY name
      """
    ).compactMap { $0[0].text }.filter { history || !$0.hasPrefix("_history") }
    return try tables.map { table in
      let columns = try connection.rows(
        "SELECT name FROM pragma_table_info(?)", [.text(table)]
      ).compactMap { $0[0].text }.filter { !without.contains($0) }
      let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
      let rows = try connection.rows("SELECT \(list) FROM \"\(table)\"").map { "\($0)" }.sorted()
      return "\(table): \(rows.count)\n" + rows.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  func isWhole() throws -> Bool {
    try value("PRAGMA integrity_check") == "ok"
  }
}
