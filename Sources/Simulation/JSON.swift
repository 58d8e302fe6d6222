/// A JSON text as a tree. Members keep their order, numbers their spelling.
package enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  /// A number exactly as it is spelt: `500.0`, `9007199254740993`.
  case number(String)
  case string(String)
  case array([JSON])
  case object([Member])

  /// One key and its value.
  package struct Member: Sendable, Hashable {
    /// The key without escapes.
    package var key: String
    /// The value.
    package var value: JSON

    package init(_ key: String, _ value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// The value of an object's first member of that key; nil elsewhere.
  package subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The text of a string; nil for anything else.
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The value of a whole number of 64 bits; nil for anything else.
  package var integer: Int64? {
    if case .number(let text) = self { Int64(text) } else { nil }
  }

  /// The elements of an array; empty for anything else.
  package var items: [JSON] {
    if case .array(let items) = self { items } else { [] }
  }

  /// The keys of an object in order; empty for anything else.
  package var keys: [String] {
    if case .object(let members) = self { members.map(\.key) } else { [] }
  }

  /// The minified text.
  package var bytes: [UInt8] {
    var writer = Writer()
    write(to: &writer)
    return writer.bytes
  }

  /// Appends the minified text to a writer.
  package func write(to writer: inout Writer) {
    switch self {
    case .null: writer.raw("null")
    case .bool(let value): writer.raw(value ? "true" : "false")
    case .number(let text): writer.append(text)
    case .string(let text): writer.quote(text)
    case .array(let items):
      writer.beginArray()
      for item in items {
        writer.element()
        item.write(to: &writer)
      }
      writer.endArray()
    case .object(let members):
      writer.beginObject()
      for member in members {
        writer.element()
        writer.quote(member.key)
        writer.raw(":")
        member.value.write(to: &writer)
      }
      writer.endObject()
    }
  }
}
