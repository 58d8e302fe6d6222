import SQLite
import Testing

@testable import Model
@testable import ReplicaFile

/// What a column of a declared type takes from anybody, and what it refuses.
@Suite struct ColumnTypeTests {
  private static let table = Table(
    "things", .full, from: [],
    columns: [
      .integer("id", or: .key), .integer("whole"), .real("amount"), .text("words"),
      .boolean("flag"),
      .date("day"), .dateTime("instant"),
    ])

  @Test(arguments: [
    ("whole", "12"), ("whole", "'12'"), ("whole", "3.0"), ("whole", "9223372036854775807"),
    ("whole", "-9223372036854775808"), ("whole", "NULL"), ("amount", "12"), ("amount", "-1.5e300"),
    ("amount", "NULL"), ("words", "''"), ("words", "'naïve'"), ("words", "12"),
    ("words", "CAST(x'00' AS TEXT)"), ("flag", "0"), ("flag", "1"), ("flag", "NULL"),
    ("day", "'2024-02-29'"), ("instant", "'2026-11-21 23:59:59'"), ("_extra", "'{}'"),
    ("_digest", "-5"), ("_deleted_reason", "'restricted'"), ("_deleted_reason", "NULL"),
    ("_deleted_at", "'2026-11-21 00:00:00'"),
  ])
  func `a column takes what its type says`(column: String, value: String) throws {
    #expect(try Self.insert(value, into: column) != "null" || value == "NULL")
  }

  @Test(arguments: [
    ("whole", "1.5"), ("whole", "'twelve'"), ("whole", "''"), ("whole", "x'31'"),
    ("whole", "9223372036854775808"), ("whole", "1e300"), ("amount", "'much'"), ("amount", "''"),
    ("amount", "x'31'"), ("words", "x''"), ("words", "x'61'"), ("flag", "2"), ("flag", "'yes'"),
    ("flag", "0.5"), ("day", "'2023-02-32'"), ("day", "'2024-2-9'"), ("day", "20240229"),
    ("day", "'2024-02-29 00:00:00'"), ("instant", "'2026-11-21T23:59:59Z'"),
    ("instant", "'2026-11-21'"), ("instant", "'2026-11-21 25:00:01'"), ("instant", "5"),
    ("instant", "x'31'"), ("_extra", "'[]'"), ("_digest", "'x'"), ("_deleted_reason", "'lost'"),
    ("_deleted_at", "'yesterday'"), ("_synced_at", "'now'"),
  ])
  func `a column refuses what is of another type`(column: String, value: String) throws {
    #expect(throws: SQLiteError.self) { try Self.insert(value, into: column) }
  }

  @Test func `a column declared as INTEGER, REAL or TEXT stores nothing else`() throws {
    #expect(try Self.insert("'12'", into: "whole") == "integer")
    #expect(try Self.insert("12", into: "amount") == "real")
    #expect(try Self.insert("12", into: "words") == "text")
  }

  /// Inserts a row with one value. Returns the storage class that became of it.
  private static func insert(_ value: String, into column: String) throws -> String? {
    let connection = try Connection(path: ":memory:")
    for table in TableSQL(table).createTables { try connection.execute(table.sql) }
    let isInstant = column == "_synced_at"
    let other = isInstant ? "" : ", \"_synced_at\""
    try connection.execute(
      "INSERT INTO things (id, \(column)\(other)) VALUES (1, \(value)"
        + (isInstant ? ")" : ", '2026-11-21 12:00:00')"))
    return try connection.value("SELECT typeof(\(column)) FROM things").text
  }
}
