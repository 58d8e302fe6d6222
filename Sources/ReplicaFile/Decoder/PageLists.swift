internal import Model

/// Lists inside a record: each element becomes a row.
extension PageDecoder {
  /// Reads a child list; false when it is no list at all.
  mutating func child(
    _ span: RawSpan, _ at: inout Int, _ child: Int, key: Int,
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
  mutating func element(
    _ span: RawSpan, _ at: inout Int, _ child: Int, first: Int, key: Int,
    record: inout DecodedPage.Record
  ) throws(DecodeError) {
    let start = at
    guard page.rows.count < Self.partLimit else { throw DecodeError(.tooLarge, at: at) }
    let layout = layout.children[child]
    let slots = page.slots.count
    let row = page.rows.count
    let extras = page.extras.count
    addSlots(layout.width)
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
      fits = try reference(span, &at, type: .integerOrDigits, slot: slots)
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
      try keep(span, key, start..<at, row: -1, container: -1, child: child)
    }
  }

  /// Rows of a list that are compared one with another; a longer list is looked up in a set.
  static let shortList = 16

  /// Whether an earlier row of the same list has the same key, its first column.
  mutating func isRepeated(_ row: Int, from first: Int) -> Bool {
    let key = page.slots[page.rows[row].slots]
    guard key.kind == .integer else { return false }
    guard row - first >= Self.shortList else {
      for earlier in first..<row where page.rows[earlier].child >= 0 {
        let other = page.slots[page.rows[earlier].slots]
        if other.bits == key.bits, other.kind == .integer { return true }
      }
      return false
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
}
