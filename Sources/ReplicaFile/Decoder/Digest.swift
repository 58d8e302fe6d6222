/// The hash of a record that decides whether it has to be looked at again.
///
/// It covers what is stored and nothing else: every column, every child row, every leftover. The
/// order of keys, an absent key in the place of a null, or a new name of the owner do not change
/// it; where an absent key leaves its column as it was, it is no null. It is stored, so it is the
/// same in every process and on every machine of one byte order.
///
/// Each file has a key of its own, drawn when it was made: who writes records cannot make two texts
/// that hash alike, so that a change from one to the other would go unseen. A file of a program
/// that drew none has the key 0.
enum Digest {
  static let seed: UInt64 = 0x9e37_79b9_7f4a_7c15
  /// Stands for a null, and is no empty string.
  static let null: UInt64 = 0x5899_65cc_7537_4cc3

  /// Multiplies to 128 bits and folds (the step of wyhash and its kin).
  @inline(__always)
  static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }

  /// A hash of a run of bytes, eight at a time.
  @inline(__always)
  static func bytes(_ span: RawSpan, _ start: Int, _ end: Int, key: UInt64 = 0) -> UInt64 {
    var hash = UInt64(end &- start) &* 0xa076_1d64_78bd_642f ^ key
    var at = start
    while at &+ 8 <= end {
      hash = mix(hash ^ JSONScanner.word(span, at), 0xe703_7ed1_a0b4_28db ^ key)
      at &+= 8
    }
    guard at < end else { return hash }
    var last: UInt64 = 0
    if at &+ 8 <= span.byteCount {
      last = JSONScanner.word(span, at) & ((1 &<< UInt64((end &- at) &* 8)) &- 1)
    } else {
      for offset in 0..<(end &- at) {
        last |= UInt64(JSONScanner.byte(span, at &+ offset)) &<< UInt64(offset &* 8)
      }
    }
    return mix(hash ^ last, 0x8ebc_6af0_9c88_c6e3 ^ key)
  }
}

extension DecodedPage {
  /// The digest of one record whose columns, rows and leftovers are complete.
  func digest(of record: Record, layout: Layout, _ body: RawSpan) -> UInt64 {
    let (slots, scratch) = (slots.span, scratch.span.bytes)
    let (key, seed) = (layout.key, Digest.seed ^ layout.key)
    let known = UInt64(record.presentChildren & layout.embeddedChildren)
    var hash = Digest.mix(seed ^ layout.fingerprint ^ known, seed)
    for slot in record.slots..<(record.slots &+ layout.width) {
      hash = Digest.mix(hash ^ slots[slot].digest(body, scratch, key), seed)
    }
    for column in layout.lasting where slots[record.slots &+ column].isAbsent {
      hash = Digest.mix(hash ^ UInt64(column), seed)
    }
    // Rows with keys and leftovers have no order, so their hashes are added up.
    var sum: UInt64 = 0
    for row in record.rows where rows[row].child >= 0 {
      let (child, first) = (rows[row].child, rows[row].slots)
      var hash = seed ^ UInt64(child)
      for slot in first..<(first &+ layout.children[child].width) {
        hash = Digest.mix(hash ^ slots[slot].digest(body, scratch, key), seed)
      }
      sum &+= hash
    }
    for extra in record.extras {
      sum &+= digest(of: extras[extra], body, scratch, key)
    }
    return Digest.mix(hash ^ sum, seed)
  }

  /// The place of a leftover, its key and its value.
  private func digest(
    of extra: Extra, _ body: RawSpan, _ scratch: RawSpan, _ key: UInt64
  ) -> UInt64 {
    let seed = Digest.seed ^ key
    let owner = extra.row < 0 ? 0 : slots[rows[extra.row].slots].digest(body, scratch, key)
    let child = extra.row < 0 ? extra.child : rows[extra.row].child
    var hash = seed ^ UInt64(child + 1) ^ UInt64(extra.container + 1) << 32
    hash = Digest.mix(hash ^ owner, seed)
    hash = Digest.mix(
      hash ^ Digest.bytes(body, extra.key.lowerBound, extra.key.upperBound, key: key), seed)
    return Digest.mix(
      hash ^ Digest.bytes(body, extra.value.lowerBound, extra.value.upperBound, key: key), seed)
  }
}

extension DecodedPage.Slot {
  @inline(__always)
  fileprivate func digest(_ body: RawSpan, _ scratch: RawSpan, _ key: UInt64) -> UInt64 {
    switch kind {
    case .null: Digest.null
    case .integer, .real: Digest.mix(bits ^ Digest.seed ^ key, 0x8ebc_6af0_9c88_c6e3)
    case .body: Digest.bytes(body, start, end, key: key)
    case .scratch: Digest.bytes(scratch, start, end, key: key)
    }
  }
}
