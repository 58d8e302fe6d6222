import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// What the operator is told of things of his own that are in the replica's way.
@Suite(.onWaitingThreads) struct EndToEndOwnershipTests {
  @Test(arguments: [
    (
      "CREATE TABLE goals (mine)", "{\"goals\": {\"enabled\": false}}",
      "holds the table goals, which is not the replica's, and the replica needs that name",
      "ALTER TABLE \"goals\" RENAME TO"
    ),
    (
      "CREATE INDEX mine ON parties (about)", "{}",
      "holds the index mine on parties, which is not the replica's and reads a column",
      "exclude_columns"
    ),
    (
      "DROP VIEW employees; CREATE VIEW employees AS SELECT 1 AS one", "{}",
      "holds the view employees, which is not the replica's", "under another name"
    ),
    (
      "ALTER TABLE party_tags ADD COLUMN mine", "{}",
      "holds the column mine of party_tags, which is not the replica's", "a table of your own"
    ),
  ])
  func `a clash is refused by name and changes nothing`(
    script: String, tables: String, said: String, remedy: String
  ) throws {
    let stage = try Stage()
    try stage.configure(["tables": tables])
    try #require(try stage.run("sync").code == 0)
    try stage.execute(script)
    try Connection(path: stage.database).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let before = try bytes(of: stage.database)
    try stage.configure(["tables": #"{"parties": {"exclude_columns": ["about", "tags"]}}"#])
    for command in ["sync", "run"] {
      let ending = try stage.run(command)
      #expect(ending.code == 73, "\(ending.log)")
      for words in ["\(stage.database) \(said)", "Nothing was changed.", remedy] {
        #expect(ending.log.contains(words), "\(ending.log)")
      }
      #expect(ending.requests.isEmpty)
    }
    #expect(try bytes(of: stage.database) == before)
  }

  /// What somebody makes between two rounds is found at once, what comes amid one at the next.
  @Test(arguments: [false, true])
  func `a clash under a running daemon ends it at its next round`(isAmidRound: Bool) throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let child = try stage.restingDaemon()
    let script = "DROP VIEW employees; CREATE VIEW employees AS SELECT 1 AS one"
    if isAmidRound {
      let database = stage.database
      stage.server.withAccount {
        $0.beforeRequest = { account, _ in
          account.beforeRequest = nil
          try? Connection(path: database).execute(script)
        }
      }
      child.signal(SIGUSR1)
      try child.awaitRest(2)
      try #require(try stage.rows("SELECT * FROM employees") == [[1]])
    } else {
      try stage.execute(script)
    }
    let runs = try stage.value("SELECT count(*) FROM _runs")
    let count = stage.requests().count
    child.signal(SIGUSR1)
    let ending = try child.wait(seconds: 20)
    #expect(ending.code == 73, "\(ending.log)")
    #expect(ending.log.contains("holds the view employees, which is not"), "\(ending.log)")
    #expect(stage.requests(since: count).isEmpty)
    #expect(try stage.rows("SELECT * FROM employees") == [[1]])
    #expect(try stage.value("SELECT count(*) FROM _runs") == runs)
  }

  @Test func `what is dropped under a running daemon is made again in its next round`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let child = try stage.restingDaemon()
    let people = try stage.value("SELECT count(*) FROM employees")
    try stage.execute(
      "DROP VIEW employees; DROP TABLE lost_reasons; CREATE TABLE mine AS SELECT 7 AS seven")
    child.signal(SIGUSR1)
    try child.awaitRest(2)
    child.signal(SIGTERM)
    #expect(try child.wait().code == 0)
    #expect(try stage.value("SELECT count(*) FROM employees") == people)
    #expect(try stage.value("SELECT seven FROM mine") == 7)
    #expect(try stage.differences() == [])
  }

  @Test func `a trigger that makes our statement fail is named`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    try stage.execute(
      "CREATE TRIGGER mine AFTER UPDATE ON parties BEGIN INSERT INTO nowhere VALUES (1); END")
    _ = stage.server.withAccount { $0.describe(.parties, $0.visibleIDs(.parties)[0], "changed") }
    let ending = try stage.run("sync")
    #expect(ending.code == 73, "\(ending.log)")
    #expect(ending.log.contains("the table parties failed: no such table"), "\(ending.log)")
    #expect(ending.log.contains("The trigger mine on it is not the replica's"), "\(ending.log)")
    #expect(!ending.log.contains("folder"), "\(ending.log)")
    try stage.execute("DROP TRIGGER mine")
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.differences() == [])
  }

  /// An index of words that is out of step with its table says that the file is damaged.
  @Test func `a damaged full-text table is not taken for a damaged file`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    try stage.execute(
      """
      CREATE VIRTUAL TABLE parties_fts USING fts5(about, content='parties');
      CREATE TRIGGER parties_au AFTER UPDATE ON parties BEGIN
        INSERT INTO parties_fts (parties_fts, rowid, about) VALUES ('delete', old.id, old.about);
        INSERT INTO parties_fts (rowid, about) VALUES (new.id, new.about);
      END;
      DELETE FROM parties_fts_data;
      """)
    _ = stage.server.withAccount { $0.describe(.parties, $0.visibleIDs(.parties)[0], "changed") }
    let ending = try stage.run("sync")
    #expect(ending.code == 73, "\(ending.log)")
    #expect(ending.log.contains("The trigger parties_au on it"), "\(ending.log)")
    #expect(!ending.log.contains("move it away"), "\(ending.log)")
  }
}
