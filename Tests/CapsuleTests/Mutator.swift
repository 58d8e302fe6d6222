import CapsuleSimulator
import Simulation

/// Draws damaged versions of good bytes from a seed.
///
/// Half of the damage is done to bytes, wherever they stand; the other half to values, keys and
/// strings, so that much of it is still JSON and comes past the scanner.
struct Mutator {
  private var random: SplitMix64

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
  private mutating func below(_ bound: Int) -> Int {
    Int.random(in: 0..<max(1, bound), using: &random)
  }

  /// The bytes with one to three kinds of damage; `other` is what parts are borrowed from.
  mutating func mutant(of bytes: [UInt8], other: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...below(3) {
      if chance(50) { damageJSON(&bytes) } else { damageBytes(&bytes, other) }
    }
    return bytes
  }

  // MARK: Bytes

  mutating func damageBytes(_ bytes: inout [UInt8], _ other: [UInt8]) {
    let at = below(bytes.count + 1)
    let end = min(bytes.count, at + below(1 << below(8)))
    switch below(10) {
    case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8(below(8))
    case 1 where at < bytes.count: bytes[at] = UInt8(below(256))
    case 2: bytes.insert(UInt8(below(256)), at: at)
    case 3: bytes.removeSubrange(at..<end)
    case 4: bytes.insert(contentsOf: bytes[at..<end], at: below(bytes.count + 1))
    case 5: bytes.replaceSubrange(at..., with: other[below(other.count + 1)...])
    case 6: bytes.removeSubrange(at...)
    case 7: bytes.insert(contentsOf: pick(Self.illFormed), at: at)
    case 8: bytes += pick([[0], [0, 0, 0, 0, 0, 0, 0, 0, 0], Array("]}".utf8), [0x20, 0x0a]])
    default: bytes.insert(contentsOf: pick(Self.punctuation), at: at)
    }
  }

  /// Unicode 15, table 3-7: lone continuations, overlong forms, surrogates, beyond the last plane,
  /// sequences that are cut, and a byte order mark, which is well formed.
  private static let illFormed: [[UInt8]] = [
    [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc3], [0xe0, 0x80, 0x80], [0xe2, 0x82],
    [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x9f, 0x98],
    [0xf4, 0x90, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xfe], [0xff], [0xef, 0xbb, 0xbf],
  ]

  private static let punctuation = [
    "{", "}", "[", "]", "\"", ":", ",", "\\", "\\u", " ", "\t", "0",
  ]
  .map { Array($0.utf8) }

  // MARK: JSON

  mutating func damageJSON(_ bytes: inout [UInt8]) {
    let tokens = Token.all(in: bytes)
    guard !tokens.isEmpty else { return }
    let keys = tokens.filter(\.isKey)
    let values = tokens.filter { !$0.isKey }
    switch below(8) {
    case 0, 1:
      guard !values.isEmpty else { return }
      bytes.replaceSubrange(pick(values).range, with: Array(oddValue().utf8))
    case 2:
      let numbers = values.filter { $0.isNumber(in: bytes) }
      guard !numbers.isEmpty else { return }
      bytes.replaceSubrange(pick(numbers).range, with: Array(pick(Self.numbers).utf8))
    case 3, 4:
      let strings = tokens.filter { bytes[$0.range.lowerBound] == 0x22 && $0.range.count >= 2 }
      guard !strings.isEmpty else { return }
      let range = pick(strings).range
      bytes.insert(
        contentsOf: Array(pick(Self.texts).utf8),
        at: range.lowerBound + 1 + below(range.count - 1))
    case 5:
      guard !keys.isEmpty else { return }
      let key = pick(keys).range
      let member = Array(bytes[key]) + Array(":\(oddValue()),".utf8)
      bytes.insert(contentsOf: member, at: key.lowerBound)
    case 6:
      guard keys.count > 1 else { return }
      bytes.replaceSubrange(pick(keys).range, with: Array(bytes[pick(keys).range]))
    default:
      guard values.count > 1 else { return }
      bytes.replaceSubrange(pick(values).range, with: Array(bytes[pick(values).range]))
    }
  }

  private mutating func oddValue() -> String {
    switch below(6) {
    case 0, 1: pick(Self.numbers)
    case 2, 3: "\"\(pick(Self.texts))\""
    case 4:
      pick(["null", "true", "false", "{}", "[]", "[[]]", "{\"id\":7}", "[{\"id\":null}]", ""])
    default: pick(Self.nested)
    }
  }

  static let numbers = [
    "1e400", "-1e400", "1e-400", "-0", "00", "01", "0x1", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551616",
    "1.0e2", "1E+2", "1.", ".5", "-", "+1", "-.5", "1e", "1e+", "NaN", "Infinity", "-Infinity",
    "1.0", "-1.00", "9223372036854775807.0", "0.1", "0.30000000000000004", "1.7976931348623157e308",
    "5e-324", "2e-324", "1e99999999999999999999", String(repeating: "9", count: 400),
    "0." + String(repeating: "0", count: 400) + "1", "1" + String(repeating: "0", count: 30),
  ]

  private static let texts = [
    "", "\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\ud83dx", "\\ude00\\ud83d", "\\uFFFF",
    "\\u00e9", "\\n\\t\\b\\f\\r\\/\\\"\\\\", "\\x", "\\u12", "\u{0}", "\u{1f}", "\u{7f}", "\u{e9}",
    "\u{1f600}", "\u{10ffff}", "\u{feff}", "2023-02-29", "2024-02-29", "0000-01-01", "9999-12-31",
    "2023-02-29T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00",
    "0000-01-01T00:00:00+14:00", "0000-01-01T00:00:00Z", "2024-01-01T00:00:60Z",
    "2024-01-01 00:00:00", "2024-01-01T00:00:00.999999999999Z", "12345-01-01T00:00:00Z",
    "12", "-9223372036854775808", "9223372036854775808", "true", "null", "id",
    String(repeating: "x", count: 5_000), String(repeating: "\u{301}", count: 500),
  ]

  /// Depths that no reader can take for another: well within the limit, or well beyond it.
  private static let nested = [5, 40, 90, 2_000].flatMap { depth in
    [("[", "]"), ("{\"id\":", "}"), ("[{\"x\":", "}]")].map { open, close in
      String(repeating: open, count: depth) + "0" + String(repeating: close, count: depth)
    }
  }
}

/// A string or a scalar of a text that may be JSON.
private struct Token {
  let range: Range<Int>
  let isKey: Bool

  func isNumber(in bytes: [UInt8]) -> Bool {
    let first = bytes[range.lowerBound]
    return first == 0x2d || (0x30...0x39).contains(first)
  }

  static func all(in bytes: [UInt8]) -> [Token] {
    var tokens: [Token] = []
    var at = 0
    while at < bytes.count {
      let start = at
      switch bytes[at] {
      case 0x22:
        at += 1
        while at < bytes.count, bytes[at] != 0x22 { at += bytes[at] == 0x5c ? 2 : 1 }
        at = min(at + 1, bytes.count)
        tokens.append(Token(range: start..<at, isKey: at < bytes.count && bytes[at] == 0x3a))
      case 0x2d, 0x30...0x39, 0x61...0x7a:
        while at < bytes.count, !Self.isEnd(bytes[at]) { at += 1 }
        tokens.append(Token(range: start..<at, isKey: false))
      default: at += 1
      }
    }
    return tokens
  }

  private static func isEnd(_ byte: UInt8) -> Bool {
    byte == 0x2c || byte == 0x5d || byte == 0x7d || byte == 0x22 || byte <= 0x20
  }
}
