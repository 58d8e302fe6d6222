/// Takes a reply apart in a single pass, driven by the table's layout.
///
/// The server keeps one order of keys, so the key that followed last time is tried first. A value
/// becomes a slot; nothing is copied but strings with escapes and dates in another form. The whole
/// page is checked before anything of it is stored: a page is good or it is an error.
struct PageDecoder {
  private(set) var page = DecodedPage()
  private let layout: Layout
  /// The keys of the reply's lists; the second one may be absent.
  private let envelopes: [[UInt8]]
  /// For each member, the one that followed it last time.
  private var successors: [Int]
  private var keyScratch: [UInt8] = []
  /// The rows and leftovers of the list that each child had last in the record at hand.
  private var lists: [(rows: Range<Int>, extras: Range<Int>)]
  /// The keys of a long list's rows, and the first of those rows, or -1.
  private var listKeys: Set<UInt64> = []
  private var listStart = -1
  /// Whether leftovers of the record at hand are `gone`.
  private var hasGone = false

  init(_ layout: Layout, envelopes: [String]) {
    self.layout = layout
    self.envelopes = envelopes.map { Array($0.utf8) }
    successors = layout.members.indices.map { $0 + 1 }
    lists = Array(repeating: (0..<0, 0..<0), count: layout.children.count)
  }

  /// Largest body that is read: offsets fit 32 bits with room to spare.
  static let sizeLimit = 1 << 30
  /// Records, child rows and leftovers of a page, each: hundreds of times what the API sends in one.
  /// Without a limit a body of empty records would take a hundred times its size.
  static let partLimit = 1 << 18

  /// Reads `{"parties":[...]}`, or an object in the place of the list, into `page`.
  ///
  /// `body` ends with `JSONScanner.padding` zero bytes. `given` holds the values that the listing
  /// knows and the records may lack: by list and by column. Throws when the reply is not a page.
  mutating func decode(_ body: borrowing [UInt8], given: [[Int: Given]]) throws(DecodeError) {
    page.removeAll()
    (listStart, hasGone) = (-1, false)
    guard body.count < Self.sizeLimit else { throw DecodeError(.tooLarge, at: body.count) }
    let prefilled = envelopes.indices.map { prefill($0 < given.count ? given[$0] : [:]) }
    let span = body.span.bytes
    let end = span.byteCount - JSONScanner.padding
    var at = 0
    var foundList = false
    try JSONScanner.expect(0x7b, span, &at)
    JSONScanner.skipSpace(span, &at)
    if JSONScanner.byte(span, at) == 0x7d {
      at += 1
    } else {
      repeat {
        let key = try key(span, &at)
        if let list = envelopes.firstIndex(where: { matches(key, $0, span) }) {
          try records(span, &at, list: list, prefilled: prefilled[list])
          if list == 0 { foundList = true }
        } else if matches(key, Array("meta".utf8), span) {
          try meta(span, &at)
        } else {
          try JSONScanner.skip(span, &at, depth: 1)
        }
      } while try JSONScanner.isNext(0x7d, span, &at)
    }
    JSONScanner.skipSpace(span, &at)
    guard at == end else { throw DecodeError(.trailing, at: at) }
    guard foundList else { throw DecodeError(.noEnvelope, at: 0) }
  }

  /// A value that the listing gives for a column.
  enum Given: Sendable, Hashable {
    case integer(Int64)
    case text(String)
  }

  private mutating func prefill(_ given: [Int: Given]) -> [(Int, DecodedPage.Slot)] {
    given.sorted { $0.key < $1.key }.map { column, value in
      switch value {
      case .integer(let value): return (column, .integer(value))
      case .text(let text):
        let start = page.scratch.count
        page.scratch += text.utf8
        return (column, .scratch(start, page.scratch.count))
      }
    }
  }

  // MARK: Keys

  /// Reads a key and its colon; `at` ends on the first byte of the value.
  @inline(__always)
  private func key(_ span: RawSpan, _ at: inout Int) throws(DecodeError) -> JSONScanner.Text {
    try JSONScanner.expect(0x22, span, &at)
    let key = try JSONScanner.text(span, &at)
    if key.isEscaped { try Unescape.check(span, key) }
    try JSONScanner.expect(0x3a, span, &at)
    JSONScanner.skipSpace(span, &at)
    return key
  }

