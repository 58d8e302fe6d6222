internal import Glibc

/// One value in SQLite's storage classes (sqlite.org/datatype3.html).
///
/// Texts are equal when their bytes are, as SQLite has it. Swift's own equality of strings is that
/// of Unicode: an `é` of one scalar equals an `e` with an accent behind it, and a change from one
/// to the other would go unnoticed. Whatever compares, collects or looks up texts of the account
/// does it as values of this type.
package enum Value: Sendable {
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

extension Value: Hashable {
  /// Whether two texts have the same bytes.
  private static func isSame(_ left: String, _ right: String) -> Bool {
    guard left.utf8.count == right.utf8.count else { return false }
    var (left, right) = (left, right)
    return left.withUTF8 { left in
      right.withUTF8 { right in
        guard let one = left.baseAddress, let other = right.baseAddress else { return true }
        return memcmp(one, other, left.count) == 0
      }
    }
  }

  package static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.integer(let left), .integer(let right)): left == right
    case (.real(let left), .real(let right)): left == right
    case (.text(let left), .text(let right)): Self.isSame(left, right)
    case (.blob(let left), .blob(let right)): left == right
    case (.null, _), (.integer, _), (.real, _), (.text, _), (.blob, _): false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .integer(let value):
      hasher.combine(1)
      hasher.combine(value)
    case .real(let value):
      hasher.combine(2)
      hasher.combine(value)
    case .text(let text):
      hasher.combine(3)
      // The length keeps the texts of a key apart, of which one may end as another begins.
      hasher.combine(text.utf8.count)
      text.utf8.span.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    case .blob(let bytes):
      hasher.combine(4)
      hasher.combine(bytes)
    }
  }
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
