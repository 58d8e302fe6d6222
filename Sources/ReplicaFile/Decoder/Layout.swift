package import Model

/// A table's declaration as the decoder wants it: flat arrays of plain values, no references.
package struct Layout: Sendable {
  enum Action: UInt8, Sendable {
    /// A value for the column `index`.
    case column
    /// An object whose `id` is the value for the column `index`.
    case reference
    /// An object whose members are columns too: the shape `index`.
    case object
    /// An array whose elements are rows of the child `index`.
    case child
    /// Known and not wanted.
    case ignore
    /// A `true` says that the record may not be seen.
    case restriction
  }

  /// One key of an object and what to do with its value.
  struct Member: Sendable {
    /// The first eight bytes of the key as replies spell it, with the closing quote and a colon.
    var word: UInt64
    /// Which bits of a word they take up.
    var mask: UInt64
    /// The key, a range of `keys`.
    var key: Range<Int>
    var action: Action
    var type: ColumnType
    var index: Int
  }

  /// The keys of one kind of object: a range of `members`.
  struct Shape: Sendable {
    var members: Range<Int>
    /// Whether a key that is not listed is kept in `_extra`.
    var keepsUnknown: Bool
  }

  struct ChildLayout: Sendable {
    enum Kind: Sendable { case objects, references, strings }
    var kind: Kind
    /// The key of the list, a range of `keys`.
    var key: Range<Int>
    var shape: Int
    /// Columns of a row, without the parent's key.
    var width: Int
    var isEmbedded: Bool
  }

  private(set) var members: [Member] = []
  private(set) var shapes: [Shape] = []
  private(set) var children: [ChildLayout] = []
  /// One bit for each child that comes only when asked for.
  private(set) var embeddedChildren: UInt32 = 0
  /// All keys' bytes, each followed by a quote and a colon, and padding.
  private(set) var keys: [UInt8] = []
  /// Columns of a record.
  let width: Int
  /// Those that stay as they were where a record lacks them.
  let lasting: [Int]
  /// The columns that must have a value, or the record cannot be kept.
  let required: [Int]
  /// A hash of the columns' names and types. It goes into each digest, so that a declaration that
  /// has changed makes every row be looked at again.
  private(set) var fingerprint: UInt64 = 0
  /// The key of the file's digests.
  let key: UInt64

  /// The shape of the record itself is the first.
  package init(_ table: Table, key: UInt64 = 0) {
    self.key = key
    width = table.columns.count
    lasting = table.columns.indices.filter { table.columns[$0].traits.contains(.lasting) }
    required = table.columns.indices.filter { table.columns[$0].isKey }
    shapes.append(Shape(members: 0..<0, keepsUnknown: table.link == nil))
    var list = addMembers(
      of: table.columns, without: table.excluded, keepsUnknown: table.link == nil)
    for (index, child) in table.children.enumerated() {
      list.append(member(child.key, .child, index))
    }
    for key in table.ignored { list.append(member(key, .ignore, 0)) }
    if let key = table.restriction { list.append(member(key, .restriction, 0)) }
    shapes[0].members = place(list)
    for child in table.children { addChild(child) }
    let names = (table.columns + table.children.flatMap(\.columns)).map {
      "\($0.name) \($0.type)"
    }
    let text = Array((names + table.children.map(\.table)).joined(separator: ",").utf8)
    fingerprint = Digest.bytes(text.span.bytes, 0, text.count)
    keys += repeatElement(0, count: JSONScanner.padding)
  }

  private mutating func addChild(_ child: Child) {
    var layout = ChildLayout(
      kind: .strings, key: key(child.key), shape: 0, width: child.columns.count,
      isEmbedded: child.isEmbedded)
    switch child.elements {
    case .strings: break
    case .references: layout.kind = .references
    case .objects(let columns):
      layout.kind = .objects
      layout.shape = shapes.count
      shapes.append(Shape(members: 0..<0, keepsUnknown: true))
      let list = addMembers(of: columns, keepsUnknown: true)
      shapes[layout.shape].members = place(list)
    }
    if child.isEmbedded { embeddedChildren |= 1 << UInt32(children.count) }
    children.append(layout)
  }

  /// The members that fill these columns. Columns two keys deep make a shape for the outer key.
  private mutating func addMembers(
    of columns: [Column], without excluded: [Column] = [], keepsUnknown: Bool
  ) -> [Member] {
    var list: [Member] = []
    var nested: [(key: String, members: [Member])] = []
    for (index, column) in (columns + excluded).enumerated() {
      var action: Action = if case .reference = column.place { .reference } else { .column }
      if index >= columns.count { action = .ignore }
      let keys = [column.path.last, column.otherKey].compactMap { $0 }
      let found = keys.map { member($0, action, index, Self.received(column, at: index)) }
      guard column.path.count == 2 else {
        list += found
        continue
      }
      if let at = nested.firstIndex(where: { $0.key == column.path[0] }) {
        nested[at].members += found
      } else {
        nested.append((column.path[0], found))
      }
    }
    for (key, members) in nested {
      list.append(member(key, .object, shapes.count))
      shapes.append(Shape(members: place(members), keepsUnknown: keepsUnknown))
    }
    return list
  }

  /// What a column takes. An id is one in quotes, too: some sources send numbers as texts. The
  /// first column of a list inside a record is the id of its element.
  private static func received(_ column: Column, at index: Int) -> ColumnType {
    let isID = if case .reference = column.place { true } else { column.isKey || index == 0 }
    return isID && column.type == .integer ? .integerOrDigits : column.type
  }

  private mutating func member(
    _ key: String, _ action: Action, _ index: Int, _ type: ColumnType = .text
  ) -> Member {
    let ahead = Array("\(key)\":".utf8)
    return Member(
      word: Layout.word(ahead), mask: ahead.count < 8 ? 1 << UInt64(ahead.count * 8) - 1 : .max,
      key: self.key(key), action: action, type: type, index: index)
  }

  private mutating func key(_ key: String) -> Range<Int> {
    let start = keys.count
    keys += "\(key)\":".utf8
    return start..<(keys.count - 2)
  }

  private mutating func place(_ list: [Member]) -> Range<Int> {
    let start = members.count
    members += list
    return start..<members.count
  }

  static func word(_ key: [UInt8]) -> UInt64 {
    key.prefix(8).enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64($1.offset * 8) }
  }
}
