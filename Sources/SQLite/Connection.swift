internal import CSQLite
internal import Glibc

/// One open database file, used from one thread.
///
/// Source: sqlite.org/c3ref/open.html, sqlite.org/wal.html. The connection is opened without
/// SQLite's own mutexes, because the compiler already keeps it on its thread.
package final class Connection {
  package enum Mode: Sendable {
    /// Creates the file when there is none.
    case readWrite
    /// Never creates and never writes. The file must exist.
    case readOnly
  }

  /// The path as given.
  package let path: String
  /// Called before each statement starts to run. A test stops the program there by throwing.
  package var beforeStatement: (() throws -> Void)? {
    get { hook.before }
    set { hook.before = newValue }
  }
  let hook = StatementHook()
  /// Called before each `commit`, and behind it.
  package var aroundCommit: (() throws -> Void)?

  let handle: OpaquePointer
  private(set) var kept: [Value: Statement] = [:]
  /// Texts of which no more are kept: all are let go then, so that texts that never come again
  /// cannot fill the memory of a program that runs for years.
  static let mostKept = 2_000
  private let busyTimeout: Int32

  /// Opens a database file and waits up to `busyTimeout` milliseconds for locks later on.
  ///
  /// Nothing is read yet: a file that is no database is noticed by the first statement.
  package init(path: String, mode: Mode = .readWrite, busyTimeout: Int32 = 5_000) throws {
    Self.configured
    let access =
      switch mode {
      case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .readOnly: SQLITE_OPEN_READONLY
      }
    var opened: OpaquePointer?
    let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      let error = Self.error(code, of: opened, sql: nil)
      sqlite3_close_v2(opened)
      throw error
    }
    self.path = path
    self.handle = opened
    self.busyTimeout = busyTimeout
    sqlite3_busy_timeout(opened, busyTimeout)
  }

  deinit {
    kept.removeAll()
    sqlite3_close_v2(handle)
  }

  /// Once a process, before its first connection: SQLite without its memory statistics, which cost
  /// a lock for each allocation, and with 120 KB for the journal of a savepoint. A change of a
  /// record touches more pages than the usual 64 KB hold, and would write each of them to a file;
  /// from 128 KB on, the system is asked for memory each time.
  private static let configured: Void = {
    _ = crm_sqlite_memory_statistics_off()
    _ = crm_sqlite_savepoint_memory(120 << 10)
  }()

  /// SQLite's version at run time, such as `3.40.1`.
  package static var version: String { String(cString: sqlite3_libversion()) }

  /// Throws when the file was opened for reading alone, as SQLite does where it may not be written.
  package func requireWritable() throws {
    guard sqlite3_db_readonly(handle, "main") == 1 else { return }
    throw SQLiteError(code: SQLITE_READONLY, message: "attempt to write a readonly database")
  }

  /// Whether a transaction is open.
  package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// Rows changed by the last statement that changed any (sqlite.org/c3ref/changes.html).
  package var changes: Int { Int(sqlite3_changes64(handle)) }

  /// Throws when the last statement was to write a row and wrote none. `raise(IGNORE)` in a trigger
  /// of the user's leaves a row out without a word: it is refused like one that meets an error.
  package func requireChange() throws {
    if changes == 0 { throw SQLiteError.ignoredRow }
  }

  /// Rows changed since the connection was opened, but for those of temporary tables.
  package var totalChanges: Int { Int(sqlite3_total_changes64(handle)) - temporaryChanges }
  private var temporaryChanges = 0

  /// Does work that changes rows of temporary tables only: the file learns nothing of it.
  package func temporarily<T>(_ work: () throws -> T) rethrows -> T {
    let before = sqlite3_total_changes64(handle)
    defer { temporaryChanges += Int(sqlite3_total_changes64(handle) - before) }
    return try work()
  }

  /// Pages written to file or log since the last call (sqlite.org/c3ref/c_dbstatus_options.html).
  package func pagesWritten() -> Int {
    var (pages, highest): (Int32, Int32) = (0, 0)
    sqlite3_db_status(handle, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 1)
    return Int(pages)
  }

  /// The key of the last row inserted into a rowid table.
  package var lastInsertedRowID: Int64 { sqlite3_last_insert_rowid(handle) }

  /// A prepared statement that is kept for the next use of the same text, byte for byte.
  ///
  /// It comes back reset; its former bindings are gone.
  package func statement(_ sql: String) throws -> Statement {
    if let statement = kept[.text(sql)] {
      statement.reset()
      return statement
    }
    let statement = try Statement(sql, on: self, persistent: true)
    if kept.count == Self.mostKept { kept.removeAll() }
    kept[.text(sql)] = statement
    return statement
  }

  /// Runs one statement to its end and returns nothing.
  package func run(_ sql: String, _ values: [Value] = []) throws {
    let statement = try statement(sql)
    try statement.bind(values)
    while try statement.step() {}
    statement.reset()
  }

  /// Runs one statement and returns all its rows. For results known to be small.
  package func rows(_ sql: String, _ values: [Value] = []) throws -> [[Value]] {
    let statement = try statement(sql)
    try statement.bind(values)
    var rows: [[Value]] = []
    while try statement.step() {
      rows.append(statement.row)
    }
    statement.reset()
    return rows
  }

  /// The first row, or nil when there is none.
  package func row(_ sql: String, _ values: [Value] = []) throws -> [Value]? {
    let statement = try statement(sql)
    try statement.bind(values)
    defer { statement.reset() }
    return try statement.step() ? statement.row : nil
  }

  /// The first column of the first row, or null when there is no row.
  package func value(_ sql: String, _ values: [Value] = []) throws -> Value {
    try row(sql, values)?.first ?? .null
  }

  /// Runs one statement that is not kept. What stands behind its end is not run.
  package func runOnce(_ sql: String) throws {
    let statement = try Statement(sql, on: self)
    while try statement.step() {}
  }

  /// Runs a text of several statements, such as a schema. None of them is kept.
  package func execute(_ script: String) throws {
    try beforeStatement?()
    let code = sqlite3_exec(handle, script, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code, sql: script) }
  }

  /// Leaves log (`-wal`) and index (`-shm`) beside the file when the connection closes, emptied.
  ///
  /// Who may read the file but not write beside it cannot open it without them
  /// (sqlite.org/wal.html#read_only_databases). A database in memory has no log.
  package func keepLog() throws {
    let code = crm_sqlite_keep_log(handle)
    guard code == SQLITE_OK || code == SQLITE_NOTFOUND else { throw error(code, sql: nil) }
  }

  /// How far the log has been written into the file, or nil where there is no log with an index.
  package var logProgress: LogProgress? {
    var words: (UInt32, UInt32, UInt32) = (0, 0, 0)
    let hasIndex = withUnsafeMutablePointer(to: &words) {
      $0.withMemoryRebound(to: UInt32.self, capacity: 3) { crm_sqlite_log_progress(handle, $0) }
    }
    return hasIndex == 1 ? LogProgress(salt: words.0, written: words.1, begun: words.2) : nil
  }

  /// Has nothing written from the log into the file when the connection closes.
  package func leaveLog() {
    _ = crm_sqlite_leave_log(handle)
  }

  /// Does what need not succeed while somebody else is in the way: waits for no lock.
  package func withoutWaiting<Result>(_ work: () throws -> Result) rethrows -> Result {
    sqlite3_busy_timeout(handle, 0)
    defer { sqlite3_busy_timeout(handle, busyTimeout) }
    return try work()
  }

  /// Reads the whole file and throws what it finds damaged, as the error a statement would meet.
  ///
  /// The cost grows with the file. Source: sqlite.org/pragma.html#pragma_quick_check.
  package func requireWhole() throws {
    let sql = "PRAGMA quick_check(1)"
    let found = try value(sql).text
    guard found == "ok" else {
      throw SQLiteError(code: SQLITE_CORRUPT, message: found ?? "no answer", sql: sql)
    }
  }

  /// All of it or none of it: commits when `body` returns, rolls back when it throws.
  ///
  /// The lock for writing is taken at once (`begin immediate`), so that no statement in the middle
  /// meets another writer.
  package func transaction<T>(_ body: () throws -> T) throws -> T {
    try run("begin immediate")
    do {
      let result = try body()
      try commit()
      return result
    } catch {
      rollBack()
      throw error
    }
  }

  /// Ends the transaction for good.
  package func commit() throws {
    try aroundCommit?()
    try run("commit")
    try aroundCommit?()
  }

  /// Does work that only reads, all of it as of one moment (sqlite.org/isolation.html). A reader
  /// neither waits for the writer nor stops it.
  package func snapshot<T>(_ body: () throws -> T) throws -> T {
    try run("begin")
    defer { rollBack() }
    return try body()
  }

  /// Takes everything back since the transaction began. Does nothing outside a transaction.
  package func rollBack() {
    guard isInTransaction else { return }
    for statement in kept.values { statement.reset() }
    sqlite3_exec(handle, "rollback", nil, nil, nil)
  }

  /// Does the work, and ends its statements with an error once `isStopped` says so. It is asked
  /// every few milliseconds (sqlite.org/c3ref/progress_handler.html).
  package func interrupting<T>(
    when isStopped: @escaping () -> Bool, _ body: () throws -> T
  ) rethrows -> T {
    let question = Question(isStopped)
    let context = Unmanaged.passUnretained(question).toOpaque()
    sqlite3_progress_handler(
      handle, 10_000,
      { context in
        let question = context.map { Unmanaged<Question>.fromOpaque($0).takeUnretainedValue() }
        return question?.ask() ?? false ? 1 : 0
      }, context)
    defer {
      sqlite3_progress_handler(handle, 0, nil, nil)
      withExtendedLifetime(question) {}
    }
    return try body()
  }

  private final class Question {
    let ask: () -> Bool
    init(_ ask: @escaping () -> Bool) { self.ask = ask }
  }

  func error(_ code: Int32, sql: String?) -> SQLiteError {
    Self.error(code, of: handle, sql: sql)
  }

  /// SQLite remembers the errno of a failed statement, but not that of a failed commit; then it is
  /// what the thread was left with.
  private static func error(_ code: Int32, of handle: OpaquePointer?, sql: String?) -> SQLiteError {
    let last = errno
    guard let handle else { return SQLiteError(code: code, message: "out of memory", sql: sql) }
    var systemCode: Int32 = 0
    if [SQLITE_IOERR, SQLITE_CANTOPEN].contains(code & 0xff) {
      systemCode = sqlite3_system_errno(handle)
      if systemCode == 0 { systemCode = last }
    }
    return SQLiteError(
      code: code, message: String(cString: sqlite3_errmsg(handle)), sql: sql,
      systemCode: systemCode)
  }
}

/// How far a log has been written into the file (sqlite.org/walformat.html#the_wal_index_header).
package struct LogProgress: Hashable {
  /// Another one whenever the log begins anew.
  let salt: UInt32
  /// Frames that have been written, and those up to which that was begun.
  let written: UInt32
  let begun: UInt32

  /// Whether nobody is writing them.
  package var isAtRest: Bool { written == begun }
}

/// A hook that runs before each statement. The statements of a connection share it.
final class StatementHook {
  var before: (() throws -> Void)?
}
