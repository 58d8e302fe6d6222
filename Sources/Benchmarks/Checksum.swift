internal import CReference
internal import Model
internal import Replication

/// The content of every table of a resource as one line each: rows and a hash of all values.
enum Checksum {
  /// `_synced_at` says when we wrote, and is left out.
  static func text(_ database: String, _ resource: Resource) -> String {
    let table = Engine.table(resource)
    let added = ["_deleted_at", "_deleted_reason", "_extra", "_digest"]
    var queries = [query(table.name, table.columns.map(\.name) + added, table.key.count)]
    for child in table.children {
      queries.append(
        query(child.table, child.parentColumns + child.columns.map(\.name), 2))
    }
    return queries.map { name, query in
      var rows: Int64 = 0
      let hash = reference_checksum(database, query, &rows)
      return "\(name) \(rows) \(hash)"
    }.joined(separator: "\n")
  }

  private static func query(
    _ table: String, _ columns: [String], _ keys: Int
  ) -> (name: String, text: String) {
    let names = columns.map { "\"\($0)\"" }
    let list = names.joined(separator: ", ")
    return (
      table,
      "SELECT \(list) FROM \"\(table)\" ORDER BY \(names.prefix(keys).joined(separator: ", "))"
    )
  }
}
