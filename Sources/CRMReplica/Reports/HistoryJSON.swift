internal import ReplicaFile

/// JSON that the history keeps as text, to be printed again as JSON or shown to people.
extension JSONDocument {
  /// The value that a text spells; a text that is no JSON stands for itself.
  init(text: String?) {
    guard let text else {
      self = .null
      return
    }
    let node = try? JSONNode(reading: Array(text.utf8))
    self = node.map { JSONDocument($0.value) } ?? .string(text)
  }

  /// The members of an object; none of anything else.
  var members: [Member] {
    if case .object(let members) = self { members } else { [] }
  }

  /// The value on one line, cut to `limit` characters in each text.
  func spoken(limit: Int = 80) -> String {
    switch self {
    case .null: "nothing"
    case .literal(let spelling):
      Int64(spelling).map { "\($0)" } ?? Double(spelling).map { "\($0)" } ?? spelling
    case .string(let text): text.quoted(limit: limit)
    case .array(let values):
      "[" + values.map { $0.spoken(limit: limit) }.joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.map { "\($0.key.onOneLine()): \($0.value.spoken(limit: limit))" }
        .joined(separator: ", ") + "}"
    }
  }
}

extension JSONDocument: Encodable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .object(let members):
      var container = encoder.container(keyedBy: Key.self)
      for member in members {
        try container.encode(member.value, forKey: Key(stringValue: member.key))
      }
    case .array(let values): try values.encode(to: encoder)
    case .string(let text): try text.encode(to: encoder)
    case .literal(let spelling):
      if let bool = Bool(spelling) {
        try bool.encode(to: encoder)
      } else if let number = Int64(spelling) {
        try number.encode(to: encoder)
      } else {
        try Double(spelling).encode(to: encoder)
      }
    }
  }
}
