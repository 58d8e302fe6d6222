internal import Model
internal import SQLite

/// Whether two texts of `_extra` hold the same.
///
/// Members stand in the order in which they were sent, and so do the rows of lists. A source may
/// send both in any order, so their order says nothing, as in the digest. The order within other
/// arrays is a part of the value.
struct ExtraComparison {
  /// The members that hold leftovers of the rows of lists.
  private let lists: Set<String>

  init(_ table: Table) {
    lists = Set(table.children.map(\.key))
  }

  func areSame(_ one: Value, _ other: Value) -> Bool {
    if one == other { return true }
    guard let one = one.text, let other = other.text, let left = canonical(one),
      let right = canonical(other)
    else { return false }
    return left == right
  }

  /// The same content in one order, or nil for what is no JSON.
  private func canonical(_ text: String) -> [UInt8]? {
    guard case .object(let members)? = try? JSONNode(reading: Array(text.utf8)).value else {
      return nil
    }
    return Self.join(
      members.map { member in
        guard lists.contains(member.key), case .array(let rows) = member.node.value else {
          return Self.bytes(of: member)
        }
        return Self.key(member) + Self.join(rows.map { Self.bytes(of: $0.value) })
      })
  }

  private static func bytes(of member: JSONMember) -> [UInt8] {
    key(member) + bytes(of: member.node.value)
  }

  private static func key(_ member: JSONMember) -> [UInt8] {
    Array("\(JSONText.string(member.key)):".utf8)
  }

  private static func bytes(of value: JSONValue) -> [UInt8] {
    switch value {
    case .null: Array("null".utf8)
    case .bool(let flag): Array("\(flag)".utf8)
    case .number(let text): Array(text.utf8)
    case .string(let text): Array(JSONText.string(text).utf8)
    case .array(let elements): [0x5b] + elements.flatMap { bytes(of: $0.value) + [0x2c] } + [0x5d]
    case .object(let members): join(members.map(bytes))
    }
  }

  private static func join(_ parts: [[UInt8]]) -> [UInt8] {
    [0x7b] + parts.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 + [0x2c] } + [0x7d]
  }
}
