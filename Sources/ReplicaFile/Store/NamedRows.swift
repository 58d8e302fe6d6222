internal import Model
internal import SQLite

/// Notes rows of other tables that records name and those tables do not have, in `_named`.
///
/// A record tells of a row that it refers to more than its id: the name, at the least. Where the
/// row's own list does not show it, that is all there is. It is told only when the record is
/// written, so that it is noted at once; `NamedStore` makes rows of what is noted when the lists
/// have been read. What is looked up here costs a few instructions a reference, for most name one
/// of a few rows, and a record is read again only for a row that is not there.
struct NamedRows {
  private struct Reference {
    /// Its place among the columns of a record, or of a row of a list.
    let column: Int
    /// The keys that lead to the object in the record, outermost first.
    let paths: [[[UInt8]]]
    let target: NamedTable
  }

  private let own: [Reference]
  /// Those of the rows of lists, by list; empty where none has any.
  private let listed: [[Reference]]
  /// Whether there is nothing to look for.
  let isEmpty: Bool

  /// `tables` are those that are kept, by name.
  init(_ table: Table, among tables: [String: Table], _ connection: Connection) {
    var targets: [Column.Target: NamedTable] = [:]
    func references(_ columns: [Column], in list: String?) -> [Reference] {
      columns.enumerated().compactMap { index, column in
        guard let target = column.target, let other = tables[target.table], other.isOfNames else {
          return nil
        }
        let known = targets[target] ?? NamedTable(other, target.constant, connection)
        targets[target] = known
        let paths = [column.path, column.otherKey.map { [$0] }].compactMap(\.self)
        return Reference(
          column: index,
          paths: paths.map { ([list].compactMap(\.self) + $0).map { Array($0.utf8) } },
          target: known)
      }
    }
    own = references(table.columns, in: nil)
    let listed = table.children.map { references($0.columns, in: $0.key) }
    self.listed = listed.allSatisfy(\.isEmpty) ? [] : listed
    isEmpty = own.isEmpty && self.listed.isEmpty
  }

  /// Looks at the references of a record that is written.
  func note(_ record: DecodedPage.Record, _ source: PageBytes) throws {
    for reference in own {
      try note(source.page.slots[record.slots &+ reference.column], reference, record, source)
    }
    guard !listed.isEmpty else { return }
    for row in record.rows {
      let (child, slots) = (source.page.rows[row].child, source.page.rows[row].slots)
      guard child >= 0 else { continue }
      for reference in listed[child] {
        try note(source.page.slots[slots &+ reference.column], reference, record, source)
      }
    }
  }

  @inline(__always)
  private func note(
    _ slot: DecodedPage.Slot, _ reference: Reference, _ record: DecodedPage.Record,
    _ source: PageBytes
  ) throws {
    guard slot.kind == .integer, !reference.target.isRecent(slot.integer),
      try !reference.target.isKnown(slot.integer)
    else { return }
    let body = source.body.bytes
    for path in reference.paths {
      let objects = NamedObjects(path, in: body, record.bytes).text
      if try reference.target.note(slot.integer, in: objects) { return }
    }
  }
}

extension Table {
  /// Whether its rows are read whole and are known to people by their names, as the objects in
  /// records have them.
  fileprivate var isOfNames: Bool {
    if case .full = method { return columns.contains { $0.name == "name" } }
    return false
  }
}

/// A table whose rows are named.
final class NamedTable {
  private let table: Table
  private let constant: Listing.Constant?
  private let connection: Connection
  private lazy var sql = TableSQL(table)
  private lazy var layout = Layout(table)
  /// Ids that need no more looking for: the table has them, or they have been noted.
  private var known: Set<Int64> = []
  /// The same of those that came last, by their last bits: records name a few rows over and over.
  private var recent = [Int64](repeating: .min, count: NamedTable.places)
  private static let places = 64

  init(_ table: Table, _ constant: Listing.Constant?, _ connection: Connection) {
    (self.table, self.constant, self.connection) = (table, constant, connection)
  }

  @inline(__always)
  func isRecent(_ id: Int64) -> Bool {
    recent[Int(truncatingIfNeeded: id) & (Self.places &- 1)] == id
  }

