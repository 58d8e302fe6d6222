/// One value in SQLite's storage classes (sqlite.org/datatype3.html).
package enum Value: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  /// The integer, or nil for every other class.
  package var integer: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The text, or nil for every other class.
  package var text: String? {
    if case .text(let value) = self { value } else { nil }
  }

  /// Whether this is SQL's null.
  package var isNull: Bool { self == .null }
}

extension Value: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(stringLiteral value: String) { self = .text(value) }
  package init(nilLiteral: ()) { self = .null }

  /// An integer, or null for nil.
  package init(_ value: Int64?) { self = value.map(Value.integer) ?? .null }
  /// A count as an integer.
  package init(_ value: Int) { self = .integer(Int64(value)) }
  package init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
  /// A text, or null for nil.
  package init(_ value: String?) { self = value.map(Value.text) ?? .null }
  /// A real number, or null for nil.
  package init(_ value: Double?) { self = value.map(Value.real) ?? .null }
}
