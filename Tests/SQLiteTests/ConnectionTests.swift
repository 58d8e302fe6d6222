import FoundationEssentials
import Testing

@testable import SQLite

/// A folder of its own for each test; it goes when the test ends.
final class Folder {
  let path: String
  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/crm-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }
  func file(_ name: String) -> String { path + "/" + name }
}

@Suite struct ConnectionTests {
  let folder: Folder
  let connection: Connection

  init() throws {
    folder = try Folder()
    connection = try Connection(path: folder.file("a.sqlite"))
  }

  @Test(arguments: [
    Value.null, 0, -1, .integer(.max), .integer(.min), .integer(9_007_199_254_740_993),
    .real(0.1), .real(1234.56), .real(-0.0), "", "a", "zo\u{0}e", "\u{0}", "Łukasz 🚲",
    .blob([]), .blob([0, 255]),
  ])
  func `a value comes back as it went in`(value: Value) throws {
    try connection.execute("create table t(a)")
    try connection.run("insert into t values (?)", [value])
    #expect(try connection.value("select a from t") == value)
    if case .text(let text) = value {
      #expect(
        try connection.value("select length(cast(a as blob)) from t") == Value(text.utf8.count))
    }
  }

  @Test func `a statement is kept by the bytes of its text`() throws {
    #expect(try connection.value("select hex('\u{e9}')") == "C3A9")
    #expect(try connection.value("select hex('e\u{301}')") == "65CC81")
  }

  @Test func `texts that never come again fill no memory`() throws {
    let held = try connection.statement("select 1 union all select 2")
    #expect(try held.step())
    for number in 0...Connection.mostKept {
      #expect(try connection.value("select \(number)") == .integer(Int64(number)))
    }
    #expect(connection.kept.count <= Connection.mostKept)
    #expect(try held.step())
    #expect(held.value(at: 0) == 2)
  }

  @Test func `text bound in place is stored whole`() throws {
    try connection.execute("create table t(a)")
    let bytes = Array("x\u{0}y".utf8)
    let insert = try connection.statement("insert into t values (?)")
    try bytes.withUnsafeBytes {
      try insert.bind(text: $0, at: 1)
      _ = try insert.step()
    }
    #expect(try connection.value("select a from t") == "x\u{0}y")
  }

  @Test func `a snapshot shows one moment and hinders no writer`() throws {
    try connection.execute("pragma journal_mode = wal; create table t(a); insert into t values (1)")
    let writer = try Connection(path: connection.path)
    try connection.snapshot {
      #expect(try connection.row("select a, 'x' from t") == [1, "x"])
      try writer.run("update t set a = 2")
      #expect(try connection.value("select a from t") == 1)
    }
    #expect(!connection.isInTransaction)
    #expect(try connection.value("select a from t") == 2)
    #expect(try connection.row("select a from t where a = 1") == nil)
  }

  @Test func `a statement is kept and comes back reset`() throws {
    try connection.execute("create table t(a); insert into t values (1), (2)")
    let first = try connection.statement("select a from t order by a")
    #expect(try first.step())
    let second = try connection.statement("select a from t order by a")
    #expect(first === second)
    #expect(try second.step())
    #expect(second.integer(at: 0) == 1)
  }

  @Test func `a failed transaction leaves nothing`() throws {
    struct Stop: Error {}
    try connection.execute("create table t(a)")
    #expect(throws: Stop.self) {
      try connection.transaction {
        try connection.run("insert into t values (1)")
        throw Stop()
      }
    }
    #expect(!connection.isInTransaction)
    #expect(try connection.value("select count(*) from t") == 0)
    try connection.transaction { try connection.run("insert into t values (1)") }
    #expect(try connection.value("select count(*) from t") == 1)
  }

  @Test func `an error names the statement and never the data`() throws {
    try connection.execute("create table t(a check (a <> 'secret'))")
    let error = try #require(
      throws: SQLiteError.self,
      performing: { try connection.run("insert into t values (?)", ["secret"]) })
    #expect(error.primaryCode == 19)
    #expect(error.sql == "insert into t values (?)")
    #expect(!error.message.contains("insert into"))
  }

  @Test func `a file that is no database is known as such and stays as it is`() throws {
    let path = folder.file("b.sqlite")
    try Data("this is not a database, but a letter of some length".utf8)
      .write(to: URL(filePath: path))
    let other = try Connection(path: path)
    let error = try #require(
      throws: SQLiteError.self, performing: { _ = try other.value("select 1 from sqlite_schema") })
    #expect(error.isNotADatabase)
    #expect(try Data(contentsOf: URL(filePath: path)).count == 51)
  }

  @Test func `a read-only connection creates no file`() throws {
    let path = folder.file("none.sqlite")
    #expect(throws: SQLiteError.self) { try Connection(path: path, mode: .readOnly) }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `the hook stops a run before a chosen statement`() throws {
    struct Stop: Error {}
    try connection.execute("create table t(a)")
    var left = 2
    connection.beforeStatement = {
      if left == 0 { throw Stop() }
      left -= 1
    }
    #expect(throws: Stop.self) {
      try connection.transaction {
        try connection.run("insert into t values (1)")
        try connection.run("insert into t values (2)")
      }
    }
    connection.beforeStatement = nil
    #expect(try connection.value("select count(*) from t") == 0)
  }
}
