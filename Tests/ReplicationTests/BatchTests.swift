import SQLite
import TestSupport
import Testing

@testable import ReplicaFile
@testable import Replication

@Suite struct BatchTests {
  @Test func `a transaction without a change saves nothing until it is worth it`() throws {
    let file = try ScratchFile()
    var batch = Batch(file.connection, at: .zero)
    var saves = 0
    func run(at now: Duration, mustSave: Bool = false, _ work: () throws -> Void = {}) throws {
      try batch.open(at: now)
      try batch.open(at: now)
      try work()
      try batch.commit(at: now, mustSave: mustSave) { saves += 1 }
      #expect(!file.connection.isInTransaction)
    }
    try run(at: .seconds(1))
    #expect(saves == 0)
    try run(at: .seconds(2)) { try RunLog.count(file.connection) }
    #expect(saves == 1)
    try run(at: .seconds(31))
    #expect(saves == 1)
    try run(at: .seconds(32))
    #expect(saves == 2)
    try run(at: .seconds(33), mustSave: true)
    #expect(saves == 3)
    try batch.commit(at: .seconds(99), mustSave: true) { saves += 1 }
    #expect(saves == 3, "no transaction is open")
    try batch.open(at: .seconds(100))
    var full: [Int] = []
    for page in 1...10 where batch.addPage(of: 1_000, at: .seconds(101)) { full.append(page) }
    #expect(full == [10])
    try batch.commit(at: .seconds(101), mustSave: false) {}
    try batch.open(at: .seconds(200))
    let isFullEarly = batch.addPage(of: 1_000, at: .milliseconds(201_999))
    let isFullLate = batch.addPage(of: 1_000, at: .seconds(202))
    #expect(!isFullEarly && isFullLate)
    try batch.commit(at: .seconds(202), mustSave: false) {}
  }

  @Test(arguments: [false, true])
  func `transactions grow where rows are scattered`(isScattered: Bool) throws {
    let file = try ScratchFile()
    try file.connection.execute("CREATE TABLE theirs (id INTEGER PRIMARY KEY, text)")
    var batch = Batch(file.connection, at: .zero)
    var id = 0
    func pages(writing rows: Int) throws -> Int {
      try batch.open(at: .zero)
      for _ in 0..<rows {
        // Steps of the golden ratio lead everywhere in a thousand rows.
        id = isScattered ? (id + 6_180_339) % 10_000_019 : id + 1
        try file.connection.run(
          "INSERT INTO theirs VALUES (?, zeroblob(1000))", [Value(id)])
      }
      var pages = 1
      while !batch.addPage(of: pages == 1 ? 500 * rows : 0, at: .zero) { pages += 1 }
      try batch.commit(at: .zero, mustSave: false) {}
      return pages
    }
    #expect(try pages(writing: 2_000) == 10)
    #expect(try (0..<5).map { _ in try pages(writing: 100) }.last == (isScattered ? 640 : 10))
  }

  @Test func `small commits are not taken for scattered rows`() throws {
    let file = try ScratchFile()
    var batch = Batch(file.connection, at: .zero)
    for _ in 0..<5 {
      try batch.open(at: .zero)
      try RunLog.count(file.connection)
      _ = batch.addPage(of: 500, at: .zero)
      try batch.commit(at: .zero, mustSave: false) {}
    }
    try batch.open(at: .zero)
    #expect((1...10).map { _ in batch.addPage(of: 500, at: .zero) }.firstIndex(of: true) == 9)
    try batch.commit(at: .zero, mustSave: false) {}
  }

  @Test func `a transaction waits a moment for more`() throws {
    let file = try ScratchFile()
    var batch = Batch(file.connection, at: .zero)
    #expect(batch.patience(at: .zero) == .zero)
    try batch.open(at: .seconds(1))
    try RunLog.count(file.connection)
    #expect(batch.patience(at: .milliseconds(1_100)) == .milliseconds(150))
    #expect(batch.patience(at: .seconds(5)) == .zero)
    try batch.commit(at: .seconds(5), mustSave: false) {}
    #expect(batch.patience(at: .seconds(5)) == .zero)
  }
}

extension RunLog {
  /// Changes a row.
  fileprivate static func count(_ connection: Connection) throws {
    try connection.run("INSERT INTO _runs (started_at) VALUES ('2026-01-01 00:00:00')")
  }
}
