internal import Model

/// Reads one JSON text (RFC 8259) in UTF-8, at most 32 levels deep. A byte order mark before it is
/// passed over, as section 8.1 allows.
struct JSONParser {
  private static let deepest = 32

  private let text: [UInt8]
  private var at = 0

  private init(_ text: [UInt8]) {
    self.text = text
  }

  /// The value that the whole text spells. Throws at the first byte that cannot belong to it.
  static func parse(_ text: [UInt8]) throws(JSONSyntaxError) -> JSONNode {
    var parser = JSONParser(text)
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { parser.at = 3 }
    let node = try parser.value(depth: 0)
    if parser.peek() != nil { throw parser.unexpected("the end of the file") }
    return node
  }

  /// The next byte that is not white space, which is passed over.
  private mutating func peek() -> UInt8? {
    while at < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[at]) { at += 1 }
    return at < text.count ? text[at] : nil
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard let next = peek(), next == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private func unexpected(_ expected: String) -> JSONSyntaxError {
    guard at < text.count else {
      return JSONSyntaxError(offset: at, text: "the file ends where \(expected) must stand")
    }
    let found = String(decoding: text[at...].prefix(4), as: UTF8.self).prefix(1)
    return JSONSyntaxError(
      offset: at, text: "\(expected) must stand where \(String(found).quoted()) stands")
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONNode {
    let next = peek()
    let offset = at
    guard depth < Self.deepest else {
      throw JSONSyntaxError(offset: at, text: "values are nested more than \(Self.deepest) deep")
    }
    let value: JSONValue
    switch next {
    case UInt8(ascii: "{"): value = .object(try members(depth: depth + 1))
    case UInt8(ascii: "["): value = .array(try elements(depth: depth + 1))
    case UInt8(ascii: "\""): value = .string(try string())
    default: value = try word()
    }
    return JSONNode(offset: offset, value: value)
  }

  private mutating func members(depth: Int) throws(JSONSyntaxError) -> [JSONMember] {
    at += 1
    var members: [JSONMember] = []
    if skip("}") { return members }
    repeat {
      guard peek() == UInt8(ascii: "\"") else { throw unexpected("a key in quotation marks") }
      let offset = at
      let key = try string()
      guard skip(":") else { throw unexpected("\":\"") }
      members.append(JSONMember(key: key, offset: offset, node: try value(depth: depth)))
    } while skip(",")
    guard skip("}") else { throw unexpected("\",\" or \"}\"") }
    return members
  }

  private mutating func elements(depth: Int) throws(JSONSyntaxError) -> [JSONNode] {
    at += 1
    var elements: [JSONNode] = []
    if skip("]") { return elements }
    repeat {
      elements.append(try value(depth: depth))
    } while skip(",")
    guard skip("]") else { throw unexpected("\",\" or \"]\"") }
    return elements
  }

  /// A literal or a number: what runs to the next delimiter.
  private mutating func word() throws(JSONSyntaxError) -> JSONValue {
    let letters = text[at...].prefix { byte in
      byte > 0x20 && !"{}[],:\"/".utf8.contains(byte)
    }
    let spelling = String(decoding: letters, as: UTF8.self)
    let value: JSONValue
    switch spelling {
    case "null": value = .null
    case "true": value = .bool(true)
    case "false": value = .bool(false)
    // A plain number first: what reads the pattern takes a millisecond to begin.
    case _ where Int(spelling).map(String.init) == spelling,
      _ where spelling.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil:
      value = .number(spelling)
    default: throw unexpected("a value")
    }
    at += letters.count
    return value
  }

  private mutating func string() throws(JSONSyntaxError) -> String {
    let start = at
    at += 1
    var bytes: [UInt8] = []
    while at < text.count, text[at] != UInt8(ascii: "\"") {
      guard text[at] >= 0x20 else { break }
      if text[at] == UInt8(ascii: "\\") {
        bytes.append(contentsOf: String(try escape()).utf8)
      } else {
        bytes.append(text[at])
        at += 1
      }
    }
    guard skipQuotationMark() else {
      throw JSONSyntaxError(offset: start, text: "the string does not end on its line")
    }
    guard let string = String(validating: bytes, as: UTF8.self) else {
      throw JSONSyntaxError(offset: start, text: "the string is not UTF-8")
    }
    return string
  }

  private mutating func skipQuotationMark() -> Bool {
    guard at < text.count, text[at] == UInt8(ascii: "\"") else { return false }
    at += 1
    return true
  }

  private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
    let start = at
    let plain: [UInt8: Unicode.Scalar] = [
      UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
      UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n",
      UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]
    if at + 1 < text.count, let scalar = plain[text[at + 1]] {
      at += 2
      return scalar
    }
    if let first = codeUnit() {
      if let scalar = Unicode.Scalar(first) { return scalar }
      if first < 0xDC00, let second = codeUnit(), (0xDC00...0xDFFF).contains(second) {
        let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        if let scalar = Unicode.Scalar(value) { return scalar }
      }
    }
    throw JSONSyntaxError(offset: start, text: "\"\\\" begins no escape that JSON knows")
  }

  /// The four digits after `\u`.
  private mutating func codeUnit() -> UInt16? {
    let digits = text[at...].prefix(6).dropFirst(2)
    guard text[at...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]), digits.count == 4,
      digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
    else { return nil }
    at += 6
    return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
