/// How the keys of objects are told apart.
extension PageDecoder {
  /// Reads a key and its colon; `at` ends on the first byte of the value.
  func key(_ span: RawSpan, _ at: inout Int) throws(DecodeError) -> JSONScanner.Text {
    try JSONScanner.expect(0x22, span, &at)
    let key = try JSONScanner.text(span, &at)
    if key.isEscaped { try Unescape.check(span, key) }
    try JSONScanner.colon(span, &at)
    return key
  }

  mutating func matches(
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

  /// Whether the member's key and the quote behind it stand at `at`: eight bytes are compared at once.
  ///
  /// Keys hold no quote and no backslash, so what stands there is then that string and no other. A word
  /// is loaded only behind eight bytes that are none of the padding.
  @inline(__always)
  func isAhead(_ member: Int, _ span: RawSpan, _ at: Int) -> Bool {
    let count = layout.members[member].key.count
    guard JSONScanner.word(span, at) & layout.members[member].mask == layout.members[member].word
    else { return false }
    if count > 8, !isTail(member, span, at) { return false }
    return JSONScanner.byte(span, at &+ count) == 0x22
  }

  @inline(__always)
  private func isTail(_ member: Int, _ span: RawSpan, _ start: Int) -> Bool {
    let key = layout.members[member].key
    let keys = layout.keys.span.bytes
    var offset = 8
    while offset &+ 8 <= key.count {
      guard
        JSONScanner.word(span, start &+ offset)
          == JSONScanner.word(keys, key.lowerBound &+ offset)
      else { return false }
      offset &+= 8
    }
    guard offset < key.count else { return true }
    let mask = (1 &<< UInt64((key.count &- offset) &* 8)) &- 1
    return
      (JSONScanner.word(span, start &+ offset)
      ^ JSONScanner.word(keys, key.lowerBound &+ offset)) & mask == 0
  }

  /// The member whose key stands at `at`, or -1, and the key; `at` ends behind the closing quote.
  mutating func find(
    in range: Range<Int>, _ span: RawSpan, _ at: inout Int
  ) throws(DecodeError) -> (member: Int, key: Range<Int>) {
    let start = at
    for member in range where isAhead(member, span, at) {
      at += layout.members[member].key.count + 1
      return (member, start..<(at - 1))
    }
    let key = try JSONScanner.text(span, &at)
    guard key.isEscaped else { return (-1, key.start..<key.end) }
    keyScratch.removeAll(keepingCapacity: true)
    let outcome = try Unescape.append(span, key, to: &keyScratch)
    let found = range.first { layout.keys[layout.members[$0].key].elementsEqual(keyScratch) }
    return (outcome == .whole ? found ?? -1 : -1, key.start..<key.end)
  }
}
