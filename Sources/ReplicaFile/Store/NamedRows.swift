internal import Model
internal import SQLite

/// Notes rows of other tables that records name and those tables do not have, in `_named`.
///
/// A record tells of a row that it refers to more than its id: the name, at the least. Where the
/// row's own list does not show it, that is all there is. It is told only when the record is
/// written, so that it is noted at once; `NamedStore` makes rows of what is noted when the lists
/// have been read. Most records name one of a few rows, which costs a few instructions a reference;
/// a record is read again only for a row that is not there.
final class NamedRows {
  private struct Reference {
    /// Its place among the columns of a record, or of a row of a list.
    let column: Int
    let target: Int
  }

  /// Those of the record, then those of the rows of each list.
  private let references: [Reference]
  private let own: Range<Int>
  /// By list.
  private let listed: [Range<Int>]
  /// One bit for each list whose rows have any.
  private let lists: UInt32
  /// For each reference the keys that lead to its object in a record, outermost first: one way or
  /// two.
  private let paths: [[[[UInt8]]]]
  private let targets: [NamedTable]
  /// For each target ids that need no more looking for, by their last bits.
  private var recent: [Int64]
  private static let places = 256
  /// Whether there is nothing to look for.
  var isEmpty: Bool { references.isEmpty }

  /// `tables` are those that are kept, by name.
  init(_ table: Table, among tables: [String: Table], _ connection: Connection) {
    var places: [Column.Target: Int] = [:]
    var targets: [NamedTable] = []
    var references: [Reference] = []
    var paths: [[[[UInt8]]]] = []
    func add(_ columns: [Column], in list: String? = nil) -> Range<Int> {
      let start = references.count
      for (index, column) in columns.enumerated() {
        guard let target = column.target, let other = tables[target.table], other.isOfNames
        else { continue }
        if places[target] == nil {
          places[target] = targets.count
          targets.append(NamedTable(other, target.constant, connection))
        }
        references.append(Reference(column: index, target: places[target] ?? 0))
        let ways = [column.path, column.otherKey.map { [$0] }].compactMap(\.self)
        paths.append(ways.map { ([list].compactMap(\.self) + $0).map { Array($0.utf8) } })
      }
      return start..<references.count
    }
    own = add(table.columns)
    listed = table.children.map { add($0.columns, in: $0.key) }
    lists = listed.enumerated().reduce(0) { bits, list in
      list.element.isEmpty ? bits : bits | 1 << UInt32(list.offset)
    }
    (self.references, self.paths, self.targets) = (references, paths, targets)
    recent = Array(repeating: .min, count: targets.count * Self.places)
  }

  /// Whether all that a record names has been met.
  func hasMet(_ record: DecodedPage.Record, _ source: PageBytes) -> Bool {
    let recent = recent
    for index in own where !Self.hasMet(references[index], record.slots, source, recent) {
      return false
    }
    guard record.presentChildren & lists != 0 else { return true }
    for row in record.rows {
      let (child, first) = (source.page.rows[row].child, source.page.rows[row].slots)
      // The bit of a row that does not count, -1, is that of no list.
      guard lists &>> UInt32(truncatingIfNeeded: child) & 1 != 0, child >= 0 else { continue }
      for index in listed[child] where !Self.hasMet(references[index], first, source, recent) {
        return false
      }
    }
    return true
  }

  @inline(__always)
  private static func hasMet(
    _ reference: Reference, _ first: Int, _ source: PageBytes, _ recent: [Int64]
  ) -> Bool {
    let slot = source.page.slots[first &+ reference.column]
    return slot.kind != .integer || recent[place(of: slot.integer, reference)] == slot.integer
  }

  @inline(__always)
  private static func place(of id: Int64, _ reference: Reference) -> Int {
    reference.target &* places &+ Int(truncatingIfNeeded: id) & (places &- 1)
  }

  /// Looks for what a record that is written names.
  func note(_ record: DecodedPage.Record, _ source: PageBytes) throws {
    for index in own { try note(index, record.slots, record, source) }
    for row in record.rows where source.page.rows[row].child >= 0 {
      for index in listed[source.page.rows[row].child] {
        try note(index, source.page.rows[row].slots, record, source)
      }
    }
  }

  private func note(
    _ index: Int, _ first: Int, _ record: DecodedPage.Record, _ source: PageBytes
  ) throws {
    let reference = references[index]
    let slot = source.page.slots[first + reference.column]
    let place = Self.place(of: slot.integer, reference)
    guard slot.kind == .integer, recent[place] != slot.integer else { return }
    let target = targets[reference.target]
    let isMet =
      try target.isKnown(slot.integer)
      || paths[index].contains { path in
        let objects = NamedObjects(path, in: source.body.bytes, record.bytes).text
        return try target.note(slot.integer, in: objects)
      }
    // What is told by its id alone may have its name in the next record.
    if isMet { recent[place] = slot.integer }
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
  /// Ids that the table does not have, and of which no name was told yet.
  private var nameless: Set<Int64> = []

  init(_ table: Table, _ constant: Listing.Constant?, _ connection: Connection) {
    (self.table, self.constant, self.connection) = (table, constant, connection)
  }

  func isKnown(_ id: Int64) throws -> Bool {
    if known.contains(id) { return true }
    if nameless.contains(id) { return false }
    let isThere = try !connection.rows(
      "SELECT 1 FROM \(quoted(table.name)) WHERE \(sql.keyCondition)", key(id)
    ).isEmpty
    if isThere { known.insert(id) } else { nameless.insert(id) }
    return isThere
  }

  private func key(_ id: Int64) -> [Value] {
    table.key.map { $0.name == constant?.column ? Value(constant?.value) : .integer(id) }
  }

  /// Notes the row if one of these objects, a list of JSON, is it and tells more than its id.
  /// Returns whether that is so.
  func note(_ id: Int64, in objects: [UInt8]) throws -> Bool {
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
        known.insert(id)
        nameless.remove(id)
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
