internal import Model
internal import SQLite

/// Stores the rows of one child table, together with their parent's row.
final class ChildStore {
  let child: Child
  private let width: Int
  private let insert: Statement
  private let delete: Statement
  private let read: Statement
  private let connection: Connection
  /// Few rows need these, so that they are prepared for the first. References have none to update.
  private let (deleteOne, updateOne): (String, String)

  init(_ child: Child, of parent: TableSQL, _ connection: Connection) throws {
    self.child = child
    self.connection = connection
    let columns = parent.columns(of: child).map { quoted($0.name) }
    width = child.columns.count
    let name = quoted(child.table)
    let marks = [String](repeating: "?", count: columns.count).joined(separator: ", ")
    insert = try Statement(
      "INSERT INTO \(name) (\(columns.joined(separator: ", "))) VALUES (\(marks))",
      on: connection, persistent: true)
    let condition = child.parentColumns.map { "\(quoted($0)) = ?" }.joined(separator: " AND ")
    delete = try Statement(
      "DELETE FROM \(name) WHERE \(condition)", on: connection, persistent: true)
    let own = columns.suffix(width)
    read = try Statement(
      """
      SELECT \(own.joined(separator: ", ")) FROM \(name) WHERE \(condition)
        ORDER BY \(own[own.startIndex])
      """, on: connection, persistent: true)
    let one = "\(condition) AND \(own[own.startIndex]) = ?"
    deleteOne = "DELETE FROM \(name) WHERE \(one)"
    let settings = own.dropFirst().map { "\($0) = ?" }.joined(separator: ", ")
    updateOne = "UPDATE \(name) SET \(settings) WHERE \(one)"
  }

  /// Adds one row of the page.
  func insert(
    _ row: Int, of record: DecodedPage.Record, _ source: PageBytes, _ keyColumns: [Int]
  ) throws {
    var index = 1
    for column in keyColumns {
      try source.bind(record.slots + column, to: insert, at: index)
      index += 1
    }
    for column in 0..<width {
      try source.bind(source.page.rows[row].slots + column, to: insert, at: index)
      index += 1
    }
    _ = try insert.step()
    try connection.requireChange()
  }

  /// Makes the stored rows those of the record, and says so when they differ.
  ///
  /// A row is known by its first column, which the primary key has once for each parent. One that
  /// has not changed is not touched, and one that has is updated: a user may keep a column of their
  /// own in the table.
  func replace(
    _ index: Int, of record: DecodedPage.Record, _ source: PageBytes, key: [Value],
    _ keyColumns: [Int], _ diff: inout History.Diff
  ) throws {
    let new = rows(index, of: record, source)
    try read.bind(key)
    var old: [[Value]] = []
    while try read.step() { old.append(read.row) }
    guard new.map(\.values) != old else { return }
    var left = Dictionary(old.map { ($0[0], $0) }) { first, _ in first }
    var (added, changed) = ([Int](), [(row: Int, values: [Value])]())
    for (row, values) in new {
      if let stored = left.removeValue(forKey: values[0]) {
        if stored != values { changed.append((row, values)) }
      } else {
        added.append(row)
      }
    }
    for gone in old where left[gone[0]] != nil {
      try connection.run(deleteOne, key + [gone[0]])
      try connection.requireChange()
    }
    for (row, values) in changed where try !update(values, of: key) { added.append(row) }
    for row in added { try insert(row, of: record, source, keyColumns) }
    diff.add(child.columnName, .text(json(old)), .text(json(new.map(\.values))))
  }

  /// Updates a row, or takes it out and returns false: an index of the user's may refuse a value
  /// that another row still has and is about to give up.
  private func update(_ values: [Value], of key: [Value]) throws -> Bool {
    do {
      try connection.run(updateOne, values.dropFirst() + key + [values[0]])
      try connection.requireChange()
      return true
    } catch let error as SQLiteError where error.isRefusedRow {
      try connection.run(deleteOne, key + [values[0]])
      return false
    }
  }

  /// Takes the rows of a parent out.
  func deleteRows(of key: [Value]) throws {
    try delete.bind(key)
    _ = try delete.step()
  }

  /// The record's rows as an array, or nil without any.
  func text(
    ofRows index: Int, of record: DecodedPage.Record, _ source: PageBytes
  ) -> String? {
    let rows = rows(index, of: record, source)
    return rows.isEmpty ? nil : json(rows.map(\.values))
  }

  /// The record's rows and their values, in the order of their keys.
  private func rows(
    _ index: Int, of record: DecodedPage.Record, _ source: PageBytes
  ) -> [(row: Int, values: [Value])] {
    record.rows.filter { source.page.rows[$0].child == index }.map { row in
      (row, (0..<width).map { source.value(source.page.rows[row].slots + $0) })
    }.sorted { ($0.values[0].integer ?? 0) < ($1.values[0].integer ?? 0) }
  }

  /// Rows as an array: of objects, or of the one value that counts.
  private func json(_ rows: [[Value]]) -> String {
    switch child.elements {
    case .references: JSONText.array(rows.map { JSONText.value($0[0]) })
    case .strings: JSONText.array(rows.map { JSONText.value($0[1]) })
    case .objects(let columns):
      JSONText.array(
        rows.map { row in
          JSONText.object(zip(columns, row).map { ($0.name, JSONText.value($1)) })
        })
    }
  }
}
