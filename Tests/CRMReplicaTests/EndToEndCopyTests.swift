import CapsuleSimulator
import FoundationEssentials
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

@testable import CRMReplica

/// The published copy: a whole file without a log, after each round that is as good as it gets.
@Suite(.onWaitingThreads) struct EndToEndCopyTests {
  private func stage() throws -> (stage: Stage, copy: String) {
    let stage = try Stage(.small)
    let copy = stage.folder + "/copy.sqlite"
    try stage.configure(["published_copy": "\"\(copy)\""])
    return (stage, copy)
  }

  private func status(_ path: String) throws -> stat {
    var status = stat()
    try #require(stat(path, &status) == 0, "\(path)")
    return status
  }

  /// The files of the folder that belong to the copy.
  private func files(_ stage: Stage) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: stage.folder)
      .filter { $0.hasPrefix("copy.sqlite") }.sorted()
  }

  @Test func `a good round publishes a whole copy without a log`() throws {
    let (stage, copy) = try stage()
    // SQLite writes the first page last: so does one that is killed leave it.
    try stage.file("copy.sqlite.crm-replica-new", String(repeating: "\0", count: 8_192) + "rows")
    try stage.file("copy.sqlite.crm-replica-new-journal", "")
    #expect(try stage.run("sync").code == 0)
    #expect(try files(stage) == ["copy.sqlite"])
    #expect(try stage.content(of: copy) == stage.content())
    #expect(try status(copy).st_mode == status(stage.database).st_mode)
    // "File format version numbers" (sqlite.org/fileformat.html): 1 for a journal, 2 for a log.
    #expect(try bytes(of: copy)[18...19] == [1, 1])
    #expect(try bytes(of: stage.database)[18...19] == [2, 2])
    let reader = try Connection(path: copy, mode: .readOnly)
    #expect(try reader.value("PRAGMA integrity_check") == "ok")
    #expect(try reader.value("SELECT outcome FROM _runs") == "good")
    #expect(try reader.value("SELECT count(*) FROM v_party_fields") != 0)
    #expect(try files(stage) == ["copy.sqlite"])
  }

  @Test func `a copy takes the place of the last and its readers keep theirs`() throws {
    let (stage, copy) = try stage()
    try #require(try stage.run("sync").code == 0)
    let first = try status(copy)
    let reader = try Connection(path: copy, mode: .readOnly)
    #expect(try reader.value("SELECT count(*) FROM parties") == 25)
    _ = stage.server.withAccount { $0.createPerson("Ada", "Lovelace") }
    try #require(chmod(stage.database, 0o600) == 0)
    try #require(try stage.run("sync").code == 0)
    #expect(try status(copy).st_ino != first.st_ino)
    #expect(try status(copy).st_mode & 0o777 == 0o600)
    #expect(try reader.value("SELECT count(*) FROM parties") == 25)
    let other = try Connection(path: copy, mode: .readOnly)
    #expect(try other.value("SELECT count(*) FROM parties") == 26)
  }

  @Test func `a round in which a table fails publishes nothing`() throws {
    let (stage, copy) = try stage()
    try #require(try stage.run("sync").code == 0)
    let first = try status(copy)
    stage.trouble(.saying("no", status: 400), at: "tasks")
    #expect(try stage.run("sync").code == 1)
    #expect(try status(copy).st_ino == first.st_ino)
  }

  @Test func `a round that lacks a forbidden table alone publishes`() throws {
    let (stage, copy) = try stage()
    stage.trouble(.forbidden, at: "tasks")
    #expect(try stage.run("sync").code == 1)
    #expect(try stage.content(of: copy) == stage.content())
  }

  @Test func `a copy that cannot be made is a line of the log`() throws {
    let (stage, _) = try stage()
    try stage.configure(["published_copy": "\"\(stage.folder)/nowhere/copy.sqlite\""])
    let ending = try stage.run("sync")
    #expect(ending.code == 0)
    #expect(ending.log.contains("level=warning event=\"copy not published\" error=\"open "))
    #expect(try stage.isWhole())
  }

  @Test func `the database is not written over`() throws {
    let (stage, _) = try stage()
    try stage.configure(["published_copy": "\"\(stage.database)\""])
    let refused = try stage.run("sync")
    #expect(refused.code == 78)
    #expect(refused.log.contains("\"published_copy\" would be written over a file of \"database\""))
    // The same file by another name.
    let other = stage.folder + "/other.sqlite"
    try stage.configure(["published_copy": "\"\(other)\""])
    try #require(try stage.run("sync").code == 0)
    unlink(other)
    try #require(symlink(stage.database, other) == 0)
    let before = try status(stage.database)
    let ending = try stage.run("sync")
    #expect(ending.code == 0)
    #expect(ending.log.contains("is the database itself"), "\(ending.log)")
    #expect(try status(stage.database).st_ino == before.st_ino)
    #expect(try stage.isWhole())
  }

  @Test func `a stop gives a copy up and leaves nothing`() throws {
    let (stage, copy) = try stage()
    try #require(try stage.run("sync").code == 0)
    let first = try status(copy)
    #expect(throws: SQLiteError.self) {
      try PublishedCopy.write(of: stage.database, to: copy) { true }
    }
    #expect(try files(stage) == ["copy.sqlite"])
    #expect(try status(copy).st_ino == first.st_ino)
  }

  /// What stands under the name, or where the copy is made, and is none of ours.
  @Test(arguments: ["copy.sqlite", "copy.sqlite.crm-replica-new"])
  func `what is no copy of a replica is left as it is`(name: String) throws {
    let (stage, _) = try stage()
    let place = stage.folder + "/" + name
    try stage.file(name, "notes of somebody")
    let ending = try stage.run("sync")
    #expect(ending.code == 0)
    #expect(ending.log.contains("and is left as it is"), "\(ending.log)")
    #expect(try bytes(of: place) == Array("notes of somebody".utf8))
    unlink(place)
    try Connection(path: place).execute("CREATE TABLE theirs (a)")
    let before = try bytes(of: place)
    #expect(try stage.run("sync").log.contains("and is left as it is"))
    #expect(try bytes(of: place) == before)
  }

  @Test func `the replica of another account is left as it is`() throws {
    let (stage, copy) = try stage()
    try stage.configure(["database": "\"\(copy)\"", "published_copy": "\"\(copy).other\""])
    try #require(try stage.run("sync").code == 0)
    let before = try status(copy)
    try stage.configure([
      "database": "\"\(stage.folder)/replica.sqlite\"", "published_copy": "\"\(copy)\"",
    ])
    let ending = try stage.run("sync")
    #expect(ending.log.contains("is a replica that is kept up to date"), "\(ending.log)")
    #expect(try status(copy).st_ino == before.st_ino)
  }

  /// A tool wrote to the last copy, in a log of its own, and died.
  @Test func `a log beside the last copy is not read into the next`() throws {
    let (stage, copy) = try stage()
    try #require(try stage.run("sync").code == 0)
    do {
      let tool = try Connection(path: copy)
      try tool.execute("PRAGMA journal_mode = WAL; CREATE TABLE graffiti AS SELECT * FROM parties")
      let log = try bytes(of: copy + "-wal")
      try #require(!log.isEmpty)
      let descriptor = open(stage.folder + "/kept", O_WRONLY | O_CREAT, 0o600)
      try #require(write(descriptor, log, log.count) == log.count)
      close(descriptor)
    }
    try #require(rename(stage.folder + "/kept", copy + "-wal") == 0)
    try stage.file("copy.sqlite-journal", "")
    #expect(try stage.run("sync").code == 0)
    #expect(try files(stage) == ["copy.sqlite"])
    let reader = try Connection(path: copy)
    #expect(try reader.value("SELECT count(*) FROM sqlite_schema WHERE name = 'graffiti'") == 0)
    #expect(try stage.content(of: copy) == stage.content())
  }

  /// A service that may not change the owner of files: the call is refused, whatever it asks.
  @Test func `the group of the replica can read the copy of a service`() throws {
    let (stage, copy) = try stage()
    try #require(try stage.run("sync").code == 0)
    try #require(chmod(stage.database, 0o640) == 0)
    let database = stage.database
    try WithoutCall.fchown.run {
      try PublishedCopy.write(of: database, to: copy, isStopped: { false })
    }
    #expect(try status(copy).st_mode & 0o777 == 0o640)
  }

  @Test func `the first good round measures the tables for the planner`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let measured = "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'parties' AND idx IS NOT NULL"
    #expect(try stage.value(measured) != 0)
  }

  /// An index that the user's own program understands and this one does not.
  @Test(arguments: ["mine", "_parents"])
  func `what cannot be measured is no reason to fail`(table: String) throws {
    let stage = try Stage(.small)
    try stage.configure([
      "tables": """
      {"tracks": {"enabled": false}, "opportunity_parties": {"enabled": false},
       "case_parties": {"enabled": false}}
      """
    ])
    try #require(try stage.run("sync").code == 0)
    try stage.execute(
      """
      CREATE TABLE mine (table_name TEXT);
      INSERT INTO mine VALUES ('a'), ('b');
      CREATE INDEX words ON \(table) (table_name COLLATE NOCASE);
      DROP TABLE sqlite_stat1;
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'WORDS') WHERE name = 'words';
      """)
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.log.contains("tables not measured") == (table == "_parents"), "\(ending.log)")
    let measured = "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'users'"
    #expect(try stage.value(measured) != 0)
    #expect(try stage.run("sync").code == 0)
  }
}
