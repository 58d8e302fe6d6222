import FoundationEssentials
import SQLite

@testable import Model
@testable import ReplicaFile

/// A JSON value as Foundation's `JSONDecoder` reads it.
///
/// It gives no spelling of a number, and takes `1e3` for an Int64: both readings are kept, and the
/// tables of `DecoderScalarTests` say which spelling fits which column.
enum OracleJSON: Decodable, Equatable {
  case null
  case bool(Bool)
  case number(Int64?, Double)
  case string(String)
  case array([OracleJSON])
  case object([String: OracleJSON])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let text = try? value.decode(String.self) {
      self = .string(text)
    } else if let real = try? value.decode(Double.self) {
      self = .number(try? value.decode(Int64.self), real)
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let members = try? value.decode([String: OracleJSON].self) {
      self = .object(members)
    } else {
      self = .array(try value.decode([OracleJSON].self))
    }
  }

  /// Nil for what Foundation refuses.
  init?(_ bytes: some Sequence<UInt8>) {
    guard let json = try? JSONDecoder().decode(OracleJSON.self, from: Data(bytes)) else {
      return nil
    }
    self = json
  }

  subscript(key: String) -> OracleJSON? {
    if case .object(let members) = self { members[key] } else { nil }
  }
  var members: [String: OracleJSON]? {
    if case .object(let members) = self { members } else { nil }
  }
  var elements: [OracleJSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }
  var string: String? {
    if case .string(let text) = self { text } else { nil }
  }
}

/// What a record must have become, worked out from Foundation's reading and the declaration.
struct DecoderOracle {
  let reading: DecoderReading
  /// Numbers that went into their columns, to show that not all are called misfits.
  private(set) var numbers = 0

  init(_ reading: DecoderReading) { self.reading = reading }

  /// The first place where a record and Foundation's reading of it differ, or nil.
  mutating func difference(of record: Int, from json: OracleJSON) -> String? {
    guard let members = json.members else { return "no object" }
    let table = reading.table
    var left = members.filter { $0.value != .null && !table.ignored.contains($0.key) }
    if let found = compare(
      table.columns, reading.values(of: record), without: table.excluded, &left)
    {
      return found
    }
    for child in table.children {
      let isList = members[child.key]?.elements != nil || members[child.key] == .null
      if isList != reading.isPresent(child.key, of: record) { return "\(child.key): present" }
      guard let elements = members[child.key]?.elements else { continue }
      var kept: [OracleJSON] = []
      if let found = compare(child, elements, reading.rows(child.key, of: record), &kept) {
        return found
      }
      left[child.key] = kept.isEmpty ? nil : .array(kept)
    }
    let extra = reading.extra(of: record).map { OracleJSON($0.utf8) ?? .null }
    return extra == (left.isEmpty ? nil : .object(left)) ? nil : "_extra: \(left)"
  }

  /// Compares columns with their members, and takes out of `left` all but the leftovers.
  private mutating func compare(
    _ columns: [Column], _ values: [Value], without excluded: [Column] = [],
    _ left: inout [String: OracleJSON]
  ) -> String? {
    for (column, value) in zip(columns, values) where !column.path.isEmpty {
      var filled = false
      for last in [column.path.last, column.otherKey].compactMap({ $0 }) {
        let path = column.path.dropLast() + [last]
        guard let json = path.reduce(OracleJSON?.some(.object(left)), { $0?[$1] }), json != .null
        else { continue }
        if fits(column, json, value) {
          filled = true
          Self.remove(Array(path), from: &left)
        }
      }
      if !filled, value != .null { return "\(column.name): \(value)" }
    }
    for column in excluded {
      if column.path.count == 2, let outer = left[column.path[0]], outer.members == nil {
        left[column.path[0]] = nil
      }
      Self.remove(column.path, from: &left)
    }
    for key in columns.filter({ $0.path.count == 2 }).map({ $0.path[0] }) {
      guard let inner = left[key]?.members?.filter({ $0.value != .null }) else { continue }
      left[key] = inner.isEmpty ? nil : .object(inner)
    }
    return nil
  }

  private static func remove(_ path: [String], from members: inout [String: OracleJSON]) {
    if path.count == 1 {
      members[path[0]] = nil
    } else if var inner = members[path[0]]?.members {
      inner[path[1]] = nil
      members[path[0]] = .object(inner)
    }
  }

