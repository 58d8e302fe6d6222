internal import Model
internal import ReplicaFile

/// A JSON value that the history keeps as text, to be printed again as JSON or shown to people.
indirect enum HistoryValue: Encodable {
  case null
  case bool(Bool)
  case integer(Int64)
  case real(Double)
  case string(String)
  case array([HistoryValue])
  case object([(key: String, value: HistoryValue)])

  /// The value that a text spells; a text that is no JSON stands for itself.
  init(text: String?) {
    guard let text else {
      self = .null
      return
    }
    let node = try? JSONNode(reading: Array(text.utf8))
    self = node.map { HistoryValue($0.value) } ?? .string(text)
  }

  private init(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let bool): self = .bool(bool)
    case .number(let spelling):
      self =
        Int64(spelling).map { .integer($0) } ?? Double(spelling).map { .real($0) }
        ?? .string(spelling)
    case .string(let text): self = .string(text)
    case .array(let nodes): self = .array(nodes.map { HistoryValue($0.value) })
    case .object(let members):
      self = .object(members.map { ($0.key, HistoryValue($0.node.value)) })
    }
  }

  /// The members of an object; none of anything else.
  var members: [(key: String, value: HistoryValue)] {
    if case .object(let members) = self { members } else { [] }
  }

  /// The value on one line, cut to `limit` characters in each text.
  func spoken(limit: Int = 80) -> String {
    switch self {
    case .null: "nothing"
    case .bool(let bool): "\(bool)"
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .string(let text): text.quoted(limit: limit)
    case .array(let values):
      "[" + values.map { $0.spoken(limit: limit) }.joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.map { "\($0.key.onOneLine()): \($0.value.spoken(limit: limit))" }
        .joined(separator: ", ") + "}"
    }
  }

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
    case .bool(let bool): try bool.encode(to: encoder)
    case .integer(let number): try number.encode(to: encoder)
    case .real(let number): try number.encode(to: encoder)
    case .string(let text): try text.encode(to: encoder)
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    }
  }
}
