internal import ReplicaFile

/// A JSON value to be written: members in the order given, for people two blanks a level.
enum JSONDocument: Sendable, Hashable {
  /// A number, `true`, `false` or `null`, as it is spelt.
  case literal(String)
  case string(String)
  case array([JSONDocument])
  case object([Member])

  /// A key and its value.
  struct Member: Sendable, Hashable {
    let key: String
    let value: JSONDocument

    init(_ key: String, _ value: JSONDocument) {
      (self.key, self.value) = (key, value)
    }
  }

  static let null = JSONDocument.literal("null")

  static func bool(_ value: Bool) -> JSONDocument { .literal("\(value)") }
  static func integer(_ value: Int64) -> JSONDocument { .literal("\(value)") }

  /// A value as it was read, without its places.
  init(_ value: JSONValue) {
    self =
      switch value {
      case .null: .null
      case .bool(let bool): .bool(bool)
      case .number(let spelling): .literal(spelling)
      case .string(let text): .string(text)
      case .array(let nodes): .array(nodes.map { Self($0.value) })
      case .object(let members): .object(members.map { Member($0.key, Self($0.node.value)) })
      }
  }

  /// The text, ended by a line feed. What holds no object and has room stands on one line.
  var text: String { text(at: 0, after: 0) + "\n" }

  /// The text on one line.
  var line: String {
    switch self {
    case .literal(let spelling): spelling
    case .string(let text): JSONText.string(text)
    case .array(let elements): "[" + elements.map(\.line).joined(separator: ", ") + "]"
    case .object(let members) where members.isEmpty: "{}"
    case .object(let members):
      "{ " + members.map { "\(JSONText.string($0.key)): \($0.value.line)" }.joined(separator: ", ")
        + " }"
    }
  }

  /// The text in a column of `used` characters, on a level of so many blanks.
  private func text(at indent: Int, after used: Int) -> String {
    let line = line
    // One column is for the comma.
    guard !isFlat || used + line.count >= 100 else { return line }
    let blanks = String(repeating: " ", count: indent + 2)
    let end = "\n" + String(repeating: " ", count: indent)
    switch self {
    case .literal, .string: return line
    case .array(let elements):
      let lines = elements.map { blanks + $0.text(at: indent + 2, after: indent + 2) }
      return "[\n" + lines.joined(separator: ",\n") + end + "]"
    case .object(let members):
      let lines = members.map { member in
        let key = "\(blanks)\(JSONText.string(member.key)): "
        return key + member.value.text(at: indent + 2, after: key.count)
      }
      return "{\n" + lines.joined(separator: ",\n") + end + "}"
    }
  }

  private var isFlat: Bool {
    switch self {
    case .literal, .string: true
    case .array(let elements): elements.allSatisfy { $0.isFlat && !$0.hasMembers }
    case .object(let members): members.allSatisfy { $0.value.isFlat && !$0.value.hasMembers }
    }
  }

  private var hasMembers: Bool {
    if case .object(let members) = self { !members.isEmpty } else { false }
  }
}
