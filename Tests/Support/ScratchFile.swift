import FoundationEssentials
package import Model
package import ReplicaFile
package import SQLite

/// A replica file in a folder of its own, written page by page from JSON.
package final class ScratchFile {
  package let folder: String
  package var path: String { folder + "/replica.sqlite" }
  package private(set) var tables: [Table]
  package private(set) var connection: Connection
  private var stores: [String: TableStore] = [:]

  /// The instant at which the runs of most tests begin and write.
  package static let noon = Timestamp(1_770_000_000)

  package init(_ tables: [Table] = [.people, .fields, .countries], views: [View] = []) throws {
    folder = try Self.newFolder()
    self.tables = tables
    connection = try Database.open(path: folder + "/replica.sqlite", tables: tables, views: views)
    try connection.execute(ChangesAsText.script)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  package static func newFolder() throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/crm-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// Closes the file and opens it with these declarations.
  package func reopen(_ tables: [Table], views: [View] = []) throws {
    self.tables = tables
    stores = [:]
    connection = try Connection(path: ":memory:")
    connection = try Database.open(path: path, tables: tables, views: views)
    try connection.execute(ChangesAsText.script)
  }

  package func store(_ name: String) throws -> TableStore {
    if let store = stores[name] { return store }
    guard let table = tables.first(where: { $0.name == name }) else {
      preconditionFailure("\(name) is no table of the file")
    }
    let names = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })
    let store = try TableStore(table, connection, among: names)
    stores[name] = store
    return store
  }

  package static func writing(run: Int64 = 1, after seconds: Int64 = 0, began: Int64 = 0)
    -> TableStore.Writing
  {
    TableStore.Writing(runID: run, now: noon + seconds, runStarted: noon + began)
  }

  /// Stores the records of `{"<table>":[…]}` in one transaction.
  @discardableResult
  package func apply(
    _ records: String, to table: String, given: [Int: PageDecoder.Given] = [:],
    _ writing: TableStore.Writing = ScratchFile.writing()
  ) throws -> [TableStore.Outcome] {
    let store = try store(table)
    var decoder = PageDecoder(store.layout, envelopes: ["list"])
    let body = Array("{\"list\":\(records)}".utf8) + [UInt8](repeating: 0, count: 8)
    try decoder.decode(body, given: [given])
    return try connection.transaction {
      try PageBytes.hold(decoder.page, body) { source in
        try source.page.records.map { try store.apply($0, source, writing) }
      }
    }
  }

  package func rows(_ sql: String) throws -> [[Value]] { try connection.rows(sql) }
  package func value(_ sql: String) throws -> Value { try connection.value(sql) }

  /// All of a table, as SQLite prints it.
  package func dump(_ table: String) throws -> [[Value]] {
    try connection.rows("SELECT * FROM \(quoted(table)) ORDER BY 1, 2")
  }

  /// The bytes of the file with everything in it.
  package func bytes() throws -> [UInt8] {
    _ = try connection.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    return try Self.bytes(of: path)
  }

  package static func bytes(of path: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(filePath: path)))
  }

  /// Whether the file holds a text anywhere.
  package func holds(_ text: String) throws -> Bool {
    String(decoding: try bytes(), as: UTF8.self).contains(text)
  }
}

extension Table {
  /// Every type of column, and every kind of child.
  package static let people = people()

  package static func people(
    _ more: [Column] = [], name: Column = .text("name"), children: [Child] = []
  ) -> Table {
    Table(
      "people", .full, from: [Listing("people", "list")],
      columns: [
        .integer("id", or: .key), name, .text("about"), .real("rate"), .boolean("active"),
        .date("born"), .dateTime("updated_at", or: .freshness),
        .integer("value_amount", at: "value", "amount"),
        .text("value_currency", at: "value", "currency"), .reference("owner_id", or: .indexed),
      ] + more,
      children: [
        Child(
          "people_phones", at: "phones", of: "people_id",
          elements: .objects([.integer("id"), .text("number")])),
        Child(
          "people_tags", at: "tags", of: "people_id", elements: .references("tag_id"),
          isEmbedded: true),
        Child("people_names", at: "otherNames", of: "people_id", elements: .strings),
      ] + children)
  }

  /// A key of two columns.
  package static let fields = Table(
    "fields", .full, from: [Listing("fields", "list", constant: .init("entity", "party"))],
    columns: [.listing("entity", .text, or: .key), .integer("id", or: .key), .text("label")],
    children: [
      Child("field_options", at: "options", of: "entity", "field_id", elements: .strings)
    ])

  /// A key of text.
  package static let countries = Table(
    "countries", .full, from: [Listing("countries", "list")],
    columns: [.text("code", or: .key), .text("name")])
}
