internal import Glibc
package import Model
package import SQLite

/// Why a file cannot serve as the replica.
package enum DatabaseError: Error, Sendable, Hashable {
  /// The file is an SQLite database, but somebody else's.
  case foreign(path: String)
  /// A newer program has written the file.
  case newer(path: String, version: Int64)
  /// An older program has written the file, and it cannot be migrated by one who only reads.
  case older(path: String)
  /// There is no file, or nothing in it: no sync has begun.
  case unsynced(path: String, isThere: Bool)
}

/// Opens a replica file and brings its tables to the declared form.
package enum Database {
  /// Opens for writing, creates what is missing, migrates what is old.
  ///
  /// A file that is not ours is left exactly as it is. `digestKey` becomes that of a new file.
  /// Throws `SQLiteError` or `DatabaseError`.
  package static func open(
    path: String, tables: [Table], views: [View],
    digestKey: UInt64 = .random(in: 1...UInt64.max)
  ) throws -> Connection {
    let connection = try connect(path: path)
    try arrange(connection, tables: tables, views: views, digestKey: digestKey)
    return connection
  }

  /// Opens what is a replica, or empty, for writing. Nothing of a replica is changed yet.
  package static func connect(path: String) throws -> Connection {
    let connection = try Connection(path: path)
    try identify(connection)
    try connection.requireWritable()
    if try version(of: connection) == 0 { try connection.execute("PRAGMA journal_mode = WAL") }
    // Readers never wait and never make the writer wait (sqlite.org/wal.html). Losing the last
    // commits to a power cut is harmless: rows and position go together. What is deleted is
    // overwritten: an excluded column is stored nowhere. SQLite 3.40 lets triggers, ours and the
    // user's, write a full-text index only where the schema is trusted. This process adds nothing
    // that a schema could misuse. Foreign keys are there to be read: `ForeignKeys`.
    try connection.execute(
      """
      PRAGMA foreign_keys = OFF;
      PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = 16777216;
      PRAGMA trusted_schema = ON;
      PRAGMA secure_delete = ON;
      """)
    // A reader needs the log to be there, and must not make it, as it would own it.
    try connection.keepLog()
    try makeRoom(false, connection)
    return connection
  }

  /// Creates what is missing and migrates what is old, all of it or nothing.
  ///
  /// With `onlyIfEmptyOrEqual`, an empty file is filled, and one that would have to be changed is
  /// left as it is, byte for byte, and the answer is false.
  @discardableResult
  package static func arrange(
    _ connection: Connection, tables: [Table], views: [View], onlyIfEmptyOrEqual: Bool = false,
    digestKey: UInt64 = .random(in: 1...UInt64.max)
  ) throws -> Bool {
    let mayChange = try !onlyIfEmptyOrEqual || version(of: connection) == 0
    let state = { try (connection.totalChanges, schemaVersion(of: connection)) }
    let before = try state()
    do {
      try connection.transaction {
        try reconcile(connection, tables, views, digestKey: digestKey)
        if try !mayChange && state() != before { throw WouldChange() }
      }
    } catch is WouldChange {
      return false
    }
    try connection.execute("PRAGMA journal_mode = WAL")
    try emptyLog(connection)
    return true
  }

  /// Writes the log beside the file into it, and empties it.
  ///
  /// What was overwritten must not live on in it, and where another file takes the place of this
  /// one, the log beside it would be taken for that file's. A reader that still looks at it is not
  /// waited for: the next run tries again. Returns whether the log is empty.
  @discardableResult
  package static func emptyLog(_ connection: Connection) throws -> Bool {
    try connection.withoutWaiting {
      try connection.rows("PRAGMA wal_checkpoint(TRUNCATE)").first?[0] == 0
    }
  }

  /// Changes with what other connections do (sqlite.org/pragma.html#pragma_data_version).
  package static func version(seenBy connection: Connection) throws -> Value {
    try connection.value("PRAGMA data_version")
  }

  /// Changes whenever anybody makes, alters or drops a table, view, index or trigger
  /// (sqlite.org/pragma.html#pragma_schema_version).
  package static func schemaVersion(of connection: Connection) throws -> Value {
    try connection.value("PRAGMA schema_version")
  }

  private struct WouldChange: Error {}

  /// Bytes of a file that a connection holds while rows come in the order of their keys.
  package static let orderlyCache = 2_000 << 10

  /// Lets a connection that changes rows all over the file hold 24 MB of it, and as much again in
  /// the log before it is written back; or 2 MB and 8 MB, which is enough in order.
  package static func makeRoom(_ isScattered: Bool, _ connection: Connection) throws {
    let (cache, log) = isScattered ? (24 << 20, 6_000) : (orderlyCache, 2_000)
    try connection.execute(
      "PRAGMA cache_size = -\(cache >> 10); PRAGMA wal_autocheckpoint = \(log)")
  }

  /// Tells SQLite how many rows these tables and their indices hold, so that it joins them in a
  /// good order: all of them the first time, and later those that have grown much
  /// (sqlite.org/lang_analyze.html). It reads a few hundred rows of each, none of the user's.
  package static func measure(_ connection: Connection, _ tables: [Table]) throws {
    let names = tables.flatMap { [$0.name] + $0.children.map(\.table) } + Bookkeeping.measured
    try connection.execute("PRAGMA analysis_limit = 400")
    let measured: [String] =
      try Inventory(connection).tables.contains("sqlite_stat1")
      ? connection.rows("SELECT DISTINCT tbl FROM sqlite_stat1").compactMap(\.[0].text) : []
    let ours = names.map { "ANALYZE \(quoted("main")).\(quoted($0))" }
    if Set(measured).isDisjoint(with: names) {
      for statement in ours { try connection.execute(statement) }
      return
    }
    // With the lowest bit, what would be done is told (sqlite.org/pragma.html#pragma_optimize).
    // Compiled anew each time: what it tells depends on the queries so far.
    let told = try Statement("PRAGMA optimize(0xffff)", on: connection)
    var due: [String] = []
    while try told.step() { due.append(told.text(at: 0)) }
    for statement in due where ours.contains(statement) { try connection.execute(statement) }
  }

  /// Opens for reading only. Throws when there is no replica in the file.
  package static func openReadOnly(path: String) throws -> Connection {
    guard access(path, F_OK) == 0 || errno != ENOENT else {
      throw DatabaseError.unsynced(path: path, isThere: false)
    }
    let connection = try Connection(path: path, mode: .readOnly)
    let id = try connection.value("PRAGMA application_id").integer
    if id == Bookkeeping.applicationID { return connection }
    if id == 0, try connection.value("SELECT count(*) FROM sqlite_schema") == 0 {
      throw DatabaseError.unsynced(path: path, isThere: true)
    }
    throw DatabaseError.foreign(path: path)
  }

  /// Whether the file has all bookkeeping tables that this program knows.
  package static func isCurrent(_ connection: Connection) throws -> Bool {
    try connection.value("PRAGMA user_version").integer ?? 0 >= Bookkeeping.scripts.count
  }

  /// As `openReadOnly`, for one who reads what an older file does not have.
  package static func openCurrent(path: String) throws -> Connection {
    let connection = try openReadOnly(path: path)
    guard try isCurrent(connection) else { throw DatabaseError.older(path: path) }
    return connection
  }

  /// Writes the log of a file into it for good, so that the file is all there is, as a copy has to
  /// be. Returns whether that could be done.
  package static func endLog(_ connection: Connection) throws -> Bool {
    try connection.value("PRAGMA journal_mode = DELETE") == "delete"
  }

  /// Writes the whole of a replica into another file, which must not exist yet or be empty.
  ///
  /// The replica may be at work meanwhile: the copy is its state at one instant
  /// (sqlite.org/lang_vacuum.html). `isStopped` is asked now and then; when it says so, the copy is
  /// given up with an error that `isInterrupted`.
  package static func copy(
    _ path: String, to copy: String, isStopped: @escaping () -> Bool
  ) throws {
    let connection = try openReadOnly(path: path)
    try connection.interrupting(when: isStopped) {
      try connection.run("VACUUM INTO ?", [.text(copy)])
    }
  }

  /// Opens a copy for this process alone, and brings its tables to the declared form, without
  /// full-text indices.
  ///
  /// The journal is kept in memory and nothing is forced to the disk: a copy outlives no process,
  /// and its file may be unlinked as soon as it is open.
  package static func openCopy(
    path: String, tables: [Table], views: [View]
  ) throws -> Connection {
    let connection = try Connection(path: path)
    try identify(connection)
    try connection.execute(
      """
      PRAGMA foreign_keys = OFF;
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = MEMORY;
      PRAGMA synchronous = OFF;
      PRAGMA trusted_schema = ON;
      """)
    _ = try version(of: connection)
    try connection.transaction {
      try reconcile(connection, tables.map { $0.searched(false) }, views, digestKey: 0)
    }
    return connection
  }

  /// Everything a new file holds, as text for people: `schema/replica.sql`.
  package static func script(tables: [Table], views: [View]) -> String {
    var parts = ["-- Printed by `crm-replica schema`. Do not edit."]
    let foreign = ForeignKeys(among: tables)
    for sql in tables.map(TableSQL.init) {
      parts += sql.createTables(foreign).map { $0.sql + ";" }
      parts += sql.createIndices.map { $0 + ";" }
    }
    parts += views.map { ($0.made(in: tables) ?? $0).create + ";" }
    parts += FieldViews.initial(tables).map { $0 + ";" }
    let searches = tables.compactMap { SearchSQL($0.searched(true)) }.flatMap(\.creates)
    if !searches.isEmpty {
      // Lines of comment: not every file has these.
      let text =
        "With \"search\": true in the configuration:\n\n"
        + searches.map { $0.sql + ";" }.joined(separator: "\n\n")
      parts.append(
        text.split(separator: "\n", omittingEmptySubsequences: false)
          .map { $0.isEmpty ? "--" : "-- \($0)" }.joined(separator: "\n"))
    }
    parts += Bookkeeping.scripts + Bookkeeping.unnumbered
    parts.append(Bookkeeping.keyed.map(Bookkeeping.addRowID).joined(separator: "\n"))
    var supports: [View.Support] = []
    for support in views.flatMap(\.supports) where !supports.contains(support) {
      supports.append(support)
    }
    parts += supports.map { $0.create + ";" }
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// Refuses every database that is neither empty nor a replica.
  private static func identify(_ connection: Connection) throws {
    let id = try connection.value("PRAGMA application_id").integer
    let count = try connection.value("SELECT count(*) FROM sqlite_schema").integer
    guard id == Bookkeeping.applicationID || (id == 0 && count == 0) else {
      throw DatabaseError.foreign(path: connection.path)
    }
  }

  private static func reconcile(
    _ connection: Connection, _ tables: [Table], _ views: [View], digestKey: UInt64
  ) throws {
    try migrate(connection, tables, digestKey: digestKey)
    var reconciliation = try Reconciliation(connection, tables: tables, views: views)
    try reconciliation.run()
  }

  /// The scripts that the file has seen. Refuses the file of a newer program.
  private static func version(of connection: Connection) throws -> Int {
    let version = try connection.value("PRAGMA user_version").integer ?? 0
    guard version <= Bookkeeping.scripts.count else {
      throw DatabaseError.newer(path: connection.path, version: version)
    }
    return Int(version)
  }

  /// Runs the scripts that the file has not seen, and makes what has no number.
  private static func migrate(
    _ connection: Connection, _ tables: [Table], digestKey: UInt64
  ) throws {
    let version = try version(of: connection)
    let scripts = Bookkeeping.scripts
    let entries = try SchemaEntry.all(connection)
    for number in version..<scripts.count {
      try Migration(connection, number, entries).run()
    }
    for script in Bookkeeping.unnumbered {
      try Ownership.requireFree(script, among: entries)
      try connection.execute(script)
    }
    for table in Bookkeeping.keyed { try requireRowID(in: table, connection) }
    if version > 0, !entries.contains(where: { $0.bears("_schema_changes") }) {
      try UnknownKeys(connection).adopt(tables)
    }
    guard version < scripts.count else { return }
    try connection.execute("PRAGMA user_version = \(scripts.count)")
    try connection.execute("PRAGMA application_id = \(Bookkeeping.applicationID)")
    guard version == 0 else { return }
    try connection.run(
      "INSERT OR IGNORE INTO \"_digest_key\" VALUES (1, ?)",
      [.integer(Int64(bitPattern: digestKey))])
  }

  /// Adds `row_id` to a table that lacks it, for the rows that are there too.
  private static func requireRowID(in table: String, _ connection: Connection) throws {
    let known = try connection.rows(
      "SELECT name FROM pragma_table_xinfo(?) WHERE name = 'row_id' COLLATE NOCASE", [.text(table)])
    if let name = known.first?[0].text {
      let create = try connection.value(
        "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", [.text(table)])
      // As SQLite keeps what was added; else it is a column of the user's.
      guard create.text?.contains(", \(Bookkeeping.rowID)") ?? false else {
        throw Clash(.column, name, of: table, .bearsOurName)
      }
      return
    }
    try connection.execute(Bookkeeping.addRowID(to: table))
    let id = Bookkeeping.rowID(of: "\"row_key\"")
    try connection.run("UPDATE \(quoted(table)) SET \"row_id\" = \(id) WHERE \(id) IS NOT NULL")
  }

  /// The key of the file's digests; 0 for a file of a program that drew none: its digests hold as
  /// they are.
  static func digestKey(_ connection: Connection) throws -> UInt64 {
    let row = try connection.row("SELECT \"key\" FROM \"_digest_key\"", [])
    return UInt64(bitPattern: row?[0].integer ?? 0)
  }
}
