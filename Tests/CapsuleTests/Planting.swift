import Capsule
import Model
import SQLite
import Testing

/// A difference that somebody plants in a replica by hand, worked out from the declaration of a
/// table: a value changed, a row or a row of a list taken out, put in, or without its owner.
struct Planting {
  let table: Table
  let name: String
  /// The statement; `?1` is the number of the row that is meant, from 0.
  private let sql: String
  /// A query for the key under which it has to be found.
  private let key: String

  private init(_ table: Table, _ name: String, _ sql: String, at key: String) {
    (self.table, self.name, self.sql, self.key) = (table, "\(table.name) \(name)", sql, key)
  }

  /// Plants it in this row. Returns the key under which it has to be found.
  func plant(_ row: Int, in connection: Connection) throws -> String {
    let key = try #require(try connection.rows(key, [Value(row)]).first?[0], "\(name)")
    try connection.run(sql, [Value(row)])
    try #require(connection.changes > 0, "\(name)")
    return key.spelled
  }

  /// All that can be planted in a table and be seen: of the lists of tombstones, and of lists that
  /// are not asked for, the account says nothing.
  static func all(in table: Table) -> [Planting] {
    let lists = table.children.filter { child in
      !child.isEmbedded || table.listings.contains { $0.embed.contains(child.key) }
    }
    return columns(of: table) + rows(of: table) + lists.flatMap { all(in: $0, of: table) }
  }

  // MARK: Rows

  private static let isLiving = "_deleted_at IS NULL"

  private static func columns(of table: Table) -> [Planting] {
    var plantings = table.columns.flatMap { column in
      others(column).map { other in
        let row = Row(table.name, table.key, isLiving + (other == "NULL" ? notNull(column) : ""))
        return Planting(
          table, "\(column.name) = \(other)",
          "UPDATE \(table.name) SET \(quoted(column.name)) = \(other) WHERE \(row.condition)",
          at: row.key)
      }
    }
    let row = Row(table.name, table.key, isLiving)
    var values = ["_extra = json_set(coalesce(_extra, '{}'), '$.x', 1)"]
    if let column = table.freshness, table.feed == nil {
      let ahead = "'2099-01-02 03:04:05'"
      values.append("\(table.columns[column].name) = \(ahead), _synced_at = \(ahead)")
    }
    for value in values {
      plantings.append(
        Planting(
          table, value, "UPDATE \(table.name) SET \(value) WHERE \(row.condition)", at: row.key))
    }
    return plantings
  }

  private static func rows(of table: Table) -> [Planting] {
    let row = Row(table.name, table.key, isLiving)
    let names = table.columns.map { quoted($0.name) }.joined(separator: ", ")
    let values = table.columns.map { $0.isKey ? other($0) : quoted($0.name) }
    let plantings = [
      Planting(
        table, "row buried",
        """
        UPDATE \(table.name) SET _deleted_at = '2025-01-02 03:04:05', _deleted_reason = 'absent'
          WHERE \(row.condition)
        """, at: row.key),
      Planting(
        table, "row deleted", "DELETE FROM \(table.name) WHERE \(row.condition)", at: row.key),
      Planting(
        table, "row added",
        """
        INSERT INTO \(table.name) (\(names), _synced_at)
          SELECT \(values.joined(separator: ", ")), _synced_at FROM \(table.name)
            WHERE \(row.condition)
        """, at: row.key(of: table.key.map(other))),
    ]
    let hasFeed = CapsuleSource.catalogue.contains { $0.method == .deletions(of: table.name) }
    return plantings + (hasFeed ? tombstones(of: table) : [])
  }

  private static func tombstones(of table: Table) -> [Planting] {
    ["deleted", "restricted"].flatMap { reason in
      let row = Row(table.name, table.key, "_deleted_reason = '\(reason)'")
      return [
        "_deleted_at = NULL, _deleted_reason = NULL", "_deleted_reason = 'absent'",
        reason == "deleted"
          ? "_deleted_at = datetime(_deleted_at, '+1 day')" : "_deleted_reason = 'deleted'",
      ].map {
        Planting(
          table, "\(reason) \($0)", "UPDATE \(table.name) SET \($0) WHERE \(row.condition)",
          at: row.key)
      }
    }
  }

