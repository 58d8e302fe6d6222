import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// What somebody who reports from the file sees while a run is at work on it.
@Suite struct ReaderTests {
  /// A second connection that counts the living rows of every table, their children, and the
  /// children of nobody.
  private final class Reader {
    let connection: Connection
    private let counting: String
    private let orphaned: String
    private(set) var counts: [Value] = []
    private(set) var looks = 0

    init(_ replica: Replica) throws {
      connection = try Database.openReadOnly(path: replica.path)
      counting =
        "SELECT "
        + replica.tables.flatMap { table in
          ["(SELECT count(*) FROM \"\(table.name)\" WHERE _deleted_at IS NULL)"]
            + table.children.map { "(SELECT count(*) FROM \"\($0.table)\")" }
        }.joined(separator: ", ")
      orphaned =
        "SELECT "
        + replica.tables.flatMap { table in
          table.children.map { child in
            let parents = child.parentColumns.map { "\"\($0)\"" }.joined(separator: ", ")
            let keys = table.key.map { "\"\($0.name)\"" }.joined(separator: ", ")
            return """
              (SELECT count(*) FROM "\(child.table)"
                WHERE (\(parents)) NOT IN (SELECT \(keys) FROM "\(table.name)"))
              """
          }
        }.joined(separator: " + ")
    }

    func read() throws -> [Value] { try connection.rows(counting)[0] }

    /// Reads once more; no table may hold less than before.
    func look() throws {
      let now = try read()
      for (before, count) in zip(counts, now) {
        #expect((before.integer ?? 0) <= (count.integer ?? 0), "\(counts) became \(now)")
      }
      #expect(try connection.value(orphaned) == 0)
      counts = now
      looks += 1
    }
  }

  private func replica() throws -> Replica {
    let replica = try Replica(Account(seed: 7, size: .tiny, now: 1_760_000_000))
    replica.options.pageSize = 2
    _ = try replica.open()
    return replica
  }

  /// Between any two statements of a first run, of one that changes much, and of a full one.
  @Test func `a reader never sees less than before`() throws {
    let replica = try replica()
    let account = replica.account
    let reader = try Reader(replica)
    replica.beforeStatement = { try reader.look() }
    #expect(try replica.sync().outcome == .good)
    for full in [false, true] {
      account.now += 86_400
      for id in account.visibleIDs(.parties) { account.describe(.parties, id, "Changed \(full)") }
      for number in 1...5 { _ = account.createPerson("Zora", "Quist \(number)") }
      account.createOpportunity("More")
      account.now += 60
      #expect(try replica.sync(full: full).outcome == .good)
    }
    replica.beforeStatement = nil
    try reader.look()
    #expect(reader.looks > 500)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  @Test func `a reader that stays where it is blocks nobody and sees what it saw`() throws {
    let replica = try replica()
    try replica.sync()
    let reader = try Reader(replica)
    try reader.connection.execute("BEGIN")
    let before = try reader.read()
    for number in 1...5 {
      _ = replica.account.createPerson("Zora", "Quist \(number)")
      replica.account.now += 60
      #expect(try replica.sync(full: number.isMultiple(of: 2)).outcome == .good)
      #expect(try reader.read() == before)
    }
    try reader.connection.execute("COMMIT")
    #expect(try reader.read() != before)
    #expect(try Oracle(replica: replica).differences() == [])
  }
}
