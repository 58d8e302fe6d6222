package import Model
package import SQLite

/// Stores pages of records in one mirrored table and its children.
///
/// A record is looked up by its key first. When its digest is the stored one, nothing is written.
/// Everything here happens inside the transaction that the caller has begun.
package final class TableStore {
  /// What became of one record.
  package enum Outcome { case inserted, updated, unchanged, quarantined }

  /// The run that writes, and the instant it writes with.
  package struct Writing {
    var runID: Int64
    /// When we write, by the source's clock.
    package var now: Timestamp
    /// The same when the run began.
    package var runStarted: Timestamp

    package init(runID: Int64, now: Timestamp, runStarted: Timestamp) {
      (self.runID, self.now, self.runStarted) = (runID, now, runStarted)
    }

    /// Whether the run itself has written what was written at this instant. What is later than now
    /// was written by a clock that was ahead, or by hand.
    fileprivate func isOwn(_ syncedAt: String) -> Bool {
      syncedAt >= runStarted.sql && syncedAt <= now.sql
    }
  }

  let table: Table
  package let layout: Layout
  package let sql: TableSQL
  let connection: Connection
  /// Whether rows are compared value by value, whatever their digests say.
  private let compares: Bool
  let history: History
  /// Whether the history tells of rows that are new. While a table is filled for the first time,
  /// all of them are: to note that would say nothing, and cost as much again as the row. Statements
  /// of a feed are told by what they do to their rows.
  private let notesNewRows: Bool

  private let lookUp: Statement
  private let insert: Statement
  private let update: Statement
  private let redigest: Statement
  private let readRow: Statement
  private let keyColumns: [Int]
  /// The columns whose values stay where a record lacks them.
  private let lasting: [Int]
  private let companions: [Int]
  /// Those that alone make no change.
  private let wavering: Set<Int>
  /// Those that may be null although they have a value.
  private let fleeting: [Int]
  /// Those of which no list tells.
  private let asides: [Int]
  private let extras: ExtraComparison
  private let leftovers: Leftovers
  private let named: NamedRows
  /// The instant that is bound to `insert`.
  private var insertedAt: Timestamp?
  let children: [ChildStore]

  /// `tables` are those that are kept, by name: rows of theirs may only be named.
  package init(
    _ table: Table, _ connection: Connection, compares: Bool = false,
    among tables: [String: Table] = [:]
  ) throws {
    self.table = table
    named = NamedRows(table, among: tables, connection)
    self.compares = compares
    self.connection = connection
    layout = Layout(table, key: try Database.digestKey(connection))
    let sql = TableSQL(table)
    self.sql = sql
    history = History(connection, table)
    notesNewRows =
      try table.feed == nil && Cursors(connection).hasCompleted(table.name)
    keyColumns = table.columns.indices.filter { table.columns[$0].isKey }
    asides = table.columns.indices.filter { table.columns[$0].traits.contains(.aside) }
    lasting = table.columns.indices.filter { table.columns[$0].traits.contains(.lasting) }
    companions = table.columns.indices.filter { table.columns[$0].traits.contains(.companion) }
    wavering = Set(table.columns.indices.filter { table.columns[$0].traits.contains(.wavering) })
    fleeting = table.columns.indices.filter { table.columns[$0].traits.contains(.fleeting) }
    extras = ExtraComparison(table)
    leftovers = Leftovers(table, connection)
    let name = quoted(table.name)
    let columns = table.columns.map { quoted($0.name) }
    let fresh = table.freshness.map { columns[$0] } ?? "NULL"
    lookUp = try Statement(
      """
      SELECT "_digest", "_deleted_at" IS NOT NULL, "_synced_at", \(fresh)
        FROM \(name) WHERE \(sql.keyCondition)
      """, on: connection, persistent: true)
    let marks = [String](repeating: "?", count: columns.count + 3).joined(separator: ", ")
    insert = try Statement(
      """
      INSERT INTO \(name) (\(columns.joined(separator: ", ")), "_extra", "_digest", "_synced_at")
        VALUES (\(marks))
      """, on: connection, persistent: true)
    let settings = columns.map { "\($0) = ?" }.joined(separator: ", ")
    update = try Statement(
      """
      UPDATE \(name) SET \(settings), "_extra" = ?, "_digest" = ?, "_synced_at" = ?,
        "_deleted_at" = NULL, "_deleted_reason" = NULL WHERE \(sql.keyCondition)
      """, on: connection, persistent: true)
    redigest = try Statement(
      "UPDATE \(name) SET \"_digest\" = ? WHERE \(sql.keyCondition)", on: connection,
      persistent: true)
    readRow = try Statement(
      """
      SELECT \(columns.joined(separator: ", ")), "_extra", "_deleted_at", "_deleted_reason",
          "_synced_at"
        FROM \(name) WHERE \(sql.keyCondition)
      """, on: connection, persistent: true)
    children = try table.children.map { try ChildStore($0, of: sql, connection) }
  }

  /// The key of a record, column by column.
  package func key(of record: DecodedPage.Record, _ source: PageBytes) -> [Value] {
    keyColumns.map { source.value(record.slots + $0) }
  }

  /// The key of a record as one value.
  package func joinedKey(of record: DecodedPage.Record, _ source: PageBytes) -> Value {
    keyColumns.count == 1
      ? source.value(record.slots + keyColumns[0]) : Self.joined(key(of: record, source))
  }

  /// A key as one value, as `TableSQL.keyExpression` has it: the value, or the parts and slashes.
  package static func joined(_ key: [Value]) -> Value {
    guard key.count > 1 else { return key.first ?? .null }
    let parts = key.map { part -> String in
      switch part {
      case .integer(let value): "\(value)"
      case .text(let text): text
      default: ""
      }
    }
    return .text(parts.joined(separator: "/"))
  }

  /// Stores one record and its children, unless they are stored already.
  ///
  /// A record that the file refuses is kept aside whole, and nothing of it is stored: the version
  /// that was there before stays, and so does everything else on the page.
  ///
  /// `replaces` says of a feed's statement that it is the first of its row in a feed that is read
  /// from the beginning: then it holds, whatever is stored.
  package func apply(
    _ record: DecodedPage.Record, _ source: PageBytes, _ writing: Writing, replaces: Bool = false
  ) throws -> Outcome {
    guard layout.required.allSatisfy({ source.kind(record.slots + $0) != .null }) else {
      try quarantine(record, source, "no key", writing)
      return .quarantined
    }
    if let damage = record.damage {
      try quarantine(record, source, damage.rawValue, writing)
      return .quarantined
    }
    do {
      let outcome = try store(record, source, writing, replaces)
      if outcome != .unchanged || compares { try note(record, source, writing, outcome) }
      return outcome
    } catch let error as SQLiteError where error.isRefusedRow {
      try quarantine(record, source, error.message, writing)
      return .quarantined
    }
  }

  /// Notes what a record tells beside its row.
  private func note(
    _ record: DecodedPage.Record, _ source: PageBytes, _ writing: Writing, _ outcome: Outcome
  ) throws {
    if !record.extras.isEmpty, outcome != .unchanged {
      try leftovers.note(record, source, layout, writing)
    }
    if !named.isEmpty, !named.hasMet(record, source) { try named.note(record, source) }
  }

  private func store(
    _ record: DecodedPage.Record, _ source: PageBytes, _ writing: Writing, _ replaces: Bool
  ) throws -> Outcome {
    try bindKey(of: record, source, to: lookUp, from: 1)
    guard try lookUp.step() else {
      try add(record, source, writing)
      return .inserted
    }
    let isTombstone = lookUp.integer(at: 1) == 1
    let digest = lookUp.isNull(at: 0) ? nil : lookUp.integer(at: 0)
    let hasDigest = digest == Int64(bitPattern: record.digest)
    let isSame = hasDigest && !compares
    let isFeed = table.feed != nil
    let isOlder =
      !replaces && (!isTombstone || isFeed) && !isSame && isOlder(record, source, writing)
    lookUp.reset()
    // A feed may repeat a deletion that no longer holds; a restriction has no date to tell it by.
    let isRepeated = !replaces && isTombstone && isFeed && record.list == 0
    if isSame && !isTombstone || hasDigest && isRepeated || isOlder { return .unchanged }
    // What is only named has no digest, nor has what was purged.
    let isListed = !isTombstone || digest != nil
    return try change(
      record, source, writing,
      Stored(isSame: hasDigest, hasDigest: digest != nil, isListed: isListed))
  }

  /// What is known of a row before it is read.
  private struct Stored {
    /// Whether its digest is that of the record.
    let isSame: Bool
    /// Whether it has one.
    let hasDigest: Bool
    /// Whether a list has ever shown it, as far as its digest tells.
    let isListed: Bool
  }

  /// Whether the stored version was written in this run and is newer than the record: with several
  /// requests in flight, an older answer may come after a newer one. A feed may say twice that a
  /// record was deleted, in any order and in every run.
  ///
  /// The run may have written no more than a list of the row, so that its stamp is a former one. A
  /// stamp that lies ahead of the source's clock was set by hand: no change would have a later one.
  private func isOlder(
    _ record: DecodedPage.Record, _ source: PageBytes, _ writing: Writing
  ) -> Bool {
    guard let column = table.freshness,
      table.feed != nil || writing.isOwn(lookUp.text(at: 2)),
      case .text(let stored) = lookUp.value(at: 3),
      case .text(let received) = source.value(record.slots + column)
    else { return false }
    return received < stored && (table.feed != nil || stored <= writing.now.sql)
  }

  private func add(
    _ record: DecodedPage.Record, _ source: PageBytes, _ writing: Writing
  ) throws {
    let extra = source.page.extraText(of: record, layout: layout, source.body)
    try bindRow(record, source, extra: extra, to: insert)
    if insertedAt != writing.now {
      // It stays bound until the clock has moved on.
      try insert.bind(.text(writing.now.sql), at: table.columns.count + 3)
      insertedAt = writing.now
    }
    _ = try insert.step()
    try connection.requireChange()
    // Children may be left of a row that somebody has deleted by hand.
    if compares { try deleteChildren(of: key(of: record, source)) }
    do {
      try addChildren(of: record, source)
    } catch let refusal as SQLiteError where refusal.isRefusedRow {
      let key = key(of: record, source)
      try deleteChildren(of: key)
      do {
        try addChildren(of: record, source)
      } catch let error as SQLiteError where error.isRefusedRow {
        try deleteChildren(of: key)
        try connection.run(
          "DELETE FROM \(quoted(table.name)) WHERE \(sql.keyCondition)", key)
        throw error
      }
    }
    if notesNewRows {
      try history.add(
        .insert, key: joinedKey(of: record, source), History.Diff(), syncedBefore: .null, writing)
    }
  }

  private func deleteChildren(of key: [Value]) throws {
    for child in children { try child.deleteRows(of: key) }
  }

  /// Takes out the rows of lists that have no record.
  package func deleteOrphans() throws {
    for child in table.children {
      try connection.run(
        "DELETE FROM \(quoted(child.table)) AS c WHERE \(sql.isOrphan(child))")
    }
  }

  private func addChildren(of record: DecodedPage.Record, _ source: PageBytes) throws {
    // The rows of a list stand together.
    var (list, store) = (-1, ChildStore?.none)
    for row in record.rows {
      let child = source.page.rows[row].child
      guard child >= 0 else { continue }
      if child != list { (list, store) = (child, children[child]) }
      try store?.insert(row, of: record, source, keyColumns)
    }
  }

  /// Writes what differs and its history, or takes all of it back.
  private func change(
    _ record: DecodedPage.Record, _ source: PageBytes, _ writing: Writing, _ stored: Stored
  ) throws -> Outcome {
    try connection.run("SAVEPOINT record")
    do {
      let outcome = try writeChange(record, source, writing, stored)
      try connection.run("RELEASE record")
      return outcome
    } catch let error as SQLiteError where error.isRefusedRow {
      try connection.run("ROLLBACK TO record")
      try connection.run("RELEASE record")
      throw error
    }
  }

  /// Writes what differs and its history; only the digest when the content is the same.
  private func writeChange(
    _ record: DecodedPage.Record, _ source: PageBytes, _ writing: Writing, _ stored: Stored
  ) throws -> Outcome {
    let width = table.columns.count
    try bindKey(of: record, source, to: readRow, from: 1)
    _ = try readRow.step()
    let old = (0..<(width + 4)).map { readRow.value(at: $0) }
    readRow.reset()
    let extra = source.page.extraText(of: record, layout: layout, source.body)
    var new = (0..<width).map { source.value(record.slots + $0) }
    var kept = asides + lasting.filter { source.isAbsent(record.slots + $0) }
    kept += companions.filter { kept.contains($0 - 1) }
    for column in kept { new[column] = old[column] }
    new.append(extra.map { .text(String(decoding: $0, as: UTF8.self)) } ?? .null)
    let gone = fleeting.filter { new[$0].isNull && !old[$0].isNull }
    let uncertain = wavering.union(gone)
    var diff = History.Diff()
    let names = table.columns.map(\.name) + ["_extra", "_deleted_at", "_deleted_reason"]
    for (index, value) in (new + [.null, .null]).enumerated() where value != old[index] {
      if index == width, extras.areSame(old[index], value) { continue }
      if !uncertain.contains(index) { diff.add(names[index], old[index], value) }
    }
    let key = keyColumns.map { new[$0] }
    for (index, child) in children.enumerated() {
      let isPresent = record.presentChildren & 1 << UInt32(index) != 0
      guard isPresent || !child.child.isEmbedded else { continue }
      try child.replace(index, of: record, source, key: key, keyColumns, &diff)
    }
    let isChanged = !diff.isEmpty
    // Where the record says of itself that it has changed, null is its value.
    if table.freshness.map({ new[$0] == old[$0] }) ?? !isChanged {
      for column in gone { new[column] = old[column] }
      kept += gone
    }
    let wavered = uncertain.filter { new[$0] != old[$0] }
    if isChanged { for index in wavered { diff.add(names[index], old[index], new[index]) } }
    guard isChanged || !wavered.isEmpty else {
      // The digest of what is stored stays, where there is one.
      if stored.isSame || !gone.isEmpty && stored.hasDigest { return .unchanged }
      try redigest.bind(Int64(bitPattern: record.digest), at: 1)
      try bindKey(of: record, source, to: redigest, from: 2)
      _ = try redigest.step()
      return .unchanged
    }
    try bindRow(record, source, extra: extra, to: update)
    for column in kept { try update.bind(new[column], at: column + 1) }
    // What only wavers is no change, and the row is as it was when it last changed.
    try update.bind(isChanged ? .text(writing.now.sql) : old[width + 3], at: width + 3)
    try bindKey(of: record, source, to: update, from: width + 4)
    _ = try update.step()
    try connection.requireChange()
    guard isChanged else { return .unchanged }
    let isTombstone = !old[width + 1].isNull
    let isPurged = !table.columns.indices.contains { !keyColumns.contains($0) && !old[$0].isNull }
    if !stored.isListed, !isPurged {
      // Records named it: now it is seen first.
      if notesNewRows {
        try history.add(
          .insert, key: Self.joined(key), History.Diff(), syncedBefore: .null, writing)
      }
      return .inserted
    }
    try history.add(
      isTombstone ? .restore : .update, key: Self.joined(key), diff, syncedBefore: old[width + 3],
      writing)
    return .updated
  }

  /// Stores lists that came apart from their record, and nothing else of it. Returns whether a row
  /// that was there before has changed by that; one that is new, or is gone, has not. Nil where the
  /// file refuses them: they are kept aside.
  package func applyLists(
    _ record: DecodedPage.Record, _ source: PageBytes, _ writing: Writing, isNew: Bool
  ) throws -> Bool? {
    let key = key(of: record, source)
    try readRow.bind(key)
    guard try readRow.step() else { return false }
    let width = table.columns.count
    let (isTombstone, syncedBefore) = (!readRow.isNull(at: width + 1), readRow.value(at: width + 3))
    readRow.reset()
    guard !isTombstone else { return false }
    var diff = History.Diff()
    try connection.run("SAVEPOINT lists")
    do {
      for (index, child) in children.enumerated()
      where record.presentChildren & 1 << UInt32(index) != 0 {
        try child.replace(index, of: record, source, key: key, keyColumns, &diff)
      }
    } catch let error as SQLiteError where error.isRefusedRow {
      try connection.run("ROLLBACK TO lists")
      try connection.run("RELEASE lists")
      try quarantine(record, source, error.message, writing)
      return nil
    }
    try connection.run("RELEASE lists")
    guard !diff.isEmpty, !isNew else { return false }
    try connection.run(
      "UPDATE \(quoted(table.name)) SET \"_synced_at\" = ? WHERE \(sql.keyCondition)",
      [.text(writing.now.sql)] + key)
    try history.add(.update, key: Self.joined(key), diff, syncedBefore: syncedBefore, writing)
    return true
  }

  /// Stores what an answer tells of a record beside all lists. `.unchanged` also where the run has
  /// written the row before, so that nothing was there that it could have changed; `.quarantined`
  /// where it cannot be stored, and what was there stays.
  package func applyAsides(
    _ record: DecodedPage.Record, _ source: PageBytes, _ writing: Writing
  ) throws -> Outcome {
    if record.damage != nil || record.misfits > 0 { return .quarantined }
    let key = key(of: record, source)
    try readRow.bind(key)
    guard try readRow.step() else { return .unchanged }
    let width = table.columns.count
    let isTombstone = !readRow.isNull(at: width + 1)
    let syncedBefore = readRow.value(at: width + 3)
    let told = asides.filter { !source.isAbsent(record.slots + $0) }
    let old = told.map { readRow.value(at: $0) }
    readRow.reset()
    let new = told.map { source.value(record.slots + $0) }
    guard !isTombstone, new != old else { return .unchanged }
    let names = told.map { table.columns[$0].name }
    let settings = names.map { "\(quoted($0)) = ?, " }.joined()
    do {
      try connection.run(
        "UPDATE \(quoted(table.name)) SET \(settings)\"_synced_at\" = ? WHERE \(sql.keyCondition)",
        new + [.text(writing.now.sql)] + key)
      try connection.requireChange()
    } catch let error as SQLiteError where error.isRefusedRow {
      return .quarantined
    }
    let isNew = try syncedBefore.text.map(writing.isOwn) ?? false && !history.tells(key, writing)
    if isNew { return .unchanged }
    var diff = History.Diff()
    for (index, name) in names.enumerated() where new[index] != old[index] {
      diff.add(name, old[index], new[index])
    }
    try history.add(.update, key: Self.joined(key), diff, syncedBefore: syncedBefore, writing)
    return .updated
  }

  /// Gives a column of a row another value, and notes that in the history.
  package func set(
    _ column: Int, to value: Value, key: [Value], _ writing: Writing
  ) throws {
    try readRow.bind(key)
    guard try readRow.step() else { return }
    let old = readRow.value(at: column)
    let syncedBefore = readRow.value(at: table.columns.count + 3)
    readRow.reset()
    let name = table.columns[column].name
    try connection.run(
      """
      UPDATE \(quoted(table.name)) SET \(quoted(name)) = ?, "_synced_at" = ?
        WHERE \(sql.keyCondition)
      """, [value, .text(writing.now.sql)] + key)
    var diff = History.Diff()
    diff.add(name, old, value)
    try history.add(
      .update, key: Self.joined(key), diff, syncedBefore: syncedBefore, writing)
  }

  private func bindKey(
    of record: DecodedPage.Record, _ source: PageBytes, to statement: Statement, from first: Int
  ) throws {
    for (offset, column) in keyColumns.enumerated() {
      try source.bind(record.slots + column, to: statement, at: first + offset)
    }
  }

  private func bindRow(
    _ record: DecodedPage.Record, _ source: PageBytes, extra: [UInt8]?, to statement: Statement
  ) throws {
    let width = table.columns.count
    for column in 0..<width {
      try source.bind(record.slots + column, to: statement, at: column + 1)
    }
    let text = extra.map { Value.text(String(decoding: $0, as: UTF8.self)) } ?? .null
    try statement.bind(text, at: width + 1)
    try statement.bind(Int64(bitPattern: record.digest), at: width + 2)
  }
}