  private mutating func matches(
    _ key: JSONScanner.Text, _ wanted: [UInt8], _ span: RawSpan
  ) -> Bool {
    if key.isEscaped {
      keyScratch.removeAll(keepingCapacity: true)
      guard (try? Unescape.append(span, key, to: &keyScratch)) == .whole else { return false }
      return keyScratch == wanted
    }
    guard key.end - key.start == wanted.count else { return false }
    return wanted.indices.allSatisfy { JSONScanner.byte(span, key.start + $0) == wanted[$0] }
  }

  /// The member with this key, or -1. `guess` is tried first.
  @inline(__always)
  private mutating func find(
    _ key: JSONScanner.Text, in range: Range<Int>, guess: Int, _ span: RawSpan
  ) throws(DecodeError) -> Int {
    if key.isEscaped { return try findEscaped(key, in: range, span) }
    let count = key.end - key.start
    let word =
      count >= 8
      ? JSONScanner.word(span, key.start)
      : JSONScanner.word(span, key.start) & ((1 &<< UInt64(count &* 8)) &- 1)
    if range.contains(guess), isMember(guess, key.start, count, word, span) { return guess }
    for member in range where isMember(member, key.start, count, word, span) { return member }
    return -1
  }

  @inline(__always)
  private func isMember(
    _ member: Int, _ start: Int, _ count: Int, _ word: UInt64, _ span: RawSpan
  ) -> Bool {
    let entry = layout.members[member]
    guard entry.word == word, entry.key.count == count else { return false }
    var offset = 8
    while offset < count {
      guard JSONScanner.byte(span, start + offset) == layout.keys[entry.key.lowerBound + offset]
      else { return false }
      offset += 1
    }
    return true
  }

  private mutating func findEscaped(
    _ key: JSONScanner.Text, in range: Range<Int>, _ span: RawSpan
  ) throws(DecodeError) -> Int {
    keyScratch.removeAll(keepingCapacity: true)
    guard try Unescape.append(span, key, to: &keyScratch) == .whole else { return -1 }
    return range.first { layout.keys[layout.members[$0].key].elementsEqual(keyScratch) } ?? -1
  }

  // MARK: Records

  private mutating func records(
    _ span: RawSpan, _ at: inout Int, list: Int, prefilled: [(Int, DecodedPage.Slot)]
  ) throws(DecodeError) {
    if JSONScanner.byte(span, at) == 0x7b {
      return try record(span, &at, list: list, prefilled: prefilled)
    }
    if list == 1, JSONScanner.byte(span, at) == 0x6e {
      _ = try JSONScanner.literal(span, &at)
      return
    }
    try JSONScanner.expect(0x5b, span, &at)
    JSONScanner.skipSpace(span, &at)
    if JSONScanner.byte(span, at) == 0x5d {
      at += 1
      return
    }
    repeat {
      JSONScanner.skipSpace(span, &at)
      try record(span, &at, list: list, prefilled: prefilled)
    } while try JSONScanner.isNext(0x5d, span, &at)
  }

  private mutating func record(
    _ span: RawSpan, _ at: inout Int, list: Int, prefilled: [(Int, DecodedPage.Slot)]
  ) throws(DecodeError) {
    let start = at
    guard page.records.count < Self.partLimit else { throw DecodeError(.tooLarge, at: at) }
    let slots = page.slots.count
    page.slots.append(contentsOf: repeatElement(DecodedPage.Slot(), count: layout.width))
    for (column, slot) in prefilled { page.slots[slots + column] = slot }
    var record = DecodedPage.Record(
      list: list, slots: slots, rows: page.rows.count..<page.rows.count,
      extras: page.extras.count..<page.extras.count, presentChildren: 0, bytes: start..<start,
      digest: 0, misfits: 0)
    guard JSONScanner.byte(span, at) == 0x7b else { throw JSONScanner.unexpected(span, at) }
    try members(span, &at, shape: 0, slots: slots, row: -1, container: -1, record: &record)
    if hasGone {
      let kept = page.extras[record.extras.lowerBound...].filter {
        $0.row != DecodedPage.Extra.gone
      }
      page.extras.replaceSubrange(record.extras.lowerBound..., with: kept)
      hasGone = false
    }
    record.bytes = start..<at
    record.rows = record.rows.lowerBound..<page.rows.count
    record.extras = record.extras.lowerBound..<page.extras.count
    record.digest = page.digest(of: record, layout: layout, span)
    page.records.append(record)
  }

