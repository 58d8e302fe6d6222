import SQLite
import TestSupport
import Testing

@testable import ReplicaFile
@testable import Replication

@Suite struct BatchTests {
  @Test func `a page that was applied a second ago is committed with its position`() throws {
    let file = try ScratchFile()
    var batch = Batch(file.connection)
    var saves = 0
    func page(at now: Duration) throws -> Bool {
      try batch.open(at: now)
      return batch.addPage(of: 1_000, at: now)
    }
    func commit(at now: Duration, mustSave: Bool = false) throws {
      try batch.open(at: now)
      try batch.commit(at: now, mustSave: mustSave) { saves += 1 }
      #expect(!file.connection.isInTransaction)
    }
    // Without a change nothing is written for now, and the position waits for its second.
    #expect(batch.timeLeft(at: .zero) == nil)
    #expect(try !page(at: .seconds(1)))
    try commit(at: .milliseconds(1_250))
    #expect(saves == 0)
    #expect(batch.timeLeft(at: .milliseconds(1_250)) == .milliseconds(750))
    #expect(try !page(at: .milliseconds(1_999)))
    #expect(try page(at: .seconds(2)))
    try commit(at: .seconds(2))
    #expect(saves == 1)
    #expect(batch.timeLeft(at: .seconds(2)) == nil)
    // A change is written with what there is.
    #expect(try !page(at: .seconds(10)))
    try RunLog.count(file.connection)
    #expect(!batch.isDue(at: .milliseconds(10_999)) && batch.isDue(at: .seconds(11)))
    try commit(at: .milliseconds(10_100))
    #expect(saves == 2)
    try commit(at: .milliseconds(10_200))
    #expect(saves == 2)
    try commit(at: .milliseconds(10_200), mustSave: true)
    #expect(saves == 3)
    try batch.commit(at: .seconds(99), mustSave: true) { saves += 1 }
    #expect(saves == 3, "no transaction is open")
    #expect(try (1...10).filter { _ in try page(at: .seconds(100)) } == [10])
    try commit(at: .seconds(100))
  }

  @Test(arguments: [false, true])
  func `transactions grow where rows are scattered`(isScattered: Bool) throws {
    let file = try ScratchFile()
    try file.connection.execute("CREATE TABLE theirs (id INTEGER PRIMARY KEY, text)")
    var batch = Batch(file.connection)
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
    #expect(try (0..<5).map { _ in try pages(writing: 1_000) }.last == (isScattered ? 640 : 10))
  }

  @Test func `short lists of many tables are not taken for scattered rows`() throws {
    let file = try ScratchFile()
    for table in 0..<40 {
      try file.connection.execute("CREATE TABLE theirs_\(table) (id INTEGER PRIMARY KEY, text)")
    }
    var batch = Batch(file.connection)
    func pages() throws -> Int {
      try batch.open(at: .zero)
      for table in 0..<40 {
        try file.connection.run("INSERT INTO theirs_\(table) (text) VALUES ('short')")
      }
      var pages = 1
      while !batch.addPage(of: 100, at: .zero) { pages += 1 }
      try batch.commit(at: .zero, mustSave: false) {}
      return pages
    }
    #expect(try (0..<5).map { _ in try pages() } == [10, 10, 10, 10, 10])
  }

  @Test func `small commits are not taken for scattered rows`() throws {
    let file = try ScratchFile()
    var batch = Batch(file.connection)
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
    var batch = Batch(file.connection)
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
