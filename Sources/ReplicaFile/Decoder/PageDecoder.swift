package import Model

/// Takes a reply apart in a single pass, driven by the table's layout.
///
/// The server keeps one order of keys, so the key that followed last time is tried first. A value
/// becomes a slot; nothing is copied but strings with escapes and dates in another form. The whole
/// page is checked before anything of it is stored: a page is good or it is an error.
package struct PageDecoder {
  package var page = DecodedPage()
  let layout: Layout
  /// The keys of the reply's lists; the second one may be absent.
  let envelopes: [[UInt8]]
  private let total: (outer: [UInt8], inner: [UInt8])?
  /// For each member, the one that followed it last time.
  var successors: [Int]
  var keyScratch: [UInt8] = []
  /// The rows and leftovers of the list that each child had last in the record at hand.
  var lists: [(rows: Range<Int>, extras: Range<Int>)]
  /// The keys of a long list's rows, and the first of those rows, or -1.
  var listKeys: Set<UInt64> = []
  var listStart = -1
  /// Whether leftovers of the record at hand are `gone`.
  var hasGone = false

  /// `total` are the members, one in the other, that say how many records the list has.
  package init(
    _ layout: Layout, envelopes: [String], total: (outer: String, inner: String)? = nil
  ) {
    self.layout = layout
    self.envelopes = envelopes.map { Array($0.utf8) }
    self.total = total.map { (Array($0.outer.utf8), Array($0.inner.utf8)) }
    successors = layout.members.indices.map { $0 + 1 }
    // The first member of an object follows the last one of another of its kind.
    for shape in layout.shapes where !shape.members.isEmpty {
      successors[shape.members.upperBound - 1] = shape.members.lowerBound
    }
    lists = Array(repeating: (0..<0, 0..<0), count: layout.children.count)
  }

  /// Largest body that is read: offsets fit 32 bits with room to spare.
  static let sizeLimit = 1 << 30
  /// Records, child rows and leftovers of a page, each: hundreds of times what the API sends in
  /// one. Without a limit a body of empty records would take a hundred times its size.
  static let partLimit = 1 << 18

  /// Reads `{"parties":[...]}`, or an object in the place of the list, into `page`.
  ///
  /// `body` ends with `JSONScanner.padding` zero bytes. `given` holds the values that the listing
  /// knows and the records may lack: by list and by column. Throws when the reply is not a page.
  package mutating func decode(_ body: borrowing [UInt8], given: [[Int: Given]]) throws(DecodeError)
  {
    page.removeAll()
    (listStart, hasGone) = (-1, false)
    guard body.count < Self.sizeLimit else { throw DecodeError(.tooLarge, at: body.count) }
    let prefilled = envelopes.indices.map { prefill($0 < given.count ? given[$0] : [:]) }
    let span = body.span.bytes
    let end = span.byteCount - JSONScanner.padding
    var at = 0
    var foundList = false
    // Some put a byte order mark before JSON, though RFC 8259 forbids it, section 8.1.
    if JSONScanner.word(span, 0) & 0xff_ffff == 0xbf_bbef { at = 3 }
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
        } else if let total, matches(key, total.outer, span) {
          try count(span, &at, in: total.inner)
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
  package enum Given: Sendable, Hashable {
    case integer(Int64)
    case text(String)
  }

  mutating func prefill(_ given: [Int: Given]) -> [(Int, DecodedPage.Slot)] {
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

  /// What a count of records can be: one beyond it is as good as none.
  static let counts: ClosedRange<Int64> = 0...Int64(Int32.max)

  private mutating func count(
    _ span: RawSpan, _ at: inout Int, in member: [UInt8]
  ) throws(DecodeError) {
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
      if matches(key, member, span),
        let count = Scalars.integer(span, start..<at), Self.counts.contains(count)
      {
        page.totalCount = Int(count)
      }
    } while try JSONScanner.isNext(0x7d, span, &at)
  }

  mutating func records(
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

  mutating func record(
    _ span: RawSpan, _ at: inout Int, list: Int, prefilled: [(Int, DecodedPage.Slot)]
  ) throws(DecodeError) {
    let start = at
    guard page.records.count < Self.partLimit else { throw DecodeError(.tooLarge, at: at) }
    let slots = page.slots.count
    addSlots(layout.width)
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
  mutating func members(
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
      try JSONScanner.expect(0x22, span, &at)
      let start = at
      var found = guess
      if !range.isEmpty, isAhead(guess, span, at) {
        at &+= layout.members[guess].key.count &+ 2
        JSONScanner.skipSpace(span, &at)
      } else {
        found = try find(in: range, span, &at)
        if found >= 0, last >= 0 { successors[last] = found }
      }
      let value = at
      guard found >= 0 else {
        let isNull = JSONScanner.byte(span, at) == 0x6e
        try JSONScanner.skip(span, &at, depth: 3)
        if layout.shapes[shape].keepsUnknown, !isNull {
          try keep(span, start, value..<at, row: row, container: container)
        }
        continue
      }
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
        fits = try child(span, &at, member.index, key: start, record: &record)
      case .ignore:
        try JSONScanner.skip(span, &at, depth: 3)
        fits = true
      case .restriction:
        // Anything but a `true` is kept as an unknown member would be.
        try JSONScanner.skip(span, &at, depth: 3)
        if JSONScanner.byte(span, value) == 0x74 {
          record.list = 1
        } else if JSONScanner.byte(span, value) != 0x6e {
          try keep(span, start, value..<at, row: row, container: container)
        }
        fits = true
      }
      if !fits {
        record.misfits += 1
        if member.action == .column || member.action == .reference {
          page.slots[slots + member.index].isThere()
        }
        try keep(span, start, value..<at, row: row, container: container)
      }
    } while try JSONScanner.isNext(0x7d, span, &at)
  }

  /// Makes room for the columns of a row.
  @inline(__always)
  mutating func addSlots(_ count: Int) {
    page.slots.append(addingCapacity: count) {
      $0.append(repeating: DecodedPage.Slot(), count: count)
    }
  }

  /// Keeps a member whose key starts at `key` and has been read before.
  mutating func keep(
    _ span: RawSpan, _ key: Int, _ value: Range<Int>, row: Int, container: Int, child: Int = -1
  ) throws(DecodeError) {
    guard page.extras.count < Self.partLimit else {
      throw DecodeError(.tooLarge, at: value.lowerBound)
    }
    var at = key
    let key = try JSONScanner.text(span, &at)
    page.extras.append(
      DecodedPage.Extra(
        row: row, container: container, key: key.start..<key.end, value: value, child: child))
  }
}