  /// Compares a child's rows with the list's elements; `kept` becomes what `_extra` has of them.
  private mutating func compare(
    _ child: Child, _ elements: [OracleJSON], _ rows: [[Value]], _ kept: inout [OracleJSON]
  ) -> String? {
    var rows = rows[...]
    var keys: Set<Value> = []
    var leftovers: [OracleJSON] = []
    for (index, element) in elements.enumerated() {
      if case .strings = child.elements {
        let column = Column("value", .anyAsText, .member([]))
        guard let row = rows.popFirst(), row[0] == .integer(Int64(index)),
          element == .null ? row[1] == .null : fits(column, element, row[1])
        else { return "\(child.key): \(element)" }
        continue
      }
      let isReference = if case .references = child.elements { true } else { false }
      let id = element["id"] ?? (isReference ? element : .null)
      guard let row = rows.first, fits(child.columns[0], id, row[0]), !keys.contains(row[0]) else {
        let isRepeated = keys.contains { fits(child.columns[0], id, $0) }
        if !(isRepeated && isReference) { kept.append(element) }
        continue
      }
      rows.removeFirst()
      keys.insert(row[0])
      guard !isReference else { continue }
      var left = (element.members ?? [:]).filter { $0.value != .null }
      if let found = compare(child.columns, row, &left) { return "\(child.key): \(found)" }
      left = left.filter { $0.value != .null }
      // The id is written as the row has it.
      let kept = row[0].integer.map { OracleJSON.number($0, Double($0)) } ?? id
      if !left.isEmpty { leftovers.append(.object(left.merging(["id": kept]) { $1 })) }
    }
    kept += leftovers
    return rows.isEmpty ? nil : "\(child.key): \(rows.count) rows too many"
  }

  /// Whether the column can have become `value` from this.
  private mutating func fits(_ column: Column, _ json: OracleJSON, _ value: Value) -> Bool {
    if case .reference = column.place, json.members != nil {
      return json["id"].map { fits(Column("", column.type, .reference([])), $0, value) } ?? false
    }
    switch (column.type, json, value) {
    case (.integer, .number(let wanted?, _), .integer(let value)),
      (.integerOrDigits, .number(let wanted?, _), .integer(let value)):
      numbers += 1
      return wanted == value
    case (.integer, .string(let text), .integer(let value)) where isID(column),
      (.integerOrDigits, .string(let text), .integer(let value)):
      return !text.hasPrefix("+") && Int64(text) == value
    case (.real, .number(_, let wanted), .real(let value)):
      numbers += 1
      return wanted == value
    case (.boolean, .bool(let wanted), _): return value == .integer(wanted ? 1 : 0)
    case (.text, .string(let text), _), (.anyAsText, .string(let text), _):
      return value == .text(text)
    case (.anyAsText, _, .text(let text)): return OracleJSON(text.utf8) == json
    case (.dateTime, .string(let text), _):
      return Self.instant(text).map { value == .text($0) } ?? false
    case (.date, .string(let text), _):
      let day = text.utf8.count == 10 ? text + "T00:00:00Z" : text
      return Self.instant(day) != nil && value == .text(String(day.prefix(10)))
    default: return false
    }
  }

  /// Whether digits in quotes are taken.
  private func isID(_ column: Column) -> Bool {
    if case .reference = column.place { true } else { column.isKey || column.name == "id" }
  }

  /// An instant in UTC, by Foundation's calendar, as a column holds it.
  private static func instant(_ text: String) -> String? {
    guard text.utf8.count == 20, text.hasSuffix("Z") else { return nil }
    let plain = String(text.prefix(10)) + " " + String(text.dropFirst(11).dropLast())
    guard text.dropFirst(10).first == "T" || text.dropFirst(10).first == " ",
      let date = try? Date(plain.replacingBlank + "Z", strategy: .iso8601),
      date.formatted(.iso8601) == plain.replacingBlank + "Z"
    else { return nil }
    return plain
  }
}

extension String {
  /// With a `T` in the place of the first blank.
  fileprivate var replacingBlank: String {
    guard let blank = firstIndex(of: " ") else { return self }
    return String(self[..<blank]) + "T" + String(self[index(after: blank)...])
  }
}
