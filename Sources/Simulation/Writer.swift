/// Writes minified JSON straight into bytes.
///
/// The caller keeps the brackets balanced; the writer sets the commas. Strings are escaped as RFC
/// 8259 demands; everything else stays UTF-8.
package struct Writer {
  package private(set) var bytes: [UInt8] = []
  /// Leaves out members whose value is null.
  package let dropsNulls: Bool

  package init(dropsNulls: Bool = false, capacity: Int = 0) {
    self.dropsNulls = dropsNulls
    bytes.reserveCapacity(capacity)
  }

  package mutating func raw(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  package mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  /// Separates from the member or element before, if there is one and it has not been done.
  package mutating func element() {
    switch bytes.last {
    case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ","), UInt8(ascii: ":"): return
    default: bytes.append(UInt8(ascii: ","))
    }
  }

  package mutating func beginObject() {
    element()
    bytes.append(UInt8(ascii: "{"))
  }
  package mutating func endObject() { bytes.append(UInt8(ascii: "}")) }
  package mutating func beginArray() { bytes.append(UInt8(ascii: "[")) }
  package mutating func endArray() { bytes.append(UInt8(ascii: "]")) }

  package mutating func key(_ key: StaticString) {
    element()
    bytes.append(UInt8(ascii: "\""))
    raw(key)
    raw("\":")
  }

  package mutating func null(_ key: StaticString) {
    if dropsNulls { return }
    self.key(key)
    raw("null")
  }

  package mutating func member(_ key: StaticString, _ value: String?) {
    guard let value else { return null(key) }
    self.key(key)
    quote(value)
  }

  package mutating func member(_ key: StaticString, _ value: Int64?) {
    guard let value else { return null(key) }
    self.key(key)
    integer(value)
  }

  package mutating func member(_ key: StaticString, _ value: Bool?) {
    guard let value else { return null(key) }
    self.key(key)
    raw(value ? "true" : "false")
  }

  package mutating func integer(_ value: Int64) {
    append(String(value))
  }

  /// A string with its quotes and escapes.
  package mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { content in
      var start = 0
      for index in 0..<content.count
      where content[index] < 32 || content[index] == 34
        || content[index] == 92
      {
        bytes.append(contentsOf: content[start..<index])
        escape(content[index])
        start = index + 1
      }
      bytes.append(contentsOf: content[start...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case 34: raw("\\\"")
    case 92: raw("\\\\")
    case 10: raw("\\n")
    case 13: raw("\\r")
    case 9: raw("\\t")
    default:
      raw("\\u00")
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
  }
}