  /// Reads one object member by member; `at` stands on its opening brace.
  private mutating func members(
    _ span: RawSpan, _ at: inout Int, shape: Int, slots: Int, row: Int, container: Int,
    record: inout DecodedPage.Record
  ) throws(DecodeError) {
    let range = layout.shapes[shape].members
    at += 1
    JSONScanner.skipSpace(span, &at)
    if JSONScanner.byte(span, at) == 0x7d {
      at += 1
      return
    }
    var guess = range.lowerBound
    var last = -1
    repeat {
      let key = try key(span, &at)
      let found = try find(key, in: range, guess: guess, span)
      let value = at
      guard found >= 0 else {
        let isNull = JSONScanner.byte(span, at) == 0x6e
        try JSONScanner.skip(span, &at, depth: 3)
        if layout.shapes[shape].keepsUnknown, !isNull {
          try keep(key, value..<at, row: row, container: container)
        }
        continue
      }
      if found != guess, last >= 0 { successors[last] = found }
      last = found
      guess = successors[found]
      let member = layout.members[found]
      let fits: Bool
      switch member.action {
      case .column:
        fits = try column(span, &at, type: member.type, slot: slots + member.index)
      case .reference:
        fits = try reference(span, &at, type: member.type, slot: slots + member.index)
      case .object:
        fits = try object(span, &at, member, found, slots: slots, row: row, record: &record)
      case .child:
        fits = try child(span, &at, member.index, key: key, record: &record)
      case .ignore:
        try JSONScanner.skip(span, &at, depth: 3)
        fits = true
      }
      if !fits {
        record.misfits += 1
        try keep(key, value..<at, row: row, container: container)
      }
    } while try JSONScanner.isNext(0x7d, span, &at)
  }

  private mutating func keep(
    _ key: JSONScanner.Text, _ value: Range<Int>, row: Int, container: Int,
    child: Int = -1
  ) throws(DecodeError) {
    guard page.extras.count < Self.partLimit else {
      throw DecodeError(.tooLarge, at: value.lowerBound)
    }
    page.extras.append(
      DecodedPage.Extra(
        row: row, container: container, key: key.start..<key.end, value: value,
        child: child))
  }

  /// Reads an object whose members are columns of the same row.
  private mutating func object(
    _ span: RawSpan, _ at: inout Int, _ member: Layout.Member, _ found: Int, slots: Int, row: Int,
    record: inout DecodedPage.Record
  ) throws(DecodeError) -> Bool {
    switch JSONScanner.byte(span, at) {
    case 0x7b:
      try members(
        span, &at, shape: member.index, slots: slots, row: row, container: found, record: &record)
      return true
    case 0x6e:
      _ = try JSONScanner.literal(span, &at)
      return true
    default:
      try JSONScanner.skip(span, &at, depth: 3)
      // What should hold an excluded column may be its value in another shape: it is kept nowhere.
      return layout.members[layout.shapes[member.index].members].contains { $0.action == .ignore }
    }
  }

  /// Takes the `id` of an object, or a bare value; false when there is none that fits.
  private mutating func reference(
    _ span: RawSpan, _ at: inout Int, type: ColumnType, slot: Int
  ) throws(DecodeError) -> Bool {
    guard JSONScanner.byte(span, at) == 0x7b else {
      return try column(span, &at, type: type, slot: slot)
    }
    at += 1
    JSONScanner.skipSpace(span, &at)
    guard JSONScanner.byte(span, at) != 0x7d else {
      at += 1
      return false
    }
    var found = false
    repeat {
      let key = try key(span, &at)
      if matches(key, [0x69, 0x64], span) {
        found = try column(span, &at, type: type, slot: slot) && page.slots[slot].kind != .null
      } else {
        try JSONScanner.skip(span, &at, depth: 4)
      }
    } while try JSONScanner.isNext(0x7d, span, &at)
    return found
  }

