import Glibc
import SQLite
import Simulation
import Testing
import VtigerSimulator

/// A folder with a configuration, an access key and a replica, and a simulated Vtiger behind a
/// server on loopback, for the built program to work on.
final class VtigerStage {
  let server: LoopbackServer<VtigerAccount>
  let folder: String
  private let directory: TemporaryDirectory
  private var members: [String: String] = [:]

  var database: String { folder + "/replica.sqlite" }
  var config: String { folder + "/config.json" }
  var keyFile: String { folder + "/access-key" }

  /// The user's access key as the simulated server knows it at first.
  static let accessKey = "QjHc7VqUuJwJd41p"

  /// Starts the server and writes the files. `prepare` sees the account before anybody asks it.
  init(
    seed: UInt64 = 1, size: VtigerSize = .small, _ switches: VtigerSwitches = .init(.cloud),
    prepare: @Sendable (VtigerAccount) -> Void = { _ in }
  ) throws {
    server = LoopbackServer(
      VtigerAccount(seed: seed, size: size, now: Int64(time(nil)) - 600, switches: switches))
    directory = try TemporaryDirectory()
    folder = directory.path
    try server.start()
    server.withAccount {
      // More than a round asks for, so that none waits.
      ($0.minute, $0.hour, $0.day) = (
        RateLimit(limit: 9_000, window: 60), RateLimit(limit: 9_000, window: 3_600),
        RateLimit(limit: 9_000, window: 86_400)
      )
      prepare($0)
    }
    members = ["database": "\"\(database)\"", "source": source(), "requests": #"{"reserve": 0}"#]
    _ = try directory.file("access-key", Array("\(Self.accessKey)\n".utf8))
    try configure([:])
  }

  deinit { server.stop() }

  /// The value of `source`.
  func source(api: String = "rest", _ more: String = "") -> String {
    """
    {"kind": "vtiger", "base_url": "\(server.baseURL)", "username": "ada@example.com",
     "access_key_file": "\(keyFile)", "api": "\(api)"\(more)}
    """
  }

  /// Writes the configuration with other members.
  func configure(_ changes: [String: String]) throws {
    members.merge(changes) { $1 }
    let text = members.map { "\"\($0)\": \($1)" }.sorted().joined(separator: ",\n")
    try file("config.json", "{\(text)}\n")
  }

  /// Writes a file of the folder.
  func file(_ name: String, _ text: String, permissions: mode_t = 0o600) throws {
    unlink("\(folder)/\(name)")
    _ = try directory.file(name, Array(text.utf8), permissions: permissions)
  }

  /// Runs a command that needs the configuration to its end.
  @discardableResult
  func run(_ command: String, _ more: String...) throws -> Ending {
    let before = server.withAccount { $0.log.count }
    var ending = try Child([command, "--config", config] + more, in: folder).wait()
    ending.requests = server.withAccount { $0.log[before...].map(\.target) }
    return ending
  }

  func value(_ sql: String) throws -> Value {
    try Connection(path: database, mode: .readOnly).value(sql)
  }

  func rows(_ sql: String) throws -> [[Value]] {
    try Connection(path: database, mode: .readOnly).rows(sql)
  }

  /// The ids that file and account have, by table, where they differ.
  func differences() throws -> [String] {
    let modules = try rows(
      "SELECT name, table_name FROM modules WHERE _deleted_at IS NULL AND table_name IS NOT NULL")
    return try modules.compactMap { row in
      guard let module = row[0].text, let table = row[1].text, module != "ProductTaxes" else {
        return nil
      }
      let stored = Set(
        try rows("SELECT id FROM \"\(table)\" WHERE _deleted_at IS NULL")
          .compactMap { $0[0].integer })
      let expected = server.withAccount { Set($0.records(of: module).keys) }
      return stored == expected
        ? nil
        : "\(module) lacks \(expected.subtracting(stored).sorted()), has "
          + "\(stored.subtracting(expected).sorted()) too many"
    }
  }
}

extension VtigerStage {
  /// Every module with records that the simulated account has.
  static let modules: Set<String> = {
    let account = VtigerAccount(seed: 1, size: .empty, now: 1_795_000_000, switches: .init(.cloud))
    return Set(account.visibleModules)
  }()
}
