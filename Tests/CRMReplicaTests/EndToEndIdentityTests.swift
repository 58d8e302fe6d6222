import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// A file that belongs to another account than the one that the token opens.
@Suite(.onWaitingThreads) struct EndToEndIdentityTests {
  @Test(arguments: ["sync", "verify", "run"])
  func `another account's file is refused and stays as it is`(command: String) throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let before = try (stage.content(), stage.rows("SELECT * FROM _runs, _account"))
    stage.server.withAccount {
      $0.subdomain = "other"
      $0.createPerson("Zora", "Quist")
    }
    if command == "run" { try stage.configure(["schedule": #"{"every": "1s"}"#]) }
    let ending = try stage.run(command)
    #expect(ending.code == 78, "\(ending.log)")
    let origin = stage.server.baseURL.dropLast("/api/v2".utf8.count)
    for words in [
      "\(stage.database) is the replica of another account: it holds \(origin) sample",
      "the token opens \(origin) other", "Nothing was written",
      "Let \"database\" name another file",
    ] {
      #expect(ending.log.contains(words), "\(ending.log)")
    }
    // A verification asks a small table for the source's clock before the replica is copied.
    let asked = ending.requests.dropFirst(command == "verify" ? 1 : 0)
    #expect(asked.allSatisfy { $0 == "users/current" || $0.hasPrefix("site?") })
    #expect(try stage.content() == before.0)
    #expect(try stage.rows("SELECT * FROM _runs, _account") == before.1)
  }

  @Test func `check tells another account's file, and that nothing told the quota`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    #expect(try stage.run("check").code == 0)
    stage.server.withAccount { $0.subdomain = "other" }
    let ending = try stage.run("check")
    #expect(ending.code == 78)
    #expect(ending.output.contains("account: failed, \(stage.database) is the replica of another"))
    stage.server.withAccount { $0.token = "another" }
    let refused = try stage.run("check")
    #expect(refused.code == 77)
    #expect(refused.output.contains("quota: failed, the source has not told it"))
  }

  /// The configuration excludes a column, an older program has made the file, and a column of ours
  /// is missing: all of it would be changed.
  @Test(arguments: ["sync", "run"])
  func `another account's file is not even migrated`(command: String) throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let connection = try Connection(path: stage.database)
    try connection.execute(
      """
      DROP VIEW v_task_versions; ALTER TABLE tasks DROP COLUMN detail;
      DROP TABLE _columns; DROP TABLE _account;
      PRAGMA wal_checkpoint(TRUNCATE);
      """)
    let before = try bytes(of: stage.database)
    try stage.configure(["tables": #"{"parties": {"exclude_columns": ["about"]}}"#])
    stage.server.withAccount { $0.subdomain = "other" }
    let ending = try stage.run(command)
    #expect(ending.code == 78, "\(ending.log)")
    #expect(ending.log.contains("'DELETE FROM _account; DELETE FROM site'"), "\(ending.log)")
    try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    #expect(try bytes(of: stage.database) == before)
    stage.server.withAccount { $0.subdomain = "sample" }
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.differences() == [])
    #expect(try stage.rows("SELECT 1 FROM pragma_table_info('parties') WHERE name = 'about'") == [])
  }

  @Test func `another user of the account is said once`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let users = try stage.rows("SELECT id FROM users ORDER BY id").compactMap(\.[0].integer)
    try #require(users.count > 1)
    let other = users[1]
    stage.server.withAccount { $0.currentUser = other }
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.log.contains("level=warning event=\"read as another user\""), "\(ending.log)")
    #expect(ending.log.contains("former_id=\(users[0])"), "\(ending.log)")
    #expect(try stage.value("SELECT user_id FROM _account") == .text("\(other)"))
    #expect(try !stage.run("sync").log.contains("another user"))
    #expect(try stage.differences() == [])
  }
}