  /// Reads a child list; false when it is no list at all.
  private mutating func child(
    _ span: RawSpan, _ at: inout Int, _ child: Int, key: JSONScanner.Text,
    record: inout DecodedPage.Record
  ) throws(DecodeError) -> Bool {
    let first = JSONScanner.byte(span, at)
    guard first == 0x5b || first == 0x6e else {
      try JSONScanner.skip(span, &at, depth: 3)
      return false
    }
    if record.presentChildren & 1 << UInt32(child) != 0 {
      // The key came twice: the last one counts, as in any JSON reader.
      for row in lists[child].rows { page.rows[row].child = -1 }
      for extra in lists[child].extras { page.extras[extra].row = DecodedPage.Extra.gone }
      hasGone = hasGone || !lists[child].extras.isEmpty
    }
    record.presentChildren |= 1 << UInt32(child)
    let (rows, extras) = (page.rows.count, page.extras.count)
    lists[child] = (rows..<rows, extras..<extras)
    if first == 0x6e {
      _ = try JSONScanner.literal(span, &at)
      return true
    }
    at += 1
    JSONScanner.skipSpace(span, &at)
    if JSONScanner.byte(span, at) == 0x5d {
      at += 1
      return true
    }
    repeat {
      JSONScanner.skipSpace(span, &at)
      try element(span, &at, child, first: rows, key: key, record: &record)
    } while try JSONScanner.isNext(0x5d, span, &at)
    lists[child] = (rows..<page.rows.count, extras..<page.extras.count)
    return true
  }

  /// Reads one element of a child list into a row. One that cannot be a row is kept as it came.
  private mutating func element(
    _ span: RawSpan, _ at: inout Int, _ child: Int, first: Int, key: JSONScanner.Text,
    record: inout DecodedPage.Record
  ) throws(DecodeError) {
    let start = at
    guard page.rows.count < Self.partLimit else { throw DecodeError(.tooLarge, at: at) }
    let layout = layout.children[child]
    let slots = page.slots.count
    let row = page.rows.count
    let extras = page.extras.count
    page.slots.append(contentsOf: repeatElement(DecodedPage.Slot(), count: layout.width))
    page.rows.append(DecodedPage.Row(child: child, slots: slots))
    var fits: Bool
    switch layout.kind {
    case .objects:
      if JSONScanner.byte(span, at) == 0x7b {
        try members(
          span, &at, shape: layout.shape, slots: slots, row: row, container: -1, record: &record)
        fits = page.slots[slots].kind != .null
      } else {
        try JSONScanner.skip(span, &at, depth: 3)
        fits = false
      }
    case .references:
      fits = try reference(span, &at, type: .integer, slot: slots)
      fits = fits && page.slots[slots].kind != .null
    case .strings:
      page.slots[slots] = .integer(Int64(row - first))
      fits = try column(span, &at, type: .anyAsText, slot: slots + 1)
    }
    if fits, layout.kind != .strings, isRepeated(row, from: first) {
      page.rows[row].child = -1
      page.extras.removeSubrange(extras...)
      // A second reference to the same row says nothing new; a second object might.
      fits = layout.kind == .references
    }
    if !fits {
      page.rows[row].child = -1
      page.extras.removeSubrange(extras...)
      record.misfits += 1
      try keep(key, start..<at, row: -1, container: -1, child: child)
    }
  }

  /// Rows of a list that are compared one with another; a longer list is looked up in a set.
  private static let shortList = 16

  /// Whether an earlier row of the same list has the same key, its first column.
  private mutating func isRepeated(_ row: Int, from first: Int) -> Bool {
    let key = page.slots[page.rows[row].slots]
    guard key.kind == .integer else { return false }
    guard row - first >= Self.shortList else {
      return (first..<row).contains { page.rows[$0].child >= 0 && isKey(key, of: $0) }
    }
    if listStart != first {
      listStart = first
      listKeys.removeAll(keepingCapacity: true)
      for earlier in first..<row where page.rows[earlier].child >= 0 {
        listKeys.insert(page.slots[page.rows[earlier].slots].bits)
      }
    }
    return !listKeys.insert(key.bits).inserted
  }

  private func isKey(_ key: DecodedPage.Slot, of row: Int) -> Bool {
    let other = page.slots[page.rows[row].slots]
    return other.kind == .integer && other.bits == key.bits
  }

  /// What a count of records can be: one beyond it is as good as none.
  private static let counts: ClosedRange<Int64> = 0...Int64(Int32.max)

  private mutating func meta(_ span: RawSpan, _ at: inout Int) throws(DecodeError) {
    guard JSONScanner.byte(span, at) == 0x7b else {
      return try JSONScanner.skip(span, &at, depth: 1)
    }
    at += 1
    JSONScanner.skipSpace(span, &at)
    if JSONScanner.byte(span, at) == 0x7d {
      at += 1
      return
    }
    repeat {
      let key = try key(span, &at)
      let start = at
      try JSONScanner.skip(span, &at, depth: 2)
      if matches(key, Array("totalCount".utf8), span),
        let count = Scalars.integer(span, start..<at), Self.counts.contains(count)
      {
        page.totalCount = Int(count)
      }
    } while try JSONScanner.isNext(0x7d, span, &at)
  }

