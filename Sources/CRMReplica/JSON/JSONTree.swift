/// A JSON text as read, with the place of every key and value, so that a complaint can name its
/// line. Unlike JSONDecoder's, it keeps what was written: numbers as spelt, keys that stand twice.
struct JSONNode: Sendable {
  /// Offset in bytes from the beginning of the text.
  let offset: Int
  let value: JSONValue
}

/// A JSON value; members stand in the order of the text.
enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// As spelt.
  case number(String)
  case string(String)
  case array([JSONNode])
  case object([JSONMember])
}

/// A key and its value.
struct JSONMember: Sendable {
  let key: String
  /// Offset of the key in bytes.
  let offset: Int
  let node: JSONNode
}

/// Where and why a text is not JSON.
struct JSONSyntaxError: Error, Hashable {
  /// Offset in bytes from the beginning of the text.
  let offset: Int
  /// A phrase without a full stop.
  let text: String
}

/// A place in a text as an editor shows it, both numbers from 1, columns in characters.
struct TextPlace: Hashable, Sendable {
  let line: Int
  let column: Int

  /// The place of a byte; past the end counts as the end.
  init(of offset: Int, in text: [UInt8]) {
    let before = text.prefix(offset)
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    line = 1 + before.count { $0 == UInt8(ascii: "\n") }
    column = 1 + String(decoding: before[lineStart...], as: UTF8.self).count
  }
}
