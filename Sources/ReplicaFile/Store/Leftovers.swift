internal import Model
internal import SQLite

/// Notes what no column takes of records that are written: members that are new, and values that do
/// not fit their columns, each once.
final class Leftovers {
  private let table: Table
  private let connection: Connection
  /// What has been met, by place and key.
  private var met: Set<UInt64> = []

  init(_ table: Table, _ connection: Connection) {
    (self.table, self.connection) = (table, connection)
  }

  func note(
    _ record: DecodedPage.Record, _ source: PageBytes, _ layout: Layout,
    _ writing: TableStore.Writing
  ) throws {
    for extra in source.page.extras[record.extras] {
      let place = source.page.place(of: extra)
      let bytes = source.body[extra.key]
      let hash = Digest.bytes(
        source.body.bytes, bytes.startIndex, bytes.endIndex, key: layout.key)
      guard met.insert(Digest.mix(hash ^ place, Digest.seed)).inserted else { continue }
      let key = String(decoding: bytes, as: UTF8.self)
      let value = Self.sort(of: source.body[extra.value.lowerBound])
      switch layout.meaning(of: key, at: extra, in: source.page, table) {
      case .known: break
      case .unknown(let path):
        try UnknownKeys(connection).note(
          [path], of: table.name, isAsked: true, sort: value, run: writing.runID, at: writing.now)
      case .misfit(let column, let wanted) where wanted != "TEXT" || value != "text":
        let changes = SchemaChanges(connection)
        if try changes.holds([.typeMisfit], table.name, column) { break }
        try changes.note(
          writing.change(table.name, column, .typeMisfit, "\(value) that is no \(wanted)"))
      // A text that cannot be stored, for it holds U+0000, is one all the same.
      case .misfit: break
      }
    }
  }

  /// What a JSON value is, by its first byte.
  private static func sort(of byte: UInt8) -> String {
    switch byte {
    case 0x22: "text"
    case 0x7b: "object"
    case 0x5b: "list"
    case 0x74, 0x66: "boolean"
    default: "number"
    }
  }
}

extension TableStore.Writing {
  /// A change of the schema that is noted with what is written.
  func change(
    _ table: String, _ column: String?, _ kind: SchemaChange.Kind, _ detail: String? = nil
  ) -> SchemaChange {
    SchemaChange(run: runID, at: now.sql, table, column, kind, detail)
  }
}

extension DecodedPage {
  /// Tells leftovers of the same key apart that stand in different objects.
  fileprivate func place(of extra: Extra) -> UInt64 {
    let child = extra.row < 0 ? extra.child : rows[extra.row].child
    return UInt64(child + 1) << 1 | UInt64(extra.container + 1) << 32
      | (extra.row < 0 && extra.child >= 0 ? 1 : 0)
  }
}

extension Layout {
  fileprivate enum Meaning {
    /// It has no column by intent.
    case known
    /// The keys that lead to it.
    case unknown(path: String)
    /// The column, or the list, and what it takes.
    case misfit(column: String, wanted: String)
  }

  /// What a leftover under a key is, by the declaration.
  fileprivate func meaning(
    of key: String, at extra: DecodedPage.Extra, in page: DecodedPage, _ table: Table
  ) -> Meaning {
    if extra.row < 0, extra.child >= 0 {
      return .misfit(column: table.children[extra.child].columnName, wanted: "row of the list")
    }
    let child = extra.row < 0 ? -1 : page.rows[extra.row].child
    let list = child < 0 ? nil : table.children[child]
    let outer = extra.container < 0 ? nil : members[extra.container]
    let shape = shapes[outer?.index ?? (child < 0 ? 0 : children[child].shape)]
    func text(_ range: Range<Int>) -> String { String(decoding: keys[range], as: UTF8.self) }
    guard let member = members[shape.members].first(where: { text($0.key) == key }) else {
      let path = [list?.key, outer.map { text($0.key) }, key]
      return .unknown(path: path.compactMap(\.self).joined(separator: "."))
    }
    func within(_ name: String) -> String { list.map { "\($0.columnName).\(name)" } ?? name }
    switch member.action {
    case .ignore, .restriction: return .known
    case .object: return .misfit(column: within(key), wanted: "object")
    case .child:
      return .misfit(column: table.children[member.index].columnName, wanted: "list")
    case .column, .reference:
      let column = (list?.columns ?? table.columns)[member.index]
      return .misfit(column: within(column.name), wanted: column.type.declaration)
    }
  }
}
