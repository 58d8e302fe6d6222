package import SQLite

/// Stored values as JSON: for the history, where SQLite's functions would need a statement for each
/// set of columns that can change.
extension JSONText {
  package static func value(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .text(let text): string(text)
    case .blob(let bytes): string(String(decoding: bytes, as: UTF8.self))
    }
  }
}
