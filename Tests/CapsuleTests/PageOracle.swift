import CapsuleSimulator
import SQLite
import Simulation

@testable import Model
@testable import ReplicaFile
@testable import Replication

/// What a page must have become, worked out from a tree of its JSON: the records, and each value
/// whose place in its record is not in doubt. The tree shares nothing with the decoder.
struct PageOracle {
  let table: Table
  let envelopes: [String]
  /// Columns that the listing fills where the record does not.
  let given: Set<Int>

  /// The first difference between the decoded page and the tree, or nil.
  func difference(_ source: PageBytes, _ tree: JSON) -> String? {
    let records = records(of: tree)
    guard records.count == source.page.records.count else {
      return "\(source.page.records.count) records, not \(records.count)"
    }
    for (record, json) in zip(source.page.records, records) {
      for (index, column) in table.columns.enumerated() {
        let value = source.value(record.slots + index)
        guard let found = member(column, json) else { continue }
        if !fits(column, found, value, isGiven: given.contains(index)) {
          return "\(column.name): \(value) from \(found)"
        }
      }
    }
    return nil
  }

  private func records(of tree: JSON) -> [JSON] {
    guard case .object(let members) = tree else { return [] }
    return members.filter { envelopes.contains($0.key) }.flatMap { member -> [JSON] in
      if case .object = member.value { [member.value] } else { member.value.items }
    }
  }

  /// The one member that a column is read from; nil when there are none, or more than one.
  private func member(_ column: Column, _ record: JSON) -> JSON? {
    guard column.otherKey == nil, !column.path.isEmpty else { return nil }
    var found = record
    for key in column.path {
      guard case .object(let members) = found else { return nil }
      let values = members.filter { $0.key == key }.map(\.value)
      guard values.count == 1 else { return nil }
      found = values[0]
    }
    guard case .reference = column.place, case .object(let members) = found else { return found }
    let ids = members.filter { $0.key == "id" }.map(\.value)
    return ids.count == 1 ? ids[0] : nil
  }

  private func fits(_ column: Column, _ json: JSON, _ value: Value, isGiven: Bool) -> Bool {
    switch (column.type, json, value) {
    case (_, .null, _): return value == .null || isGiven
    case (.integer, .number(let text), .integer(let value)),
      (.integerOrDigits, .number(let text), .integer(let value)):
      let halves = text.split(separator: ".", omittingEmptySubsequences: false)
      return Int64(halves[0]) == value
        && halves.dropFirst().allSatisfy { $0.allSatisfy { $0 == "0" } }
    case (.integer, .number(let text), .null), (.integerOrDigits, .number(let text), .null):
      return Int64(text) == nil
    case (.integerOrDigits, .string(let text), .integer(let value)): return Int64(text) == value
    case (.integer, .string(let text), .integer(let value)):
      // Ids may come in quotes.
      let isID = if case .reference = column.place { true } else { column.isKey }
      return isID && Int64(text) == value
    case (.real, .number(let text), .real(let value)): return Double(text) == value
    case (.text, .string(let text), _), (.anyAsText, .string(let text), _):
      // By bytes: texts that differ in their normal form alone are different texts.
      return value.text.map { Array($0.utf8) == Array(text.utf8) } ?? false
    case (.anyAsText, _, .text(let text)): return JSON(Array(text.utf8)) == json
    case (.boolean, .bool(let flag), _): return value == (flag ? 1 : 0)
    case (.date, .string(let text), .text(let date)):
      return date.utf8.count == 10 && text.hasPrefix(date)
    case (.dateTime, .string, .text(let instant)): return instant.utf8.count == 19
    default: return value == .null || isGiven
    }
  }
}
