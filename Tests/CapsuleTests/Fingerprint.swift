/// A hash of texts in their order, the same in every process: FNV-1a, 64 bits.
struct Fingerprint: CustomStringConvertible {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ text: String) {
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  var description: String { String(hash, radix: 16) }
}
