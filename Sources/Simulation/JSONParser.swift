extension JSON {
  /// Reads one JSON text (RFC 8259). Nil when it is not one, or nests deeper than 64 levels.
  package init?(_ bytes: [UInt8]) {
    var parser = JSONParser(bytes: bytes)
    guard let value = parser.value(depth: 0) else { return nil }
    parser.skipBlank()
    guard parser.position == bytes.count else { return nil }
    self = value
  }
}

/// A recursive descent over bytes; every rule answers nil at the first offence.
private struct JSONParser {
  let bytes: [UInt8]
  var position = 0

  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipBlank() {
    while let byte = current, byte == 32 || (9...13).contains(byte) { position += 1 }
  }

  mutating func take(_ byte: UInt8) -> Bool {
    skipBlank()
    guard current == byte else { return false }
    position += 1
    return true
  }

  mutating func value(depth: Int) -> JSON? {
    skipBlank()
    guard depth < 64, let byte = current else { return nil }
    switch byte {
    case UInt8(ascii: "{"): return object(depth: depth)
    case UInt8(ascii: "["): return array(depth: depth)
    case UInt8(ascii: "\""): return text().map(JSON.string)
    case UInt8(ascii: "t"): return word("true", .bool(true))
    case UInt8(ascii: "f"): return word("false", .bool(false))
    case UInt8(ascii: "n"): return word("null", .null)
    default: return number()
    }
  }

  mutating func word(_ word: String, _ value: JSON) -> JSON? {
    guard bytes[position...].starts(with: word.utf8) else { return nil }
    position += word.utf8.count
    return value
  }

  mutating func number() -> JSON? {
    let start = position
    while let byte = current, (48...57).contains(byte) || "+-.eE".utf8.contains(byte) {
      position += 1
    }
    let spelling = String(decoding: bytes[start..<position], as: UTF8.self)
    return Double(spelling) == nil ? nil : .number(spelling)
  }

  mutating func array(depth: Int) -> JSON? {
    position += 1
    var items: [JSON] = []
    if take(UInt8(ascii: "]")) { return .array(items) }
    repeat {
      guard let item = value(depth: depth + 1) else { return nil }
      items.append(item)
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "]")) ? .array(items) : nil
  }

  mutating func object(depth: Int) -> JSON? {
    position += 1
    var members: [JSON.Member] = []
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipBlank()
      guard current == UInt8(ascii: "\""), let key = text(), take(UInt8(ascii: ":")),
        let value = value(depth: depth + 1)
      else { return nil }
      members.append(JSON.Member(key, value))
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "}")) ? .object(members) : nil
  }

  mutating func text() -> String? {
    position += 1
    var start = position
    var content: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        content.append(contentsOf: bytes[start..<position])
        position += 1
        return String(validating: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        content.append(contentsOf: bytes[start..<position])
        guard let scalar = escape() else { return nil }
        content.append(contentsOf: String(scalar).utf8)
        start = position
      case 0..<32: return nil
      default: position += 1
      }
    }
    return nil
  }

  mutating func escape() -> Unicode.Scalar? {
    position += 2
    guard position <= bytes.count else { return nil }
    switch bytes[position - 1] {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "u"): return unicode()
    case let byte where "\"\\/".utf8.contains(byte): return Unicode.Scalar(byte)
    default: return nil
    }
  }

  mutating func unicode() -> Unicode.Scalar? {
    guard let high = hex() else { return nil }
    guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
    guard bytes[position...].starts(with: "\\u".utf8) else { return nil }
    position += 2
    guard let low = hex(), (0xDC00..<0xE000).contains(low) else { return nil }
    return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
  }

  mutating func hex() -> UInt32? {
    guard position + 4 <= bytes.count else { return nil }
    let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
    position += 4
    return UInt32(digits, radix: 16)
  }
}
