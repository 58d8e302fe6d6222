import Model
import SQLite
import TestSupport
import Testing

@testable import ReplicaFile

/// Whoever writes records must not be able to choose two texts that hash alike.
@Suite struct DigestKeyTests {
  private static func word(_ text: [UInt8]) -> UInt64 {
    text.enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64($1.offset * 8) }
  }

  private static func digest(_ text: [UInt8], key: UInt64) -> UInt64 {
    let padded = text + [UInt8](repeating: 0, count: JSONScanner.padding)
    return Digest.bytes(padded.span.bytes, 0, text.count, key: key)
  }

  /// Two texts of sixteen letters with one digest under a key that is known: the second word takes
  /// back what the first one has done.
  private static func collision(key: UInt64) -> ([UInt8], [UInt8])? {
    let start = UInt64(16) &* 0xa076_1d64_78bd_642f ^ key
    let factor = 0xe703_7ed1_a0b4_28db ^ key
    let letters = UInt8(0x23)...0x5b
    let one = Array("Zaphod Beeblebro".utf8)
    let end = Digest.mix(start ^ word(Array(one[..<8])), factor) ^ word(Array(one[8...]))
    for number in 0..<400_000 {
      let head = (0..<8).map { letters.lowerBound + UInt8(number >> ($0 * 3) & 7) + 0x1d }
      let tail = Digest.mix(start ^ word(head), factor) ^ end
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: tail >> ($0 * 8)) }
      if bytes.allSatisfy({ (0x20..<0x7f).contains($0) && $0 != 0x22 && $0 != 0x5c }) {
        return (one, head + bytes)
      }
    }
    return nil
  }

  @Test func `texts that collide under one key do not under another`() throws {
    let (one, other) = try #require(Self.collision(key: 0))
    #expect(one != other && Self.digest(one, key: 0) == Self.digest(other, key: 0))
    var random = SystemRandomNumberGenerator()
    for _ in 0..<1_000 {
      let key = UInt64.random(in: 1...UInt64.max, using: &random)
      #expect(Self.digest(one, key: key) != Self.digest(other, key: key))
    }
  }

  private static let people = Table(
    "people", .full, from: [Listing("people", "people")],
    columns: [.integer("id", or: .key), .text("name")])

  private func change(
    _ file: ScratchFile, from one: [UInt8], to other: [UInt8]
  ) throws -> [TableStore.Outcome] {
    try [one, one, other].flatMap { name in
      let text = String(decoding: name, as: UTF8.self)
      return try file.apply(#"[{"id":1,"name":"\#(text)"}]"#, to: "people")
    }
  }

  @Test func `a file draws its key and keeps it`() throws {
    let (one, other) = try #require(Self.collision(key: 0))
    var keys: Set<Value> = []
    for _ in 1...2 {
      let file = try ScratchFile([Self.people])
      #expect(try change(file, from: one, to: other) == [.inserted, .unchanged, .updated])
      let key = try file.value("SELECT key FROM _digest_key")
      keys.insert(key)
      try file.reopen([Self.people])
      #expect(try file.value("SELECT key FROM _digest_key") == key)
    }
    #expect(keys.count == 2 && !keys.contains(0) && !keys.contains(.null))
  }

  /// The digests in a file of a program that drew no key hold.
  @Test func `a file without a key gets none`() throws {
    let (one, other) = try #require(Self.collision(key: 0))
    let file = try ScratchFile([Self.people])
    try file.connection.execute("DROP TABLE _digest_key")
    try file.reopen([Self.people])
    #expect(try change(file, from: one, to: other) == [.inserted, .unchanged, .unchanged])
    #expect(try file.value("SELECT count(*) FROM _digest_key") == 0)
  }
}
