internal import FoundationEssentials

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

  /// A string. One with escapes is Foundation's to read, which the engine does not read by.
  mutating func text() -> String? {
    let start = position
    var isEscaped = false
    position += 1
    while let byte = current, byte != UInt8(ascii: "\"") {
      guard byte >= 32 else { return nil }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        position += 1
      }
      position += 1
    }
    guard current != nil else { return nil }
    position += 1
    let text = bytes[start..<position]
    if isEscaped { return try? JSONDecoder().decode(String.self, from: Data(text)) }
    return String(validating: text.dropFirst().dropLast(), as: UTF8.self)
  }
}
