internal import CSQLite

/// Why SQLite refused. It carries the code, SQLite's words and the SQL text, never a bound value.
package struct SQLiteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The extended result code (sqlite.org/rescode.html).
  package let code: Int32
  /// SQLite's own sentence.
  package let message: String
  /// The statement that failed, or nil when none was at work.
  package let sql: String?

  package init(code: Int32, message: String, sql: String? = nil) {
    self.code = code
    self.message = message
    self.sql = sql
  }

  /// The primary result code: the low byte of the extended one.
  package var primaryCode: Int32 { code & 0xff }

  /// The file is not a database, or its content is damaged.
  package var isNotADatabase: Bool {
    primaryCode == SQLITE_NOTADB || primaryCode == SQLITE_CORRUPT
  }

  /// Another connection holds a lock for longer than we wait.
  package var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }

  package var description: String {
    "\(message) (SQLite \(code))" + (sql.map { " in: \($0)" } ?? "")
  }
}
