internal import Model

/// Tells the keys of objects apart, and which column each names.
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

  /// Whether the member's key, a quote and a colon stand at `at`: eight bytes are compared at once.
  ///
  /// Keys hold no quote and no backslash, so what stands there is then that key and no other. A
  /// word is loaded only behind eight bytes that are none of the padding.
  @inline(__always)
  func isAhead(_ member: Int, _ span: RawSpan, _ at: Int) -> Bool {
    guard JSONScanner.word(span, at) & layout.members[member].mask == layout.members[member].word
    else { return false }
    return layout.members[member].key.count <= 6 || isTail(layout.members[member].key, span, at)
  }

  @inline(__always)
  private func isTail(_ key: Range<Int>, _ span: RawSpan, _ start: Int) -> Bool {
    let keys = layout.keys.span.bytes
    let count = key.count &+ 2
    var offset = 8
    while offset &+ 8 <= count {
      guard
        JSONScanner.word(span, start &+ offset)
          == JSONScanner.word(keys, key.lowerBound &+ offset)
      else { return false }
      offset &+= 8
    }
    let mask = (1 &<< UInt64((count &- offset) &* 8)) &- 1
    return
      (JSONScanner.word(span, start &+ offset)
      ^ JSONScanner.word(keys, key.lowerBound &+ offset)) & mask == 0
  }

  /// The member whose key starts at `at`, or -1; `at` ends on the first byte of the value.
  mutating func find(
    in range: Range<Int>, _ span: RawSpan, _ at: inout Int
  ) throws(DecodeError) -> Int {
    let key = try JSONScanner.text(span, &at)
    try JSONScanner.colon(span, &at)
    guard key.isEscaped else {
      return range.first { isKey($0, key, span) } ?? -1
    }
    keyScratch.removeAll(keepingCapacity: true)
    guard try Unescape.append(span, key, to: &keyScratch) == .whole else { return -1 }
    return range.first { layout.keys[layout.members[$0].key].elementsEqual(keyScratch) } ?? -1
  }

  private func isKey(_ member: Int, _ key: JSONScanner.Text, _ span: RawSpan) -> Bool {
    let wanted = layout.members[member].key
    return wanted.count == key.end - key.start
      && wanted.allSatisfy {
        layout.keys[$0] == JSONScanner.byte(span, key.start + $0 - wanted.lowerBound)
      }
  }
}
