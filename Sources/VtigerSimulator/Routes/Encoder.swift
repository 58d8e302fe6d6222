import Simulation

/// Writes JSON as a release does.
struct Encoder {
  /// 8.0.0 uses PHP's `json_encode`: `\u00e9`, `\/`. 8.3.0 has an encoder of its own: raw UTF-8,
  /// and control characters without an escape come out raw, which is no JSON (both measured).
  let isPHP: Bool
  let writesRawControls: Bool
  private(set) var bytes: [UInt8] = []

  init(isPHP: Bool, writesRawControls: Bool) {
    self.isPHP = isPHP
    self.writesRawControls = writesRawControls
  }

  mutating func write(_ json: JSON) {
    switch json {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .number(let text): append(text)
    case .string(let text): quote(text)
    case .array(let items):
      list(items, "[", "]") { encoder, item in encoder.write(item) }
    case .object(let members):
      list(members, "{", "}") { encoder, member in
        encoder.quote(member.key)
        encoder.append(":")
        encoder.write(member.value)
      }
    }
  }

  private mutating func list<Item>(
    _ items: [Item], _ open: String, _ close: String, _ write: (inout Encoder, Item) -> Void
  ) {
    append(open)
    for (place, item) in items.enumerated() {
      if place > 0 { append(",") }
      write(&self, item)
    }
    append(close)
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func quote(_ text: String) {
    append("\"")
    for unit in isPHP ? Array(text.utf16) : [] { escape(unit) }
    for byte in isPHP ? [] : Array(text.utf8) { escape(byte) }
    append("\"")
  }

  private mutating func escape(_ unit: UInt16) {
    if unit < 0x80 { return escape(UInt8(unit)) }
    append("\\u" + hex(unit))
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case 0x22: append("\\\"")
    case 0x5C: append("\\\\")
    case 0x2F where isPHP: append("\\/")
    case 0x08: append("\\b")
    case 0x09: append("\\t")
    case 0x0A: append("\\n")
    case 0x0C: append("\\f")
    case 0x0D: append("\\r")
    case ..<0x20 where !writesRawControls: append("\\u" + hex(UInt16(byte)))
    default: bytes.append(byte)
    }
  }

  private func hex(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }
}
