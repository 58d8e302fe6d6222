internal import Simulation

/// Writes records as minified JSON straight into bytes. The caller keeps the brackets balanced.
struct RecordText {
  var bytes: [UInt8] = []

  mutating func raw(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// A comma, unless an object or an array has just begun.
  private mutating func separate() {
    if let last = bytes.last, last != 0x7b, last != 0x5b { bytes.append(0x2c) }
  }

  mutating func key(_ key: StaticString) {
    separate()
    bytes.append(0x22)
    raw(key)
    raw("\":")
  }

  /// A text of an array.
  mutating func element(_ text: String) {
    separate()
    quote(text)
  }

  mutating func beginObject() {
    separate()
    bytes.append(0x7b)
  }

  mutating func object(_ key: StaticString, _ members: (inout RecordText) -> Void) {
    self.key(key)
    bytes.append(0x7b)
    members(&self)
    bytes.append(0x7d)
  }

  mutating func array(_ key: StaticString, _ elements: (inout RecordText) -> Void) {
    self.key(key)
    bytes.append(0x5b)
    elements(&self)
    bytes.append(0x5d)
  }

  mutating func null(_ key: StaticString) {
    self.key(key)
    raw("null")
  }

  mutating func text(_ key: StaticString, _ value: String?) {
    guard let value else { return null(key) }
    self.key(key)
    quote(value)
  }

  mutating func integer(_ key: StaticString, _ value: Int?) {
    guard let value else { return null(key) }
    self.key(key)
    append(value)
  }

  mutating func flag(_ key: StaticString, _ value: Bool) {
    self.key(key)
    raw(value ? "true" : "false")
  }

  mutating func append(_ value: Int) {
    bytes.append(contentsOf: String(value).utf8)
  }

  mutating func quote(_ text: String) {
    bytes.append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22: raw("\\\"")
      case 0x5c: raw("\\\\")
      case 0x0a: raw("\\n")
      case 0x09: raw("\\t")
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }

  /// An instant, given in seconds since 1970: `2026-03-01T09:05:00Z`.
  mutating func instant(_ key: StaticString, _ epoch: Int?) {
    guard let epoch else { return null(key) }
    self.key(key)
    quote(CivilTime(Int64(epoch)).instant)
  }

  /// A date, given in seconds since 1970: `2026-03-01`.
  mutating func date(_ key: StaticString, _ epoch: Int?) {
    guard let epoch else { return null(key) }
    self.key(key)
    quote(CivilTime(Int64(epoch)).date)
  }
}