  // MARK: Values

  /// Reads one value into a slot; false when it does not fit, and the slot is then null.
  ///
  /// A null leaves the slot as it is, so that of two spellings of a key the one with a value counts.
  private mutating func column(
    _ span: RawSpan, _ at: inout Int, type: ColumnType, slot: Int
  ) throws(DecodeError) -> Bool {
    let start = at
    switch JSONScanner.byte(span, at) {
    case 0x22:
      at += 1
      let text = try JSONScanner.text(span, &at)
      return try self.text(span, text, type: type, slot: slot)
    case 0x2d, 0x30...0x39:
      let isInteger = try JSONScanner.number(span, &at)
      return number(span, start..<at, isInteger, type: type, slot: slot)
    case 0x6e:
      _ = try JSONScanner.literal(span, &at)
      return true
    case 0x74, 0x66:
      let literal = try JSONScanner.literal(span, &at)
      switch type {
      case .boolean: page.slots[slot] = .integer(literal == .true ? 1 : 0)
      case .anyAsText: page.slots[slot] = .body(start, at)
      default: return false
      }
      return true
    case 0x7b, 0x5b:
      try JSONScanner.skip(span, &at, depth: 4)
      guard type == .anyAsText else { return false }
      page.slots[slot] = .body(start, at)
      return true
    default: throw JSONScanner.unexpected(span, at)
    }
  }

  private mutating func text(
    _ span: RawSpan, _ text: JSONScanner.Text, type: ColumnType, slot: Int
  ) throws(DecodeError) -> Bool {
    let range = text.start..<text.end
    switch type {
    case .text, .anyAsText:
      guard text.isEscaped else {
        page.slots[slot] = .body(text.start, text.end)
        return true
      }
      let start = page.scratch.count
      guard try Unescape.append(span, text, to: &page.scratch) == .whole else {
        page.scratch.removeSubrange(start...)
        return false
      }
      page.slots[slot] = .scratch(start, page.scratch.count)
      return true
    case .dateTime, .date, .integerOrDigits:
      guard text.isEscaped else { return spelt(span, range, type: type, slot: slot) }
      var plain: [UInt8] = []
      guard try Unescape.append(span, text, to: &plain) == .whole else { return false }
      return spelt(plain.span.bytes, 0..<plain.count, type: type, slot: slot)
    case .integer, .real, .boolean:
      if text.isEscaped { try Unescape.check(span, text) }
      return false
    }
  }

  /// Takes a date, an instant or an integer from a string's content.
  private mutating func spelt(
    _ span: RawSpan, _ range: Range<Int>, type: ColumnType, slot: Int
  ) -> Bool {
    let start = page.scratch.count
    switch type {
    case .dateTime:
      guard let seconds = Instant.seconds(span, range) else { return false }
      if range.count == 20, JSONScanner.byte(span, range.upperBound - 1) == 0x5a {
        for offset in 0..<19 {
          page.scratch.append(
            offset == 10 ? 0x20 : JSONScanner.byte(span, range.lowerBound + offset))
        }
      } else {
        page.scratch += Timestamp(seconds).sql.utf8
      }
    case .date:
      guard
        range.count == 10 && Instant.days(span, range) != nil
          || Instant.seconds(span, range) != nil
      else { return false }
      for at in range.prefix(10) { page.scratch.append(JSONScanner.byte(span, at)) }
    default:
      guard let value = Scalars.integer(span, range) else { return false }
      page.slots[slot] = .integer(value)
      return true
    }
    page.slots[slot] = .scratch(start, page.scratch.count)
    return true
  }

  private mutating func number(
    _ span: RawSpan, _ range: Range<Int>, _ isInteger: Bool, type: ColumnType, slot: Int
  ) -> Bool {
    switch type {
    case .integer, .integerOrDigits:
      let whole = isInteger ? range : Scalars.wholePart(span, range)
      guard let whole, let value = Scalars.integer(span, whole) else { return false }
      page.slots[slot] = .integer(value)
    case .real:
      guard let value = Scalars.exactReal(span, range) else { return false }
      page.slots[slot] = .real(value)
    case .anyAsText:
      page.slots[slot] = .body(range.lowerBound, range.upperBound)
    case .text, .boolean, .date, .dateTime:
      return false
    }
    return true
  }
}
