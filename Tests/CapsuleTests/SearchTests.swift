import Capsule
import CapsuleSimulator
import Model
import Replication
import SQLite
import Simulation
import Testing

/// The full-text indices of parties and entries over a restless account.
@Suite struct SearchTests {
  private static let searched: [(table: String, columns: String)] = [
    ("parties", "first_name, last_name, name, job_title, about"), ("entries", "subject, content"),
  ]

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `the index holds the words of the living rows, whatever happens`(seed: UInt64) throws {
    let account = Account(seed: seed, size: .tiny, now: 1_760_000_000)
    let replica = try Replica(
      account, tables: CapsuleSource.catalogue.map { $0.searched(true) })
    var random = SplitMix64(seed: seed)
    for round in 0..<12 {
      try replica.sync(full: round % 4 == 3)
      for (table, columns) in Self.searched { try expectInStep(table, columns, replica) }
      account.now += 90_000
      account.edit(using: &random, count: 30)
      account.now += 60
    }
    let tombstones = try replica.value("SELECT count(*) FROM parties WHERE _deleted_at IS NOT NULL")
    #expect(tombstones != 0)
  }

  /// Compares an index, word by word and place by place, with one that is made of the living rows.
  private func expectInStep(_ table: String, _ columns: String, _ replica: Replica) throws {
    let connection = try Connection(path: replica.path)
    try connection.execute(
      """
      CREATE VIRTUAL TABLE temp.fresh USING fts5(\(columns),
        tokenize="unicode61 remove_diacritics 2");
      INSERT INTO temp.fresh (rowid, \(columns))
        SELECT id, \(columns) FROM \(table) WHERE _deleted_at IS NULL;
      CREATE VIRTUAL TABLE temp.is_there USING fts5vocab('main', '\(table)_search', 'instance');
      CREATE VIRTUAL TABLE temp.should_be USING fts5vocab('temp', 'fresh', 'instance');
      """)
    #expect(try connection.value("SELECT count(*) FROM is_there") != 0, "\(table)")
    #expect(try connection.rows("SELECT * FROM is_there EXCEPT SELECT * FROM should_be") == [])
    #expect(try connection.rows("SELECT * FROM should_be EXCEPT SELECT * FROM is_there") == [])
    try connection.run(
      "INSERT INTO \(table)_search (\(table)_search) VALUES ('integrity-check')")
  }
}
