import Simulation

/// Changes a finished answer as the switches say: new keys, another order, wrong types, U+0000.
///
/// All but the order of keys depends on the seed and the record alone, so that a record is the same
/// in each answer.
struct Decoration {
  let switches: Switches
  let seed: UInt64

  var isNeeded: Bool {
    switches.addsUnknownKeys || switches.variesKeyOrder || switches.mistypesValues
      || switches.addsNulCharacters
  }

  /// Decorates the records of an envelope.
  func apply(_ envelope: JSON, _ generator: inout some RandomNumberGenerator) -> JSON {
    guard case .object(var members) = envelope else { return envelope }
    for index in members.indices where members[index].key != "meta" {
      let key = members[index].key
      if case .array(let records) = members[index].value {
        members[index].value = .array(records.map { record($0, key, &generator) })
      } else {
        members[index].value = record(members[index].value, key, &generator)
      }
    }
    if switches.addsUnknownKeys {
      members.append(.init("newList", .array([.object([.init("id", .number("1"))])])))
    }
    if switches.variesKeyOrder { members.shuffle(using: &generator) }
    return .object(members)
  }

  private func record(
    _ record: JSON, _ resource: String, _ generator: inout some RandomNumberGenerator
  ) -> JSON {
    guard case .object(var members) = record else { return record }
    let id = UInt64(bitPattern: record["id"]?.integer ?? 0)
    let hash = mixed(seed ^ mixed(id &+ UInt64(resource.utf8.prefix(3).reduce(0) { $0 &+ $1 })))
    if switches.mistypesValues, hash % 5 == 0, members.count > 3 { mistype(&members, hash) }
    if switches.addsNulCharacters, hash % 3 == 0 { addNul(&members) }
    return object(.object(members), hash, &generator)
  }

  /// Goes down into every object.
  private func object(
    _ value: JSON, _ hash: UInt64, _ generator: inout some RandomNumberGenerator
  ) -> JSON {
    switch value {
    case .array(let items):
      return .array(items.map { self.object($0, hash, &generator) })
    case .object(var members):
      for index in members.indices {
        members[index].value = object(members[index].value, hash, &generator)
      }
      if switches.addsUnknownKeys { members.append(contentsOf: newMembers(mixed(hash))) }
      if switches.variesKeyOrder { members.shuffle(using: &generator) }
      return .object(members)
    default: return value
    }
  }

  private func newMembers(_ hash: UInt64) -> [JSON.Member] {
    let all: [JSON.Member] = [
      .init("newScalar", .number(String(hash >> 40))),
      .init("newText", .string("näw \"\(hash % 97)\"")),
      .init("newFlag", .bool(hash & 1 == 0)),
      .init("newNull", .null),
      .init("newObject", .object([.init("id", .number("7")), .init("deep", .array([.null]))])),
      .init("newArray", .array([.number("1.5e3"), .string("]}"), .object([])])),
    ]
    return all.enumerated().filter { (hash >> $0.offset) & 1 == 1 }.map(\.element)
  }

  /// Gives one scalar member another type. The key and the kind of a record are left alone.
  private func mistype(_ members: inout [JSON.Member], _ hash: UInt64) {
    let places = members.indices.filter { index in
      if ["id", "type", "alpha2Code", "code", "subdomain"].contains(members[index].key) {
        return false
      }
      switch members[index].value {
      case .string, .number, .bool: return true
      default: return false
      }
    }
    guard !places.isEmpty else { return }
    let place = places[Int((hash >> 16) % UInt64(places.count))]
    let choice = (hash >> 8) % 3
    switch members[place].value {
    case .string where members[place].key.hasSuffix("At"):
      members[place].value = .string(choice == 0 ? "2026-02-31T25:61:00Z" : "yesterday")
    case .string:
      members[place].value = choice == 0 ? .number("12345678901234567890") : .number("42")
    case .number:
      members[place].value = choice == 0 ? .number("12345678901234567890") : .string("n/a")
    default: members[place].value = .string("yes")
    }
  }

  private func addNul(_ members: inout [JSON.Member]) {
    for index in members.indices
    where ["about", "description", "content", "detail"].contains(members[index].key) {
      guard case .string(let text) = members[index].value else { continue }
      members[index].value = .string("\(text.prefix(3))\0\(text.dropFirst(3))")
    }
  }
}
