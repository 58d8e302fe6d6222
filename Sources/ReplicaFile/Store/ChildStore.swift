internal import Model
internal import SQLite

/// Stores the rows of one child table, together with their parent's row.
final class ChildStore {
  let child: Child
  private let width: Int
  private let insert: Statement
  private let delete: Statement
  private let read: Statement

  init(_ child: Child, of parent: TableSQL, _ connection: Connection) throws {
    self.child = child
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
    let own = columns.suffix(width).joined(separator: ", ")
    read = try Statement(
      "SELECT \(own) FROM \(name) WHERE \(condition) ORDER BY \(columns[columns.count - width])",
      on: connection, persistent: true)
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
  }

  /// Puts the record's rows in the place of the stored ones when they differ, and says so.
  func replace(
    _ index: Int, of record: DecodedPage.Record, _ source: PageBytes, key: [Value],
    _ keyColumns: [Int], _ diff: inout History.Diff
  ) throws {
    let rows = record.rows.filter { source.page.rows[$0].child == index }
    let new = values(ofRows: index, of: record, source)
    try read.bind(key)
    var old: [[Value]] = []
    while try read.step() { old.append((0..<width).map { read.value(at: $0) }) }
    guard new != old else { return }
    try deleteRows(of: key)
    for row in rows { try insert(row, of: record, source, keyColumns) }
    diff.add(child.columnName, json(old), json(new))
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
    let rows = values(ofRows: index, of: record, source)
    return rows.isEmpty ? nil : json(rows)
  }

  /// The values of the record's rows, in the order of their keys.
  private func values(
    ofRows index: Int, of record: DecodedPage.Record, _ source: PageBytes
  ) -> [[Value]] {
    record.rows.filter { source.page.rows[$0].child == index }.map { row in
      (0..<width).map { source.value(source.page.rows[row].slots + $0) }
    }.sorted { ($0[0].integer ?? 0) < ($1[0].integer ?? 0) }
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
