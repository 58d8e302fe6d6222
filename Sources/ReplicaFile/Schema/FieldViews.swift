package import Model
package import SQLite

/// Makes the views that show custom fields as columns, anew whenever a field's definition changed.
package struct FieldViews {
  private let connection: Connection
  private let tables: [Table]

  package init(_ connection: Connection, tables: some Sequence<Table>) {
    self.connection = connection
    self.tables = Array(tables)
  }

  /// The views of a file that has no definitions yet.
  static func initial(_ tables: [Table]) -> [String] {
    FieldViews.possible(tables).map { $0.create([]) }
  }

  /// Those that these tables can make.
  static func possible(_ tables: [Table]) -> [FieldViewSQL] {
    tables.flatMap { table in
      table.children.compactMap { child in
        child.view.flatMap {
          $0.isPossible(in: tables) ? FieldViewSQL(view: $0, child: child, table: table) : nil
        }
      }
    }
  }

  /// Makes anew what the definitions have changed, inside the caller's transaction. Writes nothing
  /// otherwise. Views that read these, and triggers on them, stay. Something of the user's that has
  /// come to bear the name of one while the file was open is left to the next opening.
  package func update() throws { try update(isOpening: false) }

  func update(isOpening: Bool) throws {
    let all = try SchemaEntry.all(connection)
    for sql in Self.possible(tables) { try update(sql, all, isOpening) }
  }

  private func update(_ sql: FieldViewSQL, _ all: [SchemaEntry], _ isOpening: Bool) throws {
    let name = sql.view.name
    let definitions = try definitions(of: sql.view)
    let create = sql.create(definitions)
    let docs = sql.docs(definitions)
    let described = try connection.rows(
      "SELECT * FROM _view_docs WHERE view_name = ? ORDER BY position", [.text(name)])
    guard let present = all.first(where: { $0.bears(name) }) else {
      try connection.runOnce(create)
      return try docs.store(name, create, connection)
    }
    let digest = Value.integer(ViewDocs.digest(present.sql))
    let isSame = digest == .integer(ViewDocs.digest(create))
    guard present.type == "view", isSame || described.first?.last == digest else {
      if isOpening { throw Clash(present, .bearsOurName) }
      return
    }
    if !isSame {
      try connection.runOnce("DROP VIEW \(quoted(name))")
      try connection.runOnce(create)
      for trigger in all where trigger.isTrigger(on: name) { try trigger.make(connection) }
    }
    if described != docs.rows(of: name, create) { try docs.store(name, create, connection) }
  }

  /// The living definitions, in the order of the columns.
  private func definitions(of view: FieldView) throws -> [FieldViewSQL.Definition] {
    let key = tables.first { $0.name == view.definitions }?.key.map(\.name) ?? []
    guard let id = key.last(where: { $0 != view.constant.column }) else { return [] }
    let order = quoted(view.columns.order)
    return try connection.rows(
      """
      SELECT \(quoted(id)), \(quoted(view.columns.name)), \(quoted(view.columns.type))
        FROM \(quoted(view.definitions))
        WHERE \(quoted(view.constant.column)) = ? AND "_deleted_at" IS NULL
        ORDER BY \(order) IS NULL, \(order), \(quoted(id))
      """, [.text(view.constant.value)]
    ).compactMap { row in
      row[0].integer.map { FieldViewSQL.Definition(id: $0, name: row[1].text, type: row[2].text) }
    }
  }
}
