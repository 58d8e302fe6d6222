import Capsule
import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// What the replica must hold, worked out from the account's own records by way of a JSON tree:
/// slow, simple, and sharing nothing with the decoder.
struct Oracle {
  let replica: Replica

  /// Differences between the file and the account, a line each; empty when they are equal.
  func differences() throws -> [String] {
    let connection = try Database.openReadOnly(path: replica.path)
    return try replica.tables.flatMap { table -> [String] in
      if case .deletions = table.method { return [] }
      let expected = try rows(of: table)
      let stored = try stored(table, connection)
      return compare(table, expected, stored)
    }
  }

  struct Row: Equatable {
    var columns: [String: Value]
    var children: [String: [[Value]]]
  }

  private func compare(
    _ table: Table, _ expected: [[Value]: Row], _ stored: [[Value]: Row]
  ) -> [String] {
    var lines: [String] = []
    for key in expected.keys where stored[key] == nil { lines.append("\(table.name) lacks \(key)") }
    for key in stored.keys where expected[key] == nil {
      lines.append("\(table.name) has \(key) too many")
    }
    for (key, row) in expected {
      guard let other = stored[key], other != row else { continue }
      for (name, value) in row.columns where other.columns[name] != value {
        lines.append("\(table.name) \(key) \(name): \(other.columns[name] ?? nil), not \(value)")
      }
      for (name, rows) in row.children where other.children[name] != rows {
        lines.append("\(table.name) \(key) \(name): \(other.children[name] ?? []), not \(rows)")
      }
    }
    return lines.sorted()
  }

  // MARK: The account

  func rows(of table: Table) throws -> [[Value]: Row] {
    var rows: [[Value]: Row] = [:]
    for listing in table.listings {
      for parent in try parents(of: listing) {
        let request = try replica.source.request(
          for: listing, Question(.page(Position(page: 1), size: 100), parent: parent))
        for record in replica.account.rows(request.target) {
          var columns: [String: Value] = [:]
          for column in table.columns {
            columns[column.name] = value(column, record)
            if columns[column.name] == .null, column.name == listing.constant?.column {
              columns[column.name] = Value(listing.constant?.value)
            }
            if columns[column.name] == .null, column.name == listing.parent?.column {
              columns[column.name] = Value(parent)
            }
          }
          let key = table.key.map { columns[$0.name] ?? .null }
          rows[key] = Row(columns: columns, children: children(of: table, record))
        }
      }
    }
    return rows
  }

  private func parents(of listing: Listing) throws -> [Int64?] {
    guard let parent = listing.parent else { return [nil] }
    guard let table = replica.tables.first(where: { $0.name == parent.table }) else { return [] }
    let request = try replica.source.request(
      for: table.listings[0], Question(.page(Position(page: 1), size: 100)))
    return replica.account.rows(request.target).map { $0["id"]?.integer }
  }

  private func children(of table: Table, _ record: JSON) -> [String: [[Value]]] {
    var children: [String: [[Value]]] = [:]
    for child in table.children {
      let items = record[child.key]?.items ?? []
      let rows: [[Value]] =
        switch child.elements {
        case .objects(let columns): items.map { item in columns.map { value($0, item) } }
        case .references: items.map { [Value($0["id"]?.integer)] }
        case .strings: items.enumerated().map { [Value($0.offset), Value($0.element.string)] }
        }
      children[child.table] = rows.sorted { ($0[0].integer ?? 0) < ($1[0].integer ?? 0) }
    }
    return children
  }

  private func value(_ column: Column, _ record: JSON) -> Value {
    let found = member(column.path, record) ?? column.otherKey.flatMap { record[$0] } ?? .null
    if case .reference = column.place {
      return scalar(column.type, found["id"] ?? found)
    }
    return column.path.isEmpty ? .null : scalar(column.type, found)
  }

  private func member(_ path: [String], _ record: JSON) -> JSON? {
    path.reduce(record as JSON?) { $0?[$1] }
  }

  private func scalar(_ type: ColumnType, _ json: JSON) -> Value {
    switch (type, json) {
    case (_, .null): .null
    case (.integer, .number(let text)): Value(Int64(text))
    case (.integerOrDigits, .number(let text)): Value(Int64(text))
    case (.integerOrDigits, .string(let text)): Value(Int64(text))
    case (.real, .number(let text)): text.count > 17 ? .null : Value(Double(text))
    case (.text, .string(let text)): .text(text)
    case (.anyAsText, .string(let text)): .text(text)
    case (.anyAsText, _): .text(String(decoding: json.bytes, as: UTF8.self))
    case (.boolean, .bool(let flag)): flag ? 1 : 0
    case (.date, .string(let text)): isDate(text) ? .text(String(text.prefix(10))) : .null
    case (.dateTime, .string(let text)):
      Timestamp(text).map { .text($0.sql) } ?? .null
    default: .null
    }
  }

  private func isDate(_ text: String) -> Bool {
    text.count >= 10 && text.prefix(4).allSatisfy(\.isNumber)
      && Timestamp("\(text.prefix(10)) 00:00:00") != nil
  }

  // MARK: The file

  func stored(_ table: Table, _ connection: Connection) throws -> [[Value]: Row] {
    var rows: [[Value]: Row] = [:]
    let names = table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
    for row in try connection.rows(
      "SELECT \(names) FROM \"\(table.name)\" WHERE _deleted_at IS NULL")
    {
      let columns = Dictionary(uniqueKeysWithValues: zip(table.columns.map(\.name), row))
      let key = table.key.map { columns[$0.name] ?? .null }
      rows[key] = Row(columns: columns, children: [:])
    }
    for child in table.children {
      for key in rows.keys { rows[key]?.children[child.table] = [] }
      let parents = child.parentColumns.map { "\"\($0)\"" }
      let own = child.columns.map { "\"\($0.name)\"" }
      let order = (parents + own.prefix(1)).joined(separator: ", ")
      for row in try connection.rows(
        """
        SELECT \((parents + own).joined(separator: ", ")) FROM "\(child.table)"
          ORDER BY \(order)
        """
      ) {
        rows[Array(row.prefix(parents.count))]?.children[child.table]?
          .append(Array(row.dropFirst(parents.count)))
      }
    }
    return rows
  }
}