  // MARK: Lists

  private static func all(in child: Child, of table: Table) -> [Planting] {
    let parents = child.parentColumns
    let own = child.columns.map(\.name)
    let types = table.key.map(\.type) + child.columns.map(\.type)
    let columns = zip(parents + own, types).map { Column($0, $1, .listing) }
    let owner = Array(columns.prefix(parents.count))
    let key = columns.prefix(parents.count + 1)
    let isLiving = """
      (\(parents.joined(separator: ", "))) IN
        (SELECT \(table.key.map(\.name).joined(separator: ", ")) FROM \(table.name)
          WHERE \(isLiving))
      """
    let row = Row(child.table, Array(key), isLiving)
    let at = row.key(of: owner.map { quoted($0.name) })
    var plantings = columns.flatMap { column in
      others(column).map {
        Planting(
          table, "\(child.table).\(column.name) = \($0)",
          "UPDATE \(child.table) SET \(quoted(column.name)) = \($0) WHERE \(row.condition)",
          at: at)
      }
    }
    plantings.append(
      Planting(
        table, "\(child.table) deleted", "DELETE FROM \(child.table) WHERE \(row.condition)",
        at: at))
    let names = columns.map { quoted($0.name) }.joined(separator: ", ")
    for (kind, replaced) in [
      ("added", key.suffix(1)), ("orphaned", key.prefix(parents.count).suffix(1)),
    ] {
      let values = columns.map { column in
        replaced.contains { $0.name == column.name } ? other(column) : quoted(column.name)
      }
      plantings.append(
        Planting(
          table, "\(child.table) \(kind)",
          """
          INSERT INTO \(child.table) (\(names))
            SELECT \(values.joined(separator: ", ")) FROM \(child.table) WHERE \(row.condition)
          """, at: row.key(of: Array(values.prefix(parents.count)))))
    }
    return plantings
  }

  // MARK: Values

  /// The row `?1` of those that fulfil a condition, in the order of their keys.
  private struct Row {
    let condition: String
    private let table: String
    private let names: [String]

    init(_ table: String, _ key: [Column], _ condition: String) {
      self.table = table
      names = key.map { quoted($0.name) }
      let joined = names.joined(separator: ", ")
      self.condition = """
        (\(joined)) = (SELECT \(joined) FROM \(table) WHERE \(condition) ORDER BY \(joined)
          LIMIT 1 OFFSET ?1 % max(1, (SELECT count(*) FROM \(table) WHERE \(condition))))
        """
    }

    var key: String { key(of: names) }
    func key(of parts: [String]) -> String {
      let joined = parts.map { "(\($0))" }.joined(separator: " || '/' || ")
      return "SELECT \(joined) FROM \(table) WHERE \(condition)"
    }
  }

  private static func notNull(_ column: Column) -> String {
    " AND \(quoted(column.name)) IS NOT NULL"
  }

  /// Other values of a column than it has, as expressions.
  private static func others(_ column: Column) -> [String] {
    column.type == .dateTime
      ? [other(column), "'2099-01-02 03:04:05'", "NULL"] : [other(column)]
  }

  private static func other(_ column: Column) -> String {
    let name = quoted(column.name)
    return switch column.type {
    case .integer, .integerOrDigits: "coalesce(\(name), 0) + 70000000"
    case .real: "coalesce(\(name), 0) + 0.5"
    case .text, .anyAsText: "coalesce(\(name), '') || 'x'"
    case .boolean: "1 - coalesce(\(name), 0)"
    case .date: "date(coalesce(\(name), '2025-02-03'), '-1 day')"
    case .dateTime: "datetime(coalesce(\(name), '2025-02-03 04:05:06'), '-1 day')"
    }
  }
}
