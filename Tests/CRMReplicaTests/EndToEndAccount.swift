import Capsule
import CapsuleSimulator
import HTTP
import Model
import Replication
import SQLite
import Simulation

extension Stage {
  /// What the file and the account do not agree on, a line each: the keys, names and dates of
  /// change of the living rows of every table, children without a parent included.
  func differences() throws -> [String] {
    let source = CapsuleSource(base: try BaseURL(server.baseURL))
    let connection = try Connection(path: database, mode: .readOnly)
    return try CapsuleSource.catalogue.flatMap { table -> [String] in
      if case .deletions = table.method { return [] }
      let columns = table.columns.filter { $0.isKey || ["name", "updated_at"].contains($0.name) }
      let names = columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
      let stored = try connection.rows(
        "SELECT \(names) FROM \"\(table.name)\" WHERE _deleted_at IS NULL")
      let wanted = try table.listings.flatMap { try rows(columns, of: $0, source) }
      return Set(wanted).subtracting(stored).map { "\(table.name) lacks \($0)" }
        + Set(stored).subtracting(wanted).map { "\(table.name) has \($0) too many" }
        + (try orphans(of: table, connection))
    }
  }

  /// What the account lists, as the columns would hold it.
  private func rows(
    _ columns: [Column], of listing: Listing, _ source: CapsuleSource
  ) throws -> [[Value]] {
    var parents: [Int64?] = [nil]
    if let parent = listing.parent {
      let listings = CapsuleSource.catalogue.first { $0.name == parent.table }?.listings ?? []
      parents = listings.flatMap { account($0, nil, source).map { $0["id"]?.integer } }
    }
    return parents.flatMap { parent in
      account(listing, parent, source).map { record in
        columns.map { column in
          let member = record[column.path.first ?? ""] ?? .null
          if column.name == listing.constant?.column { return Value(listing.constant?.value) }
          if column.place == .listing { return Value(parent) }
          if column.type == .dateTime { return Value(member.string.flatMap { Timestamp($0)?.sql }) }
          return member.integer.map { .integer($0) } ?? Value(member.string)
        }
      }
    }
  }

  private func account(_ listing: Listing, _ parent: Int64?, _ source: CapsuleSource) -> [JSON] {
    let question = Question(.page(Position(page: 1), size: 100), parent: parent)
    let target = source.request(for: listing, question).target
    return server.withAccount { $0.rows(target) }
  }

  private func orphans(of table: Table, _ connection: Connection) throws -> [String] {
    let keys = table.key.map { "\"\($0.name)\"" }.joined(separator: ", ")
    return try table.children.flatMap { child in
      let parents = child.parentColumns.map { "\"\($0)\"" }.joined(separator: ", ")
      return try connection.rows(
        """
        SELECT DISTINCT \(parents) FROM "\(child.table)"
          WHERE (\(parents)) NOT IN (SELECT \(keys) FROM "\(table.name)")
        """
      ).map { "\(child.table) belongs to nobody: \($0)" }
    }
  }
}
