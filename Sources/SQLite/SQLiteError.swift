internal import CSQLite
internal import Glibc

/// An error of SQLite. It carries the codes, SQLite's words and the SQL text, never a bound value.
package struct SQLiteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The extended result code (sqlite.org/rescode.html).
  package let code: Int32
  /// SQLite's own sentence.
  package let message: String
  /// The statement that failed, or nil when none was at work.
  package let sql: String?
  /// The errno behind an error of input or output, or 0 (sqlite.org/c3ref/system_errno.html).
  package let systemCode: Int32

  package init(code: Int32, message: String, sql: String? = nil, systemCode: Int32 = 0) {
    self.code = code
    self.message = message
    self.sql = sql
    self.systemCode = systemCode
  }

  /// The primary result code: the low byte of the extended one.
  package var primaryCode: Int32 { code & 0xff }

  /// The file is not a database, or its content is damaged; of a virtual table, it says nothing of
  /// the file (sqlite.org/rescode.html#corrupt_vtab).
  package var isNotADatabase: Bool {
    primaryCode == SQLITE_NOTADB || primaryCode == SQLITE_CORRUPT && code != Self.corruptTable
  }

  /// SQLITE_CORRUPT_VTAB, a macro that Swift does not see.
  private static let corruptTable: Int32 = SQLITE_CORRUPT | 1 << 8

  /// The table that the statement writes, as far as its text tells, or nil.
  package var writtenTable: String? {
    guard let sql, ["INSERT ", "UPDATE ", "DELETE "].contains(where: sql.hasPrefix) else {
      return nil
    }
    let words = sql.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
    return words.count == 3 && words[0].split(separator: " ").count <= 2 ? String(words[1]) : nil
  }

  /// The file system, a quota or a limit on the size of files has no room left. SQLite itself knows
  /// the first of them alone.
  package var isFull: Bool {
    primaryCode == SQLITE_FULL
      || primaryCode == SQLITE_IOERR && [ENOSPC, EDQUOT, EFBIG].contains(systemCode)
  }

  /// The file or its file system cannot be written.
  package var isReadOnly: Bool { primaryCode == SQLITE_READONLY }

  /// Another connection holds a lock for longer than we wait.
  package var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }

  /// SQLite's sentence, and the system's where SQLite keeps it to itself.
  package var reason: String {
    systemCode == 0 ? message : "\(message): \(String(cString: strerror(systemCode)))"
  }

  /// The row itself is refused: a CHECK, a key, an index or a trigger stands against it. What the
  /// statement had written is taken back, and the transaction goes on.
  package var isRefusedRow: Bool { primaryCode == SQLITE_CONSTRAINT }

  /// A trigger has ignored a row: `SQLITE_CONSTRAINT_TRIGGER`, a macro that Swift does not see.
  static let ignoredRow = SQLiteError(
    code: SQLITE_CONSTRAINT | 7 << 8, message: "a trigger ignores the row")

  /// It is about the file and its place, and not about what is in it.
  package var isOfFile: Bool {
    [SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH, SQLITE_NOLFS, SQLITE_PROTOCOL]
      .contains(primaryCode)
  }

  /// The text is no SQL, or it names a table or a column that is not there.
  package var isMeaningless: Bool { primaryCode == SQLITE_ERROR }

  /// The statement was told to stop.
  package var isInterrupted: Bool { primaryCode == SQLITE_INTERRUPT }

  package var description: String {
    "\(reason) (SQLite \(code))" + (sql.map { " in: \($0)" } ?? "")
  }
}
