internal import CSQLite
internal import Glibc

/// One prepared statement: bind, step, read, reset (sqlite.org/c3ref/stmt.html).
///
/// Parameters count from 1 and columns from 0, as in SQLite.
package final class Statement {
  package let sql: String
  package let columnCount: Int
  private let handle: OpaquePointer
  private unowned let connection: Connection
  private let hook: StatementHook
  private var isRunning = false

  /// Compiles `sql`, which must hold exactly one statement.
  ///
  /// A persistent statement is one that will live long (`SQLITE_PREPARE_PERSISTENT`).
  package init(_ sql: String, on connection: Connection, persistent: Bool = false) throws {
    var compiled: OpaquePointer?
    let flags = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
    let code = sqlite3_prepare_v3(connection.handle, sql, -1, flags, &compiled, nil)
    guard code == SQLITE_OK else { throw connection.error(code, sql: sql) }
    guard let compiled else {
      throw SQLiteError(code: SQLITE_MISUSE, message: "no statement in the text", sql: sql)
    }
    self.sql = sql
    self.connection = connection
    hook = connection.hook
    handle = compiled
    columnCount = Int(sqlite3_column_count(compiled))
  }

  deinit { sqlite3_finalize(handle) }

  // MARK: Binding

  /// Binds all parameters from the first on.
  package func bind(_ values: [Value]) throws {
    for (index, value) in values.enumerated() {
      try bind(value, at: index + 1)
    }
  }

  /// Binds one value. SQLite copies texts and blobs.
  package func bind(_ value: Value, at index: Int) throws {
    switch value {
    case .null: try bindNull(at: index)
    case .integer(let value): try bind(value, at: index)
    case .real(let value): try bind(value, at: index)
    case .text(var value):
      try check(
        value.withUTF8 {
          crm_sqlite_bind_text_copied(handle, Int32(index), $0.baseAddress, UInt64($0.count))
        })
    case .blob(let bytes):
      try check(
        bytes.withUnsafeBytes {
          crm_sqlite_bind_blob_copied(handle, Int32(index), $0.baseAddress, UInt64($0.count))
        })
    }
  }

  package func bindNull(at index: Int) throws {
    try check(sqlite3_bind_null(handle, Int32(index)))
  }

  package func bind(_ value: Int64, at index: Int) throws {
    try check(sqlite3_bind_int64(handle, Int32(index), value))
  }

  package func bind(_ value: Double, at index: Int) throws {
    try check(sqlite3_bind_double(handle, Int32(index), value))
  }

  /// Binds UTF-8 text in place, without a copy.
  ///
  /// The bytes must stay valid and unchanged until this parameter is bound anew: the caller keeps
  /// them alive for as long as it uses the statement.
  package func bind(text bytes: UnsafeRawBufferPointer, at index: Int) throws {
    try check(
      crm_sqlite_bind_text_static(
        handle, Int32(index), bytes.baseAddress, UInt64(bytes.count)))
  }

  // MARK: Running

  /// Goes to the next row. Returns false at the end; the statement is then reset.
  package func step() throws -> Bool {
    if !isRunning {
      if let before = hook.before { try before() }
      isRunning = true
      // So that what stands there after a failure belongs to it.
      errno = 0
    }
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      reset()
      return false
    case let code:
      let error = connection.error(code, sql: sql)
      reset()
      throw error
    }
  }

  /// Makes the statement ready to run again. Bindings stay.
  package func reset() {
    sqlite3_reset(handle)
    isRunning = false
  }

  // MARK: Reading the current row

  /// All its values.
  package var row: [Value] { (0..<columnCount).map { value(at: $0) } }

  package func value(at column: Int) -> Value {
    switch sqlite3_column_type(handle, Int32(column)) {
    case SQLITE_INTEGER: .integer(integer(at: column))
    case SQLITE_FLOAT: .real(sqlite3_column_double(handle, Int32(column)))
    case SQLITE_TEXT: .text(text(at: column))
    case SQLITE_BLOB: .blob(withBytes(at: column) { Array($0) })
    default: .null
    }
  }

  package func isNull(at column: Int) -> Bool {
    sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
  }

  package func integer(at column: Int) -> Int64 {
    sqlite3_column_int64(handle, Int32(column))
  }

  /// The text of a column by its byte length, for it may hold U+0000.
  package func text(at column: Int) -> String {
    // Asking for the text first makes SQLite convert; only then is the byte count that of the text.
    let bytes = sqlite3_column_text(handle, Int32(column))
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  private func withBytes<T>(at column: Int, _ body: (UnsafeRawBufferPointer) -> T) -> T {
    let bytes = sqlite3_column_blob(handle, Int32(column))
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    return body(UnsafeRawBufferPointer(start: bytes, count: count))
  }

  package func name(of column: Int) -> String {
    sqlite3_column_name(handle, Int32(column)).map { String(cString: $0) } ?? ""
  }

  /// A result column's declared type, nil for expressions (sqlite.org/c3ref/column_decltype.html).
  package func declaredType(of column: Int) -> String? {
    sqlite3_column_decltype(handle, Int32(column)).map { String(cString: $0) }
  }

  private func check(_ code: Int32) throws {
    guard code == SQLITE_OK else { throw connection.error(code, sql: sql) }
  }
}
