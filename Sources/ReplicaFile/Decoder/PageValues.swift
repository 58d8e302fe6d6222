internal import Model

/// Reads a value into a slot: a number, or a place in the body.
extension PageDecoder {
  /// Reads one value into a slot; false when it does not fit, and the slot is then null.
  ///
  /// A null leaves the slot as it is: of two spellings of a key the one with a value counts.
  mutating func column(
    _ span: RawSpan, _ at: inout Int, type: ColumnType, slot: Int
  ) throws(DecodeError) -> Bool {
    let start = at
    switch JSONScanner.byte(span, at) {
    case 0x22:
      at += 1
      let text = try JSONScanner.text(span, &at)
      if type == .text, !text.isEscaped {
        page.slots[slot] = .body(text.start, text.end)
        return true
      }
      return try self.text(span, text, type: type, slot: slot)
    case 0x2d, 0x30...0x39:
      if type == .integer || type == .integerOrDigits,
        let value = JSONScanner.shortInteger(span, &at)
      {
        page.slots[slot] = .integer(value)
        return true
      }
      let isInteger = try JSONScanner.number(span, &at)
      return number(span, start..<at, isInteger, type: type, slot: slot)
    case 0x6e:
      _ = try JSONScanner.literal(span, &at)
      page.slots[slot].isThere()
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

  mutating func text(
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
  mutating func spelt(
    _ span: RawSpan, _ range: Range<Int>, type: ColumnType, slot: Int
  ) -> Bool {
    let start = page.scratch.count
    switch type {
    case .dateTime:
      if Instant.isUTC(span, range) {
        // It is stored as it is spelt but for two bytes.
        page.scratch.append(addingCapacity: 19) { text in
          for at in range.lowerBound..<(range.lowerBound + 10) {
            text.append(JSONScanner.byte(span, at))
          }
          text.append(0x20)
          for at in (range.lowerBound + 11)..<(range.lowerBound + 19) {
            text.append(JSONScanner.byte(span, at))
          }
        }
      } else {
        guard let seconds = Instant.seconds(span, range) else { return false }
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

  mutating func number(
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

  /// Reads a key and its colon. Returns whether it is `id`.
  @inline(__always)
  private mutating func isID(_ span: RawSpan, _ at: inout Int) throws(DecodeError) -> Bool {
    try JSONScanner.expect(0x22, span, &at)
    if JSONScanner.word(span, at) & 0xff_ffff == 0x22_6469 {
      at += 3
      try JSONScanner.colon(span, &at)
      return true
    }
    let key = try JSONScanner.text(span, &at)
    try JSONScanner.colon(span, &at)
    return key.isEscaped ? try isEscapedID(key, span) : false
  }

  private mutating func isEscapedID(
    _ key: JSONScanner.Text, _ span: RawSpan
  ) throws(DecodeError) -> Bool {
    try Unescape.check(span, key)
    return matches(key, Array("id".utf8), span)
  }

  /// Takes the `id` of an object, or a bare value; false when there is none that fits.
  mutating func reference(
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
      if try isID(span, &at) {
        found = try column(span, &at, type: type, slot: slot) && page.slots[slot].kind != .null
      } else {
        try JSONScanner.skip(span, &at, depth: 4)
      }
    } while try JSONScanner.isNext(0x7d, span, &at)
    return found
  }

  /// Reads an object whose members are columns of the same row.
  mutating func object(
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
}