  func isKnown(_ id: Int64) throws -> Bool {
    let isKnown =
      try known.contains(id)
      || !connection.rows(
        "SELECT 1 FROM \(quoted(table.name)) WHERE \(sql.keyCondition)", key(id)
      ).isEmpty
    if isKnown { remember(id) }
    return isKnown
  }

  private func remember(_ id: Int64) {
    known.insert(id)
    recent[Int(truncatingIfNeeded: id) & (Self.places - 1)] = id
  }

  private func key(_ id: Int64) -> [Value] {
    table.key.map { $0.name == constant?.column ? Value(constant?.value) : .integer(id) }
  }

  /// Notes the row if one of these objects, a list of JSON, is it and tells more than its id.
  /// Returns whether that is so. No record that names it is looked at again.
  func note(_ id: Int64, in objects: [UInt8]) throws -> Bool {
    remember(id)
    let body = Array("{\"rows\":".utf8) + objects + Array("}".utf8)
    var given: [Int: PageDecoder.Given] = [:]
    if let constant, let column = table.columns.firstIndex(where: { $0.name == constant.column }) {
      given[column] = .text(constant.value)
    }
    var decoder = PageDecoder(layout, envelopes: ["rows"])
    do {
      try decoder.decode(body + [UInt8](repeating: 0, count: JSONScanner.padding), given: [given])
    } catch {
      return false
    }
    let key = key(id)
    return try PageBytes.hold(decoder.page, body) { source in
      for record in source.page.records where record.list == 0 {
        let values = table.columns.indices.map { source.value(record.slots + $0) }
        let named = zip(table.columns, values)
        guard named.filter({ $0.0.isKey }).map(\.1) == key else { continue }
        let told = named.filter { !$0.0.isKey && !$0.1.isNull }
        if told.isEmpty { continue }
        let record = JSONText.object(named.map { ($0.0.name, JSONText.value($0.1)) })
        try connection.run(
          """
          INSERT INTO "_named" VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET "record" = excluded."record"
          """, [.text(table.name), TableStore.joined(key), .text(record)])
        return true
      }
      return false
    }
  }
}

/// The objects to which keys lead in a record, of lists those in each element.
private struct NamedObjects {
  /// A list of them, as they are spelt.
  private(set) var text = Array("[".utf8)

  init(_ path: [[UInt8]], in body: RawSpan, _ record: Range<Int>) {
    var at = record.lowerBound
    try? find(path[...], body, &at)
    text += "]".utf8
  }

  /// Goes through one value; `at` stands on its first byte. The page has been read once.
  private mutating func find(
    _ path: ArraySlice<[UInt8]>, _ body: RawSpan, _ at: inout Int
  ) throws(DecodeError) {
    let start = at
    switch JSONScanner.byte(body, at) {
    case 0x5b:
      at += 1
      JSONScanner.skipSpace(body, &at)
      guard JSONScanner.byte(body, at) != 0x5d else { return at += 1 }
      repeat {
        JSONScanner.skipSpace(body, &at)
        try find(path, body, &at)
      } while try JSONScanner.isNext(0x5d, body, &at)
    case 0x7b where !path.isEmpty:
      at += 1
      JSONScanner.skipSpace(body, &at)
      guard JSONScanner.byte(body, at) != 0x7d else { return at += 1 }
      repeat {
        try JSONScanner.expect(0x22, body, &at)
        let key = try JSONScanner.text(body, &at)
        try JSONScanner.colon(body, &at)
        if path.first.map({ Self.isSame(key, $0, body) }) ?? false {
          try find(path.dropFirst(), body, &at)
        } else {
          try JSONScanner.skip(body, &at, depth: 1)
        }
      } while try JSONScanner.isNext(0x7d, body, &at)
    case 0x7b:
      try JSONScanner.skip(body, &at, depth: 1)
      if text.count > 1 { text.append(0x2c) }
      for place in start..<at { text.append(JSONScanner.byte(body, place)) }
    default: try JSONScanner.skip(body, &at, depth: 1)
    }
  }

  private static func isSame(_ key: JSONScanner.Text, _ wanted: [UInt8], _ body: RawSpan) -> Bool {
    key.end - key.start == wanted.count
      && wanted.indices.allSatisfy { JSONScanner.byte(body, key.start + $0) == wanted[$0] }
  }
}
